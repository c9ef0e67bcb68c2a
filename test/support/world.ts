import { openDb } from '../../src/db/open.ts';
import type { Authorization } from '../../src/domain/authorization.ts';
import type { ConnectionType } from '../../src/domain/connection-type.ts';
import type {
  ApplicationId,
  AuthorizationId,
  ComponentId,
  ConnectionId,
  InstallationId,
  MemberId,
  ReleaseId,
} from '../../src/domain/ids.ts';
import type { Role, Side } from '../../src/domain/workspace.ts';
import { freshName, startCore, type TestCore } from './core.ts';
import { actAs, install, memberId, publish, SOLD } from './estate.ts';
import { sampleGrant } from './grant.ts';

/** Names of the people in the world, by side and role; Ben and Lee are who "somebody else" is. */
export const PEOPLE: Record<Side, Partial<Record<Role, string>>> = {
  developer: { 'super-admin': 'Dana', developer: 'Lee' },
  client: { 'super-admin': 'Carla', admin: 'Adam', developer: 'Cleo', user: 'Uma' },
};

type OfSide = {
  /** Published, referenced connections by type. */
  readonly used: Record<ConnectionType, ConnectionId>;
  /** The component that uses the connection of this type. */
  readonly components: Record<ConnectionType, ComponentId>;
};

export type World = {
  readonly core: TestCore;
  readonly estate: ApplicationId;
  readonly release: ReleaseId;
  readonly installation: InstallationId;
  readonly bundle: { readonly text: string; readonly hash: string };
  readonly sides: Record<Side, OfSide>;
  /** Defined, enabled, and neither referenced nor published. */
  readonly spare: Record<'admin' | 'logged-in-user', ConnectionId>;
  /** A grant's row as if it had been given: no token is behind it. */
  grant(connectionId: ConnectionId, environment: 'development' | 'production', holder: Authorization['holder']): Promise<AuthorizationId>;
};

const WORKFLOW = {
  form: 'properties',
  trigger: { event: 'becomes', field: 'status', value: 'reserved' },
  connection: '',
  service: 'sandbox-books',
  operation: 'create-contact',
  mapping: { name: { from: 'field', field: 'buyer' } },
};

/** The network is down: nothing here is about what services answer. */
const noNetwork = (): Promise<Response> => Promise.reject(new TypeError('no network'));

const ofSide = async (core: TestCore, ownerId: ApplicationId | InstallationId): Promise<OfSide> => {
  const workspace = (await core.see('frame', {})).acting?.workspace.id;
  const environment = ownerId.startsWith('app_') ? 'development' : 'production';
  const connections = await core.ctx.db.connections.toArray();
  const components = await core.ctx.db.components.where('[ownerId+environment]').equals([ownerId, environment]).toArray();
  const connection = (type: ConnectionType, linkName?: string): ConnectionId => {
    const found = connections.find(
      (one) =>
        one.type === type &&
        one.workspaceId === workspace &&
        (linkName === undefined || (one.linkName === linkName && one.ownerId === ownerId)),
    );
    if (found === undefined) throw new Error(`no ${type} connection`);
    return found.id;
  };
  const component = (linkName: string): ComponentId => {
    const found = components.find((one) => one.linkName === linkName);
    if (found === undefined) throw new Error(`no component ${linkName}`);
    return found.id;
  };
  return {
    used: {
      system: connection('system'),
      admin: connection('admin', 'sandbox_books'),
      'logged-in-user': connection('logged-in-user', 'sandbox_sheet'),
    },
    components: { system: component('keep_contact'), admin: component('push_invoice'), 'logged-in-user': component('properties_sold') },
  };
};

/** A developer's and a client's account with everything that the rules speak of; built once, copied for each test. */
export const buildWorld = async (): Promise<World> => {
  const core = await startCore({ fetch: noNetwork });
  const { applicationId: estate } = await core.do('loadSample', {});
  const spare = async (linkName: string, type: 'admin' | 'logged-in-user') =>
    (
      await core.do('defineConnection', {
        connectorId: 'sandbox-sheet',
        displayName: linkName,
        linkName,
        type,
        scopes: [],
        environmentPolicy: 'separate',
        applicationId: estate,
      })
    ).connectionId;
  const spares = { admin: await spare('spare_admin', 'admin'), 'logged-in-user': await spare('spare_own', 'logged-in-user') };
  await core.do('saveComponent', {
    applicationId: estate,
    componentId: null,
    kind: 'form-integration',
    name: 'Keep contact',
    config: WORKFLOW,
  });
  const { text } = await publish(core, estate, '1.0.0');
  const release = (await core.see('application', { applicationId: estate })).releases[0]?.id;
  if (release === undefined) throw new Error('no version');
  const developer = await ofSide(core, estate);
  await actAs(core, 'Carla');
  await core.do('addMember', { name: 'Cleo', role: 'developer' });
  const installation = await install(core, text);
  const values = { ...SOLD, status: 'reserved' };
  await core.do('saveRecord', { ownerId: installation, environment: 'production', form: 'properties', recordId: null, values });
  const client = await ofSide(core, installation);
  const { hash } = await core.do('previewBundle', { text });
  return worldOn(core, { estate, release, installation, bundle: { text, hash }, sides: { developer, client }, spare: spares });
};

const worldOn = (core: TestCore, parts: Omit<World, 'core' | 'grant'>): World => ({
  ...parts,
  core,
  grant: async (connectionId, environment, holder) => {
    const connection = await core.ctx.db.connections.get(connectionId);
    if (connection === undefined) throw new Error('no connection');
    const by = holder === 'shared' ? await memberId(core, environment === 'development' ? 'Dana' : 'Carla') : holder;
    const row: Authorization = {
      id: core.ctx.newId('aut'),
      workspaceId: connection.workspaceId,
      connectionId,
      connectorId: connection.connectorId,
      environment,
      holder,
      state: 'connected',
      reason: null,
      variables: { sandboxOrigin: 'http://localhost:4180' },
      grant: sampleGrant({ grantedBy: by, madeIn: environment, scopes: connection.scopes }),
      lastTest: null,
      provenAt: null,
      isPaused: false,
      revision: 1,
    };
    await core.ctx.db.authorizations.add(row);
    return row.id;
  },
});

/** The same world in a database of its own. */
export const copyWorld = async (world: World): Promise<World> => {
  const db = await openDb(freshName());
  for (const table of world.core.ctx.db.tables) await db.table(table.name).bulkAdd(await table.toArray());
  const core = await startCore({ db, fetch: noNetwork });
  return worldOn(core, world);
};

/** Acts as the person of this side and role; gives their id and somebody else's of the same side. */
export const actIn = async (world: World, side: Side, role: Role): Promise<{ own: MemberId; other: MemberId }> => {
  const name = PEOPLE[side][role] ?? '';
  await actAs(world.core, name);
  const others = side === 'developer' ? ['Lee', 'Dana'] : ['Ben', 'Uma'];
  const other = others.find((one) => one !== name) ?? 'Ben';
  return { own: await memberId(world.core, name), other: await memberId(world.core, other) };
};
