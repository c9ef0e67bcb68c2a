import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasConnector } from '../../src/connectors/catalogue.ts';
import { parseScript } from '../../src/deluge/parse.ts';
import { scanScript } from '../../src/deluge/references.ts';
import { taskNeeds } from '../../src/deluge/task-calls.ts';
import { connectorOfService, covers, runnableTasks, scopesOfTask, taskRequest } from '../../src/deluge/task-requests.ts';
import { fromJson, type Value } from '../../src/deluge/values.ts';
import { fromWireValue, toWireValue } from '../../src/deluge/wire-values.ts';

const map = (value: Record<string, string | number>): Value => fromJson(value);
const EMPTY: Value = new Map();

describe('the requests of integration tasks, as each service documents its API', () => {
  it.each([
    [
      'zoho.crm.createRecord',
      ['Leads', map({ Last_Name: 'Reed' }), map({ trigger: 'workflow' }), 'crm'],
      {
        connector: 'zoho-crm',
        connection: 'crm',
        method: 'POST',
        path: 'v2/Leads',
        text: '{"data":[{"Last_Name":"Reed"}],"trigger":"workflow"}',
        result: 'data.0.details',
      },
    ],
    [
      'zoho.crm.v8.updateRecord',
      ['Leads', '123', map({ City: 'Kiel' }), EMPTY, 'crm'],
      { connector: 'zoho-crm', connection: 'crm', method: 'PUT', path: 'v8/Leads/123', text: '{"data":[{"City":"Kiel"}]}' },
    ],
    [
      'zoho.crm.searchRecords',
      ['Accounts', '(Account_Name:starts_with:A)', 1, 200, EMPTY, 'crm'],
      {
        method: 'GET',
        path: 'v2/Accounts/search',
        query: { criteria: '(Account_Name:starts_with:A)', page: '1', per_page: '200' },
        text: null,
        result: 'data',
      },
    ],
    [
      'zoho.crm.getRecordById',
      ['Deals', '9', map({ connection: 'in_options' })],
      { connection: 'in_options', path: 'v2/Deals/9', query: {} },
    ],
    [
      'zoho.books.createRecord',
      ['invoices', '10', map({ customer_id: '7' }), 'books'],
      {
        connector: 'zoho-books',
        method: 'POST',
        path: 'invoices',
        query: { organization_id: '10' },
        text: '{"customer_id":"7"}',
        result: null,
      },
    ],
    [
      'zoho.books.getRecords',
      ['invoices', '10', 'status=paid&page=2', 'books'],
      { method: 'GET', query: { organization_id: '10', status: 'paid', page: '2' } },
    ],
    [
      'zoho.invoice.create',
      ['invoices', '10', EMPTY, 'inv'],
      { connector: 'zoho-invoice', headers: { 'X-com-zoho-invoice-organizationid': '10' } },
    ],
    [
      'zoho.sheet.createRecords',
      ['wb1', 'Sheet 1', fromJson([{ a: 'b' }]), EMPTY, 'sheet'],
      {
        connector: 'zoho-sheets',
        method: 'POST',
        path: 'wb1',
        text: 'method=worksheet.records.add&worksheet_name=Sheet+1&json_data=%5B%7B%22a%22%3A%22b%22%7D%5D',
      },
    ],
    ['zoho.projects.createProject', ['portal', map({ name: 'House' }), 'p'], { path: 'portal/portal/projects/', text: 'name=House' }],
    [
      'zoho.desk.getRecords',
      ['77', 'tickets', 0, 10, EMPTY, 'desk'],
      { headers: { orgId: '77' }, path: 'tickets', query: { from: '0', limit: '10' } },
    ],
    [
      'zoho.creator.v2_1.createRecords',
      ['owner', 'app', 'Orders', fromJson([{ A: 1 }]), EMPTY, 'c'],
      { path: 'data/owner/app/form/Orders', text: '{"data":[{"A":1}]}' },
    ],
    [
      'intuit.quickbooks.create',
      ['qb', 'customer', '42', map({ DisplayName: 'R' })],
      { connection: 'qb', path: 'v3/company/42/customer', text: '{"DisplayName":"R"}' },
    ],
    [
      'intuit.quickbooks.update',
      ['qb', 'customer', '42', '1', '0', map({ DisplayName: 'R' })],
      { text: '{"Id":"1","SyncToken":"0","sparse":"true","DisplayName":"R"}' },
    ],
    [
      'salesforce.sales.create',
      ['sf', 'Contact', map({ LastName: 'R' })],
      { connection: 'sf', path: 'services/data/v60.0/sobjects/Contact' },
    ],
    ['zoho.crm.getRecords', ['Leads', 1, 10], { connection: null, path: 'v2/Leads', query: { page: '1', per_page: '10' } }],
  ] as const)('%s', (name, args, expected) => {
    const request = taskRequest(name, args as readonly Value[]);
    if (request === null) throw new Error('the task does not run');
    const { text, ...rest } = { text: undefined, ...expected } as Record<string, unknown>;
    expect(request).toMatchObject(rest);
    if (text !== undefined) expect(request.body?.text ?? null).toBe(text);
  });

  it('S23 keeps values inside their place in a path, whatever they are', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (module, id) => {
        const path = taskRequest('zoho.crm.getRecordById', [module, id, new Map(), 'c'])?.path ?? '';
        expect(path.split('/')).toHaveLength(3);
        expect(path).not.toMatch(/[?#\\]/);
      }),
    );
  });

  it('has a connector in the catalogue for each service that it speaks of; others fall back to Zoho OAuth', () => {
    const connectors = new Set(runnableTasks().map((name) => taskRequest(name, [])?.connector ?? ''));
    for (const id of connectors) expect(hasConnector(id), id).toBe(true);
    for (const word of ['crm', 'books', 'sheet', 'projects', 'desk', 'recruit']) expect(hasConnector(connectorOfService(word))).toBe(true);
    expect(connectorOfService('writer')).toBe('zoho-oauth');
    expect(connectorOfService('constructor')).toBe('zoho-oauth');
  });

  it('knows the scopes of a task where its literals say them, and says nothing where they do not', () => {
    expect(scopesOfTask('zoho.crm.createRecord', ['Leads', null])).toEqual({
      connector: 'zoho-crm',
      scopes: ['ZohoCRM.modules.Leads.CREATE'],
    });
    expect(scopesOfTask('zoho.crm.createRecord', [null])?.scopes).toBeNull();
    expect(scopesOfTask('zoho.made.up', [])).toBeNull();
    const script = parseScript('a = zoho.books.createRecord("invoices","1",m,"books"); b = zoho.crm.getRecords("Leads",1,2);');
    expect(taskNeeds(script, scanScript(script).references)).toEqual([
      { linkName: 'books', task: 'zoho.books.createRecord', line: 1, scopes: ['ZohoBooks.invoices.CREATE'] },
      { linkName: 'system:crm', task: 'zoho.crm.getRecords', line: 1, scopes: ['ZohoCRM.modules.Leads.READ'] },
    ]);
  });

  it.each([
    ['ZohoCRM.modules.leads.READ', 'ZohoCRM.modules.Leads.READ', true],
    ['ZohoCRM.modules.ALL', 'ZohoCRM.modules.Leads.CREATE', true],
    ['ZohoCRM.modules.leads.ALL', 'ZohoCRM.modules.Leads.CREATE', true],
    ['ZohoBooks.fullaccess.all', 'ZohoBooks.invoices.CREATE', true],
    ['ZohoBooks.invoices.READ', 'ZohoBooks.invoices.CREATE', false],
    ['ZohoBooks.contacts.ALL', 'ZohoBooks.invoices.CREATE', false],
    ['ZohoBooksX.fullaccess.all', 'ZohoBooks.invoices.CREATE', false],
  ])('%s covers %s: %s', (granted, needed, expected) => {
    expect(covers(granted, needed)).toBe(expected);
  });

  it('values of scripts survive a channel that carries JSON only', () => {
    const value = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.boolean(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
        fc.string(),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
      ),
    })).value;
    fc.assert(
      fc.property(value, (one) => {
        expect(fromWireValue(JSON.parse(JSON.stringify(toWireValue(one))))).toEqual(one);
      }),
    );
    for (const odd of [undefined, { $: 'other' }, { entries: [] }, { $: 'map', entries: 'x' }]) expect(fromWireValue(odd)).toBeNull();
  });
});
