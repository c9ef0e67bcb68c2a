import { beforeEach, describe, expect, it } from 'vitest';
import { recoverFlows } from '../../src/core/flow-start.ts';
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
    expect(await core.see('connector', { connectorId: 'airtable' })).toMatchObject({ worksHere: 'no' });
    await start({ openPage: () => Promise.reject(new Error('closed')) });
    expect(await wayOf(await defineConnection(core, shop, 'airtable'))).toMatchObject({ by: 'form' });
    expect(await core.see('connector', { connectorId: 'airtable' })).toMatchObject({ worksHere: 'yes' });
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

describe('an authorization that is begun again while it is open', () => {
  const typed = { team: 'blue' };
  const pages: string[] = [];
  const asked: string[] = [];
  const options = {
    openPage: (url: string) => {
      pages.push(url);
      return new Promise<string>(() => undefined);
    },
    fetch: async (url: string) => {
      asked.push(url);
      const code = { device_code: crypto.randomUUID(), user_code: 'AB-CD', verification_uri: 'https://login.acme.com/d', expires_in: 900 };
      return Response.json(code);
    },
  };
  const connect = async (method: 'oauth2-code' | 'oauth2-device'): Promise<ConnectionId> => {
    pages.length = 0;
    asked.length = 0;
    await start(options);
    await core.do('allowCustomConnectors', { isAllowed: true });
    const at = (name: string) => `https://login.acme.com/{team}/${name}`;
    const endpoints = {
      authorization: at('authorize'),
      token: at('token'),
      ...(method === 'oauth2-device' ? { device: at('device') } : {}),
    };
    const { connectorId } = await core.do('addConnector', {
      name: 'Acme',
      record: {
        category: 'Custom',
        description: 'Acme: what Acme does.',
        auth: { method, endpoints, publicClient: 'yes' },
        variables: [{ name: 'team', label: 'Team', example: 'green', pattern: '[a-z]+' }],
        apiBase: 'https://api.acme.com/{team}/',
        test: { method: 'GET', path: 'me' },
      },
    });
    const connectionId = await defineConnection(core, shop, connectorId, { linkName: 'acme' });
    await chooseOwnApp(core, connectionId, { connectorId, clientId: 'ours' });
    return connectionId;
  };

  it('R59 opens the window again for the account that was typed, by the button and in a worker that starts anew', async () => {
    const connectionId = await connect('oauth2-code');
    const where = { connectionId, environment: 'development' } as const;
    await core.do('beginAuthorization', { ...where, variables: typed });
    await core.do('beginAuthorization', where);
    const next = await startCore({ ...options, db: core.ctx.db, vault: core.ctx.vault });
    await recoverFlows(next.ctx);
    expect(pages.map((url) => new URL(url).pathname)).toEqual(Array(3).fill('/blue/authorize'));
    await core.do('beginAuthorization', { ...where, variables: { team: 'red' } });
    expect(new URL(pages[3] ?? '').pathname).toBe('/red/authorize');
  });

  it('R59 asks for a new code of the account that was typed', async () => {
    const connectionId = await connect('oauth2-device');
    const where = { connectionId, environment: 'development' } as const;
    await core.do('beginDeviceAuthorization', { ...where, variables: typed });
    await core.do('beginDeviceAuthorization', where);
    expect(asked.map((url) => new URL(url).pathname)).toEqual(Array(2).fill('/blue/device'));
  });
});
