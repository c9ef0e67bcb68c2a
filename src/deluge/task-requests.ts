import { isObject, type JsonValue } from '../domain/json.ts';
import { toJson, toText, type Value } from './values.ts';

type Template = string | readonly Template[] | { readonly [key: string]: Template };

/** The request that an integration task stands for. `{name}` is the argument of that name; alone it is its value, in a text its words. */
type TaskRow = {
  /** Connector whose `apiBase` the path is below. */
  readonly connector: string;
  /** Names of the arguments in their order; `connection` is where the link name stands (RULES 3.3). */
  readonly args: readonly string[];
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `{version}` is the one in the task's name (`zoho.crm.v8.createRecord`), else the row's. */
  readonly path: string;
  readonly version?: string;
  readonly query?: Readonly<Record<string, Template>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: Template;
  readonly form?: Template;
  /** Argument whose members are laid beside those of the body, or of the query of a GET. */
  readonly merge?: string;
  /** Dotted place of what the task gives back; absent for the whole answer. */
  readonly result?: string;
  /** Scopes it needs, with arguments filled in; a scope that covers it is looked for by `covers`. */
  readonly scopes: readonly string[];
};

const CRM_LIST = {
  connector: 'zoho-crm',
  method: 'GET',
  version: 'v2',
  result: 'data',
  scopes: ['ZohoCRM.modules.{module}.READ'],
} as const;
const RECORD = { connector: 'zoho-crm', version: 'v2', json: { data: ['{data}'] }, merge: 'options', result: 'data.0.details' } as const;
const DESK = { connector: 'zoho-desk', method: 'GET', headers: { orgId: '{org}' } } as const;
const CREATOR = { connector: 'zoho-creator' } as const;

/** Finance services of Zoho speak alike; each names the organization in its own way. */
const finance = (connector: string, scope: string, organization: Pick<TaskRow, 'query' | 'headers'>) => {
  const common = { connector, ...organization };
  return {
    create: {
      ...common,
      args: ['module', 'org', 'data', 'connection'],
      method: 'POST',
      path: '{module}',
      json: '{data}',
      scopes: [`${scope}.{module}.CREATE`],
    },
    update: {
      ...common,
      args: ['module', 'org', 'id', 'data', 'connection'],
      method: 'PUT',
      path: '{module}/{id}',
      json: '{data}',
      scopes: [`${scope}.{module}.UPDATE`],
    },
    list: {
      ...common,
      args: ['module', 'org', 'search', 'connection'],
      method: 'GET',
      path: '{module}',
      merge: 'search',
      scopes: [`${scope}.{module}.READ`],
    },
    one: {
      ...common,
      args: ['module', 'org', 'id', 'connection'],
      method: 'GET',
      path: '{module}/{id}',
      scopes: [`${scope}.{module}.READ`],
    },
  } as const satisfies Record<string, TaskRow>;
};

const books = finance('zoho-books', 'ZohoBooks', { query: { organization_id: '{org}' } });
const inventory = finance('zoho-inventory', 'ZohoInventory', { query: { organization_id: '{org}' } });
const invoice = finance('zoho-invoice', 'ZohoInvoice', { headers: { 'X-com-zoho-invoice-organizationid': '{org}' } });
const billing = finance('zoho-billing', 'ZohoSubscriptions', { headers: { 'X-com-zoho-subscriptions-organizationid': '{org}' } });

/** The tasks that run, by their name in small letters without a version; each as Zoho's page of its REST API has it. */
const ROWS: Readonly<Record<string, TaskRow>> = {
  'zoho.crm.createrecord': {
    ...RECORD,
    args: ['module', 'data', 'options', 'connection'],
    method: 'POST',
    path: '{version}/{module}',
    scopes: ['ZohoCRM.modules.{module}.CREATE'],
  },
  'zoho.crm.updaterecord': {
    ...RECORD,
    args: ['module', 'id', 'data', 'options', 'connection'],
    method: 'PUT',
    path: '{version}/{module}/{id}',
    scopes: ['ZohoCRM.modules.{module}.UPDATE'],
  },
  'zoho.crm.upsert': {
    ...RECORD,
    args: ['module', 'data', 'options', 'connection'],
    method: 'POST',
    path: '{version}/{module}/upsert',
    scopes: ['ZohoCRM.modules.{module}.CREATE', 'ZohoCRM.modules.{module}.UPDATE'],
  },
  'zoho.crm.bulkcreate': {
    ...RECORD,
    args: ['module', 'data', 'options', 'connection'],
    method: 'POST',
    path: '{version}/{module}',
    json: { data: '{data}' },
    result: 'data',
    scopes: ['ZohoCRM.modules.{module}.CREATE'],
  },
  'zoho.crm.getrecordbyid': {
    ...CRM_LIST,
    args: ['module', 'id', 'options', 'connection'],
    path: '{version}/{module}/{id}',
    merge: 'options',
    result: 'data.0',
  },
  'zoho.crm.getrecords': {
    ...CRM_LIST,
    args: ['module', 'page', 'perPage', 'options', 'connection'],
    path: '{version}/{module}',
    query: { page: '{page}', per_page: '{perPage}' },
    merge: 'options',
  },
  'zoho.crm.searchrecords': {
    ...CRM_LIST,
    args: ['module', 'criteria', 'page', 'perPage', 'options', 'connection'],
    path: '{version}/{module}/search',
    query: { criteria: '{criteria}', page: '{page}', per_page: '{perPage}' },
    merge: 'options',
  },
  'zoho.crm.getrelatedrecords': {
    ...CRM_LIST,
    args: ['list', 'module', 'id', 'page', 'perPage', 'options', 'connection'],
    path: '{version}/{module}/{id}/{list}',
    query: { page: '{page}', per_page: '{perPage}' },
    merge: 'options',
  },
  'zoho.books.createrecord': books.create,
  'zoho.books.updaterecord': books.update,
  'zoho.books.getrecords': books.list,
  'zoho.books.getrecordsbyid': books.one,
  'zoho.books.gettemplates': {
    connector: 'zoho-books',
    args: ['module', 'org', 'connection'],
    method: 'GET',
    path: '{module}/templates',
    query: { organization_id: '{org}' },
    scopes: ['ZohoBooks.{module}.READ'],
  },
  'zoho.inventory.create': inventory.create,
  'zoho.inventory.createrecord': inventory.create,
  'zoho.inventory.getrecordsbyid': inventory.one,
  'zoho.invoice.create': invoice.create,
  'zoho.invoice.createrecord': invoice.create,
  'zoho.billing.create': billing.create,
  'zoho.billing.createrecord': billing.create,
  'zoho.sheet.createrecords': {
    connector: 'zoho-sheets',
    args: ['resource', 'worksheet', 'rows', 'query', 'connection'],
    method: 'POST',
    path: '{resource}',
    form: { method: 'worksheet.records.add', worksheet_name: '{worksheet}', json_data: '{rows}' },
    merge: 'query',
    scopes: ['ZohoSheet.dataAPI.UPDATE'],
  },
  'zoho.sheet.getrecords': {
    connector: 'zoho-sheets',
    args: ['resource', 'worksheet', 'query', 'connection'],
    method: 'POST',
    path: '{resource}',
    form: { method: 'worksheet.records.fetch', worksheet_name: '{worksheet}' },
    merge: 'query',
    scopes: ['ZohoSheet.dataAPI.READ'],
  },
  'zoho.projects.createproject': {
    connector: 'zoho-projects',
    args: ['portal', 'data', 'connection'],
    method: 'POST',
    path: 'portal/{portal}/projects/',
    form: {},
    merge: 'data',
    scopes: ['ZohoProjects.projects.CREATE'],
  },
  'zoho.projects.create': {
    connector: 'zoho-projects',
    args: ['portal', 'project', 'module', 'data', 'connection'],
    method: 'POST',
    path: 'portal/{portal}/projects/{project}/{module}/',
    form: {},
    merge: 'data',
    scopes: ['ZohoProjects.{module}.CREATE'],
  },
  'zoho.projects.getrecords': {
    connector: 'zoho-projects',
    args: ['portal', 'project', 'module', 'from', 'limit', 'connection'],
    method: 'GET',
    path: 'portal/{portal}/projects/{project}/{module}/',
    query: { index: '{from}', range: '{limit}' },
    scopes: ['ZohoProjects.{module}.READ'],
  },
  'zoho.desk.create': {
    ...DESK,
    args: ['org', 'module', 'data', 'connection'],
    method: 'POST',
    path: '{module}',
    json: '{data}',
    scopes: ['Desk.{module}.CREATE'],
  },
  'zoho.desk.getrecordbyid': {
    ...DESK,
    args: ['org', 'module', 'id', 'connection'],
    path: '{module}/{id}',
    scopes: ['Desk.{module}.READ'],
  },
  'zoho.desk.getrecords': {
    ...DESK,
    args: ['org', 'module', 'from', 'limit', 'query', 'connection'],
    path: '{module}',
    query: { from: '{from}', limit: '{limit}' },
    merge: 'query',
    result: 'data',
    scopes: ['Desk.{module}.READ'],
  },
  'zoho.desk.searchrecords': {
    ...DESK,
    args: ['org', 'module', 'query', 'from', 'limit', 'connection'],
    path: '{module}/search',
    query: { from: '{from}', limit: '{limit}' },
    merge: 'query',
    result: 'data',
    scopes: ['Desk.search.READ'],
  },
  'zoho.desk.getrelatedrecords': {
    ...DESK,
    args: ['org', 'sub', 'parent', 'id', 'from', 'limit', 'query', 'connection'],
    path: '{parent}/{id}/{sub}',
    query: { from: '{from}', limit: '{limit}' },
    merge: 'query',
    result: 'data',
    scopes: ['Desk.{parent}.READ'],
  },
  'zoho.recruit.addrecord': {
    connector: 'zoho-recruit',
    args: ['module', 'data', 'duplicates', 'workflow', 'connection'],
    method: 'POST',
    path: '{module}',
    json: { data: ['{data}'] },
    result: 'data.0.details',
    scopes: ['ZohoRecruit.modules.{module}.CREATE'],
  },
  'zoho.creator.createrecord': {
    ...CREATOR,
    args: ['owner', 'app', 'form', 'data', 'other', 'connection'],
    method: 'POST',
    path: 'data/{owner}/{app}/form/{form}',
    json: { data: '{data}' },
    merge: 'other',
    scopes: ['ZohoCreator.form.CREATE'],
  },
  'zoho.creator.createrecords': {
    ...CREATOR,
    args: ['owner', 'app', 'form', 'data', 'other', 'connection'],
    method: 'POST',
    path: 'data/{owner}/{app}/form/{form}',
    json: { data: '{data}' },
    merge: 'other',
    scopes: ['ZohoCreator.form.CREATE'],
  },
  'zoho.creator.getrecords': {
    ...CREATOR,
    args: ['owner', 'app', 'report', 'criteria', 'from', 'limit', 'connection'],
    method: 'GET',
    path: 'data/{owner}/{app}/report/{report}',
    query: { criteria: '{criteria}', from: '{from}', limit: '{limit}' },
    result: 'data',
    scopes: ['ZohoCreator.report.READ'],
  },
  'zoho.creator.updaterecord': {
    ...CREATOR,
    args: ['owner', 'app', 'report', 'id', 'data', 'other', 'connection'],
    method: 'PATCH',
    path: 'data/{owner}/{app}/report/{report}/{id}',
    json: { data: '{data}' },
    merge: 'other',
    scopes: ['ZohoCreator.report.UPDATE'],
  },
  'zoho.calendar.createevent': {
    connector: 'zoho-calendar',
    args: ['calendar', 'event', 'connection'],
    method: 'POST',
    path: 'calendars/{calendar}/events',
    query: { eventdata: '{event}' },
    scopes: ['ZohoCalendar.event.CREATE'],
  },
  'zoho.cliq.createrecord': {
    connector: 'zoho-cliq',
    args: ['db', 'data', 'connection'],
    method: 'POST',
    path: 'storages/{db}/records',
    json: { values: '{data}' },
    scopes: ['ZohoCliq.StorageData.CREATE'],
  },
  'intuit.quickbooks.create': {
    connector: 'quickbooks',
    args: ['connection', 'module', 'company', 'data'],
    method: 'POST',
    path: 'v3/company/{company}/{module}',
    json: '{data}',
    scopes: ['com.intuit.quickbooks.accounting'],
  },
  'intuit.quickbooks.update': {
    connector: 'quickbooks',
    args: ['connection', 'module', 'company', 'id', 'syncToken', 'data'],
    method: 'POST',
    path: 'v3/company/{company}/{module}',
    json: { Id: '{id}', SyncToken: '{syncToken}', sparse: 'true' },
    merge: 'data',
    scopes: ['com.intuit.quickbooks.accounting'],
  },
  'intuit.quickbooks.searchrecords': {
    connector: 'quickbooks',
    args: ['connection', 'company', 'query'],
    method: 'GET',
    path: 'v3/company/{company}/query',
    query: { query: '{query}' },
    result: 'QueryResponse',
    scopes: ['com.intuit.quickbooks.accounting'],
  },
  'intuit.quickbooks.getrecords': {
    connector: 'quickbooks',
    args: ['connection', 'module', 'company', 'criteria', 'fields'],
    method: 'GET',
    path: 'v3/company/{company}/query',
    query: { query: 'select {fields} from {module} where {criteria}' },
    result: 'QueryResponse',
    scopes: ['com.intuit.quickbooks.accounting'],
  },
  'salesforce.sales.create': {
    connector: 'salesforce',
    args: ['connection', 'module', 'data'],
    method: 'POST',
    path: 'services/data/v60.0/sobjects/{module}',
    json: '{data}',
    scopes: ['api'],
  },
};

/** Services of Deluge's tasks and of invokeapi by the connector that speaks for them; any other service has `zoho-oauth`. */
const CONNECTORS: Readonly<Record<string, string>> = {
  crm: 'zoho-crm',
  books: 'zoho-books',
  invoice: 'zoho-invoice',
  inventory: 'zoho-inventory',
  billing: 'zoho-billing',
  subscriptions: 'zoho-billing',
  sheet: 'zoho-sheets',
  projects: 'zoho-projects',
  desk: 'zoho-desk',
  recruit: 'zoho-recruit',
  creator: 'zoho-creator',
  calendar: 'zoho-calendar',
  cliq: 'zoho-cliq',
  mail: 'zoho-mail',
  people: 'zoho-people',
  workdrive: 'zoho-workdrive',
  analytics: 'zoho-analytics',
  campaigns: 'zoho-campaigns',
  bigin: 'zoho-bigin',
  sign: 'zoho-sign',
  expense: 'zoho-expense',
};

const FALLBACK = 'zoho-oauth';

/** The connector that a Zoho service is reached through, by the word that tasks have for it. */
export const connectorOfService = (service: string): string => {
  const name = service.toLowerCase();
  return Object.hasOwn(CONNECTORS, name) ? (CONNECTORS[name] ?? FALLBACK) : FALLBACK;
};

const VERSION = /^v\d+(_\d+)*$/;

const keyOf = (name: string): { key: string; version: string | null } => {
  const parts = name.toLowerCase().split('.');
  return { key: parts.filter((part) => !VERSION.test(part)).join('.'), version: parts.find((part) => VERSION.test(part)) ?? null };
};

const rowOf = (name: string): { row: TaskRow; version: string } | null => {
  const { key, version } = keyOf(name);
  const row = Object.hasOwn(ROWS, key) ? ROWS[key] : undefined;
  return row === undefined ? null : { row, version: (version ?? row.version ?? '').replaceAll('_', '.') };
};

/** How the request of an integration task is sent, or null where no table has it. */
export const methodOfTask = (name: string): TaskRow['method'] | null => rowOf(name)?.row.method ?? null;

/** Names of the tasks that run, in small letters. */
export const runnableTasks = (): readonly string[] => Object.keys(ROWS);

export type TaskRequest = {
  readonly connector: string;
  /** What the script named, or null where it left the connection out (A22). */
  readonly connection: string | null;
  readonly method: TaskRow['method'];
  /** Below the connector's `apiBase`, its values percent-encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly type: 'application/json' | 'application/x-www-form-urlencoded'; readonly text: string } | null;
  readonly result: string | null;
};

type Args = ReadonlyMap<string, Value>;

const wordsIn = (template: string, args: Args, encode: (text: string) => string = (text) => text): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => encode(toText(args.get(name) ?? null)));

/** What a template says with these arguments; undefined where an argument that stands alone was left out. */
const fill = (template: Template, args: Args): JsonValue | undefined => {
  if (typeof template === 'string') {
    const alone = /^\{(\w+)\}$/.exec(template)?.[1];
    if (alone === undefined) return wordsIn(template, args);
    const value = args.get(alone) ?? null;
    return value === null ? undefined : toJson(value);
  }
  if (Array.isArray(template)) return template.flatMap((one: Template) => fill(one, args) ?? []);
  const entries = Object.entries(template).flatMap(([key, one]) => {
    const value = fill(one, args);
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
};

const asText = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

const membersOf = (value: JsonValue | undefined): Record<string, JsonValue> => (isObject(value) ? { ...value } : {});

/** Arguments may be given as the text of a map: `map.toString()`. */
const objectOf = (value: Value | undefined): Record<string, JsonValue> => {
  if (value === undefined || value === null) return {};
  if (value instanceof Map) return membersOf(toJson(value));
  const query = typeof value === 'string' ? [...new URLSearchParams(value)] : [];
  return Object.fromEntries(query);
};

const argumentsOf = (row: TaskRow, given: readonly Value[]): Map<string, Value> => {
  const args = new Map<string, Value>();
  row.args.forEach((name, index) => {
    const value = given[index];
    if (value !== undefined) args.set(name, value);
  });
  const last = given.at(-1);
  // In the field the connection also comes in a map of options as the last argument (RULES 3.3).
  if (!args.has('connection') && last instanceof Map && last.has('connection')) {
    args.set('connection', last.get('connection') ?? null);
    const name = row.args[given.length - 1];
    if (name !== undefined) args.set(name, new Map([...last].filter(([key]) => key !== 'connection')));
  }
  return args;
};

/** The request of an integration task, or null where the task is not one of those that run. */
export const taskRequest = (name: string, given: readonly Value[]): TaskRequest | null => {
  const found = rowOf(name);
  if (found === null) return null;
  const { row, version } = found;
  const args = argumentsOf(row, given).set('version', version);
  const connection = toText(args.get('connection') ?? null);
  const merged = row.merge === undefined ? {} : objectOf(args.get(row.merge));
  const query = { ...membersOf(fill(row.query ?? {}, args)), ...(row.method === 'GET' ? merged : {}) };
  const template = row.json ?? row.form;
  const content = template === undefined ? null : { ...membersOf(fill(template, args)), ...merged };
  return {
    connector: row.connector,
    connection: connection === '' ? null : connection,
    method: row.method,
    path: wordsIn(row.path, args, encodeURIComponent),
    query: Object.fromEntries(Object.entries(query).map(([key, value]) => [key, asText(value)])),
    headers: Object.fromEntries(Object.entries(row.headers ?? {}).map(([key, value]) => [key, wordsIn(value, args)])),
    body:
      content === null
        ? null
        : row.json === undefined
          ? {
              type: 'application/x-www-form-urlencoded',
              text: new URLSearchParams(Object.entries(content).map(([key, value]) => [key, asText(value)])).toString(),
            }
          : { type: 'application/json', text: JSON.stringify(content) },
    result: row.result ?? null,
  };
};

/** What a task needs at its service, where that can be said from its literal arguments; null where nobody has written it down. */
export const scopesOfTask = (
  name: string,
  literals: readonly (string | null)[],
): { readonly connector: string; readonly scopes: readonly string[] | null } | null => {
  const found = rowOf(name);
  if (found === null) return null;
  const { row } = found;
  const known = new Map(row.args.map((arg, index) => [arg, literals[index] ?? null]));
  const scopes = row.scopes.map((scope) => {
    const missing = [...scope.matchAll(/\{(\w+)\}/g)].some(([, arg = '']) => (known.get(arg) ?? null) === null);
    return missing ? null : scope.replace(/\{(\w+)\}/g, (_, arg: string) => known.get(arg) ?? '');
  });
  return { connector: row.connector, scopes: scopes.some((one) => one === null) ? null : scopes.flatMap((one) => one ?? []) };
};

/**
 * Does a granted scope cover the needed one. Zoho writes `Service.module.OPERATION`; `ALL` stands for every operation and every module,
 * `fullaccess.all` for everything of a service. Compared without case.
 */
export const covers = (granted: string, needed: string): boolean => {
  const [has, wants] = [granted.toLowerCase(), needed.toLowerCase()];
  if (has === wants) return true;
  const [service = ''] = wants.split('.');
  if (has === `${service}.fullaccess.all`) return true;
  if (!has.endsWith('.all')) return false;
  return wants.startsWith(`${has.slice(0, -'all'.length)}`);
};
