import * as oauth from 'oauth4webapi';
import type { OauthAuth } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { registrableDomain } from '../domain/public-address.ts';
import { authenticationOf, clientOf, type Net, type Registration, requestOptions, type Server } from './client.ts';
import { dialectOf, PLAIN } from './dialect.ts';
import { speaking } from './faults.ts';

/** Where certificates are taken may be another host of the issuer's, and nobody else's (RFC 8705 section 5, S18). */
const requireOwnAliases = ({ issuer, mtls_endpoint_aliases: aliases = {} }: oauth.AuthorizationServer): void => {
  for (const alias of Object.values(aliases)) {
    if (typeof alias !== 'string' || !URL.canParse(alias) || registrableDomain(alias) !== registrableDomain(issuer))
      throw new Fault('oauth.issuer-mismatch', new URL(issuer).host);
  }
};

/** What an issuer publishes of itself, checked. */
export type Metadata = oauth.AuthorizationServer;

/**
 * The issuer's own metadata (RFC 8414 section 3, OpenID Connect Discovery 1.0), whose `issuer` must be exactly the one asked.
 * Throws `oauth.pkce-missing` where S256 is not offered (S21), `oauth.provider-down`, `oauth.answer-unreadable`, `oauth.issuer-mismatch`.
 */
export const readMetadata = async (issuer: string, net: Net): Promise<Metadata> => {
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
    return as;
  });
};

/** What a record says beside the metadata, with the account's values. */
type Said = { readonly auth: OauthAuth; readonly variables: Readonly<Record<string, string>> };

/** The server that published this, with our registration there and how it deviates by its record. Throws `oauth.issuer-mismatch`. */
export const serverAt = (as: Metadata, registration: Registration, said: Said | null = null): Server => {
  if (registration.hasCertificate === true) requireOwnAliases(as);
  return {
    as,
    ...clientOf(registration),
    authentication: authenticationOf(as, registration, said?.auth ?? null),
    // What its metadata offers is taken, whatever the record knows of it (S21).
    dialect: said === null ? PLAIN : { ...dialectOf(said.auth, said.variables), pkce: 'required' },
    isDiscovered: true,
  };
};

/** Both at once, for a server that holds to the RFC. Throws what `readMetadata` throws. */
export const discover = async (issuer: string, registration: Registration, net: Net): Promise<Server> =>
  serverAt(await readMetadata(issuer, net), registration);
