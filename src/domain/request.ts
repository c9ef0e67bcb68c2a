import type { Operation, Placement } from './connector.ts';
import { Fault } from './faults.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** A request before the worker adds the authorization. `body` is text or null; what it is says the content type. */
export type ServiceRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};

/** Code points that a path must not smuggle past `new URL`: controls, backslash, and encoded slashes or dots (S23). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
const ESCAPES = /[\u0000-\u0020\u007f\\]|%2f|%5c|%2e/i;

/**
 * The absolute URL of a path below `apiBase` (which ends in `/`).
 * Throws `run.destination-refused` for anything that would leave its origin or path prefix (S23).
 */
export const urlBelow = (apiBase: string, path: string, query: Readonly<Record<string, string>> = {}): string => {
  const base = new URL(apiBase);
  const [beforeQuery = ''] = path.split('?');
  if (ESCAPES.test(path) || path.startsWith('/') || beforeQuery.includes('//') || !URL.canParse(path, base))
    throw new Fault('run.destination-refused', base.host);
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
  if (!isAllowed(apiBase, url.href)) throw new Fault('run.destination-refused', url.host);
  return url.href;
};

/** May a token of this API base be sent to this URL (S23). */
export const isAllowed = (apiBase: string, target: string): boolean => {
  if (!URL.canParse(target)) return false;
  const base = new URL(apiBase);
  const url = new URL(target);
  return (
    url.origin === base.origin &&
    base.pathname.endsWith('/') &&
    url.pathname.startsWith(base.pathname) &&
    url.username === '' &&
    url.password === '' &&
    url.hash === ''
  );
};

/** The same for a service that has several hosts. */
export const isAllowedAt = (bases: readonly string[], target: string): boolean => bases.some((base) => isAllowed(base, target));

const TYPED: Record<Operation['inputs'][number]['type'], (value: string) => JsonValue | undefined> = {
  text: (value) => value,
  date: (value) => (/^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined),
  number: (value) => (value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined),
};

/** JSON that is being put together. */
export type Tree = { [key: string]: JsonValue | Tree } | (JsonValue | Tree)[];

const isTree = (value: JsonValue | Tree | undefined): value is Tree => value !== null && typeof value === 'object';

const memberOf = (tree: Tree, key: string): JsonValue | Tree | undefined => {
  if (Array.isArray(tree)) return tree[Number(key)];
  return Object.hasOwn(tree, key) ? tree[key] : undefined;
};

const putMember = (tree: Tree, key: string, value: JsonValue | Tree): void => {
  if (Array.isArray(tree)) tree[Number(key)] = value;
  else tree[key] = value;
};

/** Sets a dotted place (`line_items.0.rate`), making what is on the way to it: a list where a number follows. */
export const putAt = (tree: Tree, place: string, value: JsonValue | Tree): void => {
  const steps = place.split('.');
  let here = tree;
  for (const [index, step] of steps.entries()) {
    const following = steps[index + 1];
    const known = memberOf(here, step);
    const below: Tree = isTree(known) ? known : following !== undefined && /^\d+$/.test(following) ? [] : {};
    putMember(here, step, following === undefined ? value : below);
    here = below;
  }
};

const formOf = (body: Tree): string => {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) form.append(name, isTree(value) ? JSON.stringify(value) : String(value));
  return form.toString();
};

const copyOf = (value: JsonObject): { [key: string]: JsonValue | Tree } => structuredClone(value) as { [key: string]: JsonValue | Tree };

/** Values of the account in a path, each percent-encoded by itself. */
const fillPath = (path: string, values: Readonly<Record<string, string>>): string =>
  path.replace(/\{([A-Za-z_][\w.-]*)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : encodeURIComponent(value);
  });

const ENCODINGS: Record<Operation['encoding'], { readonly type: string; readonly write: (body: Tree) => string }> = {
  json: { type: 'application/json', write: (body) => JSON.stringify(body) },
  form: { type: 'application/x-www-form-urlencoded', write: formOf },
};

/**
 * The request that an operation makes with these values, which are checked against its inputs. `variables` are those of the account.
 * Throws `run.input-missing` for a needed or ill-typed value.
 */
export const requestFor = (
  operation: Operation,
  apiBase: string,
  values: Readonly<Record<string, string>>,
  idempotencyKey: string | null,
  variables: Readonly<Record<string, string>> = {},
): ServiceRequest => {
  const query: Record<string, string> = {};
  const inPath: Record<string, string> = { ...variables };
  const body: Tree = copyOf(operation.fixed);
  for (const input of operation.inputs) {
    const value = values[input.name] ?? '';
    if (value === '') {
      if (input.required) throw new Fault('run.input-missing', input.label);
      continue;
    }
    const typed = TYPED[input.type](value);
    if (typed === undefined) throw new Fault('run.input-missing', `${input.label} (${input.type})`);
    if (input.in === 'query') query[input.at ?? input.name] = String(typed);
    else if (input.in === 'path') inPath[input.name] = String(typed);
    else putAt(body, input.at ?? input.name, typed);
  }
  const hasBody = operation.method !== 'GET' && operation.method !== 'DELETE';
  const { type, write } = ENCODINGS[operation.encoding];
  return {
    method: operation.method,
    url: urlBelow(apiBase, fillPath(operation.path, inPath), query),
    headers: {
      ...(hasBody ? { 'content-type': type } : {}),
      ...(operation.idempotencyHeader !== null && idempotencyKey !== null ? { [operation.idempotencyHeader]: idempotencyKey } : {}),
    },
    body: hasBody ? write(body) : null,
  };
};

/** Whether repeating it after a lost answer is harmless: the service knows the key, or finds what is there already. */
export const isRepeatable = ({ method, idempotencyHeader, upsertKey }: Operation): boolean =>
  idempotencyHeader !== null || upsertKey !== null || method === 'GET' || method === 'PUT';

/** One credential and where it goes. */
export type Placed<T> = { readonly placement: Placement; readonly value: T };
