import type { JsonValue } from '../domain/json.ts';
import { FileValue, Moment, type Value } from './values.ts';

/** A value of a script as JSON, with what JSON has no word for: the first member says what it is. */
export const toWireValue = (value: Value): JsonValue => {
  if (value instanceof Moment) return { $: 'moment', at: value.at, hasTime: value.hasTime };
  if (value instanceof FileValue) return { $: 'file', name: value.name, type: value.type, content: value.content };
  if (Array.isArray(value)) return value.map(toWireValue);
  if (value instanceof Map) return { $: 'map', entries: [...value].map(([key, one]) => [key, toWireValue(one)]) };
  return value;
};

const member = (value: object, name: string): unknown => (Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The value again; anything that was not made by `toWireValue` becomes null. */
export const fromWireValue = (value: unknown): Value => {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(fromWireValue);
  if (typeof value !== 'object') return null;
  const kind = member(value, '$');
  if (kind === 'moment') return new Moment(Number(member(value, 'at')), member(value, 'hasTime') === true);
  if (kind === 'file') return new FileValue(textOf(member(value, 'name')), textOf(member(value, 'type')), textOf(member(value, 'content')));
  const entries = member(value, 'entries');
  if (kind !== 'map' || !Array.isArray(entries)) return null;
  return new Map(
    entries.flatMap((entry: unknown): [string, Value][] => (Array.isArray(entry) ? [[textOf(entry[0]), fromWireValue(entry[1])]] : [])),
  );
};
