import * as oauth from 'oauth4webapi';
import type { TokenSet } from '../domain/secret.ts';
import { Secret } from '../domain/secret.ts';

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

/** The token answer, after oauth4webapi checked it, as our own type. `now` is the local time of its receipt (S33). */
export const tokenSetOf = (answer: oauth.TokenEndpointResponse, now: number): TokenSet => ({
  accessToken: new Secret(answer.access_token),
  refreshToken: answer.refresh_token === undefined ? null : new Secret(answer.refresh_token),
  expiresAt: answer.expires_in === undefined ? null : now + answer.expires_in * 1_000,
  scopes: answer.scope === undefined ? null : answer.scope.split(' ').filter((scope) => scope !== ''),
});
