import * as oauth from 'oauth4webapi';
import type { Withdrawal } from '../domain/ending.ts';
import { Fault } from '../domain/faults.ts';
import type { Secret } from '../domain/secret.ts';
import { readBody } from './answer-body.ts';
import { findError } from './answer-error.ts';
import { type Net, namedRequestOptions, type Server } from './client.ts';
import { isDeadCode, safe, speaking } from './faults.ts';

/** The error of an answer, looked for in it whatever its status is (quirk E1); null where the token has ended. */
const refusalIn = async (response: Response, { dialect }: Server): Promise<string | null> => {
  const body = readBody(await response.text());
  const said = findError(body ?? {}, dialect.answer, response.status);
  // What is dead already needs no end (RFC 7009 section 2.2); some services say so with an error all the same.
  return said === null || said.code === 'invalid_token' || isDeadCode(said.code) ? null : said.code;
};

/**
 * Withdraws the refresh token, then the access token (RFC 7009); says `no-way` where the server has no such endpoint. A server that ends
 * refresh tokens alone ends the access token with it (section 2.1). Throws `oauth.refused`, `oauth.provider-down`.
 */
export const revoke = async (
  server: Server,
  tokens: { readonly accessToken: Secret; readonly refreshToken: Secret | null },
  net: Net,
): Promise<Exclude<Withdrawal, 'failed'>> => {
  if (server.as.revocation_endpoint === undefined) return 'no-way';
  return speaking<'told'>(new URL(server.as.issuer).host, async () => {
    let isRefreshEnded = false;
    for (const token of [tokens.refreshToken, tokens.accessToken]) {
      if (token === null) continue;
      const response = await oauth.revocationRequest(
        server.as,
        server.client,
        server.authentication,
        token.reveal(),
        namedRequestOptions(server, net),
      );
      const refusal = await refusalIn(response, server);
      if (refusal !== null && !(isRefreshEnded && refusal === 'unsupported_token_type')) throw new Fault('oauth.refused', safe(refusal));
      isRefreshEnded = true;
    }
    return 'told';
  });
};
