import * as oauth from 'oauth4webapi';
import { Fault } from '../domain/faults.ts';

/** Codes after which a refresh token is dead for good (RFC 6749 section 5.2; connectors' own names for it). */
const DEAD_GRANT: ReadonlySet<string> = new Set([
  'invalid_grant',
  'invalid_refresh_token',
  'token_revoked',
  'bad_refresh_token',
  // Zoho, at a refresh.
  'invalid_code',
]);

/** Does this error of a refresh mean that the grant is dead. */
export const isDeadCode = (code: string): boolean => DEAD_GRANT.has(code.trim().toLowerCase());

export const safe = (text: string, most = 80): string => text.replace(/[^\x20-\x7e]/g, '').slice(0, most);

const fromProcessing = (error: oauth.OperationProcessingError, host: string): Fault => {
  switch (error.code) {
    case oauth.JSON_ATTRIBUTE_COMPARISON:
      return new Fault('oauth.issuer-mismatch', host);
    case oauth.JWT_CLAIM_COMPARISON:
    case oauth.JWT_TIMESTAMP_CHECK:
    case oauth.KEY_SELECTION:
      return new Fault('oauth.id-token-wrong', host);
    case oauth.RESPONSE_IS_NOT_JSON:
    case oauth.RESPONSE_IS_NOT_CONFORM:
    case oauth.PARSE_ERROR:
      return new Fault('oauth.answer-unreadable', host);
    default:
      return new Fault('oauth.answer-unreadable', host);
  }
};

/** Does this refusal of a renewal mean that the refresh token is dead for good. */
export const isDeadGrant = (fault: unknown): boolean =>
  fault instanceof Fault && fault.code === 'oauth.refused' && fault.detail !== null && isDeadCode(fault.detail);

/** Does this refusal say that the server does not know who asks (RFC 6749 section 5.2; some say it in a callback too). */
export const isUnknownClient = (fault: unknown): boolean =>
  fault instanceof Fault && fault.code === 'oauth.refused' && fault.detail?.trim().toLowerCase() === 'invalid_client';

/** What a protocol or network error means here; faults pass unchanged, anything unknown stays what it was. */
export const mapOAuthError = (error: unknown, host: string): unknown => {
  if (error instanceof Fault) return error;
  if (error instanceof oauth.AuthorizationResponseError)
    return error.error === 'access_denied' ? new Fault('oauth.access-denied') : new Fault('oauth.refused', safe(error.error));
  if (error instanceof oauth.ResponseBodyError) {
    if (error.status === 429 || error.status >= 500) return new Fault('oauth.provider-down', host);
    return new Fault('oauth.refused', safe(error.error));
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) return new Fault('oauth.refused', `${host}, status ${error.status}`);
  if (error instanceof oauth.OperationProcessingError) return fromProcessing(error, host);
  if (error instanceof oauth.UnsupportedOperationError) return new Fault('oauth.answer-unreadable', host);
  if (error instanceof TypeError || (error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError')))
    return new Fault('oauth.provider-down', host);
  return error;
};

/** The same for what is about an id token: whatever is wrong there, nobody signed in as far as we know (S30). */
export const aboutIdToken = async <T>(host: string, check: () => Promise<T>): Promise<T> => {
  try {
    return await check();
  } catch (error) {
    const isAboutIt = error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError;
    throw isAboutIt ? new Fault('oauth.id-token-wrong', host) : error;
  }
};

/** Runs one exchange with `host`; what it throws is a fault wherever the protocol or the network is to blame. */
export const speaking = async <T>(host: string, exchange: () => Promise<T>): Promise<T> => {
  try {
    return await exchange();
  } catch (error) {
    throw mapOAuthError(error, host);
  }
};
