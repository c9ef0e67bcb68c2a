import { decodeProtectedHeader, exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectorById } from '../../src/connectors/catalogue.ts';
import type { OauthAuth } from '../../src/domain/connector.ts';
import { Fault } from '../../src/domain/faults.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Net, Server } from '../../src/oauth/client.ts';
import { clientCredentials } from '../../src/oauth/client-credentials.ts';
import { exchangeCode, startCodeFlow } from '../../src/oauth/code.ts';
import { askDevice, startDeviceFlow } from '../../src/oauth/device.ts';
import { discover } from '../../src/oauth/discover.ts';
import { jwtBearer } from '../../src/oauth/jwt-bearer.ts';
import { serverOf } from '../../src/oauth/record.ts';
import { registerClient } from '../../src/oauth/register.ts';
import { readKeyFile, type SigningKey } from '../../src/oauth/signing-key.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { authorizeAt, registerClientAt, startTestSandbox, TEST_REDIRECT } from '../support/sandbox.ts';
import { form, type Heard, json, type Reply, serveAs } from '../support/simulators/provider.ts';

const NOW = 1_700_000_000_000;
const now = (): number => NOW;

const authOf = (id: string): OauthAuth => {
  const { auth } = connectorById(id);
  if (!('answer' in auth)) throw new TypeError(id);
  return auth;
};

const faultOf = async (act: Promise<unknown>): Promise<string> => {
  try {
    await act;
    return 'none';
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
};

let answer: (heard: Heard) => Reply = () => json({}, 404);
const heard: Heard[] = [];
let served: Awaited<ReturnType<typeof serveAs>>;
let sandbox: Sandbox;

beforeAll(async () => {
  served = await serveAs((one) => {
    heard.push(one);
    return answer(one);
  });
  sandbox = await startTestSandbox();
});
afterEach(() => {
  heard.length = 0;
});
afterAll(async () => {
  await served.close();
  await sandbox.close();
});

const sandboxNet: Net = { fetch: (url, init) => fetch(url, init), isInsecureAllowed: true };
const paramsOf = ({ text }: Heard): Record<string, string> => Object.fromEntries(new URLSearchParams(text));

describe('client credentials (RFC 6749 section 4.4)', () => {
  it('gets a token for the app itself from a real server', async () => {
    const { clientId, clientSecret } = await registerClientAt(sandbox.origin, {
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_basic',
    });
    const server = await discover(sandbox.origin, { clientId, secret: new Secret(clientSecret) }, sandboxNet);
    const { tokens } = await clientCredentials(server, ['sms.account.read'], sandboxNet, Date.now);
    expect(tokens.refreshToken).toBe(null);
    expect(tokens.scopes).toEqual(['sms.account.read']);
    const wrong: Server = await discover(sandbox.origin, { clientId, secret: new Secret('wrong') }, sandboxNet);
    expect(await faultOf(clientCredentials(wrong, [], sandboxNet, Date.now))).toBe('oauth.refused');
  });

  it('quirk Q6 lets a record name another grant type and more parameters (Zoom)', async () => {
    answer = () =>
      json({ access_token: 'z', token_type: 'bearer', expires_in: 3599, scope: 'user:read:user', api_url: 'https://api.zoom.us' });
    const server = serverOf(authOf('zoom-s2s'), { accountId: 'acc-1' }, { clientId: 'id', secret: new Secret('s+1') });
    const { tokens, extra } = await clientCredentials(server, [], served.net, now);
    expect(tokens.expiresAt).toBe(NOW + 3_599_000);
    expect(extra).toEqual({ api_url: 'https://api.zoom.us' });
    const [asked] = heard;
    expect(asked?.url.href).toBe('https://zoom.us/oauth/token');
    expect(asked === undefined ? {} : paramsOf(asked)).toEqual({ grant_type: 'account_credentials', account_id: 'acc-1' });
    expect(Buffer.from((asked?.headers['authorization'] ?? '').slice(6), 'base64').toString()).toBe('id:s%2B1');
  });

  it('quirk Q1 sends JSON where the record says so (Auth0 Management)', async () => {
    answer = () => json({ access_token: 'a', expires_in: 86400, token_type: 'Bearer', scope: 'read:users' });
    const server = serverOf(authOf('auth0-management'), { hostname: 'acme.eu.auth0.com' }, { clientId: 'id', secret: new Secret('s') });
    await clientCredentials(server, ['read:users'], served.net, now);
    expect(heard[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(heard[0]?.text ?? '')).toEqual({
      grant_type: 'client_credentials',
      client_id: 'id',
      client_secret: 's',
      scope: 'read:users',
      audience: 'https://acme.eu.auth0.com/api/v2/',
    });
  });

  it('S31 tells a passing trouble from a refusal', async () => {
    const server = serverOf(authOf('twilio-oauth'), {}, { clientId: 'id', secret: new Secret('s') });
    for (const [reply, code] of [
      [json({ error: 'invalid_client' }, 401), 'oauth.refused'],
      [json({ error: 'invalid_client' }, 503), 'oauth.provider-down'],
      [json({}, 429), 'oauth.provider-down'],
      [{ status: 200, type: 'text/html', body: '<html>' }, 'oauth.answer-unreadable'],
    ] as const) {
      answer = () => reply;
      expect(await faultOf(clientCredentials(server, [], served.net, now))).toBe(code);
    }
  });
});

describe('the device flow (RFC 8628)', () => {
  const github = () => serverOf(authOf('github-device'), {}, { clientId: 'id', secret: null });
  const started = {
    device_code: 'd1',
    user_code: 'WDJB-MJHT',
    verification_uri: 'https://github.com/login/device',
    expires_in: 900,
    interval: 5,
  };

  it('asks a real server, which has nobody yet', async () => {
    const server = await discover(sandbox.origin, { clientId: 'latchkey', secret: null }, sandboxNet);
    const flow = await startDeviceFlow(server, ['openid', 'sms.account.read'], sandboxNet, Date.now);
    expect(flow.userCode).toMatch(/^[A-Z-]{6,12}$/);
    expect(new URL(flow.page).origin).toBe(sandbox.origin);
    expect(flow.pageWithCode).toContain(encodeURIComponent(flow.userCode));
    expect(await askDevice(server, flow, [], sandboxNet, Date.now)).toEqual({ isDone: false, interval: flow.interval });
  });

  it('quirk 5 quirk P1 waits as it is told, although GitHub says so with status 200', async () => {
    answer = () => json(started);
    const flow = await startDeviceFlow(github(), ['read:user'], served.net, now);
    expect(flow).toMatchObject({ userCode: 'WDJB-MJHT', interval: 5, endsAt: NOW + 900_000, pageWithCode: null });
    answer = () => json({ error: 'authorization_pending' });
    expect(await askDevice(github(), flow, [], served.net, now)).toEqual({ isDone: false, interval: 5 });
    answer = () => json({ error: 'slow_down', interval: 10 });
    expect(await askDevice(github(), flow, [], served.net, now)).toEqual({ isDone: false, interval: 10 });
    answer = () => form({ error: 'slow_down' });
    expect(await askDevice(github(), { ...flow, interval: 10 }, [], served.net, now)).toEqual({ isDone: false, interval: 15 });
    answer = () => form({ access_token: 'gho_1', token_type: 'bearer', scope: 'read:user' });
    const done = await askDevice(github(), flow, ['read:user'], served.net, now);
    expect(done.isDone && done.tokens.accessToken.reveal()).toBe('gho_1');
    expect(paramsOf(heard.at(-1) ?? heard[0] ?? { method: '', url: new URL('https://x.test'), headers: {}, text: '' })).toEqual({
      client_id: 'id',
      device_code: 'd1',
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    });
  });

  it('quirk P1 ends when it is refused or too late, and not when the network is down', async () => {
    answer = () => json(started);
    const flow = await startDeviceFlow(github(), [], served.net, now);
    for (const [reply, code] of [
      [json({ error: 'access_denied' }, 400), 'oauth.access-denied'],
      [json({ error: 'expired_token' }), 'oauth.expired'],
      [json({ error: 'incorrect_device_code' }), 'oauth.refused'],
      [json({ error: 'authorization_pending' }, 503), 'oauth.provider-down'],
    ] as const) {
      answer = () => reply;
      expect(await faultOf(askDevice(github(), flow, [], served.net, now))).toBe(code);
    }
    heard.length = 0;
    expect(await faultOf(askDevice(github(), flow, [], served.net, () => NOW + 900_000))).toBe('oauth.expired');
    expect(heard).toEqual([]);
  });

  it('S25 shows no page but one over https, and no code that nobody can type', async () => {
    for (const wrong of [
      { verification_uri: 'http://github.com/login/device' },
      { verification_uri: 'javascript:alert(1)' },
      { verification_uri_complete: 'https://a:b@evil.test/' },
      { user_code: 'a'.repeat(65) },
      { user_code: '\u202eABC' },
      { device_code: 7 },
      { expires_in: 'never' },
    ]) {
      answer = () => json({ ...started, ...wrong });
      expect(await faultOf(startDeviceFlow(github(), [], served.net, now)), JSON.stringify(wrong)).toBe('oauth.answer-unreadable');
    }
    answer = () => json({ error: 'device_flow_disabled' });
    expect(await faultOf(startDeviceFlow(github(), [], served.net, now))).toBe('oauth.refused');
    answer = () => json({ ...started, verification_uri: undefined, verification_url: 'https://www.google.com/device' });
    expect((await startDeviceFlow(github(), [], served.net, now)).page).toBe('https://www.google.com/device');
  });
});

describe('a registration of our own (RFC 7591)', () => {
  const request = { name: 'Latchkey', redirectUris: [TEST_REDIRECT], scopes: ['openid', 'sms.account.read'] };

  it('is taken from a real server, and authorizes there', async () => {
    const { as } = await discover(sandbox.origin, { clientId: 'nobody', secret: null }, sandboxNet);
    const registration = await registerClient({ as }, request, sandboxNet);
    expect(registration.secret).toBe(null);
    const server = await discover(sandbox.origin, registration, sandboxNet);
    const { url, secrets } = await startCodeFlow(server, {
      redirectUri: TEST_REDIRECT,
      scopes: request.scopes,
      params: { prompt: 'login consent' },
    });
    const callback = await authorizeAt(url, { email: 'ada@example.com' });
    const { tokens, subject } = await exchangeCode(server, callback, secrets, sandboxNet, Date.now, request.scopes);
    expect(subject).toBe('ada@example.com');
    expect(tokens.scopes).toContain('sms.account.read');
  });

  it('says why there is none', async () => {
    const as = { issuer: 'https://made-up.example', registration_endpoint: 'https://made-up.example/reg' };
    expect(await faultOf(registerClient({ as: { issuer: as.issuer } }, request, served.net))).toBe('oauth.endpoint-missing');
    for (const [reply, code] of [
      [json({ error: 'invalid_redirect_uri' }, 400), 'oauth.refused'],
      [json({}, 503), 'oauth.provider-down'],
      [json({ client_id: 'a b' }, 201), 'oauth.answer-unreadable'],
      [json({ client_id: 7 }, 201), 'oauth.answer-unreadable'],
      [{ status: 201, type: 'text/html', body: '<html>' }, 'oauth.answer-unreadable'],
    ] as const) {
      answer = () => reply;
      expect(await faultOf(registerClient({ as }, request, served.net))).toBe(code);
    }
  });
});

describe('a key that speaks for an account (RFC 7523)', () => {
  const server = () => serverOf(authOf('google-drive'), {}, { clientId: 'unused', secret: null });
  const keyFrom = async (): Promise<{ key: SigningKey; verify: (assertion: string) => Promise<Readonly<Record<string, unknown>>> }> => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    const key: SigningKey = {
      algorithm: 'RS256',
      privateKey: new Secret(await exportPKCS8(pair.privateKey)),
      keyId: 'k1',
      issuer: 'robot@acme.iam.gserviceaccount.com',
      subject: null,
      audience: null,
    };
    const verify = async (assertion: string) =>
      (await jwtVerify(assertion, pair.publicKey, { audience: 'https://oauth2.googleapis.com/token', currentDate: new Date(NOW) })).payload;
    return { key, verify };
  };

  it('signs what the service verifies, for a minute and once', async () => {
    const { key, verify } = await keyFrom();
    answer = () => json({ access_token: 'ya29.s', expires_in: 3599, token_type: 'Bearer' });
    const scope = 'https://www.googleapis.com/auth/drive.readonly';
    const { tokens } = await jwtBearer(server(), key, [scope], served.net, now);
    expect(tokens.scopes).toEqual([scope]);
    const params = paramsOf(heard[0] ?? { method: '', url: new URL('https://x.test'), headers: {}, text: '' });
    expect(params['grant_type']).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const claims = await verify(params['assertion'] ?? '');
    expect(claims).toMatchObject({ iss: key.issuer, sub: key.issuer, scope, iat: NOW / 1_000, exp: NOW / 1_000 + 60 });
    await jwtBearer(server(), key, [scope], served.net, now);
    const second = paramsOf(heard[1] ?? { method: '', url: new URL('https://x.test'), headers: {}, text: '' });
    expect((await verify(second['assertion'] ?? ''))['jti']).not.toBe(claims['jti']);
  });

  it('S18 reads the key of a service account, and none of the addresses beside it', async () => {
    const { key, verify } = await keyFrom();
    const file = {
      type: 'service_account',
      private_key: key.privateKey.reveal(),
      private_key_id: 'k9',
      client_email: 'robot@acme.iam.gserviceaccount.com',
      token_uri: 'https://evil.test/token',
    };
    answer = () => json({ access_token: 'a', token_type: 'Bearer' });
    await jwtBearer(server(), readKeyFile(JSON.stringify(file)), [], served.net, now);
    expect(heard[0]?.url.href).toBe('https://oauth2.googleapis.com/token');
    const assertion = new URLSearchParams(heard[0]?.text).get('assertion') ?? '';
    expect(decodeProtectedHeader(assertion).kid).toBe('k9');
    expect((await verify(assertion))['iss']).toBe(file.client_email);
    for (const text of [
      '',
      '[]',
      'null',
      '{}',
      '7',
      JSON.stringify({ ...file, private_key: 7 }),
      JSON.stringify({ ...file, client_email: null }),
    ])
      expect(() => readKeyFile(text), text).toThrow('oauth.key-unusable');
  });

  it('S43 says that a key is none, and nothing of it', async () => {
    const { key } = await keyFrom();
    const broken = { ...key, privateKey: new Secret('-----BEGIN PRIVATE KEY-----\nnot-really-a-key\n-----END PRIVATE KEY-----') };
    await expect(jwtBearer(server(), broken, [], served.net, now)).rejects.toMatchObject({ code: 'oauth.key-unusable', detail: 'RS256' });
    expect(heard).toEqual([]);
  });
});
