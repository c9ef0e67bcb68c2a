import type { OauthAuth } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import type { Net, Server } from './client.ts';
import { clientCredentials, type Granted } from './client-credentials.ts';
import { jwtBearer } from './jwt-bearer.ts';

/**
 * A token for an app that authorizes for itself, in the way of its record: by its secret (RFC 6749 section 4.4) or by an assertion that its key
 * signs (RFC 7523). Throws `oauth.key-unusable`, `oauth.refused`, `oauth.provider-down`, `oauth.answer-unreadable`.
 */
export const grantForApp = async (
  { method }: Pick<OauthAuth, 'method'>,
  server: Server,
  scopes: readonly string[],
  net: Net,
  now: () => number,
): Promise<Granted> => {
  if (method !== 'oauth2-jwt-bearer') return clientCredentials(server, scopes, net, now);
  if (server.signingKey === undefined) throw new Fault('oauth.key-unusable', 'RS256');
  return jwtBearer(server, server.signingKey, scopes, net, now);
};
