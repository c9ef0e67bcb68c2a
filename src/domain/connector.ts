import type { JsonObject } from './json.ts';

export type ScopeAccess = 'read' | 'write' | 'admin';

export type ConnectorScope = {
  readonly name: string;
  /** What it allows, in a person's words. */
  readonly sentence: string;
  readonly access: ScopeAccess;
};

/** A value that belongs to the client's own account (data centre, sandbox origin); it stands as `{name}` in the URLs. */
export type ConnectorVariable = {
  readonly name: string;
  readonly label: string;
  readonly example: string;
  /** A regular expression that the whole value must match. */
  readonly pattern: string;
  /** Where the service itself says it; what a person typed stands until then. */
  readonly learned?: Learned;
};

/** Where the value of a variable comes from, once the service has said it: the callback, the token answer, or a request of its own. */
export type Learned = {
  readonly from: 'callback' | 'answer' | 'request';
  /** Name of the callback parameter, or dotted path in the answer. */
  readonly at: string;
  /** A regular expression whose one group is the value, where it is a part of what was said (a host of an address). */
  readonly pick?: string;
  /** Only for `request`: the address that is asked with the new token (Xero's connections, Mailchimp's metadata). */
  readonly url?: string;
};

/** What a record says of a fact that nobody could look up is `unknown`, and the screen says so. */
export type Known = 'yes' | 'no' | 'unknown';

/** Where a credential goes in a request. In a path it takes the place of `{name}`, in a body it is a member. */
export type Placement = {
  readonly in: 'header' | 'query' | 'path' | 'body';
  readonly name: string;
  /** Before the credential, with its space where there is one. */
  readonly prefix: string;
};

/** The usual one (RFC 6750 section 2.1). */
export const BEARER: Placement = { in: 'header', name: 'Authorization', prefix: 'Bearer ' };

/** How a token answer deviates from RFC 6749 section 5; where a field is absent the RFC holds. */
export type AnswerRules = {
  /** Dotted path of the object that holds the token where the top has none (Slack's `authed_user`, Withings' `body`). */
  readonly tokenAt?: string;
  /** Member whose number other than 0 means failure, beside a body without a token. */
  readonly envelope?: 'code' | 'errcode' | 'status';
  /** `expires_in` of 0 means that it never ends. */
  readonly zeroNeverExpires?: boolean;
  /** The scope ends at this sign (Keap writes the host behind it). */
  readonly scopeCutAt?: '|';
  /** The callback carries the granted scope (Strava). */
  readonly scopeInCallback?: boolean;
};

/** What the requests to the authorization server look like where they deviate from RFC 6749. */
export type RequestRules = {
  readonly tokenBody?: 'json';
  /** Standard parameter name to the service's own (`client_id` to `client_key`). */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Name of the code in the callback where it is not `code`. */
  readonly codeParam?: string;
  /** Headers that every token request needs. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A client without a secret shows itself by Basic with an empty password (Reddit). */
  readonly basicWithoutSecret?: boolean;
};

export type OauthEndpoints = {
  readonly authorization: string | null;
  readonly token: string;
  /** Only where refreshing uses another address. */
  readonly refresh: string | null;
  readonly revocation: string | null;
  readonly device: string | null;
  /** Where the server takes registrations (RFC 7591 section 3). */
  readonly registration: string | null;
};

/** OAuth 2; the endpoints come from the issuer's own metadata (RFC 8414 section 3) or are written in the record. */
export type OauthAuth = {
  readonly method: 'oauth2-code' | 'oauth2-client-credentials' | 'oauth2-device' | 'oauth2-jwt-bearer';
  /** Null where the endpoints are written out. */
  readonly issuer: string | null;
  readonly endpoints: OauthEndpoints | null;
  /** Latchkey's own registration as a public client; null where everybody brings an OAuth app of their own. */
  readonly clientId: string | null;
  /** Does the server take registrations from anybody (RFC 7591); Latchkey then registers itself, once for each workspace and redirect address. */
  readonly dynamicRegistration: boolean;
  readonly pkce: 'required' | 'supported' | 'unsupported' | 'unknown';
  /** Does a code exchange work without a secret. */
  readonly publicClient: Known;
  /** May a web page read the token answer. */
  readonly cors: Known;
  /** What has to be set at the service before a web page may, in sentences; null where nothing has. */
  readonly corsNeeds: string | null;
  /** Does each refresh replace the refresh token. */
  readonly rotates: Known;
  /**
   * How the app shows who it is: its secret in the header or the body (RFC 6749 section 2.3.1), an assertion that its key signs (RFC 7523
   * section 2.2), or a certificate that the browser presents (RFC 8705 section 2).
   */
  readonly clientAuthentication: 'basic' | 'post' | 'private-key-jwt' | 'tls';
  /** Whom a signed assertion speaks to (RFC 7523 section 3); null where that is the token endpoint. */
  readonly assertionAudience: string | null;
  /** Asked for beside the chosen scopes: who it is, and a refresh token. */
  readonly identityScopes: readonly string[];
  readonly scopeSeparator: string;
  readonly authorizationParams: Readonly<Record<string, string>>;
  readonly tokenParams: Readonly<Record<string, string>>;
  /** Callback parameters that become variables of the account. */
  readonly callbackVariables: readonly string[];
  /** Members of the token answer (dotted paths) that become variables of the account. */
  readonly answerVariables: readonly string[];
  readonly placement: Placement;
  readonly answer: AnswerRules;
  readonly request: RequestRules;
};

/** One secret that a person copies from the service, and where it goes. */
export type KeyField = { readonly name: string; readonly label: string; readonly placement: Placement };

export type ConnectorAuth =
  | OauthAuth
  | { readonly method: 'api-key' | 'bearer'; readonly fields: readonly KeyField[] }
  /** RFC 7617. The user name is typed, a variable of the account, or fixed (with variables in it); so may the password be fixed. */
  | {
      readonly method: 'basic';
      readonly user: { readonly label: string; readonly variable: string | null; readonly fixed: string | null };
      readonly password: { readonly label: string; readonly fixed: string | null };
    }
  /** Name of the service in the signature, or the variable that has it. */
  | { readonly method: 'aws-sigv4'; readonly service: string }
  /** Named so that the catalogue is honest about it; no connection can be made. */
  | { readonly method: 'oauth1' }
  | { readonly method: 'none' };

export type InputType = 'text' | 'number' | 'date';

export type OperationInput = {
  readonly name: string;
  readonly label: string;
  readonly type: InputType;
  readonly required: boolean;
  readonly in: 'query' | 'body' | 'path';
  /** Dotted place in the body where it is not the member of that name (`line_items.0.rate`). */
  readonly at: string | null;
};

/**
 * Where a good status tells of a failure all the same: a member whose value is none of `ok`; where it is absent nothing failed. `message` is the
 * dotted path of the service's words for it.
 */
export type FailureRule = { readonly path: string; readonly ok: readonly string[]; readonly message: string | null };

/** One documented request of the service that a component can be pointed at. */
export type Operation = {
  readonly id: string;
  readonly label: string;
  /** An action changes something at the service, a query only reads, a message goes to a phone. */
  readonly does: 'action' | 'query' | 'message';
  readonly scopes: readonly string[];
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Relative to `apiBase`, without a leading slash; `{name}` is a variable of the account or an input with `in: 'path'`. */
  readonly path: string;
  readonly encoding: 'json' | 'form';
  /** Members that are sent as they are, beside the inputs. */
  readonly fixed: JsonObject;
  readonly inputs: readonly OperationInput[];
  /** Dotted path in the answer that a panel shows or a run reports, with the words for it. */
  readonly result: { readonly path: string; readonly label: string };
  /** For a list: where its rows stand and which of their members are shown. */
  readonly rows: { readonly path: string; readonly columns: readonly { readonly name: string; readonly label: string }[] } | null;
  /** Header that makes a repeated request harmless, where the service has one. */
  readonly idempotencyHeader: string | null;
  /** Input by whose value the service finds what is there already, so that a repeated request changes it instead of adding another. */
  readonly upsertKey: string | null;
  readonly failure: FailureRule | null;
};

/** How sure the record is of what it says. */
export type ConnectorFacts = {
  readonly isVerified: boolean;
  readonly confirmed: readonly string[];
  /** ISO date on which the facts were last compared with a source. */
  readonly checkedOn: string;
  readonly note: string;
  readonly docsUrl: string | null;
  /** Where an OAuth app or a key is made. */
  readonly setupUrl: string | null;
};

export type TestRequest = {
  readonly method: 'GET' | 'POST';
  /** Relative to `apiBase`, or an absolute address on another host of the service. */
  readonly path: string;
  readonly body: JsonObject | null;
  readonly scopes: readonly string[];
  /** Dotted path of the account's name; null where the answer has none. */
  readonly accountField: string | null;
  readonly failure: FailureRule | null;
};

/** A preconfigured description of one service. One connector, many connections. */
export type Connector = {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly category: string;
  readonly description: string;
  /** A sandbox connector names the built-in connector whose types it takes over (R27). */
  readonly standsFor: string | null;
  /** The service has ended; kept for old accounts, refused for new connections (A18). */
  readonly isRetired: boolean;
  readonly auth: ConnectorAuth;
  /** Other ways to authorize that the service has, as its documentation names them. */
  readonly alternatives: readonly string[];
  readonly variables: readonly ConnectorVariable[];
  readonly scopes: readonly ConnectorScope[];
  readonly defaultScopes: readonly string[];
  /** Ends in `/`. A token goes to this origin and path prefix only (S23), and to those of `alsoAt`. */
  readonly apiBase: string;
  readonly alsoAt: readonly string[];
  readonly apiHeaders: Readonly<Record<string, string>>;
  readonly test: TestRequest | null;
  readonly operations: readonly Operation[];
  readonly facts: ConnectorFacts;
  /** What is done at the service to get an OAuth app or a key, step by step; empty where nobody wrote it down. */
  readonly registration: readonly string[];
};

export const isOauth = (auth: ConnectorAuth): auth is OauthAuth => auth.method.startsWith('oauth2-');

/** How an OAuth app of one's own shows who it is: by a secret, a private key that speaks for an account, one that speaks for the app, or TLS. */
export type AppCredential = 'secret' | 'account-key' | 'client-key' | 'certificate';

export const appCredential = (auth: ConnectorAuth): AppCredential => {
  if (auth.method === 'oauth2-jwt-bearer') return 'account-key';
  if (!isOauth(auth)) return 'secret';
  if (auth.clientAuthentication === 'private-key-jwt') return 'client-key';
  return auth.clientAuthentication === 'tls' ? 'certificate' : 'secret';
};

/** Is a private key sealed in the place of a client secret. */
export const takesSigningKey = (auth: ConnectorAuth): boolean => ['account-key', 'client-key'].includes(appCredential(auth));

/** Every address that is asked for something, as the record writes it. */
export const askedTemplates = ({ auth, apiBase, alsoAt }: Connector): string[] => {
  const endpoints = isOauth(auth) ? [auth.issuer, ...Object.values(auth.endpoints ?? {})] : [];
  return [...endpoints.filter((one) => one !== null), apiBase, ...alsoAt];
};

/** Every address that gets a code, a credential or a request, and the one that a signed assertion could be used at, as the record writes them. */
export const hostTemplates = (connector: Connector): string[] => {
  const audience = isOauth(connector.auth) ? connector.auth.assertionAudience : null;
  return [...askedTemplates(connector), ...(audience === null ? [] : [audience])];
};

export const isSandbox = (connector: Connector): boolean => connector.standsFor !== null;

/** Fills `{name}` in a URL of the record; variables were checked against their patterns when they were stored. */
export const fillVariables = (template: string, variables: Readonly<Record<string, string>>): string =>
  template.replace(/\{([A-Za-z]\w*)\}/g, (whole, name: string) => variables[name] ?? whole);

/** A value for each variable, as the record gives an example of it. */
export const examplesOf = ({ variables }: Pick<Connector, 'variables'>): Readonly<Record<string, string>> =>
  Object.fromEntries(variables.map(({ name, example }) => [name, example]));

/** The variables that are missing or do not match their pattern. */
export const wrongVariables = (connector: Pick<Connector, 'variables'>, variables: Readonly<Record<string, string>>): ConnectorVariable[] =>
  connector.variables.filter(({ name, pattern }) => !new RegExp(`^(?:${pattern})$`).test(variables[name] ?? ''));

/** The variables of which a service lists several, so that a person may say which: the organizations of one account (Xero, Jira). */
export const listedVariables = ({ variables }: Pick<Connector, 'variables'>): ConnectorVariable[] =>
  variables.filter(({ learned }) => learned?.from === 'request' && /(^|\.)\d+(\.|$)/.test(learned.at));

/** The variables that a person must give before authorizing: those that the service does not say later, and those its sign-in needs. */
export const typedVariables = ({ variables, auth }: Connector): ConnectorVariable[] => {
  const addresses = isOauth(auth) ? [auth.issuer, auth.assertionAudience, ...Object.values(auth.endpoints ?? {})].join(' ') : '';
  return variables.filter(({ name, learned }) => learned === undefined || !isOauth(auth) || addresses.includes(`{${name}}`));
};
