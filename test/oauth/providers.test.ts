import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allConnectors, connectorById } from '../../src/connectors/catalogue.ts';
import { type Connector, fillVariables, type OauthAuth, typedVariables, wrongVariables } from '../../src/domain/connector.ts';
import { Fault } from '../../src/domain/faults.ts';
import { type JsonValue, readPath } from '../../src/domain/json.ts';
import { Secret } from '../../src/domain/secret.ts';
import { exchangeCode, startCodeFlow } from '../../src/oauth/code.ts';
import { serverAt } from '../../src/oauth/discover.ts';
import { serverOf } from '../../src/oauth/record.ts';
import { renew } from '../../src/oauth/refresh.ts';
import { revoke } from '../../src/oauth/revoke.ts';
import { learnVariables, unheardVariables, variablesInCallback } from '../../src/oauth/tenant.ts';
import { PROFILES } from '../support/simulators/profiles.ts';
import { clientOf, type Heard, json, type Profile, Provider, serveAs } from '../support/simulators/provider.ts';

const NOW = 1_700_000_000_000;
const REDIRECT = 'https://app.example/callback.html';

const oauthOf = ({ auth, id }: Connector): OauthAuth => {
  if (auth.method !== 'oauth2-code') throw new TypeError(id);
  return auth;
};

const codeOf = async (act: () => Promise<unknown>): Promise<string | null> => {
  try {
    await act();
    return null;
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
};

describe.each(PROFILES.map((profile) => [profile.id, profile] as const))('%s, by its shipped record', (_, profile: Profile) => {
  const provider = new Provider(profile);
  const connector = connectorById(profile.id);
  const auth = oauthOf(connector);
  const client = clientOf(profile);
  const registration = { clientId: client.id, secret: client.secret === null ? null : new Secret(client.secret) };
  const typed = profile.typed ?? {};
  const scopes = [...auth.identityScopes, ...connector.defaultScopes];
  let served: Awaited<ReturnType<typeof serveAs>>;
  beforeAll(async () => {
    served = await serveAs((heard) => provider.answer(heard));
  });
  afterAll(() => served.close());

  const ask = async (address: string, token: string, variables: Readonly<Record<string, string>>): Promise<JsonValue> => {
    const { placement } = auth;
    const headers = {
      [placement.name]: placement.prefix + token,
      ...Object.fromEntries(Object.entries(connector.apiHeaders).map(([name, value]) => [name, fillVariables(value, variables)])),
    };
    const response = await served.fetch(address, { method: connector.test?.method ?? 'GET', headers });
    expect(response.status).toBe(200);
    const body: JsonValue = await response.json();
    return body;
  };

  const begin = async (): Promise<{ callbackUrl: string; secrets: Awaited<ReturnType<typeof startCodeFlow>>['secrets'] }> => {
    expect(wrongVariables({ variables: typedVariables(connector) }, typed)).toEqual([]);
    const { url, secrets } = await startCodeFlow(serverOf(auth, typed, registration), { redirectUri: REDIRECT, scopes, params: {} });
    const page = await served.fetch(url);
    expect(provider.complaints).toEqual([]);
    return { callbackUrl: page.headers.get('location') ?? '', secrets };
  };

  it('S21 S22 quirk V1 quirk V2 quirk V3 authorizes, learns the tenant, reads the account, renews and revokes', async () => {
    const { callbackUrl, secrets } = await begin();
    const early = { ...typed, ...variablesInCallback(connector, callbackUrl) };
    const server = serverOf(auth, early, registration);
    const got = await exchangeCode(server, callbackUrl, secrets, served.net, () => NOW, scopes);
    expect(provider.complaints).toEqual([]);
    const token = got.tokens.accessToken.reveal();
    const said = { ...early, ...learnVariables(connector, { callback: got.callback, answer: got.extra }) };
    const request: Record<string, JsonValue> = {};
    for (const { name, learned } of connector.variables)
      if (learned?.from === 'request') request[name] = await ask(fillVariables(learned.url ?? '', said), token, said);
    const variables = { ...said, ...learnVariables(connector, profile.lookups === undefined ? {} : { request }) };
    expect(variables).toMatchObject(profile.learned ?? {});
    expect(wrongVariables(connector, variables)).toEqual([]);
    if (profile.scopes !== undefined) expect(got.tokens.scopes).toEqual(profile.scopes);
    if (profile.life !== undefined) expect(got.tokens.expiresAt).toBe(profile.life === null ? null : NOW + profile.life * 1_000);

    const path = fillVariables(connector.test?.path ?? '', variables);
    const address = path.startsWith('https:') ? path : new URL(path, fillVariables(connector.apiBase, variables)).href;
    const name = readPath(await ask(address, token, variables), connector.test?.accountField ?? '');
    expect(String(name)).toBe(profile.account.name);

    if (profile.refresh !== null) {
      const old = got.tokens.refreshToken;
      if (old === null) throw new TypeError('no refresh token');
      const again = await renew(server, { refreshToken: old, scopes: got.tokens.scopes }, served.net, () => NOW);
      expect(again.tokens.accessToken.reveal()).not.toBe(token);
      expect(again.tokens.refreshToken?.reveal() === old.reveal()).toBe(profile.rotates !== true);
      expect(await codeOf(() => renew(server, { refreshToken: new Secret('gone'), scopes: null }, served.net, () => NOW))).toMatch(
        /^oauth\.(grant-ended|refused)$/,
      );
    }
    expect(await revoke(server, got.tokens, served.net)).toBe(profile.revoke === undefined ? 'no-way' : 'told');
    expect(provider.revoked > 0).toBe(profile.revoke !== undefined);
    expect(provider.complaints).toEqual([]);
  });

  it('S22 S29 makes nothing of a wrong code, a wrong state or a refusal', async () => {
    const { callbackUrl, secrets } = await begin();
    const server = serverOf(auth, { ...typed, ...profile.learned }, registration);
    const finish = (url: URL): Promise<string | null> =>
      codeOf(() => exchangeCode(server, url.href, secrets, served.net, () => NOW, scopes));
    const other = new URL(callbackUrl);
    other.searchParams.set(profile.codeParam ?? 'code', 'another');
    expect(await finish(other)).toMatch(/^oauth\.(refused|answer-unreadable)$/);
    const forged = new URL(callbackUrl);
    forged.searchParams.set('state', 'another');
    expect(await finish(forged)).toBe('oauth.answer-unreadable');
    const elsewhere = new URL(callbackUrl);
    elsewhere.searchParams.set('iss', 'https://evil.test');
    expect(await finish(elsewhere)).toBe('oauth.issuer-mismatch');
    expect(await finish(new URL(`${REDIRECT}?error=access_denied&state=${secrets.state}`))).toBe('oauth.access-denied');
  });
});

describe('an app that is registered as another kind than a page', () => {
  it('is refused at Microsoft, whatever else is right, and the steps of each of its records name the kind', async () => {
    const found = PROFILES.find(({ id }) => id === 'microsoft-graph');
    if (found === undefined) throw new TypeError('microsoft-graph');
    const provider = new Provider({ ...found, registeredAs: 'native' });
    const served = await serveAs((heard) => provider.answer(heard));
    const server = serverOf(oauthOf(connectorById(found.id)), found.typed ?? {}, { clientId: clientOf(found).id, secret: null });
    const { url, secrets } = await startCodeFlow(server, { redirectUri: REDIRECT, scopes: ['User.Read'], params: {} });
    const callbackUrl = (await served.fetch(url)).headers.get('location') ?? '';
    expect(await codeOf(() => exchangeCode(server, callbackUrl, secrets, served.net, () => NOW, ['User.Read']))).toBe('oauth.refused');
    expect(provider.complaints).toEqual(['AADSTS9002326: only a single-page application may ask across origins']);
    await served.close();
    const there = allConnectors().filter(
      ({ auth }) => auth.method === 'oauth2-code' && auth.endpoints?.token.includes('login.microsoftonline.com'),
    );
    expect(there.length).toBeGreaterThan(15);
    for (const { id, registration } of there)
      expect(registration.join(' '), id).toMatch(/platform Single-page application, for the web app and for/);
  });
});

describe('what a request looks like', () => {
  const started = async (id: string, variables: Readonly<Record<string, string>>): Promise<URLSearchParams> => {
    const server = serverOf(oauthOf(connectorById(id)), variables, { clientId: 'id', secret: null });
    const { url } = await startCodeFlow(server, { redirectUri: REDIRECT, scopes: ['a', 'b'], params: { login_hint: 'ada' } });
    return new URL(url).searchParams;
  };

  it('quirk H1 the header and its prefix come from the record', () => {
    const placements = ['zoho-crm', 'shopify', 'mailchimp', 'amazon-selling-partner', 'gitlab'].map(
      (id) => oauthOf(connectorById(id)).placement,
    );
    expect(placements.map(({ name, prefix }) => `${name}: ${prefix}`)).toEqual([
      'Authorization: Zoho-oauthtoken ',
      'X-Shopify-Access-Token: ',
      'Authorization: OAuth ',
      'x-amz-access-token: ',
      'Authorization: Bearer ',
    ]);
  });

  it('quirk Q2 calls the parameters as the service does', async () => {
    const params = await started('tiktok', {});
    expect([params.get('client_key'), params.get('client_id')]).toEqual(['id', null]);
    expect(params.get('scope')).toBe('a,b');
  });

  it('quirk Q3 adds what the record adds, which never replaces what the flow sets', async () => {
    const params = await started('google-drive', {});
    expect(Object.fromEntries(params)).toMatchObject({ access_type: 'offline', prompt: 'consent', login_hint: 'ada', client_id: 'id' });
    const auth = oauthOf(connectorById('google-drive'));
    const hostile = { ...auth, authorizationParams: { state: 'fixed', redirect_uri: 'https://evil.test', code_challenge: 'x' } };
    const { url, secrets } = await startCodeFlow(serverOf(hostile, {}, { clientId: 'id', secret: null }), {
      redirectUri: REDIRECT,
      scopes: [],
      params: {},
    });
    const { state, redirect_uri, code_challenge } = Object.fromEntries(new URL(url).searchParams);
    expect([state, redirect_uri]).toEqual([secrets.state, REDIRECT]);
    expect(code_challenge).toMatch(/^[\w-]{43}$/);
  });

  it('S21 uses PKCE S256 unless the record says that the service has none', async () => {
    for (const { id } of PROFILES) {
      const params = await started(id, PROFILES.find((profile) => profile.id === id)?.typed ?? {});
      expect(params.get('code_challenge_method'), id).toBe('S256');
    }
    const auth = { ...oauthOf(connectorById('github')), pkce: 'unsupported' } as const;
    const { url } = await startCodeFlow(serverOf(auth, {}, { clientId: 'id', secret: null }), {
      redirectUri: REDIRECT,
      scopes: [],
      params: {},
    });
    expect(new URL(url).searchParams.has('code_challenge')).toBe(false);
  });

  it('quirk Q4 refreshes where the record says', () => {
    const { as, dialect } = serverOf(oauthOf(connectorById('figma')), {}, { clientId: 'id', secret: null });
    expect([as.token_endpoint, dialect?.refreshEndpoint]).toEqual([
      'https://api.figma.com/v1/oauth/token',
      'https://api.figma.com/v1/oauth/refresh',
    ]);
  });

  it('quirk Q5 sends the headers that the record names', async () => {
    const heard: Heard[] = [];
    const served = await serveAs((one) => {
      heard.push(one);
      return json({ access_token: 'a' });
    });
    const auth = { ...oauthOf(connectorById('github')), request: { headers: { 'User-Agent': 'latchkey', Accept: 'application/json' } } };
    const server = serverOf(auth, {}, { clientId: 'id', secret: null });
    await renew(server, { refreshToken: new Secret('r'), scopes: null }, served.net, () => NOW);
    await served.close();
    expect(heard[0]?.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'latchkey' });
  });
});

describe('a server that publishes its metadata', () => {
  const profile = PROFILES.find(({ id }) => id === 'gitlab');
  const finish = async (scopes: readonly string[]): Promise<unknown> => {
    if (profile === undefined) throw new TypeError('gitlab');
    const provider = new Provider(profile);
    const served = await serveAs((heard) => provider.answer(heard));
    // The same endpoints as if they had been discovered.
    const written = serverOf(oauthOf(connectorById('gitlab')), {}, { clientId: clientOf(profile).id, secret: null });
    const server = { ...written, isDiscovered: true };
    try {
      const { url, secrets } = await startCodeFlow(server, { redirectUri: REDIRECT, scopes, params: {} });
      const callbackUrl = (await served.fetch(url)).headers.get('location') ?? '';
      const { subject } = await exchangeCode(server, callbackUrl, secrets, served.net, () => NOW, scopes);
      return { subject };
    } catch (error) {
      return error instanceof Fault ? error.code : error;
    } finally {
      await served.close();
    }
  };

  it('S30 must show an id token where openid was asked for, and need not otherwise', async () => {
    expect(await finish(['openid', 'read_user'])).toBe('oauth.id-token-wrong');
    expect(await finish(['read_user'])).toEqual({ subject: null });
  });

  const METADATA = {
    issuer: 'https://id.acme.example',
    authorization_endpoint: 'https://id.acme.example/authorize',
    token_endpoint: 'https://id.acme.example/token',
    revocation_endpoint: 'https://id.acme.example/revoke',
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
  };
  const auth: OauthAuth = {
    ...oauthOf(connectorById('keycloak')),
    clientAuthentication: 'post',
    pkce: 'unsupported',
    identityScopes: [],
    scopeSeparator: ',',
    authorizationParams: { realm: '{realm}' },
    tokenParams: { audience: 'https://{realm}.acme.example' },
    callbackVariables: ['region'],
    answerVariables: ['tenant'],
    answer: { tokenAt: 'data' },
    request: { renamed: { client_id: 'app_id' }, codeParam: 'auth_code' },
  };

  it('S18 S21 quirk T1 quirk Q2 quirk Q6 is spoken to as its record says beside the metadata, and still with PKCE', async () => {
    const heard: Heard[] = [];
    const served = await serveAs((one) => {
      heard.push(one);
      return json({ tenant: 'acme', data: { access_token: 'a', token_type: 'Bearer', expires_in: 60, scope: null, refresh_token: null } });
    });
    try {
      const server = serverAt(METADATA, { clientId: 'us', secret: new Secret('s') }, { auth, variables: { realm: 'main' } });
      const { url, secrets } = await startCodeFlow(server, { redirectUri: REDIRECT, scopes: ['one', 'two'], params: {} });
      const asked = new URL(url).searchParams;
      expect(Object.fromEntries(asked)).toMatchObject({ app_id: 'us', scope: 'one,two', realm: 'main', code_challenge_method: 'S256' });
      const back = new URLSearchParams({ auth_code: 'c', state: asked.get('state') ?? '', region: 'eu', iss: METADATA.issuer });
      const given = await exchangeCode(server, `${REDIRECT}?${back}`, secrets, served.net, () => NOW, ['one', 'two']);
      expect(given).toMatchObject({ subject: null, callback: { region: 'eu' }, extra: { tenant: 'acme' } });
      expect([given.tokens.accessToken.reveal(), given.tokens.refreshToken, given.tokens.scopes]).toEqual(['a', null, ['one', 'two']]);
      const form = new URLSearchParams(heard[0]?.text);
      expect(Object.fromEntries(form)).toMatchObject({
        app_id: 'us',
        client_secret: 's',
        audience: 'https://main.acme.example',
        code: 'c',
      });
      expect(heard[0]?.headers['authorization']).toBeUndefined();
    } finally {
      await served.close();
    }
  });

  it('S17 is held to its own name all the same (RFC 9207)', async () => {
    const server = serverAt(METADATA, { clientId: 'us', secret: null }, { auth, variables: { realm: 'main' } });
    const { url, secrets } = await startCodeFlow(server, { redirectUri: REDIRECT, scopes: [], params: {} });
    const state = new URL(url).searchParams.get('state') ?? '';
    const back = new URLSearchParams({ auth_code: 'c', state, iss: `${METADATA.issuer}/` });
    const net = { fetch: () => Promise.reject(new TypeError('nothing may be sent')), isInsecureAllowed: false };
    expect(await codeOf(() => exchangeCode(server, `${REDIRECT}?${back}`, secrets, net, () => NOW))).toBe('oauth.issuer-mismatch');
  });
});

describe('what a service may say of itself', () => {
  it('quirk V3 asks for what neither callback nor answer says', () => {
    const request = { tenantId: [{ tenantId: '70784a63-d24b-46a9-a4db-0e70a274b056' }] };
    expect(learnVariables(connectorById('xero'), { request })).toEqual({ tenantId: '70784a63-d24b-46a9-a4db-0e70a274b056' });
    expect(connectorById('xero').variables[0]?.learned).toEqual({
      from: 'request',
      at: '0.tenantId',
      url: 'https://api.xero.com/connections',
    });
  });

  it('quirk V1 refuses a tenant that is not of the service', () => {
    const hostile: readonly [string, Parameters<typeof learnVariables>[1]][] = [
      ['salesforce', { answer: { instance_url: 'https://evil.test' } }],
      ['salesforce', { answer: { instance_url: 'https://acme.my.salesforce.com.evil.test' } }],
      ['salesforce', { answer: { instance_url: 'https://acme.my.salesforce.com@evil.test/' } }],
      ['pipedrive', { answer: { api_domain: 'https://evil.test' } }],
      ['wrike', { answer: { host: 'evil.test/www.wrike.com' } }],
      ['teamwork', { answer: { installation: { apiEndPoint: 'https://teamwork.com.evil.test' } } }],
      ['zoho-crm', { callback: { 'accounts-server': 'https://accounts.zoho.evil' } }],
      ['zoho-crm', { callback: { 'accounts-server': 'https://evil.test' } }],
      ['quickbooks', { callback: { realmId: '1/../2' } }],
      ['mailchimp', { request: { dc: { dc: 'evil.test/x' } } }],
    ];
    for (const [id, heard] of hostile)
      expect(() => learnVariables(connectorById(id), heard), `${id} ${JSON.stringify(heard)}`).toThrow('oauth.tenant-refused');
  });

  it('quirk V1 knows which tenant was never said', () => {
    const salesforce = connectorById('salesforce');
    const typed = { loginHost: 'login.salesforce.com' };
    expect(unheardVariables(salesforce, typed).map(({ name }) => name)).toEqual(['instanceHost']);
    const said = learnVariables(salesforce, { answer: { instance_url: 'https://acme.my.salesforce.com' } });
    expect(unheardVariables(salesforce, { ...typed, ...said })).toEqual([]);
  });

  it('quirk V2 keeps what the record names and nothing else', () => {
    expect(learnVariables(connectorById('quickbooks'), { callback: { realmId: '1234567890', state: 's' } })).toEqual({
      realmId: '1234567890',
    });
    expect(learnVariables(connectorById('github'), { callback: { anything: 'x' }, answer: { x: 1 } })).toEqual({});
  });
});
