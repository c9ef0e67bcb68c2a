import { PRIMARY_KEY, SCHEMA, type TableName } from '../../src/db/tables.ts';
import type { Stored } from './direct.ts';

type Row = Stored[string][number];

/** What versions and hashes stand for in one round, so that rounds can be compared; any other one is called `other`. */
export type Roles = ReadonlyMap<string, string>;

export const TABLES = Object.keys(SCHEMA) as TableName[];

/** Says only when the vault was last used, and changes with every look at it. */
const isNoise = (table: string, row: Row): boolean => table === 'settings' && row['key'] === 'vault';

const keyOf = (table: TableName, row: Row): string => String(row[PRIMARY_KEY[table] ?? 'id']);

const ID = /\b([a-z]{3})_[0-9a-f]{32}\b/g;

/** Rows that may be made anew under the same name are called by it; what else was not there before is `new`. */
const labelsOf = (before: Stored, after: Stored): ((id: string, prefix: string) => string) => {
  const labels = new Map<string, string>();
  const rows = (table: TableName): Row[] => [...(before[table] ?? []), ...(after[table] ?? [])];
  for (const row of rows('connections')) labels.set(String(row['id']), `con(${row['linkName']})`);
  for (const row of rows('components')) labels.set(String(row['id']), `cmp(${row['linkName']} in ${row['environment']})`);
  for (const row of rows('authorizations'))
    labels.set(String(row['id']), `aut(${labels.get(String(row['connectionId']))} in ${row['environment']})`);
  const known = new Set(JSON.stringify(before).match(ID));
  return (id, prefix) => labels.get(id) ?? (known.has(id) ? id : `${prefix}(new)`);
};

const isBytes = (value: unknown): boolean =>
  value instanceof Uint8Array || (Array.isArray(value) && value.length > 8 && value.every((one) => typeof one === 'number'));

const isRecord = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value) && !isBytes(value);

/**
 * How stored tables differ, a line for each row that was added (+), removed (-) or changed (~, with its fields). Ids, times, versions and
 * hashes are told by what they stand for, so the same step leaves the same lines in each round; no line means that nothing was stored.
 */
export const deltaOf = (before: Stored, after: Stored, roles: Roles): string[] => {
  const label = labelsOf(before, after);
  const named = (value: unknown): string =>
    (
      JSON.stringify(value, (_, inner) => (isBytes(inner) ? 'bytes' : typeof inner === 'string' && inner.length > 300 ? 'text' : inner)) ??
      ''
    )
      .replaceAll(ID, label)
      .replaceAll(/\b[0-9a-f]{64}\b/g, (hash) => `hash(${roles.get(hash) ?? 'other'})`)
      .replaceAll(/\b\d+\.\d+\.\d+\b/g, (version) => `v(${roles.get(version) ?? 'other'})`)
      .replaceAll(/\b1[6-9]\d{11}\b/g, 'time')
      .replaceAll(/"[\w-]{43}"/g, '"digest"')
      // The data key's id, which rotating changes.
      .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'uuid');
  const changes = (was: unknown, is: unknown, path: string): string[] => {
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    if (isRecord(was) && isRecord(is))
      return [...new Set([...Object.keys(was), ...Object.keys(is)])].sort().flatMap((key) => changes(was[key], is[key], `${path}.${key}`));
    if (Array.isArray(was) && Array.isArray(is) && !isBytes(is)) {
      const [old, fresh] = [was.map(named), is.map(named)];
      return [`${path}: -[${old.filter((one) => !fresh.includes(one))}] +[${fresh.filter((one) => !old.includes(one))}]`];
    }
    const isCount = typeof was === 'number' && typeof is === 'number' && is < 1e12;
    return [`${path}: ${isCount ? `by ${is - was}` : named(is)}`];
  };
  const lines = TABLES.flatMap((table) => {
    const rowsOf = (stored: Stored) =>
      new Map((stored[table] ?? []).filter((row) => !isNoise(table, row)).map((row) => [keyOf(table, row), row]));
    const [old, fresh] = [rowsOf(before), rowsOf(after)];
    return [
      ...[...old.keys()].filter((key) => !fresh.has(key)).map((key) => `${table} - ${named(key)}`),
      ...[...fresh].flatMap(([key, row]) => {
        const was = old.get(key);
        if (was === undefined) return [`${table} + ${named(row)}`];
        const changed = changes(was, row, '');
        return changed.length === 0 ? [] : [`${table} ~ ${named(key)} ${changed.join('; ')}`];
      }),
    ];
  });
  return lines.sort();
};

/** How many rows of each table a delta adds, removes and changes, as `+1 -1 ~2`. */
export const countsOf = (delta: readonly string[]): Readonly<Record<string, string>> => {
  const startsOf = (table: string): string[] => delta.flatMap((line) => (line.startsWith(`${table} `) ? (line.split(' ')[1] ?? []) : []));
  const said = (signs: readonly string[]): string =>
    ['+', '-', '~'].flatMap((sign) => (signs.includes(sign) ? `${sign}${signs.filter((one) => one === sign).length}` : [])).join(' ');
  return Object.fromEntries(TABLES.map((table) => [table, said(startsOf(table))]).filter(([, counts]) => counts !== ''));
};
