import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collectBackup } from '../../src/core/backups.ts';
import { requireWhole } from '../../src/core/wholeness.ts';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import type { OauthApp } from '../../src/domain/oauth-app.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { chooseOwnApp, defineConnection, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { authorizeAt, startTestSandbox, TEST_REDIRECT } from '../support/sandbox.ts';

const LOGIN = 'https://login.acme.com';
/** The address of this service's own at a web app. */
const at = (address: string): string => `${address}?i=login.acme.com`;
const OTHER_REDIRECT = 'http://localhost/elsewhere/callback.html';

/** A service whose server takes registrations from anybody: the sandbox's real one, under a name of its own. */
const RECORD = {
  category: 'Custom',
  description: 'Acme: books that anybody may register for.',
  auth: {
    method: 'oauth2-code',
    endpoints: { authorization: `${LOGIN}/auth`, token: `${LOGIN}/token`, registration: `${LOGIN}/reg` },
    dynamicRegistration: true,
    pkce: 'required',
    cors: 'yes',
    identityScopes: ['openid', 'offline_access'],
    authorizationParams: { prompt: 'login consent' },
  },
  scopes: [{ name: 'books.organization.read', sentence: 'See the name of the organization', access: 'read' }],
  apiBase: 'https://api.acme.com/',
  test: { method: 'GET', path: 'organization', scopes: ['books.organization.read'], accountField: 'organization.name' },
};

type Answer = (url: URL) => Response | null;

let sandbox: Sandbox;
let core: TestCore;
let shop: ApplicationId;
let connectorId: string;
let now: number;
let asked: string[];
let answer: Answer;

/** The transport is mapped to the sandbox, and a test may answer in its place. */
const mapped = (address: string, init: RequestInit): Promise<Response> => {
  const url = new URL(address);
  asked.push(url.pathname);
  const said = answer(url);
  if (said !== null) return Promise.resolve(said);
  const path = url.hostname === 'api.acme.com' ? `/books/api${url.pathname}` : url.pathname;
  return fetch(`${sandbox.origin}${path}${url.search}`, init);
};

const start = (more: Partial<TestCore['ctx']> = {}) => startCore({ fetch: mapped, now: () => now, ...more });
const connect = (linkName: string) => defineConnection(core, shop, connectorId, { linkName, scopes: ['books.organization.read'] });
const registrations = () => asked.filter((path) => path === '/reg').length;
const apps = (): Promise<OauthApp[]> => core.ctx.db.oauthApps.toArray();
const grants = async () => (await core.ctx.db.authorizations.toArray()).map(({ grant }) => grant?.clientId);

const ownWorkspace = async () => {
  const [workspace] = await core.ctx.db.workspaces.toArray();
  if (workspace === undefined) throw new Error('no workspace');
  return workspace;
};

const authorize = async (connectionId: ConnectionId, on: TestCore = core) => {
  const { url, flowId } = await on.do('beginAuthorization', { connectionId, environment: 'development' });
  const callback = new URL(await authorizeAt((url ?? '').replace(LOGIN, sandbox.origin), { email: 'ada@example.com' }));
  callback.searchParams.set('iss', LOGIN);
  await on.do('completeAuthorization', { callbackUrl: callback.href });
  return on.see('flow', { flowId });
};

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  now = Date.now();
  asked = [];
  answer = () => null;
  core = await start();
  shop = await startShop(core);
  await core.do('allowCustomConnectors', { isAllowed: true });
  ({ connectorId } = await core.do('addConnector', { name: 'Acme', record: RECORD }));
});

describe('a service that takes registrations from anybody (RFC 7591)', () => {
  it('R59 R121 gets one for the workspace, which then serves every connection', async () => {
    const view = await core.see('connector', { connectorId });
    expect(view.truth).toMatchObject({ verdict: 'both', needsOwnApp: false, registersItself: true });
    const [first, second] = [await connect('one'), await connect('two')];
    expect(await core.see('connection', { connectionId: first })).toMatchObject({ registration: 'itself', oauthApps: [] });
    expect(await authorize(first)).toMatchObject({ state: 'done' });
    expect(await authorize(second)).toMatchObject({ state: 'done' });
    const [app, ...others] = await apps();
    expect(others).toEqual([]);
    expect(registrations()).toBe(1);
    expect(app).toMatchObject({ hasSecret: false, registered: { issuer: LOGIN, redirectUri: at(TEST_REDIRECT), secretEndsAt: null } });
    expect(await grants()).toEqual([app?.clientId, app?.clientId]);
    const { apps: shown } = await core.see('oauthApps', {});
    expect(shown).toMatchObject([{ isByItself: true, usedBy: ['one', 'two'], redirectUri: at(TEST_REDIRECT) }]);
    expect((await core.ctx.db.events.toArray()).filter(({ name }) => name === 'credentials.registered')).toHaveLength(1);
    await requireWhole((await collectBackup(core.ctx, await ownWorkspace(), true)).backup);
    now += 4_000_000;
    expect(await core.do('testConnection', { connectionId: first, environment: 'development' })).toMatchObject({ isOk: true });
  });

  it('S18 asks where the service’s own metadata says, and nowhere else', async () => {
    const { connectorId: found } = await core.do('addConnector', {
      name: 'Found',
      record: { ...RECORD, auth: { method: 'oauth2-code', issuer: LOGIN, dynamicRegistration: true, cors: 'yes' } },
    });
    const metadata = {
      issuer: LOGIN,
      authorization_endpoint: `${LOGIN}/auth`,
      token_endpoint: `${LOGIN}/token`,
      registration_endpoint: `${LOGIN}/connect/register`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      code_challenge_methods_supported: ['S256'],
    };
    const saying = (more: object) => (url: URL) => {
      if (url.pathname.startsWith('/.well-known/')) return Response.json({ ...metadata, ...more });
      return Response.json({ client_id: 'found-us' }, { status: 201 });
    };
    const connectionId = await defineConnection(core, shop, found, { linkName: 'found' });
    const begin = () => core.do('beginAuthorization', { connectionId, environment: 'development' });
    answer = saying({ registration_endpoint: 'https://evil.test/register' });
    await expect(begin()).rejects.toMatchObject({ code: 'oauth.issuer-mismatch' });
    answer = saying({ registration_endpoint: undefined });
    await expect(begin()).rejects.toMatchObject({ code: 'oauth.endpoint-missing' });
    answer = saying({});
    expect(new URL((await begin()).url ?? '').searchParams.get('client_id')).toBe('found-us');
    expect(asked.filter((path) => path.endsWith('/register'))).toEqual(['/connect/register']);
    expect(await apps()).toMatchObject([{ connectorId: found, registered: { issuer: LOGIN } }]);
  });

  it('registers once when two windows ask at the same moment', async () => {
    const ids = [await connect('one'), await connect('two')];
    await Promise.all(ids.map((connectionId) => core.do('beginAuthorization', { connectionId, environment: 'development' })));
    expect(registrations()).toBe(1);
    expect(await apps()).toHaveLength(1);
  });

  it('S19 registers anew for another redirect address; what the first one got is still renewed by it', async () => {
    const [first, second] = [await connect('one'), await connect('two')];
    await authorize(first);
    const moved = await start({ db: core.ctx.db, redirectUri: OTHER_REDIRECT });
    await moved.do('beginAuthorization', { connectionId: second, environment: 'development' });
    expect((await apps()).map(({ registered }) => registered?.redirectUri).sort()).toEqual([at(OTHER_REDIRECT), at(TEST_REDIRECT)].sort());
    now += 4_000_000;
    expect(await moved.do('testConnection', { connectionId: first, environment: 'development' })).toMatchObject({ isOk: true });
  });

  it('R68 forgets one that the service no longer knows, and the next authorization makes another', async () => {
    const connectionId = await connect('one');
    answer = ({ pathname }) => (pathname === '/token' ? Response.json({ error: 'invalid_client' }, { status: 401 }) : null);
    expect(await authorize(connectionId)).toMatchObject({ state: 'failed', fault: { code: 'oauth.registration-lost' } });
    expect(await apps()).toEqual([]);
    answer = () => null;
    expect(await authorize(connectionId)).toMatchObject({ state: 'done' });
    expect(registrations()).toBe(2);
    now += 4_000_000;
    answer = ({ pathname }) => (pathname === '/token' ? Response.json({ error: 'invalid_client' }, { status: 401 }) : null);
    expect(await core.do('testConnection', { connectionId, environment: 'development' })).toMatchObject({
      fault: { code: 'oauth.client-changed' },
    });
    expect(await apps()).toEqual([]);
    expect((await core.ctx.db.authorizations.toArray())[0]).toMatchObject({ reason: 'oauth.client-changed' });
  });

  it('S2 seals a secret that the service gives unasked, and replaces it before it ends', async () => {
    const connectionId = await connect('one');
    let given = 0;
    answer = ({ pathname }) => {
      if (pathname !== '/reg') return null;
      given += 1;
      const end = Math.floor(now / 1_000) + 60;
      return Response.json(
        { client_id: `ours-${given}`, client_secret: `unasked-4b-${given}`, client_secret_expires_at: end },
        { status: 201 },
      );
    };
    const begin = () => core.do('beginAuthorization', { connectionId, environment: 'development' });
    await begin();
    await begin();
    expect(given).toBe(1);
    expect(await apps()).toMatchObject([{ clientId: 'ours-1', hasSecret: true }]);
    expect(JSON.stringify(await core.dump())).not.toContain('unasked-4b');
    now += 61_000;
    expect(new URL((await begin()).url ?? '').searchParams.get('client_id')).toBe('ours-2');
  });

  it('R121 is not asked where the account chose an OAuth app of its own', async () => {
    const connectionId = await connect('one');
    await chooseOwnApp(core, connectionId, { connectorId });
    const { url } = await core.do('beginAuthorization', { connectionId, environment: 'development' });
    expect(new URL(url ?? '').searchParams.get('client_id')).toBe('ours');
    expect(registrations()).toBe(0);
  });

  it('R121 is changed and chosen by nobody; deleting it ends what it got', async () => {
    const connectionId = await connect('one');
    await authorize(connectionId);
    const [app] = await apps();
    if (app === undefined) throw new Error('not registered');
    const change = { oauthAppId: app.id, connectorId, name: 'Mine', clientId: 'mine', clientSecret: null, isConfirmed: true };
    expect(await core.fails('saveOauthApp', change)).toBe('credentials.registered');
    expect(await core.fails('chooseOauthApp', { connectionId, oauthAppId: app.id })).toBe('credentials.registered');
    await core.do('deleteOauthApp', { oauthAppId: app.id });
    expect((await core.ctx.db.authorizations.toArray())[0]).toMatchObject({
      state: 'needs-reauthorization',
      reason: 'oauth.client-changed',
    });
    expect(await authorize(connectionId)).toMatchObject({ state: 'done' });
    expect(registrations()).toBe(2);
  });

  it('registers nothing while the vault is locked', async () => {
    const connectionId = await connect('one');
    await core.do('protectVault', { passphrase: 'correct horse battery staple' });
    await core.do('lockVault', {});
    expect(await core.fails('beginAuthorization', { connectionId, environment: 'development' })).toBe('vault.locked');
    expect(registrations()).toBe(0);
  });
});
