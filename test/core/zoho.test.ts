import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import { chooseOwnApp, defineConnection, order, saveComponent, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { acceptAt, signInAt } from '../support/providers/consent.ts';
import { mappedFetch, type Providers, serveProviders } from '../support/providers/serve.ts';
import { createZoho, ZOHO_APP } from '../support/providers/zoho.ts';

const DANA = 'dana@studio.example';

let zoho: ReturnType<typeof createZoho>;
let providers: Providers;
let core: TestCore;
let shop: ApplicationId;
let now = Date.now();

beforeAll(async () => {
  zoho = createZoho([DANA, 'uma@harbour.example']);
  providers = await serveProviders(zoho.providers);
});
afterAll(() => providers.close());
beforeEach(async () => {
  now = Date.now();
  zoho.invoices.length = 0;
  zoho.leads.length = 0;
  zoho.rows.length = 0;
  providers.arrived.length = 0;
  core = await startCore({ fetch: mappedFetch(providers), now: () => now });
  shop = await startShop(core);
});

/** A connection with an OAuth app of one's own, as Zoho demands one (R121). */
const connect = async (connectorId: string, scopes: readonly string[]): Promise<ConnectionId> => {
  const connectionId = await defineConnection(core, shop, connectorId, { scopes });
  await chooseOwnApp(core, connectionId, {
    connectorId,
    name: `Ours at ${connectorId}`,
    clientId: ZOHO_APP.clientId,
    clientSecret: ZOHO_APP.clientSecret,
  });
  return connectionId;
};

const BOOKS = ['ZohoBooks.settings.READ', 'ZohoBooks.invoices.CREATE', 'ZohoBooks.invoices.READ'];

describe('Zoho by its shipped records', () => {
  it('R59 says that an OAuth app of one’s own is needed before it opens anything', async () => {
    const connectionId = await defineConnection(core, shop, 'zoho-books', { scopes: BOOKS });
    expect(await core.fails('beginAuthorization', { connectionId, environment: 'development' })).toBe('credentials.needed');
    expect(providers.arrived).toEqual([]);
  });

  it('S21 S22 R76 authorizes with code, PKCE and the app’s secret; region, account and scopes come from the answers', async () => {
    const connectionId = await connect('zoho-books', BOOKS);
    await signInAt(core, providers, connectionId, 'development', DANA);
    const [row] = await core.ctx.db.authorizations.toArray();
    expect(row).toMatchObject({
      state: 'connected',
      variables: { dataCentre: 'com' },
      grant: { account: `${DANA} Ltd`, clientId: ZOHO_APP.clientId, scopes: BOOKS.toSorted(), canRenew: true },
    });
    const exchange = providers.arrived.find(({ path }) => path === '/oauth/v2/token');
    expect(new URLSearchParams(exchange?.body).get('code_verifier')).toMatch(/^[\w~.-]{43,128}$/);
    expect(await core.do('testConnection', { connectionId, environment: 'development' })).toMatchObject({ isOk: true });
    const kept = JSON.stringify(await core.dump());
    for (const secret of zoho.issued()) expect(kept).not.toContain(secret);
  });

  it('R65 S31 renews where the answer of a refresh brings no new refresh token, and says when a grant is dead (status 200)', async () => {
    const connectionId = await connect('zoho-books', BOOKS);
    await signInAt(core, providers, connectionId, 'development', DANA);
    now += 3_700_000;
    expect(await core.do('testConnection', { connectionId, environment: 'development' })).toMatchObject({ isOk: true });
    now += 3_700_000;
    expect(await core.do('testConnection', { connectionId, environment: 'development' })).toMatchObject({ isOk: true });
    zoho.grants.length = 0;
    now += 3_700_000;
    expect(await core.do('testConnection', { connectionId, environment: 'development' })).toMatchObject({
      isOk: false,
      fault: { code: 'oauth.grant-ended' },
    });
    expect((await core.ctx.db.authorizations.toArray())[0]).toMatchObject({ state: 'needs-reauthorization', reason: 'oauth.grant-ended' });
  });

  it('refuses an answer that would send the code to a region that does not exist', async () => {
    const connectionId = await connect('zoho-books', BOOKS);
    const { url, flowId } = await core.do('beginAuthorization', { connectionId, environment: 'development' });
    const back = new URL(await acceptAt(providers, url ?? '', DANA));
    back.searchParams.set('accounts-server', 'https://accounts.zoho.com.evil.example');
    const asked = providers.arrived.length;
    await core.do('completeAuthorization', { callbackUrl: back.href });
    const flow = await core.ctx.db.flows.get(flowId);
    expect(flow).toMatchObject({ state: 'failed', fault: { code: 'oauth.tenant-refused' } });
    expect(providers.arrived).toHaveLength(asked);
    expect(await core.ctx.db.authorizations.toArray()).toEqual([]);
  });

  it('S37 R67 revokes at Zoho', async () => {
    const connectionId = await connect('zoho-books', BOOKS);
    await signInAt(core, providers, connectionId, 'development', DANA);
    const [row] = await core.ctx.db.authorizations.toArray();
    const before = zoho.grants.length;
    expect(await core.do('revokeAuthorization', { authorizationId: row?.id ?? 'aut_0' })).toEqual({ withdrawal: 'told' });
    expect(zoho.grants).toHaveLength(before - 1);
  });

  it('R50 the integrations action and a Deluge task make invoices in the documented form', async () => {
    const connectionId = await connect('zoho-books', BOOKS);
    await signInAt(core, providers, connectionId, 'development', DANA);
    await saveComponent(core, shop, 'form-integration', {
      form: 'orders',
      trigger: { event: 'create' },
      conditions: [],
      connection: 'zoho_books',
      operation: 'create-invoice',
      mapping: {
        organization_id: { from: 'text', text: '10234695' },
        customer_id: { from: 'field', field: 'customer' },
        reference_number: { from: 'text', text: 'R-1' },
        item: { from: 'text', text: 'Sale' },
        rate: { from: 'field', field: 'amount' },
      },
    });
    const { runs } = await order(core, shop, { customer: '460000000026049', amount: '450000' });
    expect(runs).toMatchObject([{ isOk: true, result: { label: 'Invoice', value: 'INV-000001' } }]);
    const pushed = providers.arrived.at(-1);
    expect(pushed).toMatchObject({ host: 'www.zohoapis.com', method: 'POST', path: '/books/v3/invoices' });
    expect(pushed?.query.toString()).toBe('organization_id=10234695');
    expect(pushed?.headers['authorization']).toMatch(/^Zoho-oauthtoken /);
    expect(JSON.parse(pushed?.body ?? '')).toEqual({
      customer_id: '460000000026049',
      reference_number: 'R-1',
      line_items: [{ name: 'Sale', rate: 450000 }],
    });
    const script = await saveComponent(core, shop, 'deluge-task', {
      start: null,
      script: `m = {"customer_id":"1","line_items":{{"name":"Sale","rate":7}}};
r = zoho.books.createRecord("invoices","10234695",m,"zoho_books");
return r.get("invoice").get("invoice_number");`,
    });
    expect(await core.do('runComponent', { componentId: script, recordId: null })).toMatchObject({
      isOk: true,
      result: { value: 'INV-000002' },
    });
    expect(zoho.invoices.map(({ account, rate }) => [account, rate])).toEqual([
      [DANA, 450000],
      [DANA, 7],
    ]);
  });

  it('A22 R109 a task without a connection gets its service’s system connection, asked for what the task needs', async () => {
    await saveComponent(core, shop, 'deluge-task', {
      start: null,
      script: 'r = zoho.crm.createRecord("Leads", {"Last_Name":"Reed"}, Map());\nreturn r.get("id");',
    });
    const system = (await core.ctx.db.connections.toArray()).find(({ type }) => type === 'system');
    expect(system?.connectorId).toBe('zoho-crm');
    expect(system?.scopes.some((scope) => /leads|ALL/i.test(scope))).toBe(true);
  });

  it('one Zoho OAuth connection serves tasks of several services, each at its own address', async () => {
    const scopes = ['ZohoBooks.fullaccess.all', 'ZohoSheet.dataAPI.READ', 'ZohoSheet.dataAPI.UPDATE'];
    const connectionId = await connect('zoho-oauth', scopes);
    await signInAt(core, providers, connectionId, 'development', DANA);
    const componentId = await saveComponent(core, shop, 'deluge-task', {
      start: null,
      script: `a = zoho.books.createRecord("invoices","10234695",{"customer_id":"1","line_items":{{"rate":5}}},"zoho_oauth");
b = zoho.sheet.createRecords("wb1","Sheet1",{{"City":"Kiel"}},Map(),"zoho_oauth");
c = zoho.sheet.getRecords("wb1","Sheet1",Map(),"zoho_oauth");
return c.get("records").size();`,
    });
    const run = await core.do('runComponent', { componentId, recordId: null });
    expect(run).toMatchObject({ isOk: true, result: { value: '1' } });
    expect(run.script?.requests.map(({ url }) => new URL(url).host)).toEqual(['www.zohoapis.com', 'sheet.zoho.com', 'sheet.zoho.com']);
  });
});
