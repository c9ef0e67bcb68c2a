import { beforeEach, describe, expect, it } from 'vitest';
import { FORMAT } from '../../src/bundle/format/v1.ts';
import { makeAuthorKey, signBundle } from '../../src/bundle/sign.ts';
import { allConnectors, connectorById } from '../../src/connectors/catalogue.ts';
import { customIdFor, isCustomId } from '../../src/domain/custom.ts';
import type { ApplicationId } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { chooseOwnApp, defineConnection, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';

const HOSTS = 'https://api.acme.com/';

const record = (more: JsonObject = {}): JsonObject => ({
  category: 'Custom',
  description: 'Acme: what Acme does.',
  auth: {
    method: 'oauth2-code',
    endpoints: { authorization: 'https://login.acme.com/authorize', token: 'https://login.acme.com/token' },
    publicClient: 'yes',
    cors: 'yes',
  },
  scopes: [{ name: 'read', sentence: 'See everything that you see', access: 'read' }],
  apiBase: HOSTS,
  test: { method: 'GET', path: 'me' },
  ...more,
});

const oauth = (endpoints: JsonObject): JsonObject => ({ method: 'oauth2-code', endpoints });

/** A record that has a key sign for this audience. */
const signing = (assertionAudience: string): JsonObject => ({
  method: 'oauth2-jwt-bearer',
  endpoints: { token: 'https://login.acme.com/token' },
  assertionAudience,
});

let core: TestCore;
let shop: ApplicationId;
beforeEach(async () => {
  core = await startCore({ fetch: () => Promise.reject(new TypeError('no network')) });
  shop = await startShop(core);
});

const allow = (isAllowed: boolean) => core.do('allowCustomConnectors', { isAllowed });
const add = (given: JsonObject = record(), name = 'Acme') => core.do('addConnector', { name, record: given });
const refused = (given: JsonObject, name = 'Acme') => core.fails('addConnector', { name, record: given });
const ask = (q: string) => core.see('catalogue', { q, filters: {}, offset: 0, limit: 30 });

describe('custom connectors', () => {
  it('R20 are off until the workspace switches them on', async () => {
    expect(await refused(record())).toBe('connector.custom-off');
    await allow(true);
    const { connectorId } = await add();
    expect(isCustomId(connectorId)).toBe(true);
    expect((await ask('acme')).cards[0]).toMatchObject({ id: connectorId, name: 'Acme', isVerified: false });
    // Behind the sandbox's, which need no account anywhere.
    expect((await ask('')).cards[3]?.id).toBe(connectorId);
    await allow(false);
    expect((await ask('acme')).cards.map(({ id }) => id)).not.toContain(connectorId);
    expect(
      await core.fails('defineConnection', {
        connectorId,
        displayName: 'Acme',
        linkName: 'acme',
        type: 'admin',
        scopes: [],
        environmentPolicy: 'separate',
        applicationId: null,
      }),
    ).toBe('connector.custom-off');
  });

  it('S19 an answer that came to another service’s address ends the flow, and its code goes nowhere', async () => {
    const asked: string[] = [];
    const ours = await startCore({
      fetch: async (url) => {
        asked.push(url);
        throw new TypeError('no network');
      },
    });
    const application = await startShop(ours);
    await ours.do('allowCustomConnectors', { isAllowed: true });
    const { connectorId } = await ours.do('addConnector', { name: 'Acme', record: record() });
    const connectionId = await defineConnection(ours, application, connectorId, { linkName: 'acme', scopes: ['read'] });
    await chooseOwnApp(ours, connectionId, { connectorId });
    const begin = async () => {
      const { url, flowId } = await ours.do('beginAuthorization', { connectionId, environment: 'development' });
      return { flowId, asks: new URL(url ?? '').searchParams };
    };
    expect((await begin()).asks.get('redirect_uri')).toBe(`${ours.ctx.redirectUri}?i=login.acme.com`);
    for (const address of [ours.ctx.redirectUri, `${ours.ctx.redirectUri}?i=login.other.com`]) {
      const { flowId, asks } = await begin();
      const callback = new URL(address);
      callback.searchParams.set('code', 'the code of another service');
      callback.searchParams.set('state', asks.get('state') ?? '');
      await ours.do('completeAuthorization', { callbackUrl: callback.href });
      expect(await ours.see('flow', { flowId })).toMatchObject({ state: 'failed', fault: { code: 'oauth.state-mismatch' } });
    }
    expect(asked).toEqual([]);
  });

  it('R23 R59 are authorized as any other: admin only, with an OAuth app of the account, and every fact unverified', async () => {
    await allow(true);
    const { connectorId } = await add();
    const view = await core.see('connector', { connectorId });
    expect(view).toMatchObject({ types: ['admin'], hosts: ['login.acme.com', 'api.acme.com'], creation: { allowed: true } });
    expect(view.facts.rows.every(({ isConfirmed }) => !isConfirmed)).toBe(true);
    const connectionId = await defineConnection(core, shop, connectorId, { linkName: 'acme', scopes: ['read'] });
    expect(await core.fails('beginAuthorization', { connectionId, environment: 'development' })).toBe('credentials.needed');
    await chooseOwnApp(core, connectionId, { connectorId });
    const { url } = await core.do('beginAuthorization', { connectionId, environment: 'development' });
    expect(new URL(url ?? '').origin).toBe('https://login.acme.com');
    expect(await core.fails('deleteConnector', { connectorId })).toBe('connector.in-use');
    // Switched off later, what is there goes on.
    await allow(false);
    expect((await core.see('connection', { connectionId })).connectorName).toBe('Acme');
  });

  it.each([
    [oauth({ authorization: 'http://login.acme.com/authorize', token: 'https://login.acme.com/token' }), 'connector.custom-wrong'],
    [oauth({ authorization: 'https://127.0.0.1/authorize', token: 'https://login.acme.com/token' }), 'connector.address-forbidden'],
    [oauth({ authorization: 'https://0x7f.1/authorize', token: 'https://login.acme.com/token' }), 'connector.address-forbidden'],
    [oauth({ authorization: 'https://login.acme.com:25/authorize', token: 'https://login.acme.com/token' }), 'connector.address-forbidden'],
    [oauth({ authorization: 'https://login.{tenant}/authorize', token: 'https://login.acme.com/token' }), 'connector.address-forbidden'],
    [oauth({ authorization: 'https://login.acme.com/authorize', token: 'https://acme.com.evil.net/token' }), 'connector.domains-differ'],
    [
      oauth({ authorization: 'https://accounts.google.com/o/oauth2/auth', token: 'https://login.acme.com/token' }),
      'connector.domains-differ',
    ],
    [signing('https://oauth2.googleapis.com/token'), 'connector.domains-differ'],
    [signing('https://127.0.0.1/token'), 'connector.address-forbidden'],
  ])('S18 S25 refuse other people’s and private addresses: %j', async (auth, code) => {
    await allow(true);
    expect(await refused(record({ auth }))).toBe(code);
    expect(await core.ctx.db.connectors.count()).toBe(0);
  });

  it('S18 S23 refuse an API, a test or another base on another domain, and odd records, with the reason', async () => {
    await allow(true);
    expect(await refused(record({ apiBase: 'https://api.other.com/' }))).toBe('connector.domains-differ');
    expect(await refused(record({ alsoAt: ['https://files.other.com/'] }))).toBe('connector.domains-differ');
    expect(await refused(record({ test: { method: 'GET', path: 'https://api.other.com/me' } }))).toBe('connector.domains-differ');
    expect(await refused(record({ surprise: 1 }))).toBe('connector.custom-wrong');
    expect(await refused(record({ id: 'zoho-crm' }))).toBe('connector.custom-wrong');
    expect(await refused(record({ standsFor: 'zoho-crm' }))).toBe('connector.custom-wrong');
    expect(await refused(record({ defaultScopes: ['never named'] }))).toBe('connector.custom-wrong');
  });

  it('R20 S18 never take the place of a built-in one', async () => {
    const before = connectorById('zoho-crm');
    await allow(true);
    const { connectorId } = await add(record(), 'Zoho CRM');
    expect(connectorId).toMatch(/^custom-zoho-crm-/);
    expect(connectorById('zoho-crm')).toBe(before);
    expect(allConnectors().map(({ id }) => id)).not.toContain(connectorId);
    // Even a row that somebody wrote by hand.
    await core.ctx.db.connectors.put({ id: 'twilio', workspaceId: 'wsp_x', record: record(), createdAt: 1, revision: 9 });
    await ask('');
    expect(connectorById('twilio').apiBase).toBe('https://api.twilio.com/');
  });

  it('belong to one workspace: another one neither sees nor uses them', async () => {
    await allow(true);
    const { connectorId } = await add();
    await core.do('createWorkspace', { name: 'Elsewhere', side: 'developer', memberName: 'Eve' });
    await allow(true);
    expect((await ask('acme')).cards.map(({ id }) => id)).not.toContain(connectorId);
    await expect(core.see('connector', { connectorId })).rejects.toThrow('connection.connector-unknown');
    expect(
      await core.fails('saveOauthApp', { oauthAppId: null, connectorId, name: 'x', clientId: 'x', clientSecret: null, isConfirmed: false }),
    ).toBe('connection.connector-unknown');
    expect(await core.fails('deleteConnector', { connectorId })).toBe('store.missing');
  });

  it('R14 are the developer side’s: a client makes none', async () => {
    await core.do('createWorkspace', { name: 'Client', side: 'client', memberName: 'Carla' });
    expect(await core.fails('allowCustomConnectors', { isAllowed: true })).toBe('access.refused');
    expect(await refused(record())).toBe('access.refused');
  });

  it('R20 go into no bundle: publishing says which connection is made from one', async () => {
    await allow(true);
    const { connectorId } = await add(
      record({
        auth: {
          method: 'bearer',
          fields: [{ name: 'token', label: 'Token', placement: { in: 'header', name: 'Authorization', prefix: 'Bearer ' } }],
        },
      }),
    );
    await defineConnection(core, shop, connectorId, { linkName: 'acme' });
    await core.do('saveComponent', {
      applicationId: shop,
      componentId: null,
      kind: 'deluge-invokeurl',
      name: 'Ask Acme',
      config: {
        start: null,
        script: 'r = invokeurl\n[\n\turl: "https://api.acme.com/me"\n\ttype: GET\n\tconnection: "acme"\n];\nreturn r;',
      },
    });
    const review = await core.see('publishReview', { applicationId: shop, version: '1.0.0', allowed: [] });
    expect(review).toMatchObject({ isReady: false });
    expect(review.problems).toContainEqual(
      expect.objectContaining({ code: 'readiness.custom-connector', isBlocking: true, detail: 'acme (api.acme.com)' }),
    );
  });

  it('R20 are refused in a bundle that somebody sends, although one of that id is here', async () => {
    await allow(true);
    const { connectorId } = await add();
    const key = await makeAuthorKey();
    const text = await signBundle(
      {
        format: FORMAT,
        publishedAt: 1,
        author: { name: 'Somebody', key: key.publicKey },
        application: { id: 'app_other', version: '1.0.0', name: 'Other', linkName: 'other', forms: [], pages: [] },
        connections: [{ linkName: 'acme', displayName: 'Acme', connectorId, type: 'admin', scopes: [], environmentPolicy: 'separate' }],
        components: [],
        requirements: { systemConnections: [] },
      },
      key.privateKey,
    );
    expect(await core.fails('previewBundle', { text })).toBe('bundle.custom-connector');
    await core.do('createWorkspace', { name: 'Client', side: 'client', memberName: 'Carla' });
    expect(await core.fails('previewBundle', { text })).toBe('bundle.custom-connector');
  });

  it('makes ids that a name cannot escape', () => {
    expect(customIdFor('Zoho CRM', 'ab12')).toBe('custom-zoho-crm-ab12');
    expect(customIdFor('../../etc', 'ab12')).toBe('custom-etc-ab12');
    expect(customIdFor('日本', 'ab12')).toBe('custom-connector-ab12');
  });
});
