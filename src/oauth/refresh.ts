import * as oauth from 'oauth4webapi';
import { Fault } from '../domain/faults.ts';
import type { Secret, TokenSet } from '../domain/secret.ts';
import { type Net, requestOptions, requireTokenAnswer, type Server, tokenSetOf } from './client.ts';
import { isDeadGrant, speaking } from './faults.ts';

/**
 * A new access token (RFC 6749 section 6). An answer without a refresh token keeps the old one.
 * Throws `oauth.grant-ended` when the grant is dead; any other fault leaves it as it was.
 */
export const refresh = async (server: Server, refreshToken: Secret, net: Net, now: () => number): Promise<TokenSet> => {
  const host = new URL(server.as.issuer).host;
  try {
    return await speaking(host, async () => {
      const options = requestOptions(net);
      const response = await oauth.refreshTokenGrantRequest(
        server.as,
        server.client,
        server.authentication,
        refreshToken.reveal(),
        options,
      );
      const receivedAt = now();
      await requireTokenAnswer(response, host);
      const tokens = tokenSetOf(await oauth.processRefreshTokenResponse(server.as, server.client, response), receivedAt);
      return tokens.refreshToken === null ? { ...tokens, refreshToken } : tokens;
    });
  } catch (error) {
    throw isDeadGrant(error) ? new Fault('oauth.grant-ended') : error;
  }
};
