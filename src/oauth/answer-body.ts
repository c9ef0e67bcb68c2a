import { isObject, type JsonObject, type JsonValue } from '../domain/json.ts';

/** Own members only: an answer must not reach what every object inherits. */
export const memberOf = (holder: JsonValue | undefined, name: string): JsonValue | undefined =>
  isObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;

/** Texts (to be left alone) and numbers, one after the other; linear only over text that is JSON already. */
const TEXT_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Whole numbers beyond 2^53 become texts: an id must not lose its end (quirk N1). */
const keepBigNumbers = (text: string): string =>
  text.replace(TEXT_OR_NUMBER, (part) => (/^-?\d{16,400}$/.test(part) && !Number.isSafeInteger(Number(part)) ? `"${part}"` : part));

const parseJson = (text: string): JsonObject | null => {
  try {
    // Whatever JSON.parse returns is a JSON value; what it holds is looked at member by member.
    const value: JsonValue = JSON.parse(text);
    if (!isObject(value)) return null;
    const exact: JsonValue = /\d{16}/.test(text) ? JSON.parse(keepBigNumbers(text)) : value;
    return isObject(exact) ? exact : null;
  } catch {
    return null;
  }
};

/** The whole text must be a form: a token that merely stands somewhere in a page is no answer. */
const FORM = /^[\w.~%+*!'(),:;@/?$|&=-]+$/;

const parseForm = (text: string): JsonObject | null => {
  if (!FORM.test(text) || !/(?:^|&)(?:access_token|error)=/.test(text)) return null;
  const pairs = [...new URLSearchParams(text)];
  // RFC 6749 section 3.2: no parameter twice.
  return new Set(pairs.map(([name]) => name)).size === pairs.length ? Object.fromEntries(pairs) : null;
};

/** Reads a token endpoint's body by its content, whatever its type says (quirk B1, B2); null where it is neither JSON nor a form (B3). */
export const readBody = (text: string): JsonObject | null => {
  const bare = text.replace(/^\uFEFF/, '').trim();
  return parseJson(bare) ?? parseForm(bare);
};

/** A long word with digits in it may be the code or the token that the service complains of. */
export const redactWords = (text: string): string => text.slice(0, 400).replace(/(?=[\w.~+/=-]*\d)[\w.~+/=-]{20,}/g, '...');

/** The start of a body that nobody could read, without markup and without anything that could be a secret (quirk B3, S29). */
export const redactedStart = (text: string): string =>
  text
    .slice(0, 400)
    .replace(/<[^>]{0,400}>?/g, ' ')
    .replace(/[\w.~+/=-]{12,}/g, '…')
    .replace(/[^\x20-\x7e…]/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, 60);
