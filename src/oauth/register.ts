import * as oauth from 'oauth4webapi';
import { Fault } from '../domain/faults.ts';
import { Secret } from '../domain/secret.ts';
import { type Net, type Registration, requestOptions, type Server } from './client.ts';
import { speaking } from './faults.ts';

/** What a server registered us as; `secretEndsAt` in epoch milliseconds, null where the secret never ends. */
export type Registered = Registration & { readonly secretEndsAt: number | null };

const FOR_PEOPLE = {
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};
const FOR_ITSELF = { grant_types: ['client_credentials'], response_types: [], token_endpoint_auth_method: 'client_secret_basic' };

/**
 * A registration of our own where a server takes them from anybody (RFC 7591): a public client for these redirect addresses, or, without any,
 * an app with a secret that authorizes for itself (RFC 6749 section 4.4). It is used at this issuer only (S20). `scopes` are all that may ever be
 * asked for with it. Throws `oauth.endpoint-missing`, `oauth.refused`, `oauth.provider-down`, `oauth.answer-unreadable`.
 */
export const registerClient = async (
  server: Pick<Server, 'as'>,
  request: { readonly name: string; readonly redirectUris: readonly string[]; readonly scopes: readonly string[] },
  net: Net,
): Promise<Registered> => {
  const { as } = server;
  if (as.registration_endpoint === undefined) throw new Fault('oauth.endpoint-missing', 'registration');
  const { host } = new URL(as.registration_endpoint);
  return speaking(host, async () => {
    const metadata = {
      client_name: request.name,
      redirect_uris: [...request.redirectUris],
      ...(request.redirectUris.length === 0 ? FOR_ITSELF : FOR_PEOPLE),
      ...(request.scopes.length === 0 ? {} : { scope: request.scopes.join(' ') }),
    };
    const response = await oauth.dynamicClientRegistrationRequest(as, metadata, requestOptions(net));
    if (response.status === 429 || response.status >= 500) throw new Fault('oauth.provider-down', host);
    const client = await oauth.processDynamicClientRegistrationResponse(response);
    const { client_id, client_secret, client_secret_expires_at: end, token_endpoint_auth_method: method } = client;
    if (!/^[\x21-\x7e]{1,1024}$/.test(client_id)) throw new Fault('oauth.answer-unreadable', host);
    // Some servers give a secret that nobody asked for; it is then asked for at the token endpoint, unless the answer says otherwise.
    const hasSecret = typeof client_secret === 'string' && client_secret !== '' && method !== 'none';
    return {
      clientId: client_id,
      secret: hasSecret ? new Secret(client_secret) : null,
      secretEndsAt: hasSecret && typeof end === 'number' && end > 0 ? end * 1_000 : null,
    };
  });
};
