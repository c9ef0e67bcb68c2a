import * as oauth from 'oauth4webapi';
import { Fault } from '../domain/faults.ts';
import { Secret, type TokenSet } from '../domain/secret.ts';
import { safe } from './faults.ts';

/** A request as oauth4webapi makes it: what leaves here still passes the guarded fetch of the core. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How the network is reached, and whether plain http is allowed: for a sandbox on this device only. */
export type Net = { readonly fetch: Fetch; readonly isInsecureAllowed: boolean };

/** Our registration at an authorization server; without a secret it is a public client (RFC 6749 section 2.1). */
export type Registration = { readonly clientId: string; readonly secret: Secret | null };

/** The authorization server and our registration there: a client id belongs to one issuer (S20). */
export type Server = {
  readonly as: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
};

/** How a registration shows who it is (RFC 6749 section 2.3.1): Basic where the server takes it, which is also the default when it does not say. */
export const authenticationOf = (as: oauth.AuthorizationServer, { secret }: Registration): oauth.ClientAuth => {
  if (secret === null) return oauth.None();
  const methods = as.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic') ? oauth.ClientSecretBasic(secret.reveal()) : oauth.ClientSecretPost(secret.reveal());
};

/** Options that every request of this folder carries. */
export const requestOptions = (net: Net) => ({
  [oauth.customFetch]: (url: string, init: oauth.CustomFetchOptions<string, BodyInit | undefined>) =>
    net.fetch(url, {
      method: init.method,
      headers: init.headers,
      redirect: init.redirect,
      ...(init.body === undefined ? {} : { body: init.body }),
      ...(init.signal === undefined ? {} : { signal: init.signal }),
    }),
  [oauth.allowInsecureRequests]: net.isInsecureAllowed,
});

/** A token is printable ASCII of a length that any real one has; it is put into a header as it is (S29). */
const isToken = (value: unknown): value is string => typeof value === 'string' && /^[\x21-\x7e]{1,16384}$/.test(value);

/** Nobody's token lives for more than three years (S29). */
const MOST_SECONDS = 10 ** 8;

/**
 * Reads a token answer before anything is made of it (S29): an object with a usable token, or the error in it, whatever the status says.
 * An error status is left to the protocol's own reading. Throws `oauth.answer-unreadable`, `oauth.refused`.
 */
export const requireTokenAnswer = async (response: Response, host: string): Promise<void> => {
  if (!response.ok) return;
  let answer: unknown;
  try {
    answer = await response.clone().json();
  } catch {
    throw new Fault('oauth.answer-unreadable', host);
  }
  if (answer === null || typeof answer !== 'object') throw new Fault('oauth.answer-unreadable', host);
  if ('error' in answer && typeof answer.error === 'string') throw new Fault('oauth.refused', safe(answer.error));
  const { access_token, refresh_token, expires_in, token_type, scope }: Readonly<Record<string, unknown>> = { ...answer };
  // Some services write the number as a text.
  const end = typeof expires_in === 'string' && /^\d{1,10}$/.test(expires_in) ? Number(expires_in) : expires_in;
  const isEnd = end === undefined || (typeof end === 'number' && end >= 0 && end <= MOST_SECONDS);
  // Any other type would have to be used otherwise than as we use it (RFC 6749 section 7.1).
  const isBearer = typeof token_type === 'string' && /^bearer$/i.test(token_type);
  const isScope = scope === undefined || typeof scope === 'string';
  if (!isToken(access_token) || !(refresh_token === undefined || isToken(refresh_token)) || !isEnd || !isBearer || !isScope)
    throw new Fault('oauth.answer-unreadable', host);
};

/** The token answer, after oauth4webapi checked it, as our own type. `now` is the local time of its receipt (S33). */
export const tokenSetOf = (answer: oauth.TokenEndpointResponse, now: number): TokenSet => ({
  accessToken: new Secret(answer.access_token),
  refreshToken: answer.refresh_token === undefined ? null : new Secret(answer.refresh_token),
  expiresAt: answer.expires_in === undefined ? null : now + answer.expires_in * 1_000,
  scopes: answer.scope === undefined ? null : answer.scope.split(' ').filter((scope) => scope !== ''),
});
