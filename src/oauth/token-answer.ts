import type { OauthAuth } from '../domain/connector.ts';
import type { FaultData } from '../domain/faults.ts';
import { isObject, type JsonObject, type JsonValue, readPath } from '../domain/json.ts';
import { readBody, redactedStart, redactWords } from './answer-body.ts';
import { findError, type SaidError } from './answer-error.ts';
import { readLife, readRefreshLife, readScopes, readToken, readType, splitScopes, UNUSABLE } from './answer-values.ts';
import { isDeadCode, safe } from './faults.ts';

/** What a connector says of its token answers. */
export type AnswerDialect = Pick<OauthAuth, 'answer' | 'scopeSeparator' | 'answerVariables'>;

/** A connector without deviations: RFC 6749, read with the general rules. */
export const GENERIC: AnswerDialect = { answer: {}, scopeSeparator: ' ', answerVariables: [] };

export type TokenQuestion = {
  readonly auth: AnswerDialect;
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
  /** Epoch milliseconds of the receipt. */
  readonly now: number;
  /** What is stored, where this is the answer to a refresh. */
  readonly previous?: { readonly refreshToken: string | null; readonly scopes: readonly string[] | null };
  /** The scopes that were asked for (RFC 6749 section 5.1). */
  readonly asked?: readonly string[];
  /** The scope parameter of the callback, where the connector answers there. */
  readonly callbackScope?: string | null;
};

export type TokenAnswer =
  | {
      readonly ok: true;
      readonly accessToken: string;
      readonly refreshToken: string | null;
      /** Seconds, as received; null = not known; `never` = does not end. */
      readonly expiresIn: number | 'never' | null;
      readonly refreshExpiresIn: number | null;
      readonly scopes: readonly string[] | null;
      /** How the token is sent. */
      readonly tokenType: 'Bearer';
      readonly idToken: string | null;
      /** Everything else that stood in the answer, without tokens; the connector's variables under their dotted names too. */
      readonly extra: JsonObject;
    }
  | {
      readonly ok: false;
      readonly fault: FaultData;
      /** What the service called it; null where it said nothing that could be read. */
      readonly said: SaidError | null;
      /** The other members of an error (`interval`, `error_codes`), without tokens. */
      readonly details: JsonObject;
    };

const SECRETS: ReadonlySet<string> = new Set([
  'access_token',
  'accessToken',
  'token',
  'refresh_token',
  'refreshToken',
  'id_token',
  'idToken',
  'code',
  'client_secret',
]);

/** Members that have fields of their own in what is returned. */
const READ: ReadonlySet<string> = new Set(['token_type', 'tokenType', 'expires_in', 'scope']);

const withoutSecrets = (value: JsonValue, depth = 0): JsonValue => {
  if (value === null || typeof value !== 'object') return value;
  if (depth > 20) return null;
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      // A numeric `code` is an error's number and no authorization code.
      .filter(([name, inner]) => !SECRETS.has(name) || (name === 'code' && typeof inner === 'number'))
      .map(([name, inner]) => [name, withoutSecrets(inner, depth + 1)]),
  );
};

/** The members of an error, which may repeat in words what they complain of. */
const detailsOf = (value: JsonValue): JsonValue => {
  if (typeof value === 'string') return redactWords(value);
  if (Array.isArray(value)) return value.map(detailsOf);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, detailsOf(inner)])) : value;
};

const objectOf = (value: JsonValue): JsonObject => (isObject(value) ? value : {});

const errorDetails = (body: JsonObject): JsonObject => objectOf(detailsOf(withoutSecrets(body)));

const extraOf = (body: JsonObject, holder: JsonValue, { answerVariables }: AnswerDialect): JsonObject => {
  const all = { ...objectOf(withoutSecrets(body)), ...objectOf(withoutSecrets(holder)) };
  const named = answerVariables.flatMap((path) => {
    const value = readPath(all, path);
    return value === undefined ? [] : [[path, value] as const];
  });
  return { ...Object.fromEntries(Object.entries(all).filter(([name]) => !READ.has(name))), ...Object.fromEntries(named) };
};

const fail = (fault: FaultData, said: SaidError | null = null, details: JsonObject = {}): TokenAnswer => ({
  ok: false,
  fault,
  said,
  details,
});

const unreadable = (what: string): TokenAnswer => fail({ code: 'oauth.answer-unreadable', detail: what });

const ACCESS = ['access_token', 'accessToken', 'token'];

/** Where the token stands: at the top, else where the connector says (quirks T1, T2). */
export const holderOf = (body: JsonObject, { answer }: AnswerDialect): JsonValue => {
  const inner = answer.tokenAt === undefined ? undefined : readPath(body, answer.tokenAt);
  return inner === undefined || readToken(body, ACCESS) !== null ? body : inner;
};

const refusal = (question: TokenQuestion, body: JsonObject, said: SaidError): TokenAnswer => {
  const isDead = question.previous !== undefined && isDeadCode(said.code);
  const fault: FaultData = isDead ? { code: 'oauth.grant-ended', detail: null } : { code: 'oauth.refused', detail: safe(said.code) };
  const description = said.description === null ? null : safe(said.description, 300);
  return fail(fault, { code: safe(said.code), description }, errorDetails(body));
};

const grantedScopes = (question: TokenQuestion, said: readonly string[] | null): readonly string[] | null => {
  const { auth, callbackScope, asked, previous } = question;
  if (said !== null && said.length > 0) return said;
  const isInCallback = auth.answer.scopeInCallback === true && typeof callbackScope === 'string' && callbackScope !== '';
  if (isInCallback) return splitScopes(callbackScope, auth.scopeSeparator, auth.answer);
  return asked ?? previous?.scopes ?? null;
};

/**
 * Reads a token endpoint's answer: tolerant where real services deviate, strict in what it accepts as a token. Pure, and total: whatever
 * the text is, it returns a token set or a fault, and never a token out of an error (RFC 6749 section 5, S29).
 */
export const readTokenAnswer = (question: TokenQuestion): TokenAnswer => {
  const { auth, status, contentType, text, now } = question;
  const body = readBody(text);
  const said = body === null ? null : findError(body, auth.answer, status);
  if (status === 429 || status >= 500)
    return fail({ code: 'oauth.provider-down', detail: `status ${status}` }, said, body === null ? {} : errorDetails(body));
  if (body === null)
    return unreadable(`unreadable_response, status ${status}, ${safe(contentType ?? 'no type')}, begins ${redactedStart(text) || 'empty'}`);
  if (said !== null) return refusal(question, body, said);

  const holder = holderOf(body, auth);
  const accessToken = readToken(holder, ACCESS);
  if (accessToken === null) return unreadable('missing_access_token');
  const refreshToken = readToken(holder, ['refresh_token', 'refreshToken']);
  const idToken = readToken(holder, ['id_token', 'idToken']);
  const expiresIn = readLife(holder, auth.answer, now);
  const scopes = readScopes(holder, auth.scopeSeparator, auth.answer);
  const tokenType = readType(holder);
  if (accessToken === UNUSABLE) return unreadable('access_token');
  if (refreshToken === UNUSABLE) return unreadable('refresh_token');
  if (expiresIn === UNUSABLE) return unreadable('expires_in');
  if (scopes === UNUSABLE) return unreadable('scope');
  if (tokenType === UNUSABLE) return unreadable('token_type');
  return {
    ok: true,
    accessToken,
    refreshToken: refreshToken ?? question.previous?.refreshToken ?? null,
    expiresIn,
    refreshExpiresIn: readRefreshLife(holder, now),
    scopes: grantedScopes(question, scopes),
    tokenType,
    idToken: idToken === UNUSABLE ? null : idToken,
    extra: extraOf(body, holder, auth),
  };
};
