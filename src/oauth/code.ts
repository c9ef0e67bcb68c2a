import * as oauth from 'oauth4webapi';
import { Fault } from '../domain/faults.ts';
import type { JsonObject } from '../domain/json.ts';
import type { TokenSet } from '../domain/secret.ts';
import { type Net, readAnswer, requestOptions, type Server, tokenRequestOptions } from './client.ts';
import { nameOf } from './dialect.ts';
import { aboutIdToken, speaking } from './faults.ts';

/** What a flow must remember until its answer comes; sealed while it waits. */
export type FlowSecrets = {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly issuer: string;
};

/** An authorization request (RFC 6749 section 4.1.1) with PKCE S256 (RFC 7636), state and nonce, each used once. */
export const startCodeFlow = async (
  server: Server,
  request: { readonly redirectUri: string; readonly scopes: readonly string[]; readonly params: Readonly<Record<string, string>> },
): Promise<{ url: string; secrets: FlowSecrets }> => {
  const { dialect } = server;
  const endpoint = server.as.authorization_endpoint;
  if (endpoint === undefined) throw new Fault('oauth.answer-unreadable', new URL(server.as.issuer).host);
  const secrets: FlowSecrets = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    redirectUri: request.redirectUri,
    issuer: server.as.issuer,
  };
  const url = new URL(endpoint);
  const scope = request.scopes.join(dialect.scopeSeparator);
  const params = {
    response_type: 'code',
    ...dialect.authorizationParams,
    ...request.params,
    client_id: server.client.client_id,
    redirect_uri: request.redirectUri,
    ...(scope === '' ? {} : { scope }),
    state: secrets.state,
    // Without metadata no id token is read, and a parameter that nobody asked for makes some servers refuse.
    ...(server.isDiscovered ? { nonce: secrets.nonce } : {}),
    ...(dialect.pkce === 'unsupported'
      ? {}
      : { code_challenge: await oauth.calculatePKCECodeChallenge(secrets.verifier), code_challenge_method: 'S256' }),
  };
  for (const [name, value] of Object.entries(params)) url.searchParams.set(nameOf(dialect, name), value);
  return { url: url.href, secrets };
};

export type CodeResult = { readonly tokens: TokenSet; readonly subject: string };

/** What a code was exchanged for. `subject` is who signed in, where an id token was asked for and checked. */
export type Exchanged = {
  readonly tokens: TokenSet;
  readonly subject: string | null;
  /** Members of the token answer beside the tokens. */
  readonly extra: JsonObject;
  /** The callback parameters that the record keeps. */
  readonly callback: Readonly<Record<string, string>>;
};

/**
 * Checks the answer (state, `iss` by RFC 9207, error) and exchanges the code. An id token is asked for and checked with its signature (S30)
 * where the server publishes metadata and `openid` was among the scopes.
 * Throws `oauth.access-denied`, `oauth.issuer-mismatch`, `oauth.answer-unreadable`, `oauth.refused`, `oauth.provider-down`, `oauth.id-token-wrong`.
 */
export const exchangeCode = async (
  server: Server,
  callbackUrl: string,
  secrets: FlowSecrets,
  net: Net,
  now: () => number,
  asked: readonly string[] | null = null,
): Promise<Exchanged> => {
  const host = new URL(secrets.issuer).host;
  const { dialect } = server;
  return speaking(host, async () => {
    const params = readCallback(server, callbackUrl, secrets, host);
    const response = await oauth.authorizationCodeGrantRequest(
      server.as,
      server.client,
      server.authentication,
      params,
      secrets.redirectUri,
      dialect.pkce === 'unsupported' ? oauth.nopkce : secrets.verifier,
      tokenRequestOptions(server, net),
    );
    const answer = await readAnswer(server, response, now(), {
      ...(asked === null ? {} : { asked }),
      callbackScope: params.get('scope'),
    });
    const subject = await checkSignIn(server, answer.response, secrets, net, asked, host);
    const all = new URL(callbackUrl).searchParams;
    const kept = dialect.callbackVariables.flatMap((name) => {
      const value = all.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    return { tokens: answer.tokens, subject, extra: answer.extra, callback: Object.fromEntries(kept) };
  });
};

/** Has oauth4webapi check the answer, and the id token in it where there must be one; gives who signed in. */
const checkSignIn = async (
  server: Server,
  response: Response,
  secrets: FlowSecrets,
  net: Net,
  asked: readonly string[] | null,
  host: string,
): Promise<string | null> => {
  const isNeeded = server.isDiscovered && (asked === null || asked.includes('openid'));
  if (!isNeeded) {
    await oauth.processGenericTokenEndpointResponse(server.as, server.client, response);
    return null;
  }
  const answer = await aboutIdToken(host, async () => {
    const checks = { expectedNonce: secrets.nonce, requireIdToken: true };
    const processed = await oauth.processAuthorizationCodeResponse(server.as, server.client, response, checks);
    await oauth.validateApplicationLevelSignature(server.as, response, requestOptions(net));
    return processed;
  });
  return oauth.getValidatedIdTokenClaims(answer)?.sub ?? null;
};

/**
 * The same for a server that says who signed in.
 * Throws `oauth.id-token-wrong` where it does not, and what `exchangeCode` throws.
 */
export const finishCodeFlow = async (
  server: Server,
  callbackUrl: string,
  secrets: FlowSecrets,
  net: Net,
  now: () => number,
): Promise<CodeResult> => {
  const { tokens, subject } = await exchangeCode(server, callbackUrl, secrets, net, now);
  if (subject === null) throw new Fault('oauth.id-token-wrong', new URL(secrets.issuer).host);
  return { tokens, subject };
};

/** Is this `iss` the server that was asked: exactly the issuer, or, where only endpoints are known, the origin of one of them (RFC 9207). */
const isAsked = (server: Server, iss: string, issuer: string): boolean => {
  if (server.isDiscovered) return iss === issuer;
  const { authorization_endpoint, token_endpoint } = server.as;
  const origins = [authorization_endpoint, token_endpoint].flatMap((url) => (url === undefined ? [] : [new URL(url).origin]));
  return URL.canParse(iss) && origins.includes(new URL(iss).origin);
};

/** Tells the addresses of one page apart, where a host has no paths for that. */
export const REDIRECT_PARAMETER = 'i';

/** What of a redirect address tells for whom it is; everything else of the query is the answer. */
const addressOf = ({ origin, pathname, searchParams }: URL): string => `${origin}${pathname} ${searchParams.getAll(REDIRECT_PARAMETER)}`;

const readCallback = (server: Server, callbackUrl: string, secrets: FlowSecrets, host: string): URLSearchParams => {
  const url = new URL(callbackUrl);
  if (addressOf(url) !== addressOf(new URL(secrets.redirectUri))) throw new Fault('oauth.state-mismatch');
  const iss = url.searchParams.get('iss');
  // Checked before anything else is believed: an error of another server must not end this flow either (RFC 9207 section 2.4).
  if (iss !== null && !isAsked(server, iss, secrets.issuer)) throw new Fault('oauth.issuer-mismatch', host);
  const params = new URLSearchParams(url.searchParams);
  // Only metadata says whether it has to be there, and what it is exactly.
  if (!server.isDiscovered) params.delete('iss');
  const codes = params.getAll(server.dialect.request.codeParam ?? 'code');
  params.delete('code');
  // Two codes stay two, and are refused.
  for (const code of codes) params.append('code', code);
  return oauth.validateAuthResponse(server.as, server.client, params, secrets.state);
};

/** A person's name for the authorized account, from the userinfo endpoint; null where the server has none. */
export const readAccount = async (server: Server, tokens: TokenSet, subject: string, net: Net): Promise<string | null> => {
  if (server.as.userinfo_endpoint === undefined) return null;
  return speaking(new URL(server.as.issuer).host, async () => {
    const response = await oauth.userInfoRequest(server.as, server.client, tokens.accessToken.reveal(), requestOptions(net));
    const info = await oauth.processUserInfoResponse(server.as, server.client, subject, response);
    return info.email ?? info.name ?? info.preferred_username ?? null;
  });
};
