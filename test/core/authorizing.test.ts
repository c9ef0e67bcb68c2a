import { beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import { chooseOwnApp, defineConnection, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';

let core: TestCore;
let shop: ApplicationId;

const start = async (options: Parameters<typeof startCore>[0] = {}): Promise<void> => {
  core = await startCore({ fetch: () => Promise.reject(new TypeError('no network')), ...options });
  shop = await startShop(core);
};
beforeEach(() => start());

const wayOf = async (connectionId: ConnectionId) => (await core.see('connection', { connectionId })).slots[0]?.status.way;

const ownApp = (connectionId: ConnectionId, connectorId: string) =>
  chooseOwnApp(core, connectionId, { connectorId, name: connectorId, clientSecret: 'a-secret' });

describe('what the Authorize button begins', () => {
  it('R121 asks first where an OAuth app of one’s own is missing, and opens the page at once when it is there', async () => {
    const connectionId = await defineConnection(core, shop, 'asana');
    expect(await wayOf(connectionId)).toMatchObject({ by: 'form', connectorId: 'asana', isAskedOnSwitch: false });
    await ownApp(connectionId, 'asana');
    expect(await wayOf(connectionId)).toMatchObject({ by: 'page' });
  });

  it('R59 asks for the tenant until somebody has given it', async () => {
    const connectionId = await defineConnection(core, shop, 'zoho-books');
    await ownApp(connectionId, 'zoho-books');
    expect(await wayOf(connectionId)).toMatchObject({ by: 'form', connectorId: 'zoho-books', isAskedOnSwitch: true });
    expect(await core.see('authorizing', { connectionId, environment: 'development' })).toMatchObject({
      values: {},
      apps: [{ name: 'zoho-books', clientId: 'ours' }],
      credentials: { allowed: true },
    });
  });

  it('R59 lets a person say which of several organizations, which the service lists only later', async () => {
    const connectionId = await defineConnection(core, shop, 'xero');
    await ownApp(connectionId, 'xero');
    expect(await wayOf(connectionId)).toMatchObject({ isAskedOnSwitch: true });
    expect(await core.see('connector', { connectorId: 'xero' })).toMatchObject({ typed: [], listed: ['tenantId'] });
    expect(await core.see('connector', { connectorId: 'zoho-desk' })).toMatchObject({ typed: ['dataCentre'], listed: ['orgId'] });
    expect(await core.see('connector', { connectorId: 'mailchimp' })).toMatchObject({ typed: [], listed: [] });
  });

  it('asks for keys where the service gives keys, and for nothing at the sandbox', async () => {
    expect(await wayOf(await defineConnection(core, shop, 'twilio'))).toMatchObject({ by: 'keys' });
    expect(await wayOf(await defineConnection(core, shop, 'sandbox-books'))).toMatchObject({ by: 'page' });
  });

  it('says in the web app which services only the extension can reach; the extension offers them', async () => {
    const connectionId = await defineConnection(core, shop, 'airtable');
    expect(await wayOf(connectionId)).toMatchObject({ by: 'extension' });
    await start({ openPage: () => Promise.reject(new Error('closed')) });
    expect(await wayOf(await defineConnection(core, shop, 'airtable'))).toMatchObject({ by: 'form' });
  });

  it('S3 tells of OAuth apps what is no secret, and nothing to who may not keep them', async () => {
    const connectionId = await defineConnection(core, shop, 'zoho-books');
    await ownApp(connectionId, 'zoho-books');
    const seen = await core.see('authorizing', { connectionId, environment: 'development' });
    expect(JSON.stringify(seen)).not.toContain('a-secret');
    const names = await core.see('oauthApps', {});
    expect(names.apps).toMatchObject([{ redirectUri: core.ctx.redirectUri, usedBy: ['zoho-books'] }]);
    expect(names.connectors.map(({ id }) => id)).not.toContain('twilio');
    expect(names.connectors.map(({ id }) => id)).not.toContain('clockwork-sms');
  });
});
