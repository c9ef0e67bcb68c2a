import type { RunResult } from '../db/tables.ts';
import type { Operation } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { isObject, type JsonValue, readPath, textOf } from '../domain/json.ts';
import type { Show } from '../runtime/kind.ts';

/** Nobody reads more rows in a panel. */
const MOST_ROWS = 200;

type Column = { readonly name: string; readonly label: string };

const columnsIn = (rows: readonly JsonValue[]): Column[] => {
  const names = new Set(rows.slice(0, MOST_ROWS).flatMap((row) => (isObject(row) ? Object.keys(row) : [])));
  return names.size === 0 ? [{ name: '', label: 'Value' }] : [...names].slice(0, 12).map((name) => ({ name, label: name }));
};

/** A row that is a list has its places for columns (`0`, `1`); a row that is a value stands in each. */
const cellOf = (row: JsonValue, { name }: Column): string =>
  name !== '' && row !== null && typeof row === 'object' ? textOf(readPath(row, name)) : textOf(row);

const tableOf = (rows: readonly JsonValue[], columns: readonly Column[]) => ({
  columns: columns.map(({ label }) => label),
  rows: rows.slice(0, MOST_ROWS).map((row) => columns.map((column) => cellOf(row, column))),
});

const listFrom = (rows: readonly JsonValue[], columns: readonly Column[] | null, { shape, title, label, value }: Show): RunResult => {
  const all = columns ?? columnsIn(rows);
  if (shape === 'list') return { label: title, value: String(rows.length), table: tableOf(rows, all) };
  // A chart is a list of two columns: what is named, and how much of it there is.
  const [first, second] = all;
  const named = all.find(({ name }) => name === label) ?? first;
  const counted = all.find(({ name }) => name === value) ?? second;
  if (named === undefined || counted === undefined) throw new Fault('run.answer-wrong', 'two columns');
  return { label: title, value: String(rows.length), table: tableOf(rows, [named, counted]) };
};

/** What an operation's answer shows. Throws `run.answer-wrong` where what the record promises is not in it. */
export const showAnswer = (operation: Operation, json: JsonValue | undefined, show: Show): RunResult => {
  if (show.shape === 'number') {
    const found = readPath(json, operation.result.path);
    if (typeof found !== 'string' && typeof found !== 'number') throw new Fault('run.answer-wrong', operation.result.path);
    return { label: show.title, value: String(found), table: null };
  }
  if (operation.rows === null) throw new Fault('run.answer-wrong', 'rows');
  const rows = readPath(json, operation.rows.path);
  if (!Array.isArray(rows)) throw new Fault('run.answer-wrong', operation.rows.path);
  return listFrom(rows, operation.rows.columns, show);
};

/** What a script's value shows: a list or a map of it as rows, anything else as itself. */
export const showValue = (value: JsonValue, text: string, show: Show): RunResult => {
  if (show.shape === 'number') return { label: show.title, value: text, table: null };
  const rows = Array.isArray(value)
    ? value
    : isObject(value)
      ? Object.entries(value).map(([name, count]) => ({ name, value: count }))
      : null;
  if (rows === null) throw new Fault('run.answer-wrong', 'a list');
  return listFrom(rows, null, show);
};
