import * as oauth from 'oauth4webapi';
import { Fault } from '../domain/faults.ts';
import { authenticationOf, type Net, type Registration, requestOptions, type Server, signingKeyOf } from './client.ts';
import { speaking } from './faults.ts';

/**
 * The issuer's own metadata (RFC 8414 section 3, OpenID Connect Discovery 1.0), whose `issuer` must be exactly the one asked.
 * Throws `oauth.pkce-missing` where S256 is not offered (S21), `oauth.provider-down`, `oauth.answer-unreadable`, `oauth.issuer-mismatch`.
 */
export const discover = async (issuer: string, registration: Registration, net: Net): Promise<Server> => {
  const url = new URL(issuer);
  return speaking(url.host, async () => {
    const response = await oauth.discoveryRequest(url, requestOptions(net));
    const as = await oauth.processDiscoveryResponse(url, response);
    if (as.code_challenge_methods_supported?.includes('S256') !== true) throw new Fault('oauth.pkce-missing');
    const endpoints = [
      as.authorization_endpoint,
      as.token_endpoint,
      as.jwks_uri,
      as.userinfo_endpoint,
      as.revocation_endpoint,
      as.device_authorization_endpoint,
      as.registration_endpoint,
    ];
    for (const endpoint of endpoints) {
      // Metadata is as trustworthy as its issuer: it must not lead to another host (S18).
      if (endpoint !== undefined && new URL(endpoint).origin !== url.origin) throw new Fault('oauth.issuer-mismatch', url.host);
    }
    return {
      as,
      client: { client_id: registration.clientId, [oauth.clockTolerance]: 60 },
      authentication: authenticationOf(as, registration),
      ...signingKeyOf(registration),
    };
  });
};
