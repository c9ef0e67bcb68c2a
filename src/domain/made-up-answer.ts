import type { Operation } from './connector.ts';
import { type JsonValue, readPath } from './json.ts';
import { isAllowed, putAt, type ServiceRequest, type Tree } from './request.ts';

/** More than one, so that whatever goes over them is seen to. */
const ROWS = ['1', '2'] as const;

/** An empty list where the path begins with a number, as `readPath` reads it. */
const rootFor = (path: string): Tree => (/^\d+(\.|$)/.test(path) ? [] : {});

/** What a record writes as text stands in answers as the number or the truth value that it is. */
const typed = (said: string): JsonValue => {
  if (said === 'true' || said === 'false') return said === 'true';
  return /^\d{1,9}$/.test(said) ? Number(said) : said;
};

const rowOf = (columns: readonly { readonly name: string }[], value: string): Tree => {
  const row = rootFor(columns[0]?.name ?? '');
  for (const { name } of columns) putAt(row, name, value);
  return row;
};

/**
 * A made-up answer of an operation: success, with all that its record says is in it. Rows and ids are digits in texts, which whoever reads
 * them takes for words and numbers alike; a count is a number.
 */
export const madeUpAnswer = ({ does, failure, rows, result }: Operation): JsonValue => {
  const answer = rootFor(result.path);
  if (rows !== null)
    putAt(
      answer,
      rows.path,
      ROWS.map((value) => rowOf(rows.columns, value)),
    );
  if (failure !== null) putAt(answer, failure.path, typed(failure.ok[0] ?? ''));
  const count = rows === null ? 1 : ROWS.length;
  if (readPath(answer, result.path) === undefined) putAt(answer, result.path, does === 'query' ? count : '1');
  return answer;
};

const patternOf = (apiBase: string, path: string): RegExp => {
  const { origin, pathname } = new URL(apiBase);
  const [named = ''] = path.split('?');
  const parts = `${origin}${pathname}${named}`.split(/\{[A-Za-z_][\w.-]*\}/);
  return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^/]+')}$`);
};

/** Does the body say what the operation always says: some services tell operations apart by that alone. */
const saysFixed = ({ encoding, fixed }: Operation, body: string | null): boolean =>
  Object.entries(fixed).every(([name, value]) =>
    encoding === 'form'
      ? new URLSearchParams(body ?? '').get(name) === (typeof value === 'string' ? value : JSON.stringify(value))
      : typeof value === 'object' || body?.replaceAll(/\s/g, '').includes(`${JSON.stringify(name)}:${JSON.stringify(value)}`),
  );

/**
 * The operation of a record that makes this request below `apiBase`, or undefined where none does: the one whose path leaves the fewest places
 * open, and of those alike the one that says the most by itself.
 */
export const operationAsked = (
  operations: readonly Operation[],
  apiBase: string,
  { method, url, body }: Pick<ServiceRequest, 'method' | 'url' | 'body'>,
): Operation | undefined => {
  if (!isAllowed(apiBase, url)) return undefined;
  const { origin, pathname } = new URL(url);
  const open = ({ path }: Operation): number => path.split('{').length;
  const said = ({ fixed }: Operation): number => Object.keys(fixed).length;
  return operations
    .filter((one) => one.method === method && patternOf(apiBase, one.path).test(`${origin}${pathname}`) && saysFixed(one, body))
    .sort((a, b) => open(a) - open(b) || said(b) - said(a))[0];
};
