import * as oauth from 'oauth4webapi';
import type { JsonObject } from '../domain/json.ts';
import type { TokenSet } from '../domain/secret.ts';
import { type Net, readAnswer, type Server, tokenRequestOptions } from './client.ts';
import { speaking } from './faults.ts';

/** What an app gets for itself, without a person. */
export type Granted = { readonly tokens: TokenSet; readonly extra: JsonObject };

/**
 * A token for the app itself (RFC 6749 section 4.4); there is no refresh token, a new one is asked for in the same way.
 * Throws `oauth.refused`, `oauth.provider-down`, `oauth.answer-unreadable`.
 */
export const clientCredentials = async (server: Server, scopes: readonly string[], net: Net, now: () => number): Promise<Granted> =>
  speaking(new URL(server.as.issuer).host, async () => {
    const scope = scopes.join(server.dialect.scopeSeparator);
    const response = await oauth.clientCredentialsGrantRequest(
      server.as,
      server.client,
      server.authentication,
      scope === '' ? {} : { scope },
      tokenRequestOptions(server, net),
    );
    const { tokens, extra, response: checked } = await readAnswer(server, response, now(), { asked: scopes });
    await oauth.processClientCredentialsResponse(server.as, server.client, checked);
    return { tokens, extra };
  });
