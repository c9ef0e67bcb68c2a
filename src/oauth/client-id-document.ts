import type { Known } from '../domain/connector.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Server } from './client.ts';

/** The document for a client of ours without a secret, which is the developer's to host at that address (section 4 of the draft, RFC 7591 section 2). */
export const clientIdDocument = (clientId: string, name: string, redirectUri: string): JsonObject => ({
  client_id: clientId,
  client_name: name,
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
});

/** Does the server say that it fetches such documents (section 5 of the draft); one that says nothing may do so all the same. */
export const takesClientIdDocuments = ({ as }: Pick<Server, 'as'>): Known => {
  const said = as['client_id_metadata_document_supported'];
  if (said === true) return 'yes';
  return said === false ? 'no' : 'unknown';
};
