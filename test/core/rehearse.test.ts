import Dexie from 'dexie';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDb } from '../../src/db/open.ts';
import type { RecordId } from '../../src/domain/ids.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { defineConnection, order, saveComponent, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { makeKey } from '../support/feed.ts';
import { actAs } from '../support/journey.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { estateBundle, type FIRST } from '../support/updates.ts';

/** Every request that left, by its origin and path. */
let sent: string[] = [];
const noNetwork = (url: string): Promise<Response> => {
  const { origin, pathname } = new URL(url);
  sent.push(`${origin}${pathname}`);
  return Promise.reject(new TypeError('no network'));
};

const startClient = async (options: Partial<TestCore['ctx']> = {}): Promise<TestCore> => {
  sent = [];
  const core = await startCore({ fetch: noNetwork, sandboxOrigin: 'http://localhost:4999', ...options });
  await core.do('loadSample', {});
  await actAs(core, 'Carla');
  return core;
};

type Parts = Pick<typeof FIRST, 'connections' | 'components'>;
type Part = Parts['components'][number];

const admin = (linkName: string, connectorId: string, scopes: string[] = []): Parts['connections'][number] => ({
  linkName,
  displayName: linkName,
  connectorId,
  type: 'admin',
  scopes,
  environmentPolicy: 'separate',
});
const component = (linkName: string, kind: string, config: Part['config']): Part => ({ linkName, name: linkName, kind, config });
const ON_CREATE = { form: 'properties', trigger: { event: 'create' }, conditions: [] } as const;
const script = (linkName: string, lines: readonly string[], kind = 'deluge-invokeurl', start: typeof ON_CREATE | null = null): Part =>
  component(linkName, kind, { start, script: lines.join('\n') });

/** One component of each kind, at services that are far away. */
const EACH_KIND: readonly Part[] = [
  component('tell_them', 'sms-action', {
    ...ON_CREATE,
    connection: '',
    service: 'twilio',
    operation: 'send-message',
    sender: '+14155550199',
    recipients: [
      { from: 'field', field: 'buyer' },
      { from: 'text', text: 'nobody' },
    ],
    text: 'Sold {{address}}',
  }),
  component('add_contact', 'form-integration', {
    ...ON_CREATE,
    connection: 'books',
    operation: 'create-contact',
    mapping: { organization_id: { from: 'text', text: '10' }, contact_name: { from: 'field', field: 'buyer' } },
  }),
  script(
    'make_invoice',
    ['r = zoho.books.createRecord("invoices","10",{"customer":input.buyer},"books");', 'info r.get("invoice");', 'return r.get("code");'],
    'deluge-task',
    ON_CREATE,
  ),
  script('look_around', [
    'r = invokeurl [ url: "https://www.zohoapis.com/books/v3/settings/taxes" type: GET connection: "books" ];',
    'm = invokeurl [ url: "https://api.telegram.org/bot{bot_token}/getMe" type: GET connection: "bot" ];',
    'return r.get("taxes");',
  ]),
  component('all_contacts', 'page-panel', {
    page: 'dashboard',
    title: 'Contacts',
    connection: 'books',
    operation: 'list-contacts',
    values: { organization_id: '10' },
    shape: 'list',
  }),
];

const bundleOf = async (components: readonly Part[]): Promise<string> =>
  estateBundle(await makeKey(), '1.0.0', {
    connections: [admin('books', 'zoho-books', ['ZohoBooks.invoices.CREATE']), admin('bot', 'telegram-bot')],
    components: [...components],
    requirements: { systemConnections: [{ connectorId: 'twilio', scopes: [] }] },
  });

const rehearse = async (core: TestCore, components: readonly Part[]) => {
  const rehearsal = await core.do('rehearseBundle', { text: await bundleOf(components) });
  return Object.fromEntries(rehearsal.components.map(({ name, runs }) => [name, runs]));
};

describe('a dry run of a bundle', () => {
  it('R50 runs a component of each kind, answers with what is made up, sends nothing and changes nothing', async () => {
    const core = await startClient();
    const before = await core.dump();
    const names = await Dexie.getDatabaseNames();
    const runs = await rehearse(core, EACH_KIND);
    expect(Object.keys(runs).sort()).toEqual(EACH_KIND.map(({ linkName }) => linkName).sort());

    expect(runs['tell_them']).toMatchObject([
      {
        label: '+14155550100',
        isOk: true,
        result: { label: 'Message', value: '1' },
        requests: [{ method: 'POST', body: 'To=%2B14155550100&Body=Sold+Address&From=%2B14155550199', from: 'record', status: 200 }],
      },
      { label: 'nobody', isOk: false, fault: { code: 'run.recipient-wrong' }, requests: [] },
    ]);
    expect(runs['add_contact']).toMatchObject([
      {
        result: { label: 'Contact', value: '1' },
        requests: [{ url: 'https://www.zohoapis.com/books/v3/contacts?organization_id=10', body: '{"contact_name":"Buyer"}' }],
      },
    ]);
    expect(runs['make_invoice']).toMatchObject([
      {
        isOk: true,
        result: { label: 'Returned', value: '0' },
        script: { info: [{ text: '{"invoice_number":"1"}', line: 2 }], trace: [{ name: 'r' }], stoppedAt: null },
        requests: [{ method: 'POST', url: 'https://www.zohoapis.com/books/v3/invoices?organization_id=10', from: 'record' }],
      },
    ]);
    expect(runs['look_around']).toMatchObject([
      {
        isOk: true,
        result: { label: 'Returned', value: '' },
        requests: [
          { method: 'GET', url: 'https://www.zohoapis.com/books/v3/settings/taxes', answer: '{}', from: 'nothing' },
          // What would authorize it stands in the path of this one.
          { method: 'GET', url: 'https://api.telegram.org/bot•••/getMe', answer: '{}', from: 'nothing' },
        ],
      },
    ]);
    expect(runs['all_contacts']).toMatchObject([{ result: { label: 'Contacts', value: '2', table: { rows: [{}, {}] } } }]);

    expect(JSON.stringify(runs)).not.toMatch(/made-up-|authorization/i);
    expect(sent).toEqual([]);
    expect(core.ctx.requests).toEqual([]);
    expect(await core.dump()).toEqual(before);
    expect(await Dexie.getDatabaseNames()).toEqual(names);
  });

  it('R50 shows the fault of a script with its line, and says where no script can run', async () => {
    const stops = script('stops', ['info "begins";', 'x = not_there.get("a");']);
    const core = await startClient();
    const { components } = await core.do('rehearseBundle', { text: await bundleOf([stops]) });
    expect(components).toMatchObject([
      {
        source: 'info "begins";\nx = not_there.get("a");',
        runs: [
          {
            isOk: false,
            fault: { code: 'run.script-failed' },
            script: { info: [{ text: 'begins', line: 1 }], stoppedAt: { line: 2 } },
            requests: [],
          },
        ],
      },
    ]);
    const mute = await startClient({ scripts: async () => null });
    expect((await rehearse(mute, [stops]))['stops']).toMatchObject([{ isOk: false, fault: { code: 'run.no-script-host' }, script: null }]);
  });

  it('reads no secret: it runs while the vault is locked', async () => {
    const core = await startClient();
    await core.do('protectVault', { passphrase: 'correct horse battery staple' });
    await core.do('lockVault', {});
    const before = await core.dump();
    expect((await rehearse(core, EACH_KIND))['add_contact']).toMatchObject([{ isOk: true }]);
    expect(await core.dump()).toEqual(before);
  });

  it('begins anew where one was cut off, and refuses what could not be installed', async () => {
    const core = await startClient();
    const name = `${core.ctx.db.name}-rehearsal`;
    const left = await openDb(name);
    await left.workspaces.add({ id: 'wsp_1', side: 'client', name: 'Left', createdAt: 1, revision: 1 });
    left.close();
    const text = await estateBundle(await makeKey(), '1.0.0');
    expect((await core.do('rehearseBundle', { text })).components).toHaveLength(2);
    expect(await core.fails('rehearseBundle', { text: text.replace('Buyer', 'Buyxr') })).toBe('bundle.signature-wrong');
    expect(await Dexie.getDatabaseNames()).not.toContain(name);
  });
});

describe('a dry run of a script while it is built', () => {
  it('runs it for an entry or without, through connections that nobody authorized, and changes nothing', async () => {
    const core = await startClient();
    const shop = await startShop(core);
    await defineConnection(core, shop, 'zoho-books', { linkName: 'books' });
    const source =
      'r = zoho.books.createRecord("contacts","10",{"contact_name":ifnull(input.customer,"nobody")},"books");\nreturn r.get("contact");';
    const componentId = await saveComponent(core, shop, 'deluge-task', { start: { ...ON_CREATE, form: 'orders' }, script: source });
    const { recordId } = await order(core, shop, { customer: 'Robin' });
    const before = await core.dump();
    const bodyFor = async (recordId: RecordId | null, values: Record<string, string> | null) => {
      const runs = await core.do('rehearseComponent', { componentId, recordId, values });
      expect(runs).toMatchObject([{ isOk: true, result: { value: '{"contact_id":"1"}' }, requests: [{ method: 'POST', from: 'record' }] }]);
      return JSON.parse(runs[0]?.requests[0]?.body ?? '{}') as unknown;
    };
    expect(await bodyFor(recordId, null)).toEqual({ contact_name: 'Robin' });
    expect(await bodyFor(null, { customer: 'Ada' })).toEqual({ contact_name: 'Ada' });
    expect(await bodyFor(null, null)).toEqual({ contact_name: 'nobody' });
    expect(await core.dump()).toEqual(before);
    expect(sent).toEqual([]);
    await actAs(core, 'Carla');
    expect(await core.fails('rehearseComponent', { componentId, recordId: null, values: null })).toBe('store.missing');
  });
});

describe('a dry run of a bundle that uses the sandbox', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox();
  });
  afterAll(() => sandbox.close());

  const estate = async (core: TestCore) => {
    const { connections, components } = await core.do('rehearseBundle', { text: await estateBundle(await makeKey(), '1.0.0') });
    const runsOf = (name: string) => components.find((one) => one.name === name)?.runs;
    return { connections, push: runsOf('Push invoice to Books'), panel: runsOf('Properties sold') };
  };

  it('really asks the one on this device, under an account made for it, and changes nothing here', async () => {
    const core = await startClient({
      sandboxOrigin: sandbox.origin,
      fetch: (url, init) => {
        sent.push(new URL(url).origin);
        return fetch(url, init);
      },
    });
    const before = await core.dump();
    const { connections, push, panel } = await estate(core);
    expect(connections).toBe(3);
    expect(push).toMatchObject([
      {
        isOk: true,
        result: { label: 'Invoice', value: 'INV-0001' },
        requests: [{ method: 'POST', url: `${sandbox.origin}/books/api/invoices`, status: 201, from: 'sandbox' }],
      },
    ]);
    expect(panel).toMatchObject([{ result: { label: 'Properties sold', value: '0' }, requests: [{ method: 'GET', from: 'sandbox' }] }]);
    expect(sandbox.books.invoices).toMatchObject([
      { customer: 'Buyer', amount: 1, reference: 'Address', account: 'server@sandbox.example' },
    ]);
    expect(new Set(sent)).toEqual(new Set([sandbox.origin]));
    // What was really asked stands where all requests of this device do.
    expect(core.ctx.requests).toHaveLength(sent.length);
    expect(await core.dump()).toEqual(before);
    const shown = JSON.stringify({ push, panel, requests: core.ctx.requests });
    for (const token of sandbox.issued()) expect(shown).not.toContain(token);
  });

  it('makes the answers up where it does not run, or is broken on purpose, and asks nobody else', async () => {
    const core = await startClient();
    const before = await core.dump();
    const { push, panel } = await estate(core);
    expect(push).toMatchObject([
      {
        isOk: true,
        result: { label: 'Invoice', value: '1' },
        requests: [{ method: 'POST', url: 'http://localhost:4999/books/api/invoices', from: 'record' }],
      },
    ]);
    expect(JSON.parse(push?.[0]?.requests[0]?.body ?? '{}')).toMatchObject({ customer: 'Buyer', amount: 1, reference: 'Address' });
    expect(panel).toMatchObject([{ result: { value: '1' }, requests: [{ method: 'GET', from: 'record' }] }]);
    expect(new Set(sent)).toEqual(new Set(['http://localhost:4999/.well-known/openid-configuration']));
    expect(await core.dump()).toEqual(before);
  });
});
