import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationId, ComponentId, ConnectionId, InstallationId } from '../../src/domain/ids.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { createLocks, freshName, startCore, type TestCore } from '../support/core.ts';
import { makeKey } from '../support/feed.ts';
import { actAs, authorize, publish } from '../support/journey.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { estateBundle, FIRST } from '../support/updates.ts';

let sandbox: Sandbox;
let core: TestCore;
let name: string;
const locks = createLocks();
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  name = freshName();
  core = await startCore({ sandboxOrigin: sandbox.origin, name, ...locks });
});

const PANEL = {
  page: 'start',
  title: 'Rows',
  connection: '',
  service: 'sandbox-sheet',
  operation: 'count-rows',
  values: { sheet: 'Properties' },
};
const DANA = { email: 'dana@studio.example' };

const systemConnections = async () => (await core.see('connections', {})).rows.filter(({ type }) => type === 'system');

const build = async (title: string): Promise<{ application: ApplicationId; component: ComponentId }> => {
  const { applicationId } = await core.do('createApplication', { name: title });
  await core.do('savePage', { applicationId, name: 'Start' });
  const { componentId } = await core.do('saveComponent', {
    applicationId,
    componentId: null,
    kind: 'page-panel',
    name: 'Panel',
    config: PANEL,
  });
  return { application: applicationId, component: componentId };
};

const install = async (application: ApplicationId): Promise<InstallationId> => {
  await actAs(core, 'Dana');
  const { text } = await publish(core, application, '1.0.0');
  await actAs(core, 'Carla');
  const { hash } = await core.do('previewBundle', { text });
  return (await core.do('installBundle', { text, hash })).installationId;
};

const panelOf = async (installationId: InstallationId): Promise<ComponentId> => {
  const [panel] = (await core.see('liveMode', { ownerId: installationId, environment: 'production' })).components;
  if (panel === undefined) throw new Error('no panel');
  return panel.id;
};

const idOf = async (): Promise<ConnectionId> => {
  const [row] = await systemConnections();
  if (row === undefined) throw new Error('no system connection');
  return row.id;
};

const run = (componentId: ComponentId) => core.do('runComponent', { componentId, recordId: null });

describe('system connections on the developer side', () => {
  beforeEach(async () => {
    await core.do('loadSample', {});
  });

  it('R107 R104 A16 come into being when a component that needs one is saved, and can be authorized and tested there', async () => {
    const { component } = await build('Orders');
    const [row] = await systemConnections();
    expect(row).toMatchObject({ owner: null, connectorId: 'sandbox-sheet', displayName: 'Sandbox Sheet' });
    await authorize(core, await idOf(), 'development', DANA);
    expect(await run(component)).toMatchObject({ isOk: true, result: { value: '5' } });
  });

  it('R100 R41 R98 one serves every application that needs the service', async () => {
    await build('Orders');
    await build('Invoices');
    expect(await systemConnections()).toHaveLength(1);
    expect((await core.see('connection', { connectionId: await idOf() })).references.map(({ owner }) => owner.name).sort()).toEqual([
      'Invoices',
      'Orders',
    ]);
  });

  it('R99 A27 R109 never takes an admin or logged-in user connection to the same service', async () => {
    await build('Orders');
    const { rows } = await core.see('connections', {});
    expect(
      rows
        .filter(({ connectorId }) => connectorId === 'sandbox-sheet')
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['logged-in-user', 'system']);
  });

  it('R105 R24 nobody edits, duplicates or moves one by hand', async () => {
    const { application } = await build('Orders');
    const connectionId = await idOf();
    expect(await core.fails('editConnection', { connectionId, displayName: 'Mine', scopes: [] })).toBe('access.refused');
    expect(await core.fails('duplicateConnection', { connectionId })).toBe('access.refused');
    expect(await core.fails('setConnectionAccess', { connectionId, applicationId: application, isMove: true })).toBe('access.refused');
  });

  it('R106 one that nothing needs any more can be deleted, one in use cannot', async () => {
    const { component } = await build('Orders');
    const connectionId = await idOf();
    expect(await core.fails('deleteConnection', { connectionId })).toBe('connection.referenced');
    await core.do('deleteComponent', { componentId: component });
    await core.do('deleteConnection', { connectionId });
    expect(await systemConnections()).toEqual([]);
  });

  it('R86 R90 never travel; the bundle names the services that need one', async () => {
    const { application } = await build('Orders');
    const { text } = await publish(core, application, '1.0.0');
    const { payload } = JSON.parse(text) as { payload: { connections: unknown[]; requirements: unknown } };
    expect(payload.connections).toEqual([]);
    expect(payload.requirements).toEqual({ systemConnections: [{ connectorId: 'sandbox-sheet', scopes: ['sheet.data.read'] }] });
  });
});

describe('system connections at the client', () => {
  let installation: InstallationId;
  beforeEach(async () => {
    await core.do('loadSample', {});
    const { application } = await build('Orders');
    installation = await install(application);
  });

  it('R97 R95 R101 none comes with the installation; the first run makes one and says who must act', async () => {
    expect(await systemConnections()).toEqual([]);
    await actAs(core, 'Uma');
    const refused = await run(await panelOf(installation));
    expect(refused).toMatchObject({ isOk: false, fault: { code: 'run.not-connected' }, missing: [{ mayAuthorize: false }] });
    expect(refused.missing[0]?.who).toContain('Harbour Homes');
    await actAs(core, 'Adam');
    expect(await systemConnections()).toHaveLength(1);
    const live = await core.see('liveMode', { ownerId: installation, environment: 'production' });
    expect(live.connections.map(({ type }) => type)).toEqual(['system']);
    await authorize(core, await idOf(), 'production', { email: 'adam@harbour.example' });
    await actAs(core, 'Uma');
    expect(await run(await panelOf(installation))).toMatchObject({ isOk: true, result: { value: '7' } });
    expect((await core.see('audit', { limit: 50 })).rows.length).toBeGreaterThan(0);
  });

  it('R8 a regular user cannot authorize it, and R10 does not see it', async () => {
    await run(await panelOf(installation));
    const connectionId = await idOf();
    await actAs(core, 'Uma');
    expect(await core.fails('beginAuthorization', { connectionId, environment: 'production' })).toBe('access.refused');
    expect(await systemConnections()).toEqual([]);
  });

  it('R108 R98 a second application’s first run goes through at once on the connected one', async () => {
    await run(await panelOf(installation));
    await authorize(core, await idOf(), 'production', { email: 'adam@harbour.example' });
    await actAs(core, 'Dana');
    const second = await install((await build('Invoices')).application);
    await actAs(core, 'Uma');
    expect(await run(await panelOf(second))).toMatchObject({ isOk: true, result: { value: '7' } });
    await actAs(core, 'Carla');
    expect(await systemConnections()).toHaveLength(1);
  });

  it('R97 R98 R103 R108 R10 a preview says what becomes of the account’s own one: made, waiting, used at once, or asked for more', async () => {
    await actAs(core, 'Dana');
    const { text } = await publish(core, (await build('Invoices')).application, '1.0.0');
    const preview = async (who: string) => {
      await actAs(core, who);
      return (await core.do('previewBundle', { text })).systemConnections;
    };
    expect(await preview('Carla')).toEqual([
      {
        connectorId: 'sandbox-sheet',
        name: 'Sandbox Sheet',
        isSandbox: true,
        scopes: [expect.objectContaining({ name: 'sheet.data.read', writes: false, sentence: expect.stringMatching(/^[A-Z].* /) })],
        identity: expect.arrayContaining([expect.objectContaining({ sentence: 'See who you are' })]),
        hosts: [new URL(sandbox.origin).host],
        usedBy: ['Panel'],
        standing: {
          state: 'absent',
          added: [],
          says: 'is made when a task first needs it; then a super admin, an admin or a developer authorizes it',
        },
      },
    ]);
    await run(await panelOf(installation));
    expect((await preview('Carla'))[0]?.standing).toEqual({
      state: 'waiting',
      added: [],
      says: 'uses Sandbox Sheet, once a super admin, an admin or a developer has authorized it',
    });
    await authorize(core, await idOf(), 'production', { email: 'adam@harbour.example' });
    expect((await preview('Carla'))[0]?.standing).toEqual({
      state: 'connected',
      added: [],
      says: 'uses Sandbox Sheet, which is connected now, at once',
    });
    expect((await preview('Uma'))[0]?.standing).toEqual({
      state: 'unseen',
      added: [],
      says: 'is used, or made, when a task first needs it',
    });
    const wider = await estateBundle(await makeKey(), '1.0.0', {
      requirements: { systemConnections: [{ connectorId: 'sandbox-sheet', scopes: ['sheet.data.read', 'sheet.data.write'] }] },
    });
    await actAs(core, 'Carla');
    expect((await core.do('previewBundle', { text: wider })).systemConnections[0]?.standing).toEqual({
      state: 'widened',
      added: ['sheet.data.write'],
      says: 'adds scopes to Sandbox Sheet, which asks again for them; what it has now it uses at once',
    });
  });

  it('R108 R90 an update that needs a service which is connected has it agreed to, whether or not its author says that it needs it', async () => {
    const key = await makeKey();
    const old = await estateBundle(key, '1.0.0');
    await actAs(core, 'Carla');
    const { hash } = await core.do('previewBundle', { text: old });
    await core.do('installBundle', { text: old, hash });
    const config = { ...PANEL, page: 'dashboard' };
    const silent = await estateBundle(key, '1.1.0', {
      connections: FIRST.connections,
      components: [...FIRST.components, { linkName: 'rows', name: 'Rows', kind: 'page-panel', config }],
    });
    const service = async () =>
      (await core.do('previewBundle', { text: silent })).review?.lines.find(({ linkName }) => linkName === 'service sandbox-sheet');
    expect(await service()).toMatchObject({
      group: 'new',
      consent: 'first',
      says: [expect.stringMatching(/^is made when a task first needs it/)],
    });
    await run(await panelOf(installation));
    await authorize(core, await idOf(), 'production', { email: 'adam@harbour.example' });
    expect(await service()).toMatchObject({
      group: 'more',
      consent: null,
      moreScopes: [{ name: 'sheet.data.read' }],
      says: ['uses Sandbox Sheet, which is connected now, at once'],
    });
  });

  it('R102 two first runs at once make one, over two workers', async () => {
    const other = await startCore({ sandboxOrigin: sandbox.origin, name, ...locks });
    const componentId = await panelOf(installation);
    const input = { componentId, recordId: null };
    await Promise.all([core.do('runComponent', input), other.do('runComponent', input)].map((one) => one.catch(() => null)));
    expect(await systemConnections()).toHaveLength(1);
  });

  it('R103 reuse with too few scopes asks for the union, while the old grant goes on serving', async () => {
    await run(await panelOf(installation));
    const connectionId = await idOf();
    await authorize(core, connectionId, 'production', { email: 'adam@harbour.example' });
    const row = await core.ctx.db.connections.get(connectionId);
    const grant = (await core.ctx.db.authorizations.where('connectionId').equals(connectionId).first())?.grant;
    if (row === undefined || grant === undefined || grant === null) throw new Error('no rows');
    // As if it had come into being for a task that needs less than this one.
    await core.ctx.db.connections.put({ ...row, scopes: ['sheet.data.write'] });
    expect(await run(await panelOf(installation))).toMatchObject({ isOk: true });
    expect(
      (await core.see('connection', { connectionId })).scopes.filter(({ isAsked }) => isAsked).map(({ name: scope }) => scope),
    ).toEqual(['sheet.data.read', 'sheet.data.write']);
    expect((await systemConnections())[0]?.slots[0]).toMatchObject({
      status: { isConnected: true, reason: { code: 'oauth.scope-missing' } },
      missingScopes: ['sheet.data.write'],
    });
  });
});
