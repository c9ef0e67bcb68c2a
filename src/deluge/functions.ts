import type { ScriptHost } from './frame.ts';
import { MethodError } from './methods.ts';
import { formatMoment, isTrue, Moment, parseJson, readMoment, toNumber, toText, type Value } from './values.ts';

const first = (args: readonly Value[]): Value => args[0] ?? null;

const numberOf = (value: Value): number => {
  const number = toNumber(value);
  if (number === null) throw new MethodError(`${toText(value) === '' ? 'nothing' : toText(value)} is no number`);
  return number;
};

/** Functions by their names in small letters. */
export const FUNCTIONS: Readonly<Record<string, (args: readonly Value[], host: ScriptHost) => Value>> = {
  map: () => new Map(),
  list: (args) => [...args],
  collection: (args) => [...args],
  ifnull: ([value = null, other = null]) => value ?? other,
  isnull: (args) => first(args) === null,
  isempty: (args) => toText(first(args)) === '',
  isblank: (args) => toText(first(args)).trim() === '',
  tostring: ([value = null, pattern]) =>
    value instanceof Moment && pattern !== undefined ? formatMoment(value, toText(pattern)) : toText(value),
  totext: (args) => toText(first(args)),
  tolong: (args) => Math.trunc(numberOf(first(args))),
  tonumber: (args) => numberOf(first(args)),
  todecimal: (args) => numberOf(first(args)),
  todate: (args) => {
    const moment = first(args) instanceof Moment ? (first(args) as Moment) : readMoment(toText(first(args)));
    if (moment === null) throw new MethodError(`${toText(first(args))} is no date`);
    return moment;
  },
  abs: (args) => Math.abs(numberOf(first(args))),
  round: ([value = null, places = 0]) => {
    const factor = 10 ** numberOf(places);
    return Math.round(numberOf(value) * factor) / factor;
  },
  ceil: (args) => Math.ceil(numberOf(first(args))),
  floor: (args) => Math.floor(numberOf(first(args))),
  min: ([a = null, b = null]) => Math.min(numberOf(a), numberOf(b)),
  max: ([a = null, b = null]) => Math.max(numberOf(a), numberOf(b)),
  length: (args) => toText(first(args)).length,
  trim: (args) => toText(first(args)).trim(),
  upper: (args) => toText(first(args)).toUpperCase(),
  lower: (args) => toText(first(args)).toLowerCase(),
  contains: ([text = null, part = null]) => toText(text).includes(toText(part)),
  encodeurl: (args) => encodeURIComponent(toText(first(args))),
  decodeurl: (args) => {
    try {
      return decodeURIComponent(toText(first(args)));
    } catch {
      throw new MethodError('the text cannot be decoded');
    }
  },
  and: (args) => args.every(isTrue),
  or: (args) => args.some(isTrue),
  not: (args) => !isTrue(first(args)),
  tomap: (args) => parseJson(toText(first(args))) ?? null,
};

/** `zoho.currentdate` and its like, or null where the path is none of them. */
export const systemVariable = (path: readonly string[]): ((host: ScriptHost) => Value) | null => {
  const name = path.join('.').toLowerCase();
  if (name === 'zoho.currentdate') return (host) => new Moment(Math.floor(host.now() / 86_400_000) * 86_400_000, false);
  if (name === 'zoho.currenttime') return (host) => new Moment(host.now(), true);
  const isKnown = [
    'zoho.loginuser',
    'zoho.loginuserid',
    'zoho.adminuser',
    'zoho.adminuserid',
    'zoho.appname',
    'thisapp.environment.type',
    'thisapp.environment.linkname',
  ].includes(name);
  return isKnown ? (host) => host.system[name] ?? null : null;
};
