import * as oauth from 'oauth4webapi';
import type { Secret } from '../domain/secret.ts';
import { type Net, namedRequestOptions, type Server } from './client.ts';
import { speaking } from './faults.ts';

/** Withdraws the refresh token, then the access token (RFC 7009). Does nothing where the server has no such endpoint. */
export const revoke = async (
  server: Server,
  tokens: { readonly accessToken: Secret; readonly refreshToken: Secret | null },
  net: Net,
): Promise<void> => {
  if (server.as.revocation_endpoint === undefined) return;
  await speaking(new URL(server.as.issuer).host, async () => {
    for (const token of [tokens.refreshToken, tokens.accessToken]) {
      if (token === null) continue;
      const response = await oauth.revocationRequest(
        server.as,
        server.client,
        server.authentication,
        token.reveal(),
        namedRequestOptions(server, net),
      );
      await oauth.processRevocationResponse(response);
    }
  });
};
