import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorById } from '../../src/connectors/catalogue.ts';
import { type Connector, fillVariables, type OauthAuth, typedVariables, wrongVariables } from '../../src/domain/connector.ts';
import { Fault } from '../../src/domain/faults.ts';
import { type JsonValue, readPath } from '../../src/domain/json.ts';
import { Secret } from '../../src/domain/secret.ts';
import { exchangeCode, startCodeFlow } from '../../src/oauth/code.ts';
import { serverOf } from '../../src/oauth/record.ts';
import { renew } from '../../src/oauth/refresh.ts';
import { revoke } from '../../src/oauth/revoke.ts';
import { learnVariables } from '../../src/oauth/tenant.ts';
import { PROFILES } from '../support/simulators/profiles.ts';
import { clientOf, type Profile, Provider, serveAs } from '../support/simulators/provider.ts';

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

  it('S21 S22 V1 V2 V3 authorizes, learns the tenant, reads the account, renews and revokes', async () => {
    const { callbackUrl, secrets } = await begin();
    const kept = Object.fromEntries(new URL(callbackUrl).searchParams);
    const early = { ...typed, ...learnVariables(connector, { callback: kept }) };
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
    await revoke(server, got.tokens, served.net);
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

describe('what a service may say of itself', () => {
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

  it('quirk V2 keeps what the record names and nothing else', () => {
    expect(learnVariables(connectorById('quickbooks'), { callback: { realmId: '1234567890', state: 's' } })).toEqual({
      realmId: '1234567890',
    });
    expect(learnVariables(connectorById('github'), { callback: { anything: 'x' }, answer: { x: 1 } })).toEqual({});
  });
});
