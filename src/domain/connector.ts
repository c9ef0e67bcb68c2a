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
};

/** Code + PKCE as a public client; the endpoints come from the issuer's own metadata (RFC 8414 section 3). */
export type ConnectorAuth = {
  readonly method: 'oauth2-code';
  readonly issuer: string;
  readonly clientId: string;
  /** Asked for beside the chosen scopes: who it is, and a refresh token. */
  readonly identityScopes: readonly string[];
  readonly authorizationParams: Readonly<Record<string, string>>;
};

export type InputType = 'text' | 'number' | 'date';

export type OperationInput = {
  readonly name: string;
  readonly label: string;
  readonly type: InputType;
  readonly required: boolean;
  readonly in: 'query' | 'body';
};

/** One documented request of the service that a component can be pointed at. */
export type Operation = {
  readonly id: string;
  readonly label: string;
  /** An action changes something at the service, a query only reads. */
  readonly does: 'action' | 'query';
  readonly scopes: readonly string[];
  readonly method: 'GET' | 'POST';
  /** Relative to `apiBase`, without a leading slash. */
  readonly path: string;
  readonly inputs: readonly OperationInput[];
  /** Dotted path in the answer that a panel shows or a run reports, with the words for it. */
  readonly result: { readonly path: string; readonly label: string };
  /** Header that makes a repeated request harmless, where the service has one. */
  readonly idempotencyHeader: string | null;
};

/** A preconfigured description of one service. One connector, many connections. */
export type Connector = {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly description: string;
  /** A sandbox connector names the built-in connector whose types it takes over (R27). */
  readonly standsFor: string | null;
  readonly auth: ConnectorAuth;
  readonly variables: readonly ConnectorVariable[];
  readonly scopes: readonly ConnectorScope[];
  readonly defaultScopes: readonly string[];
  /** Ends in `/`. A token goes to this origin and path prefix only (S23). */
  readonly apiBase: string;
  readonly test: {
    readonly method: 'GET';
    readonly path: string;
    readonly scopes: readonly string[];
    readonly accountField: string;
  };
  readonly operations: readonly Operation[];
};

export const isSandbox = (connector: Connector): boolean => connector.standsFor !== null;

/** Fills `{name}` in a URL of the record; variables were checked against their patterns when they were stored. */
export const fillVariables = (template: string, variables: Readonly<Record<string, string>>): string =>
  template.replace(/\{([A-Za-z]\w*)\}/g, (whole, name: string) => variables[name] ?? whole);

/** The names of variables that are missing or do not match their pattern. */
export const wrongVariables = (connector: Connector, variables: Readonly<Record<string, string>>): ConnectorVariable[] =>
  connector.variables.filter(({ name, pattern }) => !new RegExp(`^(?:${pattern})$`).test(variables[name] ?? ''));
