import { FileValue, formatMoment, isEqual, Moment, parseJson, readMoment, toNumber, toText, type Value } from './values.ts';

/** What went wrong, in words; the runner adds the place. */
export class MethodError extends Error {}

const fail = (message: string): never => {
  throw new MethodError(message);
};

const DAY = 86_400_000;

const text = (value: Value | undefined): string => toText(value ?? null);
const number = (value: Value | undefined): number => toNumber(value ?? null) ?? fail(`${text(value) || 'nothing'} is no number`);

/** An index that a list has; Deluge counts from 0. */
const indexIn = (list: readonly Value[], given: Value | undefined): number => {
  const index = number(given);
  return Number.isInteger(index) && index >= 0 && index < list.length
    ? index
    : fail(`the list has no element ${index}: it has ${list.length}`);
};

const shift = (moment: Moment, change: (date: Date) => void): Moment => {
  const date = new Date(moment.at);
  change(date);
  return new Moment(date.getTime(), moment.hasTime);
};

type Methods<T> = Readonly<Record<string, (self: T, args: readonly Value[]) => Value>>;

const TEXT: Methods<string> = {
  length: (self) => self.length,
  trim: (self) => self.trim(),
  touppercase: (self) => self.toUpperCase(),
  tolowercase: (self) => self.toLowerCase(),
  contains: (self, [part]) => self.includes(text(part)),
  containsignorecase: (self, [part]) => self.toLowerCase().includes(text(part).toLowerCase()),
  notcontains: (self, [part]) => !self.includes(text(part)),
  startswith: (self, [part]) => self.startsWith(text(part)),
  startswithignorecase: (self, [part]) => self.toLowerCase().startsWith(text(part).toLowerCase()),
  endswith: (self, [part]) => self.endsWith(text(part)),
  endswithignorecase: (self, [part]) => self.toLowerCase().endsWith(text(part).toLowerCase()),
  equalsignorecase: (self, [other]) => self.toLowerCase() === text(other).toLowerCase(),
  indexof: (self, [part]) => self.indexOf(text(part)),
  lastindexof: (self, [part]) => self.lastIndexOf(text(part)),
  substring: (self, [from, to]) => self.substring(number(from), to === undefined ? undefined : number(to)),
  subtext: (self, [from, to]) => self.substring(number(from), to === undefined ? undefined : number(to)),
  getprefix: (self, [mark]) => (self.includes(text(mark)) ? self.slice(0, self.indexOf(text(mark))) : null),
  getsuffix: (self, [mark]) => (self.includes(text(mark)) ? self.slice(self.indexOf(text(mark)) + text(mark).length) : null),
  // Deluge takes a pattern here; ours takes the text as it is, because a pattern from anywhere could run for ever.
  replaceall: (self, [part, by]) => self.replaceAll(text(part), () => text(by)),
  replacefirst: (self, [part, by]) => self.replace(text(part), () => text(by)),
  remove: (self, [part]) => self.replaceAll(text(part), ''),
  reverse: (self) => [...self].reverse().join(''),
  tolist: (self, [separator]) => {
    const parsed = separator === undefined ? parseJson(self) : undefined;
    if (Array.isArray(parsed)) return parsed;
    return self === '' ? [] : self.split(separator === undefined ? ',' : text(separator)).map((part) => part.trim());
  },
  tojsonlist: (self) => {
    const parsed = parseJson(self);
    return Array.isArray(parsed) ? parsed : fail('the text is no JSON list');
  },
  tomap: (self) => {
    const parsed = parseJson(self);
    return parsed instanceof Map ? parsed : fail('the text is no JSON object');
  },
  getjson: (self, [key]) => {
    const parsed = parseJson(self);
    return parsed instanceof Map ? (parsed.get(text(key)) ?? null) : fail('the text is no JSON object');
  },
  isnumber: (self) => toNumber(self) !== null,
  todate: (self) => readMoment(self) ?? fail(`${self} is no date`),
  todatetime: (self) => readMoment(self) ?? fail(`${self} is no date`),
  totime: (self) => readMoment(self) ?? fail(`${self} is no date`),
};

const LIST: Methods<Value[]> = {
  get: (self, [index]) => self[indexIn(self, index)] ?? null,
  add: (self, [value]) => {
    self.push(value ?? null);
    return null;
  },
  addall: (self, [other]) => {
    self.push(...(Array.isArray(other) ? other : fail('addAll needs a list')));
    return null;
  },
  remove: (self, [index]) => self.splice(indexIn(self, index), 1)[0] ?? null,
  removeelement: (self, [value]) => {
    const at = self.findIndex((one) => isEqual(one, value ?? null));
    if (at >= 0) self.splice(at, 1);
    return at >= 0;
  },
  clear: (self) => {
    self.length = 0;
    return null;
  },
  contains: (self, [value]) => self.some((one) => isEqual(one, value ?? null)),
  indexof: (self, [value]) => self.findIndex((one) => isEqual(one, value ?? null)),
  lastindexof: (self, [value]) => self.findLastIndex((one) => isEqual(one, value ?? null)),
  sort: (self, [isUp]) => {
    const sorted = [...self].sort((a, b) => {
      const [x, y] = [toNumber(a), toNumber(b)];
      return x !== null && y !== null ? x - y : toText(a) < toText(b) ? -1 : toText(a) > toText(b) ? 1 : 0;
    });
    return isUp === false ? sorted.reverse() : sorted;
  },
  distinct: (self) => self.filter((one, index) => self.findIndex((other) => isEqual(one, other)) === index),
  intersect: (self, [other]) =>
    Array.isArray(other) ? self.filter((one) => other.some((two) => isEqual(one, two))) : fail('intersect needs a list'),
  sublist: (self, [from, to]) => self.slice(number(from), to === undefined ? undefined : number(to)),
  tolist: (self) => self,
  tojsonlist: (self) => self,
  tomap: () => fail('a list is no map'),
};

const MAP: Methods<Map<string, Value>> = {
  get: (self, [key]) => self.get(text(key)) ?? null,
  getjson: (self, [key]) => self.get(text(key)) ?? null,
  put: (self, [key, value]) => {
    self.set(text(key), value ?? null);
    return null;
  },
  putall: (self, [other]) => {
    for (const [key, value] of other instanceof Map ? other : fail('putAll needs a map')) self.set(key, value);
    return null;
  },
  remove: (self, [key]) => {
    const value = self.get(text(key)) ?? null;
    self.delete(text(key));
    return value;
  },
  removekey: (self, [key]) => self.delete(text(key)),
  clear: (self) => {
    self.clear();
    return null;
  },
  containkey: (self, [key]) => self.has(text(key)),
  containskey: (self, [key]) => self.has(text(key)),
  containsvalue: (self, [value]) => [...self.values()].some((one) => isEqual(one, value ?? null)),
  containvalue: (self, [value]) => [...self.values()].some((one) => isEqual(one, value ?? null)),
  keys: (self) => [...self.keys()],
  tomap: (self) => self,
};

const NUMBER: Methods<number> = {
  abs: (self) => Math.abs(self),
  ceil: (self) => Math.ceil(self),
  floor: (self) => Math.floor(self),
  round: (self, [places]) => {
    const factor = 10 ** (places === undefined ? 0 : number(places));
    return Math.round(self * factor) / factor;
  },
  power: (self, [by]) => self ** number(by),
  sqrt: (self) => Math.sqrt(self),
  isnumber: () => true,
};

const MOMENT: Methods<Moment> = {
  addday: (self, [by]) => new Moment(self.at + number(by) * DAY, self.hasTime),
  addweek: (self, [by]) => new Moment(self.at + number(by) * 7 * DAY, self.hasTime),
  subday: (self, [by]) => new Moment(self.at - number(by) * DAY, self.hasTime),
  addhour: (self, [by]) => new Moment(self.at + number(by) * 3_600_000, true),
  addminutes: (self, [by]) => new Moment(self.at + number(by) * 60_000, true),
  addmonth: (self, [by]) => shift(self, (date) => date.setUTCMonth(date.getUTCMonth() + number(by))),
  addyear: (self, [by]) => shift(self, (date) => date.setUTCFullYear(date.getUTCFullYear() + number(by))),
  getday: (self) => new Date(self.at).getUTCDate(),
  getmonth: (self) => new Date(self.at).getUTCMonth() + 1,
  getyear: (self) => new Date(self.at).getUTCFullYear(),
  gethour: (self) => new Date(self.at).getUTCHours(),
  getminutes: (self) => new Date(self.at).getUTCMinutes(),
  daysbetween: (self, [other]) => Math.floor(((other instanceof Moment ? other.at : fail('daysBetween needs a date')) - self.at) / DAY),
  tostring: (self, [pattern]) => formatMoment(self, pattern === undefined ? undefined : text(pattern)),
  todate: (self) => new Moment(Math.floor(self.at / DAY) * DAY, false),
};

const FILE: Methods<FileValue> = {
  getfilename: (self) => self.name,
  getfiletype: (self) => self.type,
  getfilecontent: (self) => self.content,
};

/** What every value has. */
const ANY: Methods<Value> = {
  tostring: (self) => toText(self),
  totext: (self) => toText(self),
  tolong: (self) => Math.trunc(number(self)),
  tonumber: (self) => number(self),
  todecimal: (self) => number(self),
  isnull: (self) => self === null,
  isempty: (self) => (Array.isArray(self) ? self.length === 0 : self instanceof Map ? self.size === 0 : toText(self) === ''),
  size: (self) => (Array.isArray(self) ? self.length : self instanceof Map ? self.size : toText(self).length),
  istext: (self) => typeof self === 'string',
  isfile: (self) => self instanceof FileValue,
  ismap: (self) => self instanceof Map,
  islist: (self) => Array.isArray(self),
};

const tableOf = (self: Value): { readonly name: string; readonly methods: Methods<never> } => {
  if (typeof self === 'string') return { name: 'a text', methods: TEXT as Methods<never> };
  if (typeof self === 'number') return { name: 'a number', methods: NUMBER as Methods<never> };
  if (Array.isArray(self)) return { name: 'a list', methods: LIST as Methods<never> };
  if (self instanceof Map) return { name: 'a map', methods: MAP as Methods<never> };
  if (self instanceof Moment) return { name: 'a date', methods: MOMENT as Methods<never> };
  if (self instanceof FileValue) return { name: 'a file', methods: FILE as Methods<never> };
  return { name: self === null ? 'null' : 'a boolean', methods: {} };
};

/** Runs a method by its name in any case. Throws a `MethodError` where there is none, or where it cannot be done. */
export const callMethod = (self: Value, name: string, args: readonly Value[]): Value => {
  const key = name.toLowerCase();
  const { name: kind, methods } = tableOf(self);
  if (Object.hasOwn(methods, key))
    return (methods[key] as ((self: Value, args: readonly Value[]) => Value) | undefined)?.(self, args) ?? null;
  if (Object.hasOwn(ANY, key)) return ANY[key]?.(self, args) ?? null;
  // What is asked of nothing is nothing, so that a chain over an answer that lacks a member does not break off.
  if (self === null && (key === 'get' || key === 'getjson')) return null;
  return fail(`${kind} has no ${name}`);
};

/** Names of all methods, for completion and for the tests. */
export const METHOD_NAMES: readonly string[] = [
  ...new Set([TEXT, LIST, MAP, NUMBER, MOMENT, FILE, ANY].flatMap((table) => Object.keys(table))),
].sort();
