import * as oauth from 'oauth4webapi';
import { Fault } from '../domain/faults.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Secret, TokenSet } from '../domain/secret.ts';
import { type Net, readAnswer, type Server, tokenRequestOptions } from './client.ts';
import { isDeadGrant, speaking } from './faults.ts';

/**
 * A new access token (RFC 6749 section 6), with what else stood in the answer. An answer without a refresh token keeps the old one.
 * Throws `oauth.grant-ended` when the grant is dead; any other fault leaves it as it was.
 */
export const renew = async (
  server: Server,
  stored: { readonly refreshToken: Secret; readonly scopes: readonly string[] | null },
  net: Net,
  now: () => number,
): Promise<{ readonly tokens: TokenSet; readonly extra: JsonObject }> => {
  const host = new URL(server.as.issuer).host;
  const endpoint = server.dialect.refreshEndpoint;
  const as = endpoint === null ? server.as : { ...server.as, token_endpoint: endpoint };
  try {
    return await speaking(host, async () => {
      const { refreshToken, scopes } = stored;
      const options = tokenRequestOptions(server, net);
      const response = await oauth.refreshTokenGrantRequest(as, server.client, server.authentication, refreshToken.reveal(), options);
      const previous = { refreshToken: refreshToken.reveal(), scopes };
      const answer = await readAnswer({ ...server, as }, response, now(), { previous });
      await oauth.processRefreshTokenResponse(as, server.client, answer.response);
      return { tokens: answer.tokens, extra: answer.extra };
    });
  } catch (error) {
    throw isDeadGrant(error) ? new Fault('oauth.grant-ended') : error;
  }
};

/** The same where only the tokens matter. */
export const refresh = async (server: Server, refreshToken: Secret, net: Net, now: () => number): Promise<TokenSet> =>
  (await renew(server, { refreshToken, scopes: null }, net, now)).tokens;
