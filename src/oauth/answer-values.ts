import type { AnswerRules } from '../domain/connector.ts';
import type { JsonValue } from '../domain/json.ts';
import { memberOf } from './answer-body.ts';

/** A value of the answer that is of no use; the reader makes a fault of it. */
export const UNUSABLE: unique symbol = Symbol('unusable');

const isAbsent = (value: JsonValue | undefined): value is undefined | null | '' => value === undefined || value === null || value === '';

/** A number, or a text that is one (quirk X1). */
const numberOf = (value: JsonValue): number | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' && /^\s*-?\d{1,20}(\.\d{1,12})?\s*$/.test(value) ? Number(value) : null;
};

/** In this order (X2), but seconds that are called seconds come first: beside them the plain name may be milliseconds (X3). */
const RELATIVE = ['expires_in_sec', 'expires_in', 'expires', 'expiresIn'];
const ABSOLUTE = ['expires_at', 'expires_on', 'access_token_expires_at', 'access_token_expiration'];

const TEN_YEARS = 10 * 365 * 24 * 60 * 60;

/** Nobody's token lives for more than three years (S29). */
const MOST_SECONDS = 10 ** 8;

const bounded = (seconds: number): number | typeof UNUSABLE => (seconds <= MOST_SECONDS ? seconds : UNUSABLE);

/** Seconds until the end; `never` where the connector says so; null where it is not known, which is not never (X4). */
export type Life = number | 'never' | null;

const fromRelative = (value: JsonValue, rules: AnswerRules): Life | typeof UNUSABLE => {
  const seconds = numberOf(value);
  if (seconds === null) return UNUSABLE;
  if (seconds <= 0) return rules.zeroNeverExpires === true ? 'never' : null;
  if (seconds <= TEN_YEARS) return bounded(seconds);
  return seconds / 1_000 <= TEN_YEARS ? bounded(seconds / 1_000) : null;
};

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Epoch seconds, or milliseconds above 10^12, or ISO 8601 (X3). What has ended already has no time left. */
const fromAbsolute = (value: JsonValue, now: number): Life | typeof UNUSABLE => {
  const number = numberOf(value);
  const isDate = number === null && typeof value === 'string' && ISO.test(value);
  const end = number === null ? (isDate ? Date.parse(String(value)) : Number.NaN) : number > 10 ** 12 ? number : number * 1_000;
  if (!Number.isFinite(end)) return UNUSABLE;
  if (end <= 0) return null;
  const seconds = Math.max(0, (end - now) / 1_000);
  return seconds > TEN_YEARS ? null : bounded(Math.round(seconds));
};

const firstPresent = (holder: JsonValue, names: readonly string[]): JsonValue | undefined =>
  names.map((name) => memberOf(holder, name)).find((value) => !isAbsent(value));

/** How long the access token lives (quirks X1 to X6). A time from now wins over a point in time (X3). */
export const readLife = (holder: JsonValue, rules: AnswerRules, now: number): Life | typeof UNUSABLE => {
  const relative = firstPresent(holder, RELATIVE);
  if (relative !== undefined) {
    const life = fromRelative(relative, rules);
    if (life !== null) return life;
  }
  const absolute = firstPresent(holder, ABSOLUTE);
  return absolute === undefined ? null : fromAbsolute(absolute, now);
};

/** How long the refresh token lives, where the service says so; of no consequence where it cannot be read. */
export const readRefreshLife = (holder: JsonValue, now: number): number | null => {
  const relative = firstPresent(holder, ['refresh_token_expires_in', 'refresh_expires_in', 'x_refresh_token_expires_in']);
  const life = relative === undefined ? null : fromRelative(relative, {});
  if (typeof life === 'number') return life;
  const absolute = firstPresent(holder, ['refresh_token_expires_at', 'refresh_token_expiration']);
  const left = absolute === undefined ? null : fromAbsolute(absolute, now);
  return typeof left === 'number' ? left : null;
};

/** Splits a scope text: at commas where the connector separates by them, or where commas are all it has (quirks S1, S2, S6). */
export const splitScopes = (text: string, separator: string, rules: AnswerRules): string[] => {
  const cut = rules.scopeCutAt === undefined ? text : (text.split(rules.scopeCutAt)[0] ?? '');
  const isByComma = cut.includes(',') && (separator.trim() === ',' || !(/\s/.test(cut.trim()) || cut.includes('://')));
  const parts = isByComma ? cut.split(',') : cut.split(/\s+/);
  return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))];
};

/** The granted scopes (S1 to S3); null where the answer does not say. */
export const readScopes = (holder: JsonValue, separator: string, rules: AnswerRules): readonly string[] | null | typeof UNUSABLE => {
  const value = firstPresent(holder, ['scope', 'scopes', 'permissions']);
  if (value === undefined) return null;
  if (typeof value === 'string') return splitScopes(value, separator, rules);
  // TikTok for Business numbers its scopes.
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string' || typeof one === 'number')) return UNUSABLE;
  return [...new Set(value.flatMap((one) => splitScopes(String(one), ' ', rules)))];
};

/** A token is printable ASCII of a length that any real one has; it is put into a header as it is (S29). */
export const isToken = (value: unknown): value is string => typeof value === 'string' && /^[\x21-\x7e]{1,16384}$/.test(value);

/** The first of these members that is there, as a token; `null` and empty texts count as absent (quirk R3). */
export const readToken = (holder: JsonValue | undefined, names: readonly string[]): string | null | typeof UNUSABLE => {
  if (holder === undefined) return null;
  const value = firstPresent(holder, names);
  if (value === undefined) return null;
  return isToken(value) ? value : UNUSABLE;
};

/** Registered types that are not sent as Bearer (RFC 6749 section 7.1, RFC 9449, RFC 8693), and so cannot be used here. */
const OTHER_WAYS: ReadonlySet<string> = new Set(['mac', 'dpop', 'pop', 'hotk', 'n_a']);

/** Missing means Bearer, and a type of the service's own is sent as Bearer too (quirk T3). */
export const readType = (holder: JsonValue): 'Bearer' | typeof UNUSABLE => {
  const value = memberOf(holder, 'token_type') ?? memberOf(holder, 'tokenType');
  if (isAbsent(value)) return 'Bearer';
  return typeof value === 'string' && /^[\w .-]{1,40}$/.test(value) && !OTHER_WAYS.has(value.toLowerCase()) ? 'Bearer' : UNUSABLE;
};
