import { beforeAll, describe, expect, it } from 'vitest';
import { ACCESS, ACCESS_COLUMNS, type Action, type Cell } from '../../src/domain/access.ts';
import type { ConnectionType } from '../../src/domain/connection-type.ts';
import type { FaultCode } from '../../src/domain/faults.ts';
import { Fault } from '../../src/domain/faults.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type { Side } from '../../src/domain/workspace.ts';
import { memberId, SOLD } from '../support/estate.ts';
import { actIn, buildWorld, copyWorld, type World } from '../support/world.ts';

/** What somebody tries: in which world, about which type, for whom (their own or another's), acting on which side. */
type Attempt = (at: { world: World; type: ConnectionType; holder: MemberId; side: Side }) => Promise<unknown>;

const environmentOf = (side: Side) => (side === 'developer' ? 'development' : 'production');
const usedOf = (world: World, side: Side, type: ConnectionType) => world.sides[side].used[type];

/** A grant for the connection: the shared one, or the named member's. */
const grantFor: (at: Parameters<Attempt>[0]) => Promise<`aut_${string}`> = ({ world, type, holder, side }) =>
  world.grant(usedOf(world, side, type), environmentOf(side), type === 'logged-in-user' ? holder : 'shared');

const byHand = (type: ConnectionType): 'admin' | 'logged-in-user' => (type === 'logged-in-user' ? type : 'admin');
/** Where the definition is in the way on one's own side the attempt uses a connection that nothing holds. */
const looseOf = (world: World, side: Side, type: ConnectionType) =>
  side === 'developer' && type !== 'system' ? world.spare[byHand(type)] : usedOf(world, side, type);

const NEW = { connectorId: 'sandbox-sheet', displayName: 'New', linkName: 'brand_new', scopes: [], environmentPolicy: 'separate' } as const;

const seen = (permission: { allowed: boolean; says: string | null } | undefined): void => {
  if (permission?.allowed !== true) throw new Fault('access.refused', permission?.says ?? null);
};

/** Each action of the table as a person meets it. An action without an attempt is a missing test. */
const ATTEMPTS: Record<Action, Attempt> = {
  'connection.define': ({ world, type }) => world.core.do('defineConnection', { ...NEW, type, applicationId: null }),
  'connection.edit': ({ world, type, side }) =>
    world.core.do('editConnection', { connectionId: usedOf(world, side, type), displayName: 'Other', scopes: [] }),
  'connection.access': ({ world, type, side }) =>
    world.core.do('setConnectionAccess', { connectionId: looseOf(world, side, type), applicationId: null, isMove: false }),
  'connection.retire': ({ world, type, side }) =>
    world.core.do('retireConnection', { connectionId: usedOf(world, side, type), isRetired: true }),
  'connection.duplicate': ({ world, type, side }) => world.core.do('duplicateConnection', { connectionId: usedOf(world, side, type) }),
  'connection.delete': ({ world, type, side }) => world.core.do('deleteConnection', { connectionId: looseOf(world, side, type) }),
  'connection.change-type': ({ world, type, side }) =>
    world.core.do('changeConnectionType', {
      connectionId: looseOf(world, side, type),
      type: type === 'admin' ? 'logged-in-user' : 'admin',
    }),
  'connection.pause': ({ world, type, side }) =>
    world.core.do('pauseConnection', { connectionId: usedOf(world, side, type), isPaused: true }),
  'authorization.pause': async (at) => at.world.core.do('pauseAuthorization', { authorizationId: await grantFor(at), isPaused: true }),
  'authorization.grant': ({ world, type, side }) =>
    world.core.do('beginAuthorization', { connectionId: usedOf(world, side, type), environment: environmentOf(side) }),
  'authorization.switch': ({ world, type, side }) =>
    world.core.do('switchAuthorization', { connectionId: usedOf(world, side, type), environment: environmentOf(side) }),
  'authorization.rename': async (at) => at.world.core.do('renameAccount', { authorizationId: await grantFor(at), account: 'Ours' }),
  'authorization.revoke': async (at) => at.world.core.do('revokeAuthorization', { authorizationId: await grantFor(at) }),
  'connection.see': ({ world, type, side }) => world.core.see('connection', { connectionId: usedOf(world, side, type) }),
  'references.see': async ({ world, type, side }) =>
    seen((await world.core.see('connection', { connectionId: usedOf(world, side, type) })).seeReferences),
  'connection.test': async (at) => {
    await grantFor(at);
    return at.world.core.do('testConnection', { connectionId: usedOf(at.world, at.side, at.type), environment: environmentOf(at.side) });
  },
  'microservices.open': async ({ world }) => seen((await world.core.see('frame', {})).acting?.microservices),
  'application.build': ({ world }) => world.core.do('createApplication', { name: 'Another' }),
  'application.publish': ({ world }) => world.core.do('publishApplication', { applicationId: world.estate, version: '2.0.0' }),
  'application.distribute': ({ world }) =>
    world.core.do('distributeRelease', { releaseId: world.release, channel: { kind: 'marketplace' }, isConfirmed: true }),
  'application.import': ({ world }) => world.core.do('importApplication', world.bundle),
  'application.install': ({ world }) => world.core.do('addStage', { installationId: world.installation }),
  'application.uninstall': ({ world }) => world.core.do('uninstallApplication', { installationId: world.installation }),
  'application.use': ({ world, side }) =>
    world.core.do('saveRecord', {
      ownerId: side === 'developer' ? world.estate : world.installation,
      environment: environmentOf(side),
      form: 'properties',
      recordId: null,
      values: { ...SOLD, status: 'for sale' },
    }),
  'component.run': async (at) => {
    await grantFor(at);
    const { fault } = await at.world.core.do('runComponent', {
      componentId: at.world.sides[at.side].components[at.type],
      recordId: null,
    });
    if (fault?.code === 'access.refused') throw new Fault(fault.code);
  },
  'client.manage': ({ world }) => world.core.do('addClient', { name: 'Harbour' }),
  'credentials.manage': ({ world }) =>
    world.core.do('saveOauthApp', {
      oauthAppId: null,
      connectorId: 'sandbox-books',
      name: 'Ours',
      clientId: 'ours',
      clientSecret: null,
      isConfirmed: false,
    }),
  'outbox.manage': async (at) => {
    const { core, sides } = at.world;
    const component = await core.ctx.db.components.get(sides[at.side].components.admin);
    if (component === undefined) throw new Error('no component');
    const outboxId = 'out_somebodyelses' as const;
    await core.ctx.db.outbox.put({
      id: outboxId,
      workspaceId: component.workspaceId,
      ownerId: component.ownerId,
      componentId: component.id,
      environment: component.environment,
      memberId: 'mem_somebodyelse',
      isVisitor: false,
      recordId: null,
      label: '',
      job: { do: 'push', target: { linkName: 'sandbox_books', operationId: 'create-invoice' }, values: {}, refused: null },
      key: 'k',
      state: 'held',
      tries: 1,
      nextAt: 0,
      fault: { code: 'run.not-connected', detail: null },
      createdAt: 1,
      revision: 1,
    });
    return core.do('dismissOutbox', { outboxId });
  },
  'member.manage': ({ world, side }) => world.core.do('addMember', { name: 'Nia', role: side === 'developer' ? 'developer' : 'user' }),
  'backup.manage': ({ world }) => world.core.do('makeBackup', { withAuthorizations: false, passphrase: null }),
  'audit.read': ({ world }) => world.core.see('audit', { limit: 10 }),
};

/** The commands of these actions always act for the one who presses: there is no way to name somebody else. */
const ONLY_OWN: readonly Action[] = ['authorization.grant', 'authorization.switch', 'connection.test', 'component.run'];

/** Codes that would mean that the attempt itself is wrong, and not that the role may or may not. */
const BROKEN: readonly FaultCode[] = ['core.internal', 'core.input-invalid', 'store.missing', 'store.conflict'];

const codeOf = async (act: () => Promise<unknown>): Promise<FaultCode | null> => {
  try {
    await act();
    return null;
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
};

const withoutAudit = async (world: World): Promise<unknown> => {
  const { events: _, authorizations: __, outbox: ___, ...rest } = await world.core.dump();
  return rest;
};

let built: World;
beforeAll(async () => {
  built = await buildWorld();
});

const tries = async (action: Action, cell: Cell, column: (typeof ACCESS_COLUMNS)[number], type: ConnectionType): Promise<void> => {
  const world = await copyWorld(built);
  const { own, other } = await actIn(world, column.side, column.role);
  const attempt = (holder: MemberId) => codeOf(() => ATTEMPTS[action]({ world, type, holder, side: column.side }));
  if (cell === 'no' || cell === 'distribute') {
    const before = await withoutAudit(world);
    const code = await attempt(own);
    // What belongs to the other side does not exist here at all; that is a refusal too.
    expect(['access.refused', 'store.missing']).toContain(code);
    expect(await withoutAudit(world)).toEqual(before);
    return;
  }
  const code = await attempt(own);
  expect(code).not.toBe('access.refused');
  expect(BROKEN).not.toContain(code);
  if (cell === 'own' && !ONLY_OWN.includes(action) && action !== 'audit.read') expect(await attempt(other)).toBe('access.refused');
};

describe('the matrix, through the core', () => {
  for (const row of ACCESS)
    for (const type of 'types' in row ? row.types : (['admin'] as const))
      ACCESS_COLUMNS.forEach((column, index) => {
        const cell: Cell = row.cells[index] ?? 'no';
        it(`${row.rule} ${cell}: ${column.side} ${column.role} tries ${row.action}${'types' in row ? ` of ${type}` : ''}`, () =>
          tries(row.action, cell, column, type));
      });

  it('R12 a developer distributes once the super admin gave access, and no longer when it is taken', async () => {
    const world = await copyWorld(built);
    await actIn(world, 'developer', 'super-admin');
    const lee = await memberId(world.core, 'Lee');
    const tries12 = () => codeOf(() => ATTEMPTS['application.distribute']({ world, type: 'admin', holder: lee, side: 'developer' }));
    await world.core.do('setDistributeAccess', { memberId: lee, hasAccess: true });
    await actIn(world, 'developer', 'developer');
    expect(await tries12()).toBeNull();
    expect(await world.core.fails('setDistributeAccess', { memberId: lee, hasAccess: false })).toBe('access.refused');
    await actIn(world, 'developer', 'super-admin');
    await world.core.do('setDistributeAccess', { memberId: lee, hasAccess: false });
    await actIn(world, 'developer', 'developer');
    expect(await tries12()).toBe('access.refused');
  });

  it('an admin manages plain users only', async () => {
    const world = await copyWorld(built);
    await actIn(world, 'client', 'admin');
    expect(await world.core.fails('addMember', { name: 'Nia', role: 'developer' })).toBe('access.refused');
    expect(await world.core.fails('removeMember', { memberId: await memberId(world.core, 'Cleo') })).toBe('access.refused');
    await world.core.do('removeMember', { memberId: await memberId(world.core, 'Ben') });
  });

  it('A11 managers revoke another person’s grant of a logged-in user connection, and never give one', async () => {
    for (const role of ['super-admin', 'admin'] as const) {
      const world = await copyWorld(built);
      const { other } = await actIn(world, 'client', role);
      const sheet = usedOf(world, 'client', 'logged-in-user');
      const authorizationId = await world.grant(sheet, 'production', other);
      const slots = (await world.core.see('connection', { connectionId: sheet })).slots.filter(({ holder }) => holder === other);
      expect(slots.map(({ authorize, revoke }) => [authorize.allowed, revoke.allowed])).toEqual([[false, true]]);
      await world.core.do('revokeAuthorization', { authorizationId });
      expect((await world.core.ctx.db.authorizations.get(authorizationId))?.grant).toBeNull();
    }
  });

  it('the audit shows a developer what is about applications, and a client’s user their own lines', async () => {
    const world = await copyWorld(built);
    await actIn(world, 'developer', 'super-admin');
    await world.core.do('addMember', { name: 'Nia', role: 'developer' });
    const names = async () => (await world.core.see('audit', { limit: 100 })).rows.map(({ name }) => name);
    expect(await names()).toContain('member.added');
    await actIn(world, 'developer', 'developer');
    expect(await names()).not.toContain('member.added');
    expect(await names()).toContain('application.published');
    await actIn(world, 'client', 'user');
    const { rows } = await world.core.see('audit', { limit: 100 });
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map(({ actorName }) => actorName))).toEqual(new Set(['Uma']));
  });
});
