import { beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { answerTo, chooseOwnApp, defineConnection, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';

const record: JsonObject = {
  category: 'Custom',
  description: 'Acme: what Acme does.',
  auth: {
    method: 'oauth2-code',
    endpoints: { authorization: 'https://login.acme.com/authorize', token: 'https://login.acme.com/token' },
    publicClient: 'yes',
  },
  scopes: [{ name: 'read', sentence: 'See everything that you see', access: 'read' }],
  apiBase: 'https://api.acme.com/v1/',
  test: { method: 'GET', path: 'me' },
};

let core: TestCore;
let shop: ApplicationId;
let connectorId: string;
let connectionId: ConnectionId;
let asked: string[];
beforeEach(async () => {
  asked = [];
  core = await startCore({
    fetch: async (url) => {
      asked.push(String(url));
      return Response.json({ access_token: 'token-of-acme-0123456789', token_type: 'Bearer', expires_in: 3_600 });
    },
  });
  shop = await startShop(core);
  await core.do('allowCustomConnectors', { isAllowed: true });
  ({ connectorId } = await core.do('addConnector', { name: 'Acme', record }));
  connectionId = await defineConnection(core, shop, connectorId, { linkName: 'acme', scopes: ['read'] });
  await chooseOwnApp(core, connectionId, { connectorId, clientSecret: 'secret-of-our-app-0123456789' });
  const { url } = await core.do('beginAuthorization', { connectionId, environment: 'development' });
  await core.do('completeAuthorization', { callbackUrl: answerTo(url) });
  asked = [];
});

/** The stored record as damage, or a newer set of checks, may leave it. */
const damage = async (change: (given: JsonObject) => JsonObject | null): Promise<void> => {
  const row = await core.ctx.db.connectors.get(connectorId);
  if (row === undefined) throw new Error('no connector');
  await core.ctx.db.table('connectors').put({ ...row, record: change(row.record), revision: row.revision + 1 });
};

const DAMAGES: readonly (readonly [string, (given: JsonObject) => JsonObject | null, string])[] = [
  ['a field that is not known', (given) => ({ ...given, surprise: 1 }), 'Acme (surprise: there is no such field)'],
  ['another id', (given) => ({ ...given, id: 'custom-other-1' }), 'Acme (its id)'],
  ['no record at all', () => null, 'is not'],
];

describe('a custom connector that no longer passes the checks', () => {
  it.each(DAMAGES)('S55 hides nothing else, says what is wrong, and sends nothing: %s', async (_, change, says) => {
    await damage(change);
    const fault = { code: 'connector.damaged', detail: expect.stringContaining(says) };
    expect((await core.see('customConnectors', {})).connectors).toEqual([
      { id: connectorId, name: expect.any(String), hosts: [], fault, usedBy: ['acme', 'Ours'] },
    ]);
    const { slots } = await core.see('connection', { connectionId });
    expect(slots[0]?.status).toMatchObject({ isConnected: false, reason: fault });
    const { rows } = await core.see('connections', {});
    expect(rows[0]?.slots[0]?.status.reason).toEqual(fault);
    for (const look of [
      core.see('home', {}),
      core.see('frame', {}),
      core.see('application', { applicationId: shop }),
      core.see('publishReview', { applicationId: shop, version: '1.0.0', allowed: [] }),
      core.see('oauthApps', {}),
      core.see('catalogue', { q: '', filters: {}, offset: 0, limit: 30 }),
      core.see('connectorDraft', { connectorId }),
    ])
      await look;
    expect(await core.fails('testConnection', { connectionId, environment: 'development' })).toBe('connector.damaged');
    expect(await core.fails('beginAuthorization', { connectionId, environment: 'stage' })).toBe('connector.damaged');
    expect(asked).toEqual([]);
  });

  it('S23 S55 is mended by changing it, which ends what stood on it: nobody can tell where that went', async () => {
    await damage((given) => ({ ...given, surprise: 1 }));
    const { name, record: given } = await core.see('connectorDraft', { connectorId });
    expect([name, given['surprise']]).toEqual(['Acme', 1]);
    const change = { connectorId, name: 'Acme', record };
    expect(await core.fails('changeConnector', { ...change, isAgreed: false })).toBe('connector.change-ends');
    expect(await core.fails('changeConnector', { ...change, record: { ...record, scopes: [] }, isAgreed: true })).toBe(
      'connector.part-in-use',
    );
    expect(await core.do('changeConnector', { ...change, isAgreed: true })).toEqual({ ended: 1, notTold: 1 });
    expect((await core.see('customConnectors', {})).connectors).toMatchObject([{ fault: null, hosts: ['login.acme.com', 'api.acme.com'] }]);
    expect(await core.ctx.db.secrets.count()).toBe(0);
  });

  it('S55 is deleted once nothing is made from it', async () => {
    await damage(() => null);
    expect(await core.fails('deleteConnector', { connectorId })).toBe('connector.in-use');
    await core.do('deleteConnection', { connectionId });
    const [app] = (await core.see('oauthApps', {})).apps;
    await core.do('deleteOauthApp', { oauthAppId: app?.id ?? 'oap_0' });
    await core.do('deleteConnector', { connectorId });
    expect((await core.see('customConnectors', {})).connectors).toEqual([]);
  });
});
