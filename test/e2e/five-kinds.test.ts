import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionType } from '../../src/domain/connection-type.ts';
import type { Environment } from '../../src/domain/environment.ts';
import type { ApplicationId, ConnectionId, OwnerId } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { type Host, startExtension, startPwa } from '../support/browser.ts';
import { readTables } from '../support/direct.ts';
import { type Providers, serveProviders } from '../support/providers/serve.ts';
import { createSmsProviders, SMS_KEYS } from '../support/providers/sms.ts';
import { createZoho, ZOHO_APP } from '../support/providers/zoho.ts';
import { openRemote, remote, signInByWindow } from '../support/remote.ts';

/** The use case at the services themselves: a property becomes sold, Zoho Books gets invoices, Twilio a message, a panel counts in Zoho Sheets. */

const DANA = 'dana@studio.example';
const ADAM = 'adam@harbour.example';
const UMA = 'uma@harbour.example';

const SOLD = { form: 'properties', trigger: { event: 'becomes', field: 'status', value: 'sold' }, conditions: [] } as const;

const TASK = `item = {"name":"By task","rate":input.price.toLong()};
r = zoho.books.createRecord("invoices","10234695",{"customer_id":input.buyer,"line_items":{item}},"zoho_books");
return r.get("invoice").get("invoice_number");`;

const INVOKE = `order = {"customer_id":input.buyer,"line_items":{{"name":"By invokeUrl","rate":input.price.toLong()}}};
r = invokeurl
[
	url: "https://www.zohoapis.com/books/v3/invoices?organization_id=10234695"
	type: POST
	parameters: order.toString()
	content-type: "application/json"
	connection: "zoho_books"
];
info r.get("message");
return r.get("invoice").get("invoice_number");`;

const COMPONENTS: readonly { readonly kind: string; readonly name: string; readonly config: JsonObject }[] = [
  {
    kind: 'form-integration',
    name: 'Push invoice',
    config: {
      ...SOLD,
      connection: 'zoho_books',
      operation: 'create-invoice',
      mapping: {
        organization_id: { from: 'text', text: '10234695' },
        customer_id: { from: 'field', field: 'buyer' },
        item: { from: 'text', text: 'By action' },
        rate: { from: 'field', field: 'price' },
      },
    },
  },
  { kind: 'deluge-task', name: 'Invoice by task', config: { start: { ...SOLD }, script: TASK } },
  { kind: 'deluge-invokeurl', name: 'Invoice by address', config: { start: { ...SOLD }, script: INVOKE } },
  {
    kind: 'sms-action',
    name: 'Tell the buyer',
    config: {
      ...SOLD,
      connection: 'twilio',
      operation: 'send-message',
      sender: '+14155550100',
      recipients: [{ from: 'field', field: 'phone' }],
      text: 'Sold for {{price}}',
    },
  },
  {
    kind: 'page-panel',
    name: 'Sold',
    config: {
      page: 'dashboard',
      title: 'Sold properties',
      connection: 'zoho_sheets',
      operation: 'list-rows',
      values: { resource_id: 'wb1', worksheet_name: 'Sold' },
      script: '',
      shape: 'list',
      label: '',
      value: '',
      refresh: 'open',
    },
  },
];

const CONNECTIONS: readonly { readonly connectorId: string; readonly type: ConnectionType; readonly scopes: readonly string[] }[] = [
  { connectorId: 'zoho-books', type: 'admin', scopes: ['ZohoBooks.settings.READ', 'ZohoBooks.invoices.CREATE'] },
  { connectorId: 'zoho-sheets', type: 'logged-in-user', scopes: ['ZohoSheet.dataAPI.READ'] },
  { connectorId: 'twilio', type: 'admin', scopes: [] },
];

const linkNameOf = (connectorId: string): string => connectorId.replaceAll('-', '_');

type Setting = { readonly host: Host; readonly page: Page };

const build = async ({ host, page }: Setting): Promise<ApplicationId> => {
  await remote(host, page, 'createWorkspace', { name: 'Studio', side: 'developer', memberName: 'Dana' });
  const { applicationId } = await remote(host, page, 'createApplication', { name: 'Estate' });
  const field = (name: string, type: 'text' | 'number') => ({ name, label: name, type, required: false, choices: [] });
  await remote(host, page, 'saveForm', {
    applicationId,
    form: {
      linkName: 'properties',
      name: 'Properties',
      isPublic: false,
      fields: [field('address', 'text'), field('price', 'number'), field('status', 'text'), field('buyer', 'text'), field('phone', 'text')],
    },
  });
  await remote(host, page, 'savePage', { applicationId, name: 'Dashboard' });
  for (const { connectorId, type, scopes } of CONNECTIONS)
    await remote(host, page, 'defineConnection', {
      connectorId,
      displayName: connectorId,
      linkName: linkNameOf(connectorId),
      type,
      scopes,
      environmentPolicy: 'separate',
      applicationId,
    });
  for (const component of COMPONENTS) await remote(host, page, 'saveComponent', { applicationId, componentId: null, ...component });
  return applicationId;
};

const connectionOf = async ({ page }: Setting, ownerId: OwnerId, connectorId: string): Promise<ConnectionId> => {
  const { connections = [] } = await readTables(page, ['connections']);
  const found = connections.find((one) => one['ownerId'] === ownerId && one['connectorId'] === connectorId);
  return found?.['id'] as ConnectionId;
};

/** The account's own OAuth app for a service that signs nobody in through Latchkey's registration (R121). */
const ownApp = async (setting: Setting, connectionId: ConnectionId, connectorId: string): Promise<void> => {
  const { host, page } = setting;
  const { oauthAppId } = await remote(host, page, 'saveOauthApp', {
    oauthAppId: null,
    connectorId,
    name: `Ours at ${connectorId} ${connectionId.slice(-4)}`,
    clientId: ZOHO_APP.clientId,
    clientSecret: ZOHO_APP.clientSecret,
    isConfirmed: false,
  });
  await remote(host, page, 'chooseOauthApp', { connectionId, oauthAppId });
};

const signIn = async (setting: Setting, ownerId: OwnerId, connectorId: string, environment: Environment, person: string): Promise<void> => {
  const connectionId = await connectionOf(setting, ownerId, connectorId);
  await signInByWindow(setting.host, setting.page, connectionId, environment, person);
  await expect
    .poll(async () => {
      const { authorizations = [] } = await readTables(setting.page, ['authorizations']);
      return authorizations.some(
        (row) => row['connectionId'] === connectionId && row['environment'] === environment && row['state'] === 'connected',
      );
    })
    .toBe(true);
};

const giveTwilio = async (setting: Setting, ownerId: OwnerId, environment: Environment): Promise<void> => {
  const connectionId = await connectionOf(setting, ownerId, 'twilio');
  const variables = { account_sid: SMS_KEYS.twilio.sid };
  const granted = await remote(setting.host, setting.page, 'authorizeWithKeys', {
    connectionId,
    environment,
    variables,
    keys: { password: SMS_KEYS.twilio.token },
  });
  expect(granted).toEqual({ account: 'Harbour Homes', isTried: true });
};

const sell = async ({ host, page }: Setting, ownerId: OwnerId, environment: Environment) => {
  const values = { address: '1 Harbour Road', price: '450000', status: 'sold', buyer: '460000000026049', phone: '+14155550123' };
  const { runs } = await remote(host, page, 'saveRecord', { ownerId, environment, form: 'properties', recordId: null, values });
  return runs;
};

const actAs = async (setting: Setting, name: string): Promise<void> => {
  const { members = [] } = await readTables(setting.page, ['members']);
  const found = members.find((one) => one['name'] === name);
  await remote(setting.host, setting.page, 'actAs', { memberId: found?.['id'] as `mem_${string}` });
};

describe.each([
  ['web app', startPwa],
  ['extension', startExtension],
] as const)('the five uses in the built %s, at the services’ own host names', (_, start) => {
  const zoho = createZoho([DANA, ADAM, UMA]);
  const sms = createSmsProviders();
  let providers: Providers;
  let host: Host;
  let setting: Setting;
  let estate: ApplicationId;

  beforeAll(async () => {
    const all = [...zoho.providers, ...sms.providers];
    providers = await serveProviders(all);
    host = await start({ providers: { tlsPort: providers.tlsPort, hosts: all.flatMap(({ hosts }) => hosts) } });
    setting = { host, page: await openRemote(host) };
    estate = await build(setting);
    for (const connectorId of ['zoho-books', 'zoho-sheets'])
      await ownApp(setting, await connectionOf(setting, estate, connectorId), connectorId);
  });
  afterAll(async () => {
    await host.close();
    await providers.close();
  });

  const compared = (from: number): void => {
    const arrived = providers.arrived.slice(from).filter(({ path }) => path.endsWith('/invoices') || path.endsWith('/Messages.json'));
    const invoices = arrived.filter(({ host: at }) => at === 'www.zohoapis.com');
    // Zoho Books API v3, "Create an invoice": POST /invoices with organization_id in the query and JSON in the body.
    expect(invoices.map(({ method, path, query }) => `${method} ${path}?${query}`)).toEqual(
      Array.from({ length: 3 }, () => 'POST /books/v3/invoices?organization_id=10234695'),
    );
    for (const { headers } of invoices) {
      expect(headers['content-type']).toMatch(/^application\/json/);
      expect(headers['authorization']).toMatch(/^Zoho-oauthtoken 1000\./);
      expect(headers['cookie']).toBeUndefined();
      expect(headers['referer']).toBeUndefined();
    }
    expect(new Set(invoices.map(({ body }) => JSON.stringify(JSON.parse(body)['line_items'])))).toEqual(
      new Set(['By action', 'By task', 'By invokeUrl'].map((name) => JSON.stringify([{ name, rate: 450000 }]))),
    );
    // Twilio, "Create a Message resource": form-encoded To, From, Body under HTTP Basic.
    const [message, ...rest] = arrived.filter(({ host: at }) => at === 'api.twilio.com');
    expect(rest).toEqual([]);
    expect(message?.path).toBe(`/2010-04-01/Accounts/${SMS_KEYS.twilio.sid}/Messages.json`);
    expect(Object.fromEntries(new URLSearchParams(message?.body))).toEqual({
      To: '+14155550123',
      From: '+14155550100',
      Body: 'Sold for 450000',
    });
  };

  it.each(['development', 'stage'] as const)('R50 R84 S40 runs all five in %s, by script and by action alike', async (environment) => {
    if (environment === 'stage') await remote(host, setting.page, 'publishApplication', { applicationId: estate, version: '1.0.0' });
    await signIn(setting, estate, 'zoho-books', environment, DANA);
    await giveTwilio(setting, estate, environment);
    const from = providers.arrived.length;
    const runs = await sell(setting, estate, environment);
    expect(runs.map(({ isOk, fault }) => [isOk, fault])).toEqual(Array.from({ length: 4 }, () => [true, null]));
    expect(runs.find(({ kind }) => kind === 'deluge-invokeurl')?.script?.info).toEqual([
      { text: 'The invoice has been created.', line: 10 },
    ]);
    compared(from);
  });

  it('R50 R112 the panel asks each person to authorize and then shows their own rows', async () => {
    zoho.rows.push({ account: DANA, row_index: 2 }, { account: DANA, row_index: 3 }, { account: UMA, row_index: 9 });
    const { components = [] } = await readTables(setting.page, ['components']);
    const panel = components.find((one) => one['kind'] === 'page-panel' && one['environment'] === 'development');
    const componentId = panel?.['id'] as `cmp_${string}`;
    const before = await remote(host, setting.page, 'runComponent', { componentId, recordId: null });
    expect(before).toMatchObject({ isOk: false, fault: { code: 'run.not-connected' }, missing: [{ who: 'you' }] });
    await signIn(setting, estate, 'zoho-sheets', 'development', DANA);
    const after = await remote(host, setting.page, 'runComponent', { componentId, recordId: null });
    expect(after).toMatchObject({ isOk: true, result: { label: 'Sold properties', value: '2', table: { rows: [['2'], ['3']] } } });
  });

  it('R93 R95 R5 at the client: nothing is authorized by installing, then their own accounts get all of it', async () => {
    const { page } = setting;
    const { releases = [] } = await readTables(page, ['releases']);
    const { text } = await remote(host, page, 'distributeRelease', {
      releaseId: releases[0]?.['id'] as `rel_${string}`,
      channel: { kind: 'marketplace' },
      isConfirmed: true,
    });
    for (const secret of [...zoho.issued(), SMS_KEYS.twilio.token]) expect(text).not.toContain(secret);
    await remote(host, page, 'createWorkspace', { name: 'Harbour Homes', side: 'client', memberName: 'Carla' });
    const { hash } = await remote(host, page, 'previewBundle', { text });
    const { installationId } = await remote(host, page, 'installBundle', { text, hash });
    const early = await sell(setting, installationId, 'production');
    expect(new Set(early.map(({ fault }) => fault?.code))).toEqual(new Set(['run.not-connected']));
    await ownApp(setting, await connectionOf(setting, installationId, 'zoho-books'), 'zoho-books');
    await signIn(setting, installationId, 'zoho-books', 'production', ADAM);
    await giveTwilio(setting, installationId, 'production');
    const from = providers.arrived.length;
    expect((await sell(setting, installationId, 'production')).every(({ isOk }) => isOk)).toBe(true);
    compared(from);
    expect(zoho.invoices.slice(-3).map(({ account }) => account)).toEqual([ADAM, ADAM, ADAM]);
    await actAs(setting, 'Dana');
  });

  it('S2 S3 keeps every secret of the services out of what is stored in the clear', async () => {
    const names = ['authorizations', 'runs', 'events', 'outbox', 'connections', 'components', 'oauthApps', 'flows', 'records'];
    const stored = JSON.stringify(await readTables(setting.page, names));
    for (const secret of [...zoho.issued(), SMS_KEYS.twilio.token]) expect(stored).not.toContain(secret);
  });
});
