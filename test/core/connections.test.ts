import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import type { TestCore } from '../support/core.ts';
import {
  actAs,
  authorize,
  BOOKS_SCOPES,
  connectionId,
  EMAILS,
  install,
  installEstate,
  memberId,
  panelOf,
  publish,
  SOLD,
  sell,
  slotOf,
  startEstate,
} from '../support/estate.ts';
import { authorizeAt, registerAt, startTestSandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let core: TestCore;
let estate: ApplicationId;
let books: ConnectionId;
let sheet: ConnectionId;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  ({ core, estate, books, sheet } = await startEstate(sandbox.origin));
});

const PANEL = { page: 'dashboard', title: 'Sold', operation: 'count-rows', values: { sheet: 'Properties' } };
const savePanel = (name: string, connection: string, applicationId: ApplicationId = estate) =>
  core.do('saveComponent', { applicationId, componentId: null, kind: 'page-panel', name, config: { ...PANEL, connection } });
const definition = (linkName: string, applicationId: ApplicationId | null, type: 'admin' | 'logged-in-user' = 'admin') => ({
  connectorId: 'sandbox-sheet',
  displayName: linkName,
  linkName,
  type,
  scopes: ['sheet.data.read'],
  environmentPolicy: 'separate' as const,
  applicationId,
});
const define = async (...args: Parameters<typeof definition>) => (await core.do('defineConnection', definition(...args))).connectionId;
const accountsOf = async (id: ConnectionId) => (await core.see('connection', { connectionId: id })).slots.map(({ account }) => account);

describe('references and access', () => {
  it('R49 R48 saving a reference enables a connection that is enabled for no application, in the same step', async () => {
    const spare = await define('spare', null);
    expect((await core.see('connection', { connectionId: spare })).owner).toBeNull();
    expect((await savePanel('Count', 'spare')).enabled).toEqual(['spare']);
    expect((await core.see('connection', { connectionId: spare })).owner?.id).toBe(estate);
    const { applicationId } = await core.do('createApplication', { name: 'Other' });
    await core.do('savePage', { applicationId, name: 'Dashboard' });
    const before = await core.ctx.db.components.toArray();
    expect(
      await core.fails('saveComponent', {
        applicationId,
        componentId: null,
        kind: 'page-panel',
        name: 'Count',
        config: { ...PANEL, connection: 'spare' },
      }),
    ).toBe('connection.other-application');
    expect(await core.ctx.db.components.toArray()).toEqual(before);
  });

  it('R45 access ends where nothing refers to it and it was never published', async () => {
    const spare = await define('spare', estate);
    await core.do('setConnectionAccess', { connectionId: spare, applicationId: null, isMove: false });
    expect((await core.see('connection', { connectionId: spare })).owner).toBeNull();
  });

  it('R53 R51 references are found in development and in the version in stage, which an edit does not reach', async () => {
    await publish(core, estate, '1.0.0');
    const { componentList } = await core.see('application', { applicationId: estate });
    for (const { id } of componentList) await core.do('deleteComponent', { componentId: id });
    const { references } = await core.see('connection', { connectionId: books });
    expect(references).toMatchObject([
      {
        componentName: 'Push invoice to Books',
        environment: 'stage',
        kindLabel: 'Integrations action',
        owner: { name: 'Estate' },
        href: expect.stringContaining(`#/apps/${estate}`),
      },
    ]);
  });

  it('R89 R55 publishing fails for a link name that does not exist, listing the place', async () => {
    await savePanel('Lost', 'nobody');
    const view = await core.see('application', { applicationId: estate });
    expect(view.componentList.find(({ name }) => name === 'Lost')?.problems).toMatchObject([
      { code: 'readiness.reference-unknown', isBlocking: false },
    ]);
    const { problems, isReady } = await core.see('publishReview', { applicationId: estate, version: null });
    expect(isReady).toBe(false);
    expect(problems).toContainEqual({ code: 'readiness.reference-unknown', detail: 'nobody', isBlocking: true, where: 'Lost' });
    expect(await core.fails('publishApplication', { applicationId: estate, version: '1.0.0' })).toBe('publish.not-ready');
  });

  it('R52 live mode lists the whole application’s connections, system ones included', async () => {
    await core.do('saveComponent', {
      applicationId: estate,
      componentId: null,
      kind: 'page-panel',
      name: 'System',
      config: { ...PANEL, connection: '', service: 'sandbox-sheet' },
    });
    const { connections } = await core.see('liveMode', { ownerId: estate, environment: 'development' });
    expect(connections.map(({ type }) => type).sort()).toEqual(['admin', 'logged-in-user', 'system']);
    const { connectionList } = await core.see('application', { applicationId: estate });
    expect(connectionList).toHaveLength(3);
  });

  it('R63 a deleted definition can be made again as it was', async () => {
    const spare = await define('spare', estate);
    await core.do('deleteConnection', { connectionId: spare });
    const again = await define('spare', estate);
    expect(await core.see('connection', { connectionId: again })).toMatchObject({ linkName: 'spare', owner: { id: estate } });
  });

  it('R92 nobody changes an application while it is being published: what is saved meanwhile is not in the version', async () => {
    const publishing = core.do('publishApplication', { applicationId: estate, version: '1.0.0' });
    const saving = core.do('savePage', { applicationId: estate, name: 'Meanwhile' });
    const again = core.fails('publishApplication', { applicationId: estate, version: '1.0.0' });
    const [{ releaseId }] = await Promise.all([publishing, saving]);
    expect(await again).toBe('publish.not-ready');
    const release = await core.ctx.db.releases.get(releaseId);
    expect(release?.contents.application.pages.map(({ name }) => name)).toEqual(['Dashboard']);
    expect((await core.see('application', { applicationId: estate })).pages).toHaveLength(2);
  });
});

describe('types', () => {
  it('R25 A12 the type changes until a reference, an authorization or a version holds the connection to it', async () => {
    const spare = await define('spare', estate);
    await core.do('changeConnectionType', { connectionId: spare, type: 'logged-in-user' });
    expect((await core.see('connection', { connectionId: spare })).type).toBe('logged-in-user');
    await authorize(core, spare, 'development', { email: EMAILS.dana });
    expect(await core.fails('changeConnectionType', { connectionId: spare, type: 'admin' })).toBe('connection.authorized');
    expect(await core.fails('changeConnectionType', { connectionId: sheet, type: 'admin' })).toBe('connection.referenced');
    await publish(core, estate, '1.0.0');
    expect(await core.fails('changeConnectionType', { connectionId: sheet, type: 'admin' })).toBe('connection.published');
  });

  it('R25 R22 R23 nor does a connector get a type that its service cannot have', async () => {
    const { connectionId: spare } = await core.do('defineConnection', {
      ...definition('spare', estate),
      connectorId: 'sandbox-books',
      scopes: [],
    });
    expect(await core.fails('changeConnectionType', { connectionId: spare, type: 'logged-in-user' })).toBe('connection.type-forbidden');
    const card = await core.see('connector', { connectorId: 'sandbox-books' });
    expect(card.types).toEqual(['admin']);
  });

  it('R21 R26 R85 there are three types, and those made by hand survive distribution', async () => {
    await installEstate(core, estate);
    const types = async (linkName: string) => (await core.see('connection', { connectionId: await connectionId(core, linkName) })).type;
    expect([await types('sandbox_books'), await types('sandbox_sheet')]).toEqual(['admin', 'logged-in-user']);
  });
});

describe('authorizations', () => {
  it('R81 R77 switching puts another account behind the connection and leaves one authorization', async () => {
    await authorize(core, books, 'development', { email: EMAILS.dana });
    await authorize(core, books, 'development', { email: EMAILS.adam, isSwitch: true });
    expect(await accountsOf(books)).toEqual([EMAILS.adam, null]);
    expect(await core.ctx.db.authorizations.where('connectionId').equals(books).count()).toBe(1);
    const { rows } = await core.see('audit', { limit: 5 });
    expect(rows.map(({ sentence }) => sentence)).toContain(`switched the authorization of Sandbox Books to ${EMAILS.adam}`);
  });

  it('R77 R68 a switch that is refused leaves the account that was there', async () => {
    await authorize(core, books, 'development', { email: EMAILS.dana });
    await authorize(core, books, 'development', { email: EMAILS.adam, isSwitch: true, deny: true });
    expect(await accountsOf(books)).toEqual([EMAILS.dana, null]);
  });

  it('R82 R7 a logged-in user connection holds one authorization per user and environment', async () => {
    for (const name of ['Dana', 'Lee', 'Dana']) {
      await actAs(core, name);
      await authorize(core, sheet, 'development', { email: EMAILS.dana });
    }
    const rows = await core.ctx.db.authorizations.where('connectionId').equals(sheet).toArray();
    expect(rows.map(({ holder }) => holder).sort()).toEqual([await memberId(core, 'Dana'), await memberId(core, 'Lee')].sort());
  });

  it('R76 the account is called as the service says, and can be called otherwise', async () => {
    await authorize(core, books, 'development', { email: EMAILS.dana });
    const { authorizationId } = await slotOf(core, books, 'development');
    if (authorizationId === null) throw new Error('no authorization');
    await core.do('renameAccount', { authorizationId, account: 'Main books' });
    expect(await accountsOf(books)).toEqual(['Main books', null]);
    expect(await core.do('testConnection', { connectionId: books, environment: 'development' })).toMatchObject({ isOk: true });
  });

  it('R78 offers an account that is authorized elsewhere, and takes it without sharing its tokens', async () => {
    await authorize(core, sheet, 'development', { email: EMAILS.dana });
    const second = await define('second', estate, 'logged-in-user');
    const { reusable } = await core.see('connection', { connectionId: second });
    expect(reusable).toMatchObject([{ environment: 'development', account: EMAILS.dana, connectionName: 'Sandbox Sheet' }]);
    const reuse = reusable[0]?.authorizationId ?? null;
    const { url } = await core.do('beginAuthorization', { connectionId: second, environment: 'development', reuse });
    const asked = new URL(url ?? '').searchParams;
    expect([asked.get('login_hint'), asked.get('prompt')]).toEqual([EMAILS.dana, 'consent']);
    await core.do('completeAuthorization', { callbackUrl: await authorizeAt(url ?? '', { email: EMAILS.dana }) });
    expect(await accountsOf(second)).toEqual([EMAILS.dana, null]);
    const first = await slotOf(core, sheet, 'development');
    if (first.authorizationId === null) throw new Error('no authorization');
    await core.do('revokeAuthorization', { authorizationId: first.authorizationId });
    expect(await core.do('testConnection', { connectionId: second, environment: 'development' })).toMatchObject({ isOk: true });
    // Another person's authorization, another environment or fewer scopes are no offer.
    await actAs(core, 'Lee');
    expect((await core.see('connection', { connectionId: second })).reusable).toEqual([]);
  });

  it('R64 users see connected or not connected, and the finer reason under it', async () => {
    const client = await installEstate(core, estate);
    await authorize(core, client.books, 'production', { email: EMAILS.adam });
    sandbox.revokeAll(EMAILS.adam);
    expect(await sell(core, client.installation, 'production')).toMatchObject({ fault: { code: 'oauth.grant-ended' } });
    expect((await slotOf(core, client.books, 'production')).status).toMatchObject({
      isConnected: false,
      reason: { code: 'oauth.grant-ended' },
    });
  });
});

describe('the account’s own OAuth apps', () => {
  const saveApp = async (oauthAppId: `oap_${string}` | null, isConfirmed = false) => {
    const { clientId, clientSecret } = await registerAt(sandbox.origin, core.ctx.redirectUri);
    const { oauthAppId: id } = await core.do('saveOauthApp', {
      oauthAppId,
      connectorId: 'sandbox-books',
      name: 'Our app',
      clientId,
      clientSecret,
      isConfirmed,
    });
    return { id, clientId, clientSecret };
  };

  it('R121 authorizes with its own registration, renews with it, and shows no secret', async () => {
    const { id, clientId, clientSecret } = await saveApp(null);
    await core.do('chooseOauthApp', { connectionId: books, oauthAppId: id });
    await authorize(core, books, 'development', { email: EMAILS.dana });
    const row = await core.ctx.db.authorizations.where('connectionId').equals(books).first();
    expect(row?.grant?.clientId).toBe(clientId);
    expect(await core.do('testConnection', { connectionId: books, environment: 'development' })).toMatchObject({ isOk: true });
    const { apps } = await core.see('oauthApps', {});
    expect(apps).toMatchObject([{ name: 'Our app', hasSecret: true, usedBy: ['Sandbox Books'] }]);
    const { secrets: _, ...rest } = await core.dump();
    expect(JSON.stringify(rest)).not.toContain(clientSecret);
    const { text } = await publish(core, estate, '1.0.0');
    expect(text).not.toContain(clientId);
  });

  it('R121 a change names the connections it affects before it is stored; with another client id they ask again', async () => {
    const { id } = await saveApp(null);
    await core.do('chooseOauthApp', { connectionId: books, oauthAppId: id });
    await authorize(core, books, 'development', { email: EMAILS.dana });
    const before = await core.ctx.db.oauthApps.toArray();
    const change = { oauthAppId: id, connectorId: 'sandbox-books', name: 'Our app', clientId: 'another', clientSecret: null };
    expect(await core.fails('saveOauthApp', { ...change, isConfirmed: false })).toBe('credentials.affects');
    expect(await core.ctx.db.oauthApps.toArray()).toEqual(before);
    expect(await core.do('saveOauthApp', { ...change, isConfirmed: true })).toMatchObject({ affected: ['Sandbox Books'] });
    expect((await slotOf(core, books, 'development')).status).toMatchObject({
      isConnected: false,
      reason: { code: 'oauth.client-changed' },
    });
    expect(await core.fails('deleteOauthApp', { oauthAppId: id })).toBe('credentials.in-use');
    await core.do('chooseOauthApp', { connectionId: books, oauthAppId: null });
    await core.do('deleteOauthApp', { oauthAppId: id });
    expect(await core.ctx.db.secrets.where('id').startsWith('oauth-app:').count()).toBe(0);
  });

  it('R121 S20 an app of one service does not authorize a connection to another', async () => {
    const { id } = await saveApp(null);
    expect(await core.fails('chooseOauthApp', { connectionId: sheet, oauthAppId: id })).toBe('credentials.other-service');
  });
});

describe('the client’s side', () => {
  it('R5 R95 R59 R110 nothing works until somebody there authorizes; asked is only the account', async () => {
    await authorize(core, books, 'development', { email: EMAILS.dana });
    const client = await installEstate(core, estate);
    expect(await accountsOf(client.books)).toEqual([null]);
    const requests = sandbox.books.invoices.length;
    expect(await sell(core, client.installation, 'production')).toMatchObject({
      isOk: false,
      fault: { code: 'run.not-connected' },
      request: null,
    });
    expect(sandbox.books.invoices.length).toBe(requests);
    const view = await core.see('connection', { connectionId: client.books });
    expect([view.edit, view.disable, view.duplicate, view.retire, view.delete, view.changeType].map(({ allowed }) => allowed)).toEqual(
      Array(6).fill(false),
    );
    // Consent alone: the command takes an environment and nothing of the definition.
    await authorize(core, client.books, 'production', { email: EMAILS.adam });
    expect(await sell(core, client.installation, 'production')).toMatchObject({ isOk: true });
  });

  it('R9 R111 R6 a regular user’s entry goes through on the admin’s authorization, whoever started it', async () => {
    const client = await installEstate(core, estate);
    await actAs(core, 'Adam');
    await authorize(core, client.books, 'production', { email: EMAILS.adam });
    for (const name of ['Uma', 'Ben']) {
      await actAs(core, name);
      expect(await sell(core, client.installation, 'production')).toMatchObject({ isOk: true });
    }
    expect(new Set(sandbox.books.invoices.slice(-2).map(({ account }) => account))).toEqual(new Set([EMAILS.adam]));
  });

  it('R58 a component holds no credential: neither its definition nor what a run shows has one', async () => {
    await authorize(core, books, 'development', { email: EMAILS.dana });
    const run = await sell(core, estate, 'development');
    expect(run).toMatchObject({ isOk: true });
    const shown = JSON.stringify([run, await core.ctx.db.components.toArray(), await core.ctx.db.runs.toArray()]);
    const secrets = sandbox.issued();
    expect(secrets.length).toBeGreaterThan(0);
    expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
  });

  it('R114 the message names the connection and who must act', async () => {
    const client = await installEstate(core, estate);
    await actAs(core, 'Uma');
    const action = await sell(core, client.installation, 'production');
    expect(action.missing).toMatchObject([
      { displayName: 'Sandbox Books', mayAuthorize: false, who: 'a super admin, an admin or a developer of Harbour Homes' },
    ]);
    const panel = await core.do('runComponent', { componentId: await panelOf(core, client.installation, 'production'), recordId: null });
    expect(panel.missing).toMatchObject([{ displayName: 'Sandbox Sheet', mayAuthorize: true, who: 'you' }]);
  });

  it('R96 R56 two installed applications with the same link name do not meet', async () => {
    const client = await installEstate(core, estate);
    await authorize(core, client.books, 'production', { email: EMAILS.adam });
    await core.do('createWorkspace', { side: 'developer', name: 'Another Studio', memberName: 'Olga' });
    const { applicationId } = await core.do('createApplication', { name: 'Rentals' });
    await core.do('saveForm', {
      applicationId,
      form: {
        linkName: 'properties',
        name: 'Properties',
        fields: ['address', 'price', 'status', 'sold_on', 'buyer'].map((name) => ({
          name,
          label: name,
          type: 'text' as const,
          required: false,
          choices: [],
        })),
      },
    });
    await core.do('defineConnection', {
      connectorId: 'sandbox-books',
      displayName: 'Sandbox Books',
      linkName: 'sandbox_books',
      type: 'admin',
      scopes: BOOKS_SCOPES,
      environmentPolicy: 'separate',
      applicationId,
    });
    const push = (await core.ctx.db.components.toArray()).find(({ linkName }) => linkName === 'push_invoice');
    await core.do('saveComponent', {
      applicationId,
      componentId: null,
      kind: 'form-integration',
      name: 'Push',
      config: push?.config ?? {},
    });
    const { text } = await publish(core, applicationId, '1.0.0');
    await actAs(core, 'Carla');
    const second = await install(core, text);
    const { rows } = await core.see('connections', { search: 'books' });
    expect(rows.map(({ linkName, owner }) => [linkName, owner?.name]).sort()).toEqual([
      ['sandbox_books', 'Estate'],
      ['sandbox_books', 'Rentals'],
    ]);
    expect(await sell(core, second, 'production')).toMatchObject({ isOk: false, fault: { code: 'run.not-connected' } });
    expect(await sell(core, client.installation, 'production')).toMatchObject({ isOk: true });
  });

  it('R47 A25 A15 a manager’s pause stops every use and keeps the grant; a person pauses their own', async () => {
    const client = await installEstate(core, estate);
    await actAs(core, 'Adam');
    await authorize(core, client.books, 'production', { email: EMAILS.adam });
    await core.do('pauseConnection', { connectionId: client.books, isPaused: true });
    expect((await slotOf(core, client.books, 'production')).status).toMatchObject({
      isConnected: false,
      reason: { code: 'run.paused', detail: 'Sandbox Books by Adam' },
    });
    await actAs(core, 'Uma');
    expect(await sell(core, client.installation, 'production')).toMatchObject({ fault: { code: 'run.paused' }, request: null });
    await actAs(core, 'Adam');
    expect(await core.fails('testConnection', { connectionId: client.books, environment: 'production' })).toBe('run.paused');
    await core.do('pauseConnection', { connectionId: client.books, isPaused: false });
    expect(await sell(core, client.installation, 'production')).toMatchObject({ isOk: true });

    const componentId = await panelOf(core, client.installation, 'production');
    for (const name of ['Uma', 'Ben']) {
      await actAs(core, name);
      await authorize(core, client.sheet, 'production', { email: EMAILS.uma });
    }
    await actAs(core, 'Uma');
    const { authorizationId } = await slotOf(core, client.sheet, 'production');
    if (authorizationId === null) throw new Error('no authorization');
    await core.do('pauseAuthorization', { authorizationId, isPaused: true });
    expect(await core.do('runComponent', { componentId, recordId: null })).toMatchObject({ fault: { code: 'run.paused' } });
    await actAs(core, 'Ben');
    expect(await core.do('runComponent', { componentId, recordId: null })).toMatchObject({ isOk: true });
    expect(await core.fails('pauseAuthorization', { authorizationId, isPaused: false })).toBe('access.refused');
  });

  it('R117 S28 a connection that an update lacks stays, marked, until a manager removes it', async () => {
    const client = await installEstate(core, estate);
    const row = await core.ctx.db.connections.get(client.sheet);
    if (row === undefined) throw new Error('no connection');
    // As if an earlier version had brought it under another link name.
    const old: ConnectionId = 'con_0';
    await core.ctx.db.connections.add({ ...row, id: old, linkName: 'old_sheet', displayName: 'Old sheet' });
    await authorize(core, old, 'production', { email: EMAILS.adam });
    await actAs(core, 'Dana');
    const { text } = await publish(core, estate, '1.1.0');
    await actAs(core, 'Carla');
    const preview = await core.do('previewBundle', { text });
    expect(preview.changes).toEqual(['old_sheet is no longer used; its authorization stays until you remove it']);
    expect(preview.connections[0]?.identity).toEqual([
      { sentence: 'See who you are', names: ['openid', 'profile'] },
      { sentence: 'See your e-mail address', names: ['email'] },
      { sentence: 'Stay connected while you are away', names: ['offline_access'] },
    ]);
    await install(core, text);
    expect(await core.see('connection', { connectionId: old })).toMatchObject({ isNoLongerUsed: true });
    expect(await accountsOf(old)).toEqual([EMAILS.adam]);
    expect(await core.fails('removeUnusedConnection', { connectionId: client.sheet })).toBe('connection.referenced');
    await core.do('removeUnusedConnection', { connectionId: old });
    expect(await core.ctx.db.connections.get(old)).toBeUndefined();
  });

  it('R113 a visitor’s entry through a logged-in user connection fails with that reason, and publishing warns', async () => {
    await core.do('saveForm', {
      applicationId: estate,
      form: {
        linkName: 'wishes',
        name: 'Wishes',
        isPublic: true,
        fields: [{ name: 'text', label: 'Wish', type: 'text', required: true, choices: [] }],
      },
    });
    const config = {
      form: 'wishes',
      trigger: { event: 'becomes', field: 'text', value: 'garden' },
      connection: 'sandbox_sheet',
      operation: 'count-rows',
      mapping: { sheet: { from: 'text', text: 'Properties' } },
    };
    await core.do('saveComponent', { applicationId: estate, componentId: null, kind: 'form-integration', name: 'Wish', config });
    await authorize(core, sheet, 'development', { email: EMAILS.dana });
    const entry = { ownerId: estate, environment: 'development', form: 'wishes', recordId: null, values: { text: 'garden' } } as const;
    const { runs } = await core.do('saveRecord', { ...entry, isVisitor: true });
    expect(runs).toMatchObject([{ isOk: false, fault: { code: 'run.nobody-logged-in', detail: 'Sandbox Sheet' }, request: null }]);
    expect((await core.do('saveRecord', { ...entry, isVisitor: false })).runs).toMatchObject([{ isOk: true }]);
    const { problems } = await core.see('publishReview', { applicationId: estate, version: null });
    expect(problems).toContainEqual({ code: 'readiness.nobody-logged-in', detail: 'sandbox_sheet', isBlocking: false, where: 'Wish' });
    expect(await core.fails('saveRecord', { ...entry, form: 'properties', values: SOLD, isVisitor: true })).toBe('record.not-public');
  });
});

describe('distributing and importing', () => {
  it('R93 R94 only a version in stage is distributed, and every channel carries the same bytes', async () => {
    expect(await core.fails('distributeRelease', { releaseId: 'rel_0', channel: { kind: 'marketplace' }, isConfirmed: true })).toBe(
      'store.missing',
    );
    const { releaseId } = await core.do('publishApplication', { applicationId: estate, version: '1.0.0' });
    expect(await core.fails('exportRelease', { releaseId })).toBe('store.missing');
    const { clientId } = await core.do('addClient', { name: 'Harbour Homes' });
    expect(await core.fails('distributeRelease', { releaseId, channel: { kind: 'private', clientIds: [] }, isConfirmed: true })).toBe(
      'distribute.nobody',
    );
    const shared = await core.do('distributeRelease', {
      releaseId,
      channel: { kind: 'private', clientIds: [clientId] },
      isConfirmed: true,
    });
    const listed = await core.do('distributeRelease', { releaseId, channel: { kind: 'marketplace' }, isConfirmed: true });
    expect(listed).toEqual(shared);
    const { releases } = await core.see('application', { applicationId: estate });
    expect(releases[0]?.distributions.map(({ whom }) => whom).sort()).toEqual(['Harbour Homes', 'Marketplace']);
    expect((await core.see('clients', {})).clients).toMatchObject([
      { name: 'Harbour Homes', shared: [{ name: 'Estate', version: '1.0.0' }] },
    ]);
  });

  it('R12 clients are the super admin’s, named once, and can be taken off the list', async () => {
    const { clientId } = await core.do('addClient', { name: 'Harbour Homes' });
    expect(await core.fails('addClient', { name: 'harbour homes' })).toBe('client.taken');
    const { releaseId } = await core.do('publishApplication', { applicationId: estate, version: '1.0.0' });
    await core.do('removeClient', { clientId });
    expect(
      await core.fails('distributeRelease', { releaseId, channel: { kind: 'private', clientIds: [clientId] }, isConfirmed: true }),
    ).toBe('client.unknown');
  });

  it('R91 the version history says what each version changed', async () => {
    await publish(core, estate, '1.0.0');
    await core.do('editConnection', { connectionId: books, displayName: 'Books', scopes: [...BOOKS_SCOPES, 'books.contacts.read'] });
    await core.do('savePage', { applicationId: estate, name: 'Later' });
    await publish(core, estate, '1.1.0');
    const { releases } = await core.see('application', { applicationId: estate });
    expect(releases.map(({ version }) => version)).toEqual(['1.1.0', '1.0.0']);
    expect(releases[0]?.changes).toMatchObject([
      { change: 'changed', what: 'connection', name: 'Books', says: ['was called Sandbox Books', '+ See contacts (books.contacts.read)'] },
      { change: 'added', what: 'page', name: 'Later', says: [] },
    ]);
    expect(releases[1]?.changes.filter(({ change }) => change !== 'added')).toEqual([]);
  });

  it('R33 R34 A21 importing twice makes _copy and _copy_2, and the components name the copies', async () => {
    const { text } = await publish(core, estate, '1.0.0');
    const { hash } = await core.do('previewBundle', { text });
    const first = await core.do('importApplication', { text, hash });
    const second = await core.do('importApplication', { text, hash });
    expect([first.name, second.name]).toEqual(['Estate 2', 'Estate 3']);
    expect(first.connections).toEqual([
      { from: 'sandbox_books', to: 'sandbox_books_copy' },
      { from: 'sandbox_sheet', to: 'sandbox_sheet_copy' },
    ]);
    expect(second.connections.map(({ to }) => to)).toEqual(['sandbox_books_copy_2', 'sandbox_sheet_copy_2']);
    expect(second).toMatchObject({ rewritten: ['Properties sold', 'Push invoice to Books'], notRewritten: [] });
    const view = await core.see('application', { applicationId: second.applicationId });
    expect(view.componentList.flatMap(({ references }) => references).sort()).toEqual(['sandbox_books_copy_2', 'sandbox_sheet_copy_2']);
    expect(view.connectionList.flatMap(({ slots }) => slots.map(({ account }) => account))).toEqual([null, null, null, null]);
    expect((await core.see('publishReview', { applicationId: second.applicationId, version: null })).isReady).toBe(true);
  });

  it('R33 R40 R34 an import takes other names, what is free already, or nothing, as somebody chose', async () => {
    const { text } = await publish(core, estate, '1.0.0');
    const { hash, importLines } = await core.do('previewBundle', { text });
    expect(importLines.map(({ linkName, isTaken, copy, existing }) => [linkName, isTaken, copy, existing])).toEqual([
      ['sandbox_books', true, 'sandbox_books_copy', []],
      ['sandbox_sheet', true, 'sandbox_sheet_copy', []],
    ]);
    const take = (choices: object, rewrites = true) => ({ text, hash, choices, rewrites }) as never;
    // The audit tells of refusals.
    const stored = async () => ({ ...(await core.dump()), events: null });
    const before = await stored();
    const copyNamed = (linkName: string) => take({ sandbox_books: { take: 'copy', linkName } });
    expect(await core.fails('importApplication', copyNamed('sandbox_sheet'))).toBe('connection.link-name-taken');
    expect(await core.fails('importApplication', copyNamed('Not a name'))).toBe('connection.link-name-wrong');
    // One that another application has cannot serve here too.
    const busy = take({ sandbox_books: { take: 'existing', connectionId: books } });
    expect(await core.fails('importApplication', busy)).toBe('connection.cannot-serve');
    expect(await stored()).toEqual(before);

    const free = await core.do('defineConnection', {
      connectorId: 'sandbox-books',
      displayName: 'Spare books',
      linkName: 'spare_books',
      type: 'admin',
      scopes: ['books.organization.read'],
      environmentPolicy: 'separate',
      applicationId: null,
    });
    await authorize(core, free.connectionId, 'development', { email: EMAILS.dana });
    expect((await core.do('previewBundle', { text })).importLines[0]?.existing).toMatchObject([
      {
        id: free.connectionId,
        displayName: 'Spare books',
        linkName: 'spare_books',
        moreScopes: [{ name: 'books.invoices.create', writes: true, sentence: expect.stringMatching(/^[A-Z].* /) }],
        isAuthorized: true,
      },
    ]);
    const choices = { sandbox_books: { take: 'existing', connectionId: free.connectionId }, sandbox_sheet: { take: 'nothing' } };
    const report = await core.do('importApplication', take(choices));
    expect(report).toMatchObject({
      connections: [{ from: 'sandbox_books', to: 'spare_books' }],
      leftOut: ['sandbox_sheet'],
      notRewritten: ['Properties sold: sandbox_sheet'],
    });
    const view = await core.see('application', { applicationId: report.applicationId });
    expect(view.componentList.flatMap(({ references }) => references).sort()).toEqual(['sandbox_sheet', 'spare_books']);
    // It is asked for what the imported application needs beside what it had.
    const [slot] = (await core.see('connection', { connectionId: free.connectionId })).slots;
    expect(slot?.missingScopes).toEqual(['books.invoices.create']);

    const untouched = await core.do('importApplication', take({ sandbox_books: { take: 'copy', linkName: 'own_books' } }, false));
    expect(untouched.connections[0]).toEqual({ from: 'sandbox_books', to: 'own_books' });
    expect([...untouched.notRewritten].sort()).toEqual(['Properties sold: sandbox_sheet', 'Push invoice to Books: sandbox_books']);
  });
});

describe('what an import would change', () => {
  const SCRIPT = 'x = invokeurl\n[\n\turl: "https://a.example/x"\n\tconnection: "sandbox_books"\n];\ny = "sandbox_books";';

  it('R34 is told before it is done, by the choices made so far: link names, the lines of scripts, and what is left to a person', async () => {
    await core.do('saveComponent', {
      applicationId: estate,
      componentId: null,
      kind: 'deluge-invokeurl',
      name: 'Ask',
      config: { start: null, script: SCRIPT },
    });
    const { text } = await publish(core, estate, '1.0.0');
    const { hash } = await core.do('previewBundle', { text });
    const stored = async () => ({ ...(await core.dump()), events: null });
    const before = await stored();
    const ask = (choices: object = {}, rewrites = true) => core.do('previewImport', { text, hash, choices, rewrites } as never);
    const { rewrites, notRewritten } = await ask({ sandbox_sheet: { take: 'nothing' } });
    const uses = [{ from: 'sandbox_books', to: 'sandbox_books_copy' }];
    expect([...rewrites].sort((a, b) => (a.component < b.component ? -1 : 1))).toEqual([
      {
        component: 'Ask',
        uses,
        edits: [
          { of: 'Script', lines: [{ line: 4, before: '\tconnection: "sandbox_books"', after: '\tconnection: "sandbox_books_copy"' }] },
        ],
      },
      { component: 'Push invoice to Books', uses, edits: [] },
    ]);
    expect(notRewritten).toEqual(['Properties sold: sandbox_sheet']);
    expect((await ask({}, false)).rewrites).toEqual([]);
    const wrong = { text, hash, choices: { sandbox_books: { take: 'copy', linkName: 'Not a name' } } } as never;
    expect(await core.fails('previewImport', wrong)).toBe('connection.link-name-wrong');
    expect(await stored()).toEqual(before);
    // It is what the import then does.
    const report = await core.do('importApplication', { text, hash });
    const { componentList } = await core.see('application', { applicationId: report.applicationId });
    expect(componentList.find(({ name }) => name === 'Ask')?.config).toMatchObject({
      script: SCRIPT.replace('connection: "sandbox_books"', 'connection: "sandbox_books_copy"'),
    });
  });
});

describe('the list of connections', () => {
  it('finds by the beginnings of words, filters, orders and pages', async () => {
    for (let n = 0; n < 60; n += 1) await define(`many_${n}`, n % 2 === 0 ? estate : null);
    await authorize(core, books, 'development', { email: EMAILS.dana });
    const list = (args: Parameters<TestCore['see']>[1] & object) => core.see('connections', args as never);
    const names = async (args: object) => (await list(args)).rows.map(({ displayName }) => displayName);
    expect(await names({ search: 'sand boo' })).toEqual(['Sandbox Books']);
    expect(await names({ search: 'many_59' })).toEqual(['many_59']);
    expect(await names({ type: 'logged-in-user' })).toEqual(['Sandbox Sheet']);
    expect(await names({ connectorId: 'sandbox-books' })).toEqual(['Sandbox Books']);
    expect(await names({ status: 'connected' })).toEqual(['Sandbox Books']);
    expect(await names({ status: 'connected', environment: 'stage' })).toEqual([]);
    expect((await names({ owner: 'none', limit: 500 })).length).toBe(30);
    expect((await names({ sort: 'newest', limit: 1 })).length).toBe(1);
    const first = await list({ limit: 50 });
    expect([first.rows.length, first.next]).toEqual([50, 50]);
    const second = await list({ limit: 50, offset: first.next ?? 0 });
    expect([second.rows.length, second.next]).toEqual([12, null]);
    const all = [...first.rows, ...second.rows].map(({ displayName }) => displayName.toLowerCase());
    expect(all).toEqual([...all].sort());
    expect(new Set(all).size).toBe(62);
  });

  it('pages the audit without losing a line, filters it, and exports what the filter shows', async () => {
    for (let n = 0; n < 12; n += 1) await define(`many_${n}`, estate);
    const lines: string[] = [];
    for (let before: number | null = null; ; ) {
      const page: { rows: readonly { id: string }[]; next: number | null } = await core.see('audit', { limit: 5, before });
      lines.push(...page.rows.map(({ id }) => id));
      if (page.next === null) break;
      before = page.next;
    }
    const all = await core.ctx.db.events.toArray();
    expect(lines.length).toBe(new Set(lines).size);
    expect(lines.length).toBe(all.filter(({ workspaceId }) => workspaceId !== null).length);
    const about = await core.see('audit', { limit: 50, subject: books });
    expect(about.rows).toEqual([]);
    expect((await core.see('audit', { limit: 50, kind: 'connection' })).rows).toHaveLength(12);
    const { text } = await core.do('exportAudit', { kind: 'connection' });
    expect(text.trim().split('\n')).toHaveLength(12);
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ actorName: 'Dana', name: 'connection.defined' });
  });
});
