import type { Operation } from './connector.ts';
import { Fault } from './faults.ts';
import type { JsonValue } from './json.ts';

/** A request before the worker adds the authorization. `body` is JSON text or null. */
export type ServiceRequest = {
  readonly method: 'GET' | 'POST';
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
  if (ESCAPES.test(path) || path.startsWith('/') || path.includes('//')) throw new Fault('run.destination-refused', base.host);
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
  if (!isAllowed(apiBase, url.href)) throw new Fault('run.destination-refused', url.host);
  return url.href;
};

/** May a token of this API base be sent to this URL (S23). */
export const isAllowed = (apiBase: string, target: string): boolean => {
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

const TYPED: Record<Operation['inputs'][number]['type'], (value: string) => JsonValue | undefined> = {
  text: (value) => value,
  date: (value) => (/^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined),
  number: (value) => (value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined),
};

/**
 * The request that an operation makes with these values, which are checked against its inputs.
 * Throws `run.input-missing` for a needed or ill-typed value.
 */
export const requestFor = (
  operation: Operation,
  apiBase: string,
  values: Readonly<Record<string, string>>,
  idempotencyKey: string | null,
): ServiceRequest => {
  const query: Record<string, string> = {};
  const body: Record<string, JsonValue> = {};
  for (const input of operation.inputs) {
    const value = values[input.name] ?? '';
    if (value === '') {
      if (input.required) throw new Fault('run.input-missing', input.label);
      continue;
    }
    const typed = TYPED[input.type](value);
    if (typed === undefined) throw new Fault('run.input-missing', `${input.label} (${input.type})`);
    if (input.in === 'query') query[input.name] = String(typed);
    else body[input.name] = typed;
  }
  const hasBody = operation.method !== 'GET';
  return {
    method: operation.method,
    url: urlBelow(apiBase, operation.path, query),
    headers: {
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
      ...(operation.idempotencyHeader !== null && idempotencyKey !== null ? { [operation.idempotencyHeader]: idempotencyKey } : {}),
    },
    body: hasBody ? JSON.stringify(body) : null,
  };
};
