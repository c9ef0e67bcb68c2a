import { beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationId } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { answerTo, chooseOwnApp, defineConnection, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { SERVICE_ACCOUNT } from '../support/providers/other-ways.ts';

const KEY = 'key-of-acme-0123456789';
const SECRET = 'secret-of-our-app-0123456789';
const TOKEN = 'token-of-acme-0123456789';

const OAUTH: JsonObject = {
  method: 'oauth2-code',
  endpoints: {
    authorization: 'https://login.acme.com/authorize',
    token: 'https://login.acme.com/token',
    revocation: 'https://login.acme.com/revoke',
  },
  publicClient: 'yes',
};
const BEARER: JsonObject = {
  method: 'bearer',
  fields: [{ name: 'token', label: 'Token', placement: { in: 'header', name: 'Authorization', prefix: 'Bearer ' } }],
};

const MOVED: JsonObject = {
  ...OAUTH,
  endpoints: { authorization: 'https://sso.acme.com/authorize', token: 'https://sso.acme.com/token' },
};
const DEVICE: JsonObject = {
  method: 'oauth2-device',
  endpoints: { token: 'https://login.acme.com/token', device: 'https://login.acme.com/device' },
  publicClient: 'yes',
};

const record = (more: JsonObject = {}): JsonObject => ({
  category: 'Custom',
  description: 'Acme: what Acme does.',
  auth: BEARER,
  scopes: [
    { name: 'read', sentence: 'See everything that you see', access: 'read' },
    { name: 'write', sentence: 'Change everything that you see', access: 'write' },
  ],
  apiBase: 'https://api.acme.com/v1/',
  operations: [
    {
      id: 'list',
      label: 'List orders',
      does: 'query',
      method: 'GET',
      path: 'orders',
      inputs: [],
      result: { path: 'total', label: 'Orders' },
    },
  ],
  ...more,
});

let core: TestCore;
let shop: ApplicationId;
let asked: { url: string; body: string }[];
/** Part of an address whose answers wait, until they are let go. */
let held: { readonly part: string; readonly until: Promise<void> } | null;
beforeEach(async () => {
  asked = [];
  held = null;
  core = await startCore({
    fetch: async (url, init) => {
      asked.push({ url: String(url), body: String(init?.body ?? '') });
      if (held !== null && String(url).includes(held.part)) await held.until;
      if (String(url).endsWith('/device'))
        return Response.json({ device_code: 'd', user_code: 'AB-CD', verification_uri: 'https://login.acme.com/d', expires_in: 900 });
      return Response.json({ access_token: TOKEN, refresh_token: `${TOKEN}-refresh`, token_type: 'Bearer', expires_in: 3_600 });
    },
  });
  shop = await startShop(core);
  await core.do('allowCustomConnectors', { isAllowed: true });
});

const add = async (given: JsonObject): Promise<string> => (await core.do('addConnector', { name: 'Acme', record: given })).connectorId;
const change = (connectorId: string, given: JsonObject, isAgreed = true) =>
  core.do('changeConnector', { connectorId, name: 'Acme', record: given, isAgreed });
const review = (connectorId: string | null, given: JsonObject) => core.do('reviewConnector', { connectorId, name: 'Acme', record: given });
const hostsAsked = (): string[] => [...new Set(asked.map(({ url }) => new URL(url).host))];

/** A connection with a token that somebody typed. */
const withKey = async (given = record()) => {
  const connectorId = await add(given);
  const connectionId = await defineConnection(core, shop, connectorId, { linkName: 'acme', scopes: ['read'] });
  await core.do('authorizeWithKeys', { connectionId, environment: 'development', variables: {}, keys: { token: KEY } });
  return { connectorId, connectionId };
};

/** A connection that signs in by the account's own OAuth app, with its secret. */
const withApp = async () => {
  const connectorId = await add(record({ auth: OAUTH }));
  const connectionId = await defineConnection(core, shop, connectorId, { linkName: 'acme', scopes: ['read'] });
  const oauthAppId = await chooseOwnApp(core, connectionId, { connectorId, clientSecret: SECRET });
  return { connectorId, connectionId, oauthAppId };
};

const signIn = async (
  connectionId: Awaited<ReturnType<typeof withApp>>['connectionId'],
  environment: 'development' | 'stage' = 'development',
): Promise<string> => {
  const { url } = await core.do('beginAuthorization', { connectionId, environment });
  return answerTo(url);
};

/** Holds the answers of these addresses back; the first gives the moment at which one is asked, the other lets them go. */
const hold = (part: string) => {
  let release: () => void = () => undefined;
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  held = { part, until };
  const isAsked = () => expect.poll(() => asked.some(({ url }) => url.includes(part))).toBe(true);
  return { isAsked, release };
};

/** A panel that lists the orders. */
const savePanel = (applicationId: ApplicationId, target: JsonObject) =>
  core.do('saveComponent', {
    applicationId,
    componentId: null,
    kind: 'page-panel',
    name: 'Orders',
    config: { page: 'board', title: 'Orders', operation: 'list', values: {}, ...target },
  });

const authorizationOf = async (connectionId: string) => core.ctx.db.authorizations.where('connectionId').equals(connectionId).first();

describe('changing a custom connector', () => {
  it('leaves authorizations alone where nothing moves, and says so before', async () => {
    const { connectorId, connectionId } = await withKey();
    const given = record({
      description: 'Acme: orders.',
      scopes: [...Object(record()['scopes']), { name: 'x', sentence: 'More', access: 'read' }],
    });
    expect(await review(connectorId, given)).toMatchObject({ moved: [], ending: [], apps: [], hosts: ['api.acme.com'] });
    expect(await change(connectorId, given, false)).toEqual({ ended: 0, notTold: 0 });
    expect((await authorizationOf(connectionId))?.state).toBe('connected');
    expect((await core.see('connector', { connectorId })).description).toBe('Acme: orders.');
    const told = (await core.ctx.db.events.toArray()).find(({ name }) => name === 'connector.changed');
    expect(told).toMatchObject({ subject: connectorId, fields: { name: 'Acme', what: 'nothing that moves credentials' } });
  });

  it.each<[string, JsonObject, string]>([
    ['another host', { apiBase: 'https://eu.acme.com/v1/' }, 'the addresses of the API'],
    ['another path below the host', { apiBase: 'https://api.acme.com/' }, 'the addresses of the API'],
    ['one more base', { alsoAt: ['https://files.acme.com/'] }, 'the addresses of the API'],
    [
      'another header',
      { auth: { ...BEARER, fields: [{ name: 'token', label: 'Token', placement: { in: 'query', name: 'key' } }] } },
      'the way to authorize',
    ],
    [
      'a question to the account',
      {
        variables: [{ name: 'team', label: 'Team', example: 'blue', pattern: '[a-z]+' }],
        apiBase: 'https://api.acme.com/v1/{team}/',
      },
      'what is asked of the account',
    ],
  ])('S23 withdraws what was authorized where a change moves it: %s', async (_, more, part) => {
    const { connectorId, connectionId } = await withKey();
    const given = record(more);
    const said = await review(connectorId, given);
    expect(said.moved).toContain(part);
    expect(said.ending).toEqual([{ name: 'acme', count: 1 }]);
    expect(await core.fails('changeConnector', { connectorId, name: 'Acme', record: given, isAgreed: false })).toBe(
      'connector.change-ends',
    );
    expect((await authorizationOf(connectionId))?.state).toBe('connected');
    expect(await change(connectorId, given)).toEqual({ ended: 1, notTold: 0 });
    expect(await authorizationOf(connectionId)).toMatchObject({ state: 'not-connected', reason: 'connector.changed', grant: null });
    expect(await core.ctx.db.secrets.where('id').startsWith('tokens:').count()).toBe(0);
    expect(asked).toEqual([]);
  });

  it('S23 tells the old address that a grant ends, and sends neither token nor client secret to a new one', async () => {
    const { connectorId, connectionId, oauthAppId } = await withApp();
    await core.do('completeAuthorization', { callbackUrl: await signIn(connectionId) });
    expect((await authorizationOf(connectionId))?.state).toBe('connected');
    const moved = record({ auth: MOVED });
    expect(await review(connectorId, moved)).toMatchObject({
      moved: ['the addresses that authorize'],
      ending: [{ name: 'acme', count: 1 }],
      apps: ['Ours'],
    });
    await change(connectorId, moved);
    expect(asked.at(-1)).toMatchObject({ url: 'https://login.acme.com/revoke', body: expect.stringContaining(TOKEN) });
    expect(hostsAsked()).toEqual(['login.acme.com']);
    expect(await core.ctx.db.oauthApps.get(oauthAppId)).toMatchObject({ hasSecret: false });
    expect(await core.ctx.db.secrets.where('id').anyOf(`oauth-app:${oauthAppId}`).count()).toBe(0);
    await core.do('completeAuthorization', { callbackUrl: await signIn(connectionId) });
    expect(hostsAsked()).toEqual(['login.acme.com', 'sso.acme.com']);
    expect(asked.filter(({ url, body }) => url.includes('sso.acme.com') && body.includes(SECRET))).toEqual([]);
  });

  it('S23 deletes a key that signs for an app where the record has it sign for somebody else', async () => {
    const signs = (more: JsonObject = {}): JsonObject =>
      record({ scopes: [], auth: { method: 'oauth2-jwt-bearer', endpoints: { token: 'https://login.acme.com/token' }, ...more } });
    const connectorId = await add(signs());
    const key = { name: 'Robot', issuer: 'robot', subject: '', key: SERVICE_ACCOUNT.pem };
    await core.do('saveSigningKey', { oauthAppId: null, connectorId, isConfirmed: false, ...key });
    const elsewhere = signs({ assertionAudience: 'https://other.acme.com/' });
    expect(await review(connectorId, elsewhere)).toMatchObject({
      moved: ['the addresses that authorize'],
      apps: ['Robot'],
      hosts: ['login.acme.com', 'api.acme.com', 'other.acme.com'],
    });
    await change(connectorId, elsewhere);
    expect(await core.ctx.db.secrets.where('id').startsWith('oauth-app:').count()).toBe(0);
  });

  it('S22 S23 ends a sign-in that is under way: its code goes to no new address', async () => {
    const { connectorId, connectionId } = await withApp();
    const callbackUrl = await signIn(connectionId);
    await change(connectorId, record({ auth: MOVED }));
    await core.do('completeAuthorization', { callbackUrl }).catch(() => undefined);
    expect(hostsAsked()).toEqual([]);
    expect(await authorizationOf(connectionId)).not.toMatchObject({ state: 'connected' });
  });

  it('S22 S23 has ended everything when the services are told: who signs in meanwhile does so at the new address', async () => {
    const { connectorId, connectionId } = await withApp();
    await core.do('completeAuthorization', { callbackUrl: await signIn(connectionId) });
    const begunBefore = await signIn(connectionId, 'stage');
    const { isAsked, release } = hold('/revoke');
    const changing = change(connectorId, record({ auth: MOVED }));
    await isAsked();
    expect(await core.fails('completeAuthorization', { callbackUrl: begunBefore })).toBe('oauth.state-mismatch');
    await core.do('completeAuthorization', { callbackUrl: await signIn(connectionId, 'stage') });
    release();
    expect(await changing).toEqual({ ended: 1, notTold: 0 });
    const rows = await core.ctx.db.authorizations.where('connectionId').equals(connectionId).toArray();
    expect(rows.map(({ environment, state }) => [environment, state]).sort()).toEqual([
      ['development', 'not-connected'],
      ['stage', 'connected'],
    ]);
    expect(asked.filter(({ body }) => body.includes('code=c')).map(({ url }) => new URL(url).host)).toEqual([
      'login.acme.com',
      'sso.acme.com',
    ]);
    expect(asked.filter(({ url, body }) => url.includes('sso.acme.com') && body.includes(SECRET))).toEqual([]);
  });

  it('S23 stores no key that was tried at the old address, and no code that it gave', async () => {
    const tried = { test: { method: 'GET', path: 'me' } };
    const connectorId = await add(record(tried));
    const connectionId = await defineConnection(core, shop, connectorId, { linkName: 'acme' });
    const trial = hold('/v1/me');
    const authorizing = core.fails('authorizeWithKeys', { connectionId, environment: 'stage', variables: {}, keys: { token: KEY } });
    await trial.isAsked();
    await change(connectorId, record({ ...tried, auth: DEVICE }));
    trial.release();
    expect(await authorizing).toBe('store.conflict');
    const asking = hold('/device');
    await chooseOwnApp(core, connectionId, { connectorId, clientSecret: null });
    const beginning = core.fails('beginDeviceAuthorization', { connectionId, environment: 'stage' });
    await asking.isAsked();
    await change(connectorId, record(tried));
    asking.release();
    expect(await beginning).toBe('store.conflict');
    expect([await core.ctx.db.authorizations.count(), await core.ctx.db.flows.count()]).toEqual([0, 0]);
  });

  it('S23 stores no token that the old address gave to the app itself', async () => {
    const auth = { method: 'oauth2-client-credentials', endpoints: { token: 'https://login.acme.com/token' }, publicClient: 'no' };
    const connectorId = await add(record({ auth }));
    const connectionId = await defineConnection(core, shop, connectorId, { linkName: 'acme' });
    await chooseOwnApp(core, connectionId, { connectorId, clientSecret: SECRET });
    const asking = hold('/token');
    const authorizing = core.fails('authorizeAsApp', { connectionId, environment: 'stage' });
    await asking.isAsked();
    await change(connectorId, record({ auth, apiBase: 'https://api2.acme.com/v1/' }));
    asking.release();
    expect(await authorizing).toBe('store.conflict');
    expect(await core.ctx.db.authorizations.count()).toBe(0);
  });

  it('is not deleted while a connection is made from it, whichever was asked for first', async () => {
    const define = (connectorId: string) => defineConnection(core, shop, connectorId, { linkName: connectorId.replaceAll('-', '_') });
    const remove = (connectorId: string) => core.do('deleteConnector', { connectorId });
    for (const order of [
      [define, remove],
      [remove, define],
    ]) {
      const connectorId = await add(record());
      const outcomes = await Promise.allSettled(order.map((act) => act(connectorId)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
    for (const { connectorId } of await core.ctx.db.connections.toArray())
      expect(await core.ctx.db.connectors.get(connectorId)).toBeDefined();
  });

  it('refuses to take away a scope that a connection asks for, and an operation that a component does', async () => {
    const { connectorId } = await withKey();
    await savePanel(shop, { connection: 'acme' });
    const refused = async (more: JsonObject): Promise<string> =>
      core.fails('reviewConnector', { connectorId, name: 'Acme', record: record(more) });
    expect(await refused({ scopes: [{ name: 'write', sentence: 'Change', access: 'write' }] })).toBe('connector.part-in-use');
    expect(await refused({ operations: [] })).toBe('connector.part-in-use');
    expect((await review(connectorId, record({ scopes: [{ name: 'read', sentence: 'See', access: 'read' }] }))).ending).toEqual([]);
  });

  it('R100 refuses to take away an operation that a component does by its service, and counts it before the connector is deleted', async () => {
    const connectorId = await add(record());
    await savePanel(shop, { connection: '', service: connectorId });
    const gone = { connectorId, name: 'Acme', record: record({ operations: [] }) };
    expect(await core.fails('reviewConnector', gone)).toBe('connector.part-in-use');
    const [system] = await core.ctx.db.connections.toArray();
    await core.ctx.db.connections.delete(system?.id ?? 'con_0');
    expect((await core.see('customConnectors', {})).connectors).toMatchObject([{ usedBy: ['Orders'] }]);
    expect(await core.fails('changeConnector', { ...gone, isAgreed: true })).toBe('connector.part-in-use');
    expect(await core.fails('deleteConnector', { connectorId })).toBe('connector.in-use');
  });

  it('R40 lets an operation go that only a component of another application names, under the same link name', async () => {
    const { applicationId: elsewhere } = await core.do('createApplication', { name: 'Elsewhere' });
    await core.do('savePage', { applicationId: elsewhere, name: 'Board' });
    await savePanel(elsewhere, { connection: 'acme' });
    const { connectorId } = await withKey();
    expect((await review(connectorId, record({ operations: [] }))).moved).toEqual([]);
  });

  it('names each field that is wrong, and refuses what nobody writes', async () => {
    const says = (given: JsonObject): Promise<string> =>
      review(null, given).then(
        () => 'nothing',
        (error: Error & { detail?: string | null }) => error.detail ?? error.message,
      );
    expect(await says(record({ scopes: [{ name: 'read' }], surprise: 1 }))).toMatch(
      /scopes\.0\.sentence: is missing.*surprise: there is no such field/,
    );
    expect(await says(record({ apiBase: 'http://api.acme.com/' }))).toBe('apiBase: "http://api.acme.com/" has not the form that is needed');
    expect(await says(record({ auth: { ...BEARER, method: 'magic' } }))).toMatch(/^auth\.method: "magic" is none of oauth2-code, /);
    expect(await says(record({ operations: [{ id: 'x' }] }))).toMatch(/operations\.0\.label: is missing/);
    expect(await says(record({ apiBase: 'https://api.acme.com/{nobody}/' }))).toMatch(/placeholders: nobody/);
    expect(await says(record({ id: 'gitlab' }))).toBe('id: Latchkey says this itself, take it out');
    expect(await core.ctx.db.connectors.count()).toBe(0);
  });

  it('S18 R14 changes nobody else’s: a built-in one, another workspace’s, a client’s', async () => {
    const connectorId = await add(record());
    const input = (id: string) => ({ connectorId: id, name: 'Acme', record: record(), isAgreed: true });
    expect(await core.fails('changeConnector', input('gitlab'))).toBe('store.missing');
    expect(
      await core.fails('changeConnector', {
        ...input(connectorId),
        record: record({ apiBase: 'https://api.evil.net/', alsoAt: ['https://api.acme.com/'] }),
      }),
    ).toBe('connector.domains-differ');
    await core.do('createWorkspace', { name: 'Elsewhere', side: 'developer', memberName: 'Eve' });
    await core.do('allowCustomConnectors', { isAllowed: true });
    expect(await core.fails('changeConnector', input(connectorId))).toBe('store.missing');
    await expect(core.see('connectorDraft', { connectorId })).rejects.toThrow('connection.connector-unknown');
    await core.do('createWorkspace', { name: 'Client', side: 'client', memberName: 'Carla' });
    expect(await core.fails('changeConnector', input(connectorId))).toBe('access.refused');
  });

  it('A18 starts from a built-in record, so that a retired service goes on where an account still has an endpoint', async () => {
    const { name, record: started } = await core.see('connectorDraft', { connectorId: 'clockwork-sms' });
    expect(name).toBe('Clockwork SMS');
    expect(JSON.stringify(started)).not.toMatch(/isRetired|standsFor|"facts"|:null/);
    const connectorId = await add({ ...started, apiBase: 'https://sms.ours.com/' });
    expect(await core.see('connector', { connectorId })).toMatchObject({
      creation: { allowed: true },
      isRetired: false,
      hosts: ['sms.ours.com'],
    });
    expect(
      await core.fails('defineConnection', {
        connectorId: 'clockwork-sms',
        displayName: 'Old',
        linkName: 'old',
        type: 'admin',
        scopes: [],
        environmentPolicy: 'separate',
        applicationId: null,
      }),
    ).toBe('connection.connector-retired');
    const { record: google } = await core.see('connectorDraft', { connectorId: 'gitlab' });
    expect(await add({ ...google })).toMatch(/^custom-/);
  });

  it('gives its own record back as it was written', async () => {
    const given = record();
    const connectorId = await add(given);
    expect(await core.see('connectorDraft', { connectorId })).toEqual({ name: 'Acme', record: given, hosts: ['api.acme.com'] });
  });
});
