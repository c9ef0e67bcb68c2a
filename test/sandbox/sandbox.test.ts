import * as oauth from 'oauth4webapi';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/serve.ts';
import { allWell } from '../../src/sandbox/switchboard.ts';
import { authorizeAt, startTestSandbox, TEST_REDIRECT } from '../support/sandbox.ts';

let sandbox: Sandbox;
let as: oauth.AuthorizationServer;
const client: oauth.Client = { client_id: 'latchkey' };
const http = { [oauth.allowInsecureRequests]: true };

beforeAll(async () => {
  sandbox = await startTestSandbox();
  const issuer = new URL(sandbox.origin);
  as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http));
});
afterEach(() => void Object.assign(sandbox.faults, allWell()));
afterAll(() => sandbox.close());

const grant = async (scope: string, choice: Parameters<typeof authorizeAt>[1] = { email: 'dana@studio.example' }) => {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(as.authorization_endpoint ?? '');
  const params = {
    client_id: 'latchkey',
    response_type: 'code',
    redirect_uri: TEST_REDIRECT,
    scope,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    prompt: 'login consent',
  };
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  const answer = oauth.validateAuthResponse(as, client, new URL(await authorizeAt(url.href, choice)), state);
  return oauth.processAuthorizationCodeResponse(
    as,
    client,
    await oauth.authorizationCodeGrantRequest(as, client, oauth.None(), answer, TEST_REDIRECT, verifier, http),
  );
};

const api = (path: string, token: string | null, init: RequestInit = {}) =>
  fetch(`${sandbox.origin}${path}`, {
    ...init,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...init.headers },
  });

describe('the sandbox’s authorization server', () => {
  it('gives tokens by code and PKCE, with a refresh token and an id token', async () => {
    const tokens = await grant('openid email offline_access books.organization.read');
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'openid email offline_access books.organization.read' });
    expect(tokens.refresh_token).toBeDefined();
    for (const secret of [tokens.access_token, tokens.refresh_token, tokens.id_token]) expect(sandbox.issued()).toContain(secret);
  });

  it('demands PKCE', async () => {
    const page = await fetch(
      `${as.authorization_endpoint}?client_id=latchkey&response_type=code&scope=openid&redirect_uri=${encodeURIComponent(TEST_REDIRECT)}`,
      { redirect: 'manual' },
    );
    expect(page.headers.get('location')).toContain('error=invalid_request');
  });

  it('rotates refresh tokens, and ends the grant when an old one comes back', async () => {
    const { refresh_token: first = '' } = await grant('openid offline_access books.organization.read');
    const renew = async (token: string) =>
      oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, oauth.None(), token, http));
    const second = await renew(first);
    expect(second.refresh_token).not.toBe(first);
    await expect(renew(first)).rejects.toMatchObject({ error: 'invalid_grant' });
    expect((await api('/books/api/organization', second.access_token)).status).toBe(401);
  });

  it('grants what was ticked only, and says so', async () => {
    const tokens = await grant('openid books.organization.read books.invoices.create', {
      email: 'dana@studio.example',
      untick: ['books.invoices.create'],
    });
    expect(tokens.scope).toBe('openid books.organization.read');
  });

  it('revokes and introspects', async () => {
    const { access_token } = await grant('openid books.organization.read');
    const look = async () =>
      oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, oauth.None(), access_token, http));
    expect((await look()).active).toBe(true);
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, oauth.None(), access_token, http));
    expect((await look()).active).toBe(false);
    expect((await api('/books/api/organization', access_token)).status).toBe(401);
  });

  it('registers clients, whose secrets it counts among those it issued', async () => {
    const response = await fetch(as.registration_endpoint ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['https://client.example/cb'], client_name: 'New' }),
    });
    const registered = (await response.json()) as { client_id: string; client_secret: string };
    expect(response.status).toBe(201);
    expect(sandbox.issued()).toContain(registered.client_secret);
  });

  it('starts the device flow', async () => {
    const response = await oauth.deviceAuthorizationRequest(as, client, oauth.None(), new URLSearchParams({ scope: 'openid' }), http);
    const device = await oauth.processDeviceAuthorizationResponse(as, client, response);
    expect(device.user_code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
    const page = await (await fetch(device.verification_uri)).text();
    expect(page).toContain('Enter the code');
  });

  it('lets a page of another origin read the token answer', async () => {
    const preflight = await fetch(as.token_endpoint ?? '', {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example');
  });
});

describe('the sandbox’s services', () => {
  it('refuse a missing token, an unknown one and one without the scope', async () => {
    expect((await api('/books/api/organization', null)).status).toBe(401);
    expect((await api('/books/api/organization', 'nothing')).status).toBe(401);
    const { access_token } = await grant('openid sheet.data.read');
    const refused = await api('/books/api/organization', access_token);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({ error: 'insufficient_scope', scope: 'books.organization.read' });
  });

  it('keep the data of each account apart', async () => {
    const dana = await grant('openid sheet.data.read');
    const uma = await grant('openid sheet.data.read', { email: 'uma@harbour.example' });
    const count = async (token: string) =>
      ((await (await api('/sheet/api/count?sheet=Properties&column=status&equals=sold', token)).json()) as { count: number }).count;
    expect([await count(dana.access_token), await count(uma.access_token)]).toEqual([2, 7]);
  });

  it('take an invoice once for one idempotency key, and say what is wrong with another', async () => {
    const { access_token } = await grant('openid books.invoices.create');
    const send = (body: unknown, key: string) =>
      api('/books/api/invoices', access_token, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      });
    const invoice = { customer: 'C', reference: 'R', item: 'I', amount: 5, date: '2026-11-24' };
    const first = await (await send(invoice, 'k1')).json();
    expect(await (await send(invoice, 'k1')).json()).toEqual(first);
    expect(sandbox.books.invoices).toHaveLength(1);
    const wrong = await send({ ...invoice, amount: -1, date: 'x' }, 'k2');
    expect([wrong.status, await wrong.json()]).toEqual([
      422,
      { error: 'invalid', fields: { amount: 'must be a number above 0', date: 'must be a date like 2026-01-31' } },
    ]);
    expect(await (await fetch(`${sandbox.origin}/books`)).text()).toContain('INV-0001');
  });

  it('queue a message to a real-looking number only', async () => {
    const { access_token } = await grant('openid sms.messages.send');
    const send = (to: string) =>
      api('/sms/api/messages', access_token, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ to, body: 'Hi' }),
      });
    expect((await send('+14155550100')).status).toBe(201);
    expect((await send('call me')).status).toBe(422);
  });
});

describe('the switchboard', () => {
  it('breaks what it says, and mends it', async () => {
    sandbox.faults.discoveryDown = true;
    expect((await fetch(`${sandbox.origin}/.well-known/openid-configuration`)).status).toBe(503);
    sandbox.faults.everythingDown = true;
    await expect(fetch(sandbox.origin)).rejects.toThrow();
    expect((await fetch(`${sandbox.origin}/control`)).status).toBe(200);
  });

  it('is not flipped by a page of another origin', async () => {
    const response = await fetch(`${sandbox.origin}/control`, {
      method: 'POST',
      headers: { origin: 'https://evil.test' },
      body: new URLSearchParams({ fault: 'tokenDown' }),
    });
    expect(response.status).toBe(403);
    expect(sandbox.faults.tokenDown).toBe(false);
  });

  it('escapes what people type', async () => {
    const { access_token } = await grant('openid books.invoices.create');
    await api('/books/api/invoices', access_token, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customer: '<script>alert(1)</script>', reference: 'R', item: 'I', amount: 5, date: '2026-11-24' }),
    });
    const page = await (await fetch(`${sandbox.origin}/books`)).text();
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;');
  });

  it('says that a port is taken', async () => {
    await expect(startSandbox({ port: sandbox.port, redirectUris: [] })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
