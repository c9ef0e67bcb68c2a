import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionId, InstallationId } from '../../src/domain/ids.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { actAs, authorize, connectionId, publish } from '../support/journey.ts';
import { startTestSandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let core: TestCore;
let installation: InstallationId;
let bundle: string;
let books: ConnectionId;
let sheet: ConnectionId;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  core = await startCore({ sandboxOrigin: sandbox.origin });
  const { applicationId } = await core.do('loadSample', {});
  bundle = (await publish(core, applicationId, '1.0.0')).text;
  await actAs(core, 'Carla');
  const { hash } = await core.do('previewBundle', { text: bundle });
  installation = (await core.do('installBundle', { text: bundle, hash })).installationId;
  books = await connectionId(core, 'sandbox_books');
  sheet = await connectionId(core, 'sandbox_sheet');
  await actAs(core, 'Adam');
  await authorize(core, books, 'production', { email: 'adam@harbour.example' });
  await authorize(core, sheet, 'production', { email: 'adam@harbour.example' });
  await actAs(core, 'Uma');
  await authorize(core, sheet, 'production', { email: 'uma@harbour.example' });
  await actAs(core, 'Carla');
});

const memberId = async (name: string) => {
  const { workspaces } = await core.see('frame', {});
  const found = workspaces.flatMap(({ members }) => members).find((member) => member.name === name);
  if (found === undefined) throw new Error(`nobody is called ${name}`);
  return found.id;
};

describe('a member who leaves', () => {
  it('R119 loses their own grants, and a shared one they gave keeps working, flagged', async () => {
    await core.do('removeMember', { memberId: await memberId('Adam') });
    const shared = (await core.see('connection', { connectionId: books })).slots[0];
    expect(shared).toMatchObject({ status: { isConnected: true }, grantedByName: 'a former member' });
    expect(await core.do('testConnection', { connectionId: books, environment: 'production' })).toMatchObject({ isOk: true });
    const own = (await core.see('connection', { connectionId: sheet })).slots;
    expect(own.map(({ account }) => account)).toEqual([null, 'uma@harbour.example']);
    expect(await core.ctx.db.secrets.where('id').startsWith('tokens:').count()).toBe(2);
    expect((await core.see('frame', {})).acting?.workspace.members.map(({ name }) => name)).toEqual(['Carla', 'Ben', 'Uma']);
  });

  it('cannot be acted as again, and is not the owner', async () => {
    const adam = await memberId('Adam');
    await core.do('removeMember', { memberId: adam });
    expect(await core.fails('actAs', { memberId: adam })).toBe('store.missing');
    expect(await core.fails('removeMember', { memberId: adam })).toBe('store.missing');
    expect(await core.fails('removeMember', { memberId: await memberId('Carla') })).toBe('workspace.owner-stays');
    await actAs(core, 'Uma');
    expect(await core.fails('removeMember', { memberId: await memberId('Ben') })).toBe('access.refused');
  });
});

describe('uninstalling', () => {
  it('R118 revokes and deletes the grants of the application, and everything else of it', async () => {
    await core.do('saveRecord', {
      ownerId: installation,
      environment: 'production',
      form: 'properties',
      recordId: null,
      values: { address: 'A', price: '1', status: 'for sale' },
    });
    expect(await core.do('uninstallApplication', { installationId: installation })).toEqual({ notTold: 0, endThere: [] });
    expect(await core.see('installed', {})).toEqual([]);
    for (const table of ['authorizations', 'records', 'runs', 'bundles'] as const) expect(await core.ctx.db[table].count(), table).toBe(0);
    expect(await core.ctx.db.secrets.where('id').startsWith('tokens:').count()).toBe(0);
    expect((await core.ctx.db.connections.toArray()).every(({ ownerId }) => ownerId?.startsWith('app_'))).toBe(true);
  });

  it('S37 deletes here what the service could not be told of, and says so', async () => {
    sandbox.faults.everythingDown = true;
    expect(await core.do('uninstallApplication', { installationId: installation })).toEqual({ notTold: 3, endThere: [] });
    sandbox.faults.everythingDown = false;
    expect(await core.ctx.db.authorizations.count()).toBe(0);
  });

  it('R11 is the super admin’s, and the same version can be installed again', async () => {
    await actAs(core, 'Adam');
    expect(await core.fails('uninstallApplication', { installationId: installation })).toBe('access.refused');
    await actAs(core, 'Carla');
    await core.do('uninstallApplication', { installationId: installation });
    const { hash } = await core.do('previewBundle', { text: bundle });
    const again = await core.do('installBundle', { text: bundle, hash });
    expect((await core.see('installation', { installationId: again.installationId })).notConnected).toBe(2);
  });
});
