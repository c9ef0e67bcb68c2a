import type { JsonValue } from '../domain/json.ts';

/** A date, or a date with its time; milliseconds of UTC. */
export class Moment {
  readonly at: number;
  readonly hasTime: boolean;
  constructor(at: number, hasTime: boolean) {
    this.at = at;
    this.hasTime = hasTime;
  }
}

/** A file that an answer brought: its name, its kind and its text. */
export class FileValue {
  readonly name: string;
  readonly type: string;
  readonly content: string;
  constructor(name: string, type: string, content: string) {
    this.name = name;
    this.type = type;
    this.content = content;
  }
}

/** What a variable of a script holds. Numbers and decimals are one type, as they are in JSON. */
export type Value = null | boolean | number | string | Moment | FileValue | Value[] | Map<string, Value>;

/** What the script itself got wrong, or what befell it: a `catch` of the script may take it. */
export class ScriptError extends Error {
  /** Offset in the script; where it happened. */
  readonly offset: number;
  /** A budget that ran out is no error of the script's, and no `catch` takes it. */
  readonly isFinal: boolean;
  constructor(message: string, offset: number, isFinal = false) {
    super(message);
    this.offset = offset;
    this.isFinal = isFinal;
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** Fields of a pattern, the longest first, as Zoho documents them for toString (`yyyy-MM-dd HH:mm:ss`). */
const FIELDS: readonly (readonly [string, (date: Date) => string])[] = [
  ['yyyy', (date) => String(date.getUTCFullYear())],
  ['yy', (date) => two(date.getUTCFullYear() % 100)],
  ['MMM', (date) => MONTHS[date.getUTCMonth()] ?? ''],
  ['MM', (date) => two(date.getUTCMonth() + 1)],
  ['M', (date) => String(date.getUTCMonth() + 1)],
  ['dd', (date) => two(date.getUTCDate())],
  ['d', (date) => String(date.getUTCDate())],
  ['HH', (date) => two(date.getUTCHours())],
  ['hh', (date) => two(date.getUTCHours() % 12 === 0 ? 12 : date.getUTCHours() % 12)],
  ['mm', (date) => two(date.getUTCMinutes())],
  ['ss', (date) => two(date.getUTCSeconds())],
  ['a', (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM')],
];

export const formatMoment = ({ at, hasTime }: Moment, pattern = hasTime ? 'dd-MMM-yyyy HH:mm:ss' : 'dd-MMM-yyyy'): string => {
  const date = new Date(at);
  let out = '';
  for (let from = 0; from < pattern.length; ) {
    const field = FIELDS.find(([name]) => pattern.startsWith(name, from));
    out += field === undefined ? pattern.charAt(from) : field[1](date);
    from += field === undefined ? 1 : field[0].length;
  }
  return out;
};

/** A date as scripts write it (`24-Nov-2026`, `2026-11-24`, each with a time behind it or not), or null. */
export const readMoment = (text: string): Moment | null => {
  const found = /^\s*(?:(\d{1,2})-([A-Za-z]{3})-(\d{4})|(\d{4})-(\d{2})-(\d{2}))(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?\s*$/.exec(text);
  if (found === null) return null;
  const [, d, name, y, y2, m2, d2, hour, minute, second] = found;
  const month = name === undefined ? Number(m2) - 1 : MONTHS.findIndex((one) => one.toLowerCase() === name.toLowerCase());
  const [year, day] = [Number(y ?? y2), Number(d ?? d2)];
  const at = Date.UTC(year, month, day, Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0));
  const back = new Date(at);
  if (month < 0 || back.getUTCMonth() !== month || back.getUTCDate() !== day) return null;
  return new Moment(at, hour !== undefined);
};

/** As JSON has it; files as their name. */
export const toJson = (value: Value): JsonValue => {
  if (value instanceof Moment) return formatMoment(value);
  if (value instanceof FileValue) return value.name;
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [key, toJson(one)]));
  return value;
};

/** A JSON value as a script has it. Names like `__proto__` are keys of a map and nothing else. */
export const fromJson = (value: JsonValue): Value => {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(fromJson);
  return new Map(Object.entries(value).map(([key, one]) => [key, fromJson(one)]));
};

/** The text of a value, as `info` and `+` have it: maps and lists as JSON, nothing as nothing. */
export const toText = (value: Value): string => {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Moment) return formatMoment(value);
  if (value instanceof FileValue) return value.content;
  return JSON.stringify(toJson(value));
};

/** Parses JSON text as a script's value; undefined where it is none. */
export const parseJson = (text: string): Value | undefined => {
  try {
    return fromJson(JSON.parse(text) as JsonValue);
  } catch {
    return undefined;
  }
};

/** The number that a value is or says, or null. */
export const toNumber = (value: Value): number | null => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
};

export const isTrue = (value: Value): boolean => value === true || value === 'true';

/** Equal by value; a text and a number are equal where the text says the number. */
export const isEqual = (a: Value, b: Value): boolean => {
  if (a instanceof Moment && b instanceof Moment) return a.at === b.at;
  if (typeof a === 'number' && typeof b === 'string') return toNumber(b) === a;
  if (typeof a === 'string' && typeof b === 'number') return toNumber(a) === b;
  if (a !== null && typeof a === 'object' && b !== null && typeof b === 'object') return toText(a) === toText(b);
  return a === b;
};
