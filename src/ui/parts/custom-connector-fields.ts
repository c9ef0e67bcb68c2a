import { BEARER } from '../../domain/connector.ts';
import { isObject, type JsonObject, readPath } from '../../domain/json.ts';
import { ACCESS_WORDS } from '../../domain/scope-words.ts';
import { textAt, withAt, withText } from './connector-draft.ts';

/** The ways to authorize that the form for a connector of one's own offers. */
export const METHODS = [
  'oauth2-code',
  'oauth2-client-credentials',
  'oauth2-device',
  'oauth2-jwt-bearer',
  'api-key',
  'bearer',
  'basic',
  'aws-sigv4',
  'none',
] as const;
export type Method = (typeof METHODS)[number];

export type FieldRow = { readonly at: string; readonly label: string; readonly hint?: string; readonly isOptional?: true };

const TOKEN = { at: 'endpoints.token', label: 'Token address', hint: 'Like https://login.service.com/oauth/token' };
const REVOCATION = { at: 'endpoints.revocation', label: 'Revocation address (optional)', isOptional: true } as const;

/** What each way needs to know, by its place in the record's `auth`. */
export const FIELDS: Readonly<Record<Method, readonly FieldRow[]>> = {
  'oauth2-code': [
    { at: 'endpoints.authorization', label: 'Authorization address', hint: 'Like https://login.service.com/oauth/authorize' },
    TOKEN,
    REVOCATION,
    {
      at: 'clientId',
      label: 'Client id for everybody (optional)',
      hint: 'One without a secret, or the https address of a document that you host. Empty: each brings an OAuth app of their own.',
      isOptional: true,
    },
    {
      at: 'endpoints.registration',
      label: 'Registration address (optional)',
      hint: 'Where the service takes registrations from anybody (RFC 7591). Latchkey then registers itself.',
      isOptional: true,
    },
  ],
  'oauth2-client-credentials': [TOKEN, REVOCATION],
  'oauth2-device': [{ at: 'endpoints.device', label: 'Device authorization address' }, TOKEN, REVOCATION],
  'oauth2-jwt-bearer': [
    TOKEN,
    {
      at: 'assertionAudience',
      label: 'Audience of its assertions (optional)',
      hint: 'Where the service wants something else than the token address.',
      isOptional: true,
    },
  ],
  'api-key': [{ at: 'fields.0.label', label: 'What the service calls the key', hint: 'Like API key' }],
  bearer: [{ at: 'fields.0.label', label: 'What the service calls the token', hint: 'Like Access token' }],
  basic: [
    { at: 'user.label', label: 'What the service calls the user name', hint: 'Like Account id' },
    { at: 'password.label', label: 'What the service calls the password', hint: 'Like Secret key' },
  ],
  'aws-sigv4': [{ at: 'service', label: 'Name of the service in the signature', hint: 'Like execute-api' }],
  none: [],
};

const key = (name: string, placement: JsonObject): JsonObject => ({ fields: [{ name, label: '', placement }] });

/** What a way begins with when it is first chosen. */
export const STARTS: Readonly<Record<Method, JsonObject>> = {
  'oauth2-code': { endpoints: { authorization: '', token: '' } },
  'oauth2-client-credentials': { endpoints: { token: '' } },
  'oauth2-device': { endpoints: { device: '', token: '' } },
  'oauth2-jwt-bearer': { endpoints: { token: '' } },
  'api-key': key('key', { in: 'header', name: '', prefix: '' }),
  bearer: key('token', { ...BEARER }),
  basic: { user: { label: '' }, password: { label: '' } },
  'aws-sigv4': { service: '' },
  none: {},
};

/** Where the credential stands in a request, by the place of that in `auth`; basic and signed requests have no choice. */
export const PLACEMENT: Readonly<Partial<Record<Method, string>>> = {
  'oauth2-code': 'placement',
  'oauth2-client-credentials': 'placement',
  'oauth2-device': 'placement',
  'oauth2-jwt-bearer': 'placement',
  'api-key': 'fields.0.placement',
  bearer: 'fields.0.placement',
};

/** A registration address is what makes Latchkey register itself. */
export const withField = (auth: JsonObject, { at, isOptional }: FieldRow, value: string): JsonObject => {
  if (value === textAt(auth, at)) return auth;
  const given = value === '' && isOptional === true ? undefined : value;
  const next = withAt(auth, at, given);
  return at === 'endpoints.registration' ? withAt(next, 'dynamicRegistration', given === undefined ? undefined : true) : next;
};

/** Where the credential goes, as the form shows it: the usual place where the record says none. */
export const placementAt = (auth: JsonObject, at: string): JsonObject => {
  const given = readPath(auth, at);
  return isObject(given) && Object.keys(given).length > 0 ? given : { ...BEARER };
};

/** `name` is a member of `Placement`. */
export const withPlacement = (auth: JsonObject, at: string, name: string, value: string): JsonObject => {
  const placement = placementAt(auth, at);
  return value === textAt(placement, name) ? auth : withAt(auth, at, { ...placement, [name]: value });
};

export const isMethod = (text: string): text is Method => METHODS.some((method) => method === text);

type Column = {
  readonly at: string;
  /** With the number of its row behind `#`. */
  readonly label: string;
  readonly hint?: string;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
};

export type Table = {
  readonly at: string;
  readonly legend: string;
  readonly what: string;
  readonly hint?: string;
  readonly most: number;
  readonly start: JsonObject;
  readonly columns: readonly Column[];
};

const choices = (words: Readonly<Record<string, string>>): { value: string; label: string }[] =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

const VERBS = choices({ GET: 'GET', POST: 'POST', PUT: 'PUT', PATCH: 'PATCH', DELETE: 'DELETE' });
const DOES = choices({ query: 'Only reads', action: 'Changes something', message: 'Sends a message' });

/** The lists of a record that the form shows, each a row of what it asks for. */
export const ROWS: Readonly<Record<'variables' | 'scopes' | 'operations', Table>> = {
  variables: {
    at: 'variables',
    legend: 'Variables: what belongs to each account',
    what: 'variable',
    hint: 'Whoever authorizes types the value. It stands in addresses as its name in braces, like https://api.service.com/{team}/; never in the host.',
    most: 8,
    start: { name: '', label: '', example: '', pattern: '[\\w-]+' },
    columns: [
      { at: 'name', label: 'Name of variable #', hint: 'Like team' },
      { at: 'label', label: 'What variable # is called', hint: 'Like Team' },
      { at: 'example', label: 'Example of variable #', hint: 'Like blue' },
      { at: 'pattern', label: 'Pattern of variable #', hint: 'A regular expression that the whole value fits' },
    ],
  },
  scopes: {
    at: 'scopes',
    legend: 'Scopes: what it may be asked for',
    what: 'scope',
    most: 100,
    start: { name: '', sentence: '', access: 'read' },
    columns: [
      { at: 'name', label: 'Name of scope #' },
      { at: 'sentence', label: 'What scope # allows, in a sentence' },
      { at: 'access', label: 'Access of scope #', options: choices(ACCESS_WORDS) },
    ],
  },
  operations: {
    at: 'operations',
    legend: 'Operations: requests that components can be pointed at',
    what: 'operation',
    hint: 'Inputs of an operation, and what else the record can say of it, are written in the JSON.',
    most: 100,
    start: { id: '', label: '', does: 'query', method: 'GET', path: '', inputs: [], result: { path: 'id', label: 'Id' } },
    columns: [
      { at: 'label', label: 'What operation # is called', hint: 'Like Create an order' },
      { at: 'id', label: 'Id of operation #', hint: 'Like create-order' },
      { at: 'does', label: 'What operation # does', options: DOES },
      { at: 'method', label: 'Method of operation #', options: VERBS },
      { at: 'path', label: 'Path of operation #', hint: 'Below the base address, like orders' },
      { at: 'result.path', label: 'Result of operation #, in the answer', hint: 'Like data.id' },
      { at: 'result.label', label: 'What that result of operation # is called', hint: 'Like Order number' },
    ],
  },
};

/** The record with what a column of a row says; `place` is the row's place in the list. */
export const withCell = (record: JsonObject, table: Table, place: number, column: string, text: string): JsonObject =>
  withText(record, `${table.at}.${place}.${column}`, text);
