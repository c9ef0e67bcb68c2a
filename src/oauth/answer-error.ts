import type { AnswerRules } from '../domain/connector.ts';
import { isObject, type JsonObject, type JsonValue, readPath } from '../domain/json.ts';
import { memberOf, redactWords } from './answer-body.ts';

/** What the service called its error, and its words for it. */
export type SaidError = { readonly code: string; readonly description: string | null };

const textOf = (value: JsonValue | undefined): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null);

const codeOf = (value: JsonValue | undefined): string | null => textOf(value) ?? (typeof value === 'number' ? String(value) : null);

const firstText = (holder: JsonValue | undefined, names: readonly string[]): string | null => {
  for (const name of names) {
    const text = textOf(memberOf(holder, name));
    if (text !== null) return text;
  }
  return null;
};

/** Texts beside the code, in the order in which they say most. */
const DESCRIPTIONS = ['error_description', 'message', 'error_message', 'errmsg', 'error_msg', 'description'];

const describe = (body: JsonObject, code: string, inner?: JsonValue): SaidError => {
  const description = firstText(inner, DESCRIPTIONS) ?? firstText(body, DESCRIPTIONS);
  return {
    code: redactWords(code),
    description: description === null || description === code ? null : redactWords(description),
  };
};

const isFalse = (value: JsonValue | undefined): boolean => value === false || value === 'false';

/** A number, or one written as a text, that is not zero. */
const isFailureNumber = (value: JsonValue | undefined): boolean =>
  (typeof value === 'number' && value !== 0) || (typeof value === 'string' && /^-?\d{1,9}$/.test(value) && Number(value) !== 0);

type Step = (body: JsonObject, rules: AnswerRules, status: number) => SaidError | null;

/** `error` as a word (RFC 6749 section 5.2, E1, E4) or as an object (E2). A code in words says more than a number. */
const fromError: Step = (body) => {
  const error = memberOf(body, 'error');
  if (typeof error === 'string' && error !== '') return describe(body, error.trim() || 'error');
  if (error === null || typeof error !== 'object') return null;
  const codes = ['type', 'code', 'error'].map((name) => memberOf(error, name));
  const code = codes.map(textOf).find((text) => text !== null) ?? codes.map(codeOf).find((text) => text !== null);
  return Array.isArray(error) && error.length === 0 ? null : describe(body, code ?? textOf(memberOf(error, 'message')) ?? 'error', error);
};

/** The first of `errors` (E5). */
const fromErrors: Step = (body) => {
  const errors = memberOf(body, 'errors');
  if (!Array.isArray(errors) || errors.length === 0) return null;
  const [first] = errors;
  const code =
    textOf(first) ?? codeOf(memberOf(first, 'errorType')) ?? codeOf(memberOf(first, 'code')) ?? textOf(memberOf(first, 'message'));
  return describe(body, code ?? 'error', first);
};

/** A number other than 0 where the connector says that a number tells of success (E3). */
const fromEnvelope: Step = (body, { envelope }) => {
  const value = envelope === undefined ? undefined : memberOf(body, envelope);
  return isFailureNumber(value) ? describe(body, String(value)) : null;
};

/** `ok`, `success` or an odd `error` that say that it failed, whatever the status says (E1); a number in `error` is the status and no code (E6). */
const fromFlags: Step = (body, rules, status) => {
  const error = memberOf(body, 'error');
  const isOdd = error === true || (typeof error === 'number' && error !== 0);
  if (!isFalse(memberOf(body, 'ok')) && !isFalse(memberOf(body, 'success')) && !isOdd) return null;
  return fromStatus(body, rules, status) ?? { code: 'refused', description: null };
};

/** `status` or `message` as a text (E6). */
const fromStatus: Step = (body, _rules, status) => {
  const code = firstText(body, ['status', 'message', 'errmsg', 'error_description']);
  if (code !== null) return describe(body, code);
  return status >= 200 && status < 300 ? null : { code: `status ${status}`, description: null };
};

const STEPS: readonly Step[] = [fromError, fromErrors, fromEnvelope, fromFlags];

/** The error in an answer, looked for before its status is (quirks E1 to E6); null where there is none. */
export const findError = (body: JsonObject, rules: AnswerRules, status: number): SaidError | null => {
  // An error may stand where the token would (Withings answers in a wrapper).
  const inner = rules.tokenAt === undefined ? undefined : readPath(body, rules.tokenAt);
  const holders: readonly JsonObject[] = isObject(inner) ? [body, inner] : [body];
  for (const holder of holders)
    for (const step of STEPS) {
      const error = step(holder, holder === body ? rules : {}, status);
      if (error !== null) return error;
    }
  return status >= 200 && status < 300 ? null : fromStatus(body, rules, status);
};
