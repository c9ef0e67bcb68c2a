import * as oauth from 'oauth4webapi';
import { Fault } from '../domain/faults.ts';
import type { TokenSet } from '../domain/secret.ts';
import { type Net, requestOptions, requireTokenAnswer, type Server, tokenSetOf } from './client.ts';
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
  const params = {
    ...request.params,
    client_id: server.client.client_id,
    response_type: 'code',
    redirect_uri: request.redirectUri,
    scope: request.scopes.join(' '),
    state: secrets.state,
    nonce: secrets.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(secrets.verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  return { url: url.href, secrets };
};

export type CodeResult = { readonly tokens: TokenSet; readonly subject: string };

/**
 * Checks the answer (state, `iss` by RFC 9207, error), exchanges the code and checks the id token with its signature (S30).
 * Throws `oauth.access-denied`, `oauth.issuer-mismatch`, `oauth.answer-unreadable`, `oauth.refused`, `oauth.provider-down`, `oauth.id-token-wrong`.
 */
export const finishCodeFlow = async (
  server: Server,
  callbackUrl: string,
  secrets: FlowSecrets,
  net: Net,
  now: () => number,
): Promise<CodeResult> => {
  const host = new URL(secrets.issuer).host;
  return speaking(host, async () => {
    const params = readAnswer(server, callbackUrl, secrets, host);
    const options = requestOptions(net);
    const response = await oauth.authorizationCodeGrantRequest(
      server.as,
      server.client,
      server.authentication,
      params,
      secrets.redirectUri,
      secrets.verifier,
      options,
    );
    const receivedAt = now();
    await requireTokenAnswer(response, host);
    const answer = await aboutIdToken(host, async () => {
      const checks = { expectedNonce: secrets.nonce, requireIdToken: true };
      const processed = await oauth.processAuthorizationCodeResponse(server.as, server.client, response, checks);
      await oauth.validateApplicationLevelSignature(server.as, response, options);
      return processed;
    });
    const subject = oauth.getValidatedIdTokenClaims(answer)?.sub;
    if (subject === undefined) throw new Fault('oauth.id-token-wrong', host);
    return { tokens: tokenSetOf(answer, receivedAt), subject };
  });
};

const readAnswer = (server: Server, callbackUrl: string, secrets: FlowSecrets, host: string): URLSearchParams => {
  const url = new URL(callbackUrl);
  if (url.origin + url.pathname !== new URL(secrets.redirectUri).origin + new URL(secrets.redirectUri).pathname)
    throw new Fault('oauth.state-mismatch');
  const iss = url.searchParams.get('iss');
  // Checked before anything else is believed: an error of another server must not end this flow either (RFC 9207 section 2.4).
  if (iss !== null && iss !== secrets.issuer) throw new Fault('oauth.issuer-mismatch', host);
  return oauth.validateAuthResponse(server.as, server.client, url, secrets.state);
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
