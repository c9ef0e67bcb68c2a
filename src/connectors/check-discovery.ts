import { type Connector, examplesOf, fillVariables, isOauth, type OauthAuth, wrongVariables } from '../domain/connector.ts';
import type { Finding } from './check.ts';
import type { Compared, Discovery } from './discovery.ts';

type Metadata = Discovery['document'];
type Oauth = Connector & { readonly auth: OauthAuth };

const hasOauth = (connector: Connector): connector is Oauth => isOauth(connector.auth);

const VARIABLE = /\{([A-Za-z]\w*)\}/g;

/** Could this template be that address, with values that the record's variables allow. */
const canBe = ({ variables }: Connector, template: string, address: string): boolean => {
  const parts = template.split(VARIABLE).map((part, at) => (at % 2 === 0 ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : '([^/]+)'));
  const values = new RegExp(`^${parts.join('')}$`).exec(address)?.slice(1);
  if (values === undefined) return false;
  const named = [...template.matchAll(VARIABLE)].map(([, name = ''], at) => [name, values[at] ?? ''] as const);
  const given: Record<string, string> = Object.fromEntries(named);
  return wrongVariables({ variables: variables.filter(({ name }) => name in given) }, given).length === 0;
};

const originOf = (address: string): string | null => (URL.canParse(address) ? new URL(address).origin : null);

/** Does the document speak of this record: one of the record's endpoints is at a host that it names. */
const speaksOf = ({ document }: Discovery, connector: Oauth): boolean => {
  const { endpoints } = connector.auth;
  const examples = examplesOf(connector);
  const named = [document.issuer, document.authorization_endpoint, document.token_endpoint ?? ''].map(originOf);
  const own = [endpoints?.authorization ?? '', endpoints?.token ?? ''].map((one) => originOf(fillVariables(one, examples)));
  return own.some((origin) => origin !== null && named.includes(origin));
};

const endpoint =
  (mine: 'authorization' | 'token' | 'revocation' | 'device', theirs: keyof Metadata) =>
  (connector: Oauth, document: Metadata): string | null => {
    const template = connector.auth.endpoints?.[mine] ?? null;
    const address = document[theirs];
    return template === null || typeof address !== 'string' || canBe(connector, template, address) ? null : `${template}, not ${address}`;
  };

/** A proof key is for the code alone (RFC 7636); what nobody looked up is looked up here. */
const proofKey = ({ auth }: Oauth, { code_challenge_methods_supported: methods }: Metadata): string | null => {
  if (methods === undefined || auth.method !== 'oauth2-code') return null;
  const isOffered = auth.pkce === 'supported' || auth.pkce === 'required';
  return isOffered === methods.includes('S256') ? null : `${auth.pkce}, not ${methods.join(', ')}`;
};

const METHOD: Readonly<Record<OauthAuth['clientAuthentication'], string>> = {
  basic: 'client_secret_basic',
  post: 'client_secret_post',
  'private-key-jwt': 'private_key_jwt',
  tls: 'tls_client_auth',
};

/** An assertion needs no authentication of a client beside it (RFC 7523 section 2.1). */
const clientAuthentication = ({ auth }: Oauth, { token_endpoint_auth_methods_supported: methods }: Metadata): string | null =>
  methods === undefined || auth.method === 'oauth2-jwt-bearer' || methods.includes(METHOD[auth.clientAuthentication])
    ? null
    : `${auth.clientAuthentication}, not ${methods.join(', ')}`;

const publicClient = ({ auth }: Oauth, { token_endpoint_auth_methods_supported: methods = [] }: Metadata): string | null =>
  auth.method === 'oauth2-code' && auth.publicClient === 'no' && methods.includes('none') ? 'no, although it lists none' : null;

/** Scopes of OpenID Connect Core sections 5.4 and 11: a list with no others says nothing of the service's API. */
const IDENTITY = new Set(['openid', 'profile', 'email', 'address', 'phone', 'offline_access']);

const scopes = ({ auth, scopes: own }: Oauth, { scopes_supported: listed }: Metadata): string | null => {
  if (listed === undefined) return null;
  const asked = [...own.map(({ name }) => name), ...auth.identityScopes];
  const ofApi = asked.filter((name) => !IDENTITY.has(name));
  const isForApi = ofApi.some((name) => listed.includes(name));
  // A refresh token may be asked for without being listed (OpenID Connect Core section 11).
  const needed = asked.filter((name) => name !== 'offline_access' && (isForApi || (IDENTITY.has(name) && listed.includes('openid'))));
  const missing = needed.filter((name) => !listed.includes(name));
  return missing.length === 0 ? null : `${missing.join(', ')} not listed`;
};

const ROWS: Readonly<Record<Compared, (connector: Oauth, document: Metadata) => string | null>> = {
  authorization: endpoint('authorization', 'authorization_endpoint'),
  token: endpoint('token', 'token_endpoint'),
  revocation: endpoint('revocation', 'revocation_endpoint'),
  device: endpoint('device', 'device_authorization_endpoint'),
  'proof key': proofKey,
  'client authentication': clientAuthentication,
  'public client': publicClient,
  scopes,
};

const isCompared = (name: string): name is Compared => Object.hasOwn(ROWS, name);

const contradictions = (connector: Oauth, { url, document, differences }: Discovery): Finding[] => {
  const explained = new Set(differences.filter(({ connectors }) => connectors.includes(connector.id)).map(({ about }) => about));
  return Object.keys(ROWS)
    .filter(isCompared)
    .flatMap((about) => {
      const differs = ROWS[about](connector, document);
      if ((differs === null) !== explained.has(about)) return [];
      const detail = differs === null ? 'is explained and does not differ' : differs;
      return [{ id: connector.id, rule: `discovery: ${about}`, detail: `${detail} (${url})` }];
    });
};

/** What a record says otherwise than the documents of the issuers at its hosts, and explanations of differences that are gone. */
export const checkDiscovery = (connector: Connector, documents: readonly Discovery[]): Finding[] =>
  hasOauth(connector) ? documents.filter((one) => speaksOf(one, connector)).flatMap((one) => contradictions(connector, one)) : [];

/** The documents that no record is compared with. */
export const unusedDocuments = (connectors: readonly Connector[], documents: readonly Discovery[]): readonly string[] =>
  documents.filter((one) => !connectors.some((connector) => hasOauth(connector) && speaksOf(one, connector))).map(({ url }) => url);
