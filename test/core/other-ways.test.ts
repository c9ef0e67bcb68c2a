import { AwsV4Signer } from 'aws4fetch';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectorById } from '../../src/connectors/catalogue.ts';
import type { Context } from '../../src/core/context.ts';
import { fromKeys, withCredential } from '../../src/core/credential.ts';
import { recoverFlows } from '../../src/core/flow-start.ts';
import { openDb } from '../../src/db/open.ts';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import { createVault } from '../../src/vault/seal.ts';
import { chooseOwnApp, defineConnection, startShop } from '../support/builders.ts';
import { freshName, startCore, type TestCore } from '../support/core.ts';
import { createOtherWays, SERVICE_ACCOUNT } from '../support/providers/other-ways.ts';
import type { Arrived, Provider } from '../support/providers/provider.ts';
import { mappedFetch, type Providers, serveProviders } from '../support/providers/serve.ts';

const AWS = { accessKeyId: 'AKIDEXAMPLE0000000', secretAccessKey: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY' } as const;

const { state, github, twilio, google } = createOtherWays();
const signed: Arrived[] = [];

const aws: Provider = {
  hosts: ['sts.eu-central-1.amazonaws.com', 's3.eu-central-1.amazonaws.com'],
  answer: (request) => {
    signed.push(request);
    return { status: 200, body: '<GetCallerIdentityResponse/>' };
  },
};

let providers: Providers;
let core: TestCore;
let shop: ApplicationId;
let now = Date.now();
const name = () => freshName();

beforeAll(async () => {
  providers = await serveProviders([github, twilio, google, aws]);
});
afterAll(() => providers.close());
beforeEach(async () => {
  Object.assign(state, { device: 'authorization_pending', polls: 0, tokens: 0, assertions: 0 });
  signed.length = 0;
  during = null;
  now = Date.now();
  core = await startCore({ fetch: fetchThere, now: () => now, name: name() });
  shop = await startShop(core);
});

/** What happens while the next answer of a token endpoint is on its way. */
let during: (() => Promise<unknown>) | null = null;
const fetchThere: Context['fetch'] = async (url, init) => {
  const answer = await mappedFetch(providers)(url, init);
  if (during !== null && url.endsWith('/access_token')) {
    const act = during;
    during = null;
    await act();
  }
  return answer;
};
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const connect = async (connectorId: string, clientSecret: string | null, scopes: readonly string[] = []): Promise<ConnectionId> => {
  const connectionId = await defineConnection(core, shop, connectorId, { scopes });
  await chooseOwnApp(core, connectionId, { connectorId, clientId: 'our-client', clientSecret });
  return connectionId;
};

const row = async () => (await core.ctx.db.authorizations.toArray())[0];

describe('the device flow', () => {
  it('shows the code, goes on asking by itself, and ends with the account (RFC 8628)', { timeout: 20_000 }, async () => {
    const connectionId = await connect('github-device', null, ['read:user']);
    const { flowId } = await core.do('beginDeviceAuthorization', { connectionId, environment: 'development' });
    expect(await core.see('flow', { flowId })).toMatchObject({
      state: 'waiting',
      device: { userCode: 'WDJB-MJHT', page: 'https://github.com/login/device', pageWithCode: null },
    });
    await expect.poll(() => state.polls, { timeout: 10_000 }).toBeGreaterThan(1);
    state.device = '';
    await expect.poll(async () => (await core.see('flow', { flowId })).state, { timeout: 10_000 }).toBe('done');
    expect(await row()).toMatchObject({ state: 'connected', grant: { account: 'octocat', clientId: 'our-client' } });
    expect(JSON.stringify(await core.dump())).not.toContain('gho_device_16C7e42F');
    expect(JSON.stringify(await core.dump())).not.toContain('device-3584');
  });

  it.each([
    ['access_denied', 'oauth.access-denied'],
    ['expired_token', 'oauth.expired'],
  ])('ends when the service says %s, and stores nothing', { timeout: 20_000 }, async (said, code) => {
    const connectionId = await connect('github-device', null);
    state.device = said;
    const { flowId } = await core.do('beginDeviceAuthorization', { connectionId, environment: 'development' });
    await expect.poll(async () => (await core.see('flow', { flowId })).fault?.code, { timeout: 10_000 }).toBe(code);
    expect(await row()).toBeUndefined();
  });

  it('stops asking when a person cancels, and takes nothing that is granted then', { timeout: 20_000 }, async () => {
    const connectionId = await connect('github-device', null);
    const { flowId } = await core.do('beginDeviceAuthorization', { connectionId, environment: 'development' });
    await expect.poll(() => state.polls, { timeout: 10_000 }).toBeGreaterThan(0);
    // In the middle of a question that is granted.
    const asked = state.polls;
    state.device = '';
    during = () => core.do('cancelAuthorization', { flowId });
    await expect.poll(() => state.polls, { timeout: 10_000 }).toBe(asked + 1);
    await pause(2_200);
    expect(state.polls).toBe(asked + 1);
    expect(await core.see('flow', { flowId })).toMatchObject({ state: 'failed', fault: { code: 'oauth.cancelled' } });
    expect(await row()).toBeUndefined();
    expect(await core.ctx.db.secrets.where('id').startsWith('tokens:').count()).toBe(0);
  });

  it('asks more slowly when the service says so or does not answer, also after a worker started anew', { timeout: 20_000 }, async () => {
    const connectionId = await connect('github-device', null);
    const { flowId } = await core.do('beginDeviceAuthorization', { connectionId, environment: 'development' });
    const asking = async () => (await core.ctx.db.flows.get(flowId))?.device?.asking;
    during = () => Promise.reject(new DOMException('too slow', 'TimeoutError'));
    await expect.poll(asking, { timeout: 10_000 }).toEqual({ interval: 2, nextAt: now + 2_000 });
    state.device = 'slow_down';
    await expect.poll(asking, { timeout: 10_000 }).toEqual({ interval: 7, nextAt: now + 7_000 });
    core.ctx.db.close();
    // Another worker on the same database: it waits for what is left, and asks at once when that is over.
    const { name: dbName } = core.ctx.db;
    const polls = state.polls;
    const early = await startCore({ name: dbName, fetch: mappedFetch(providers), now: () => now });
    await recoverFlows(early.ctx);
    await pause(1_200);
    expect(state.polls).toBe(polls);
    early.ctx.db.close();
    state.device = '';
    const late = await startCore({ name: dbName, fetch: mappedFetch(providers), now: () => now + 7_000 });
    await recoverFlows(late.ctx);
    await expect.poll(async () => (await late.see('flow', { flowId })).state, { timeout: 1_000 }).toBe('done');
  });

  it('S8 asks nothing while the vault is locked; unlocking goes on with it, and no granted code is lost', { timeout: 20_000 }, async () => {
    const passphrase = 'correct horse battery staple';
    const db = await openDb(name());
    // PBKDF2, as where WebAssembly is refused: it is the quicker of the two.
    const slow = () => Promise.reject(new Error('refused'));
    const options = { db, fetch: fetchThere, now: () => now };
    core = await startCore({ ...options, vault: createVault(db, slow) });
    shop = await startShop(core);
    const connectionId = await connect('github-device', null);
    await core.do('protectVault', { passphrase });
    const first = await core.do('beginDeviceAuthorization', { connectionId, environment: 'development' });
    await core.do('lockVault', {});
    await pause(1_400);
    expect([state.polls, (await core.see('flow', first)).state]).toEqual([0, 'waiting']);
    // A worker that starts while it is locked cannot know the code either, until it is unlocked; then it is locked again during the answer.
    const next = await startCore({ ...options, vault: createVault(db, slow) });
    await recoverFlows(next.ctx);
    state.device = '';
    during = () => next.do('lockVault', {});
    await next.do('unlockVault', { passphrase });
    await expect.poll(async () => (await next.see('flow', first)).state, { timeout: 10_000 }).toBe('done');
    expect((await next.see('vault', {})).state).toBe('locked');
    expect([state.polls, await row()]).toMatchObject([1, { state: 'connected', grant: { account: 'octocat' } }]);
    await next.do('unlockVault', { passphrase });
    expect(await next.do('testConnection', { connectionId, environment: 'development' })).toMatchObject({ isOk: true });
  });
});

describe('client credentials', () => {
  it('authorizes as the app, and asks again by itself when the token has ended (RFC 6749 section 4.4)', async () => {
    const connectionId = await connect('twilio-oauth', 'app-secret-7f');
    const variables = { account_sid: `AC${'0'.repeat(32)}` };
    expect(await core.do('authorizeAsApp', { connectionId, environment: 'development', variables })).toEqual({ account: 'Harbour Homes' });
    expect(await row()).toMatchObject({ state: 'connected', grant: { canRenew: true } });
    now += 3_700_000;
    expect(await core.do('testConnection', { connectionId, environment: 'development' })).toMatchObject({ isOk: true });
    expect(state.tokens).toBe(2);
    for (const secret of ['app-secret-7f', 'app-token-1', 'app-token-2']) expect(JSON.stringify(await core.dump())).not.toContain(secret);
  });

  it('R68 a wrong secret stores nothing; another way than the record’s is refused', async () => {
    const connectionId = await connect('twilio-oauth', 'wrong');
    const variables = { account_sid: `AC${'0'.repeat(32)}` };
    expect(await core.fails('authorizeAsApp', { connectionId, environment: 'development', variables })).toBe('oauth.refused');
    expect(await core.fails('beginDeviceAuthorization', { connectionId, environment: 'development', variables })).toBe('oauth.way-wrong');
    expect(await core.fails('authorizeWithKeys', { connectionId, environment: 'development', variables, keys: {} })).toBe(
      'oauth.keys-not-taken',
    );
    expect(await row()).toBeUndefined();
  });
});

describe('a service account key (RFC 7523)', () => {
  const connectorId = 'google-service-account';
  const scopes = ['https://www.googleapis.com/auth/cloud-platform.read-only'];
  const typed = { oauthAppId: null, connectorId, name: 'Robot', issuer: '', subject: '', isConfirmed: false };
  const define = () => defineConnection(core, shop, connectorId, { scopes });
  const store = async (connectionId: ConnectionId, part: Partial<typeof typed> & { readonly key: string }) => {
    const { oauthAppId } = await core.do('saveSigningKey', { ...typed, ...part });
    await core.do('chooseOauthApp', { connectionId, oauthAppId });
    return oauthAppId;
  };

  it('R59 R121 signs for itself, and again when the token has ended; the key is sealed and never comes back', async () => {
    const connectionId = await define();
    const key = SERVICE_ACCOUNT.keyFile();
    expect(await core.do('readSigningKey', { key })).toEqual({ issuer: SERVICE_ACCOUNT.email, keyId: 'k9f3', algorithm: 'RS256' });
    await store(connectionId, { key });
    expect(await core.do('authorizeAsApp', { connectionId, environment: 'development' })).toEqual({ account: 'Harbour project' });
    expect(await row()).toMatchObject({ state: 'connected', grant: { canRenew: true, clientId: SERVICE_ACCOUNT.email, scopes } });
    now += 3_700_000;
    expect(await core.do('testConnection', { connectionId, environment: 'development' })).toMatchObject({ isOk: true });
    expect(state.assertions).toBe(2);
    const [app] = (await core.see('oauthApps', {})).apps;
    expect(app).toMatchObject({ hasSecret: true, key: { algorithm: 'RS256', keyId: 'k9f3', subject: null }, redirectUri: null });
    const kept = JSON.stringify(await core.dump());
    for (const part of [SERVICE_ACCOUNT.pem.slice(40, 90), 'BEGIN PRIVATE KEY', 'ya29-']) expect(kept).not.toContain(part);
  });

  it('R121 takes PEM with its issuer and whom it speaks for; a pasted key has lost its lines', async () => {
    const connectionId = await define();
    const key = SERVICE_ACCOUNT.pem.replaceAll('\n', '');
    expect(await core.fails('saveSigningKey', { ...typed, key })).toBe('credentials.issuer-needed');
    const oauthAppId = await store(connectionId, { key, issuer: SERVICE_ACCOUNT.email, subject: SERVICE_ACCOUNT.person });
    await core.do('authorizeAsApp', { connectionId, environment: 'development' });
    // A name may change beside the stored key; another key has to be confirmed.
    const change = { ...typed, oauthAppId, name: 'Other', subject: SERVICE_ACCOUNT.person };
    await core.do('saveSigningKey', { ...change, key: null });
    expect((await core.see('oauthApps', {})).apps).toMatchObject([{ name: 'Other', clientId: SERVICE_ACCOUNT.email, hasSecret: true }]);
    expect(await core.fails('saveSigningKey', { ...change, key })).toBe('credentials.affects');
    expect(await core.fails('saveSigningKey', { ...change, key: null, subject: '' })).toBe('credentials.affects');
    await core.do('saveSigningKey', { ...change, key: null, subject: '', isConfirmed: true });
    expect(await row()).toMatchObject({ state: 'needs-reauthorization', reason: 'oauth.client-changed' });
  });

  it('R68 says that a key is missing, is none, or belongs to another way', async () => {
    const connectionId = await define();
    expect(await core.fails('authorizeAsApp', { connectionId, environment: 'development' })).toBe('credentials.key-needed');
    for (const key of ['nonsense', '{}', SERVICE_ACCOUNT.pem.replace('MII', 'XXX'), '{"kty":"RSA","d":"x"}'])
      expect(await core.fails('saveSigningKey', { ...typed, issuer: 'robot', key })).toBe('oauth.key-unusable');
    expect(await core.fails('saveSigningKey', { ...typed, connectorId: 'twilio-oauth', key: SERVICE_ACCOUNT.keyFile() })).toBe(
      'oauth.way-wrong',
    );
    const secret = { oauthAppId: null, connectorId, name: 'Ours', clientId: 'robot', clientSecret: 'secret', isConfirmed: false };
    expect(await core.fails('saveOauthApp', secret)).toBe('oauth.way-wrong');
    await store(connectionId, { key: SERVICE_ACCOUNT.pem, issuer: 'somebody-else' });
    expect(await core.fails('authorizeAsApp', { connectionId, environment: 'development' })).toBe('oauth.refused');
    expect(await row()).toBeUndefined();
  });
});

describe('an OAuth app that shows who it is without a secret', () => {
  const custom = async (clientAuthentication: string) => {
    await core.do('allowCustomConnectors', { isAllowed: true });
    const { connectorId } = await core.do('addConnector', {
      name: 'Acme',
      record: {
        category: 'Custom',
        description: 'Acme: what Acme does.',
        auth: { method: 'oauth2-client-credentials', endpoints: { token: 'https://login.acme.com/token' }, clientAuthentication },
        apiBase: 'https://api.acme.com/',
      },
    });
    return { connectorId, connectionId: await defineConnection(core, shop, connectorId, { linkName: 'acme' }) };
  };
  const sent: { readonly url: string; readonly init: RequestInit }[] = [];
  beforeEach(async () => {
    sent.length = 0;
    const fetch = async (url: string, init: RequestInit) => {
      sent.push({ url, init });
      return Response.json({ access_token: 'acme-token', token_type: 'bearer' });
    };
    core = await startCore({ fetch, now: () => now, name: name() });
    shop = await startShop(core);
  });
  const form = () => Object.fromEntries(new URLSearchParams(String(sent[0]?.init.body)));

  it('R121 signs with a sealed private key (RFC 7523 section 2.2)', async () => {
    const { connectorId, connectionId } = await custom('private-key-jwt');
    expect(await core.see('connector', { connectorId })).toMatchObject({ appCredential: 'client-key', truth: { verdict: 'own-app' } });
    const key = {
      oauthAppId: null,
      connectorId,
      name: 'Ours',
      issuer: 'our-app',
      subject: '',
      key: SERVICE_ACCOUNT.pem,
      isConfirmed: false,
    };
    const { oauthAppId } = await core.do('saveSigningKey', key);
    await core.do('chooseOauthApp', { connectionId, oauthAppId });
    await core.do('authorizeAsApp', { connectionId, environment: 'development' });
    expect(form()).toMatchObject({ client_id: 'our-app', client_assertion_type: expect.stringContaining('jwt-bearer') });
    const [, payload = ''] = (form()['client_assertion'] ?? '').split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ iss: 'our-app', aud: 'https://login.acme.com/token' });
    expect(sent[0]?.init.credentials).toBe('omit');
    expect(JSON.stringify(await core.dump())).not.toContain(SERVICE_ACCOUNT.pem.slice(40, 90));
  });

  it('S26 sends the browser’s credentials only where a certificate has to go along (RFC 8705)', async () => {
    const { connectorId, connectionId } = await custom('tls');
    expect(await core.see('connector', { connectorId })).toMatchObject({
      appCredential: 'certificate',
      truth: { verdict: 'extension', needsSecret: false, needsOwnApp: true },
    });
    await chooseOwnApp(core, connectionId, { connectorId, clientId: 'our-app' });
    await core.do('authorizeAsApp', { connectionId, environment: 'development' });
    expect(form()).toEqual({ client_id: 'our-app', grant_type: 'client_credentials' });
    expect(sent[0]).toMatchObject({ url: 'https://login.acme.com/token', init: { credentials: 'include', redirect: 'error' } });
    expect(sent.slice(1).every(({ init }) => init.credentials === 'omit')).toBe(true);
  });
});

describe('AWS Signature Version 4', () => {
  it('signs each request by itself, as the service computes it', async () => {
    const connectionId = await defineConnection(core, shop, 'aws');
    const variables = { region: 'eu-central-1', service: 's3' };
    await core.do('authorizeWithKeys', { connectionId, environment: 'development', variables, keys: AWS });
    const [request] = signed;
    if (request === undefined) throw new Error('nothing arrived');
    const expected = await new AwsV4Signer({
      url: `https://${request.host}${request.path}?${request.query}`,
      method: 'GET',
      headers: { accept: 'application/json' },
      service: 'sts',
      region: 'eu-central-1',
      datetime: request.headers['x-amz-date'] ?? '',
      ...AWS,
    }).authHeader();
    expect(request.headers['authorization']).toBe(expected);
    expect(JSON.stringify(await core.dump())).not.toContain(AWS.secretAccessKey);
  });

  it.each([
    ['its own address', 'https://api.acme.com/v1/orders', 'execute-api'],
    ['another service of the account', 'https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity', 'sts'],
  ])('signs for the service that the record names at %s', async (_, url, name) => {
    const aws = connectorById('aws');
    const connector = { ...aws, auth: { method: 'aws-sigv4', service: '{product}-api' } as const };
    const variables = { region: 'eu-central-1', product: 'execute' };
    const service = { connector, variables, apiBase: 'https://api.acme.com/v1/', bases: [] };
    const made = await withCredential({ method: 'GET', url, headers: {}, body: null }, fromKeys(service, AWS));
    expect(made.headers['authorization']).toContain(`/eu-central-1/${name}/aws4_request`);
  });
});
