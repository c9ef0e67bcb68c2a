import type { ConnectionType } from './connection-type.ts';
import type { EnvironmentPolicy, EnvironmentScope } from './environment.ts';
import type { ConnectionId, InstallationId, MemberId, OauthAppId, OwnerId, WorkspaceId } from './ids.ts';
import { isInstallationId } from './ids.ts';

/** What travels of a connection (R87): its definition, never an authorization. */
export type ConnectionDefinition = {
  readonly linkName: string;
  readonly displayName: string;
  readonly connectorId: string;
  readonly type: ConnectionType;
  readonly scopes: readonly string[];
  readonly environmentPolicy: EnvironmentPolicy;
};

/** A named use of one connector, tied to one application (R40) or, once installed, to one installation (R56). */
export type Connection = ConnectionDefinition & {
  readonly id: ConnectionId;
  readonly workspaceId: WorkspaceId;
  /** The one application that may use it; null while access is enabled for none. */
  readonly ownerId: OwnerId | null;
  /**
   * Versions of the application that carry it; any entry locks access and deletion (R44, R62). At an installation: those that brought it or
   * changed it.
   */
  readonly publishedIn: readonly string[];
  /** What the version in stage says of it, where that differs in time from the definition itself (R73, R91, R115); null while none has it. */
  readonly staged: { readonly displayName: string; readonly scopes: readonly string[] } | null;
  /** An update brought it to a client's stage, and production does not have it yet (R115). */
  readonly isOnlyStaged: boolean;
  /** Out of the pickers; everything that uses it goes on (R57). */
  readonly isRetired: boolean;
  /** At an installation: the version installed now does not have it any more (R117). */
  readonly isNoLongerUsed: boolean;
  /** Who paused every authorization of it at a client; the grants are kept (R47, A25). */
  readonly pausedBy: MemberId | null;
  /** The account's own OAuth app that authorizes it, or null for the connector's (R121). Never travels. */
  readonly oauthAppId: OauthAppId | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revision: number;
};

/** Does a definition under this link name speak to another service, or for other holders: then no grant of the one before serves it. */
export const isOtherConnection = (
  was: Pick<ConnectionDefinition, 'connectorId' | 'type'>,
  is: Pick<ConnectionDefinition, 'connectorId' | 'type'>,
): boolean => was.connectorId !== is.connectorId || was.type !== is.type;

/** The installation this connection came with, or null where it was defined here. */
export const installationOf = (connection: Pick<Connection, 'ownerId'>): InstallationId | null =>
  connection.ownerId !== null && isInstallationId(connection.ownerId) ? connection.ownerId : null;

/** A display name for a new connection: the connector's, with a sequence number when the account already has one (R30). */
export const displayNameFor = (connectorName: string, taken: ReadonlySet<string>): string => {
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? connectorName : `${connectorName} ${n}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
};

/** Requested scopes in a stable order without doubles, so that equal choices are equal definitions. */
export const normalizeScopes = (scopes: readonly string[]): string[] => [...new Set(scopes)].sort();

/** What a new row of a connection starts with beside its definition. */
export const FRESH_CONNECTION = {
  publishedIn: [],
  staged: null,
  isOnlyStaged: false,
  isRetired: false,
  isNoLongerUsed: false,
  pausedBy: null,
  oauthAppId: null,
  revision: 0,
} as const satisfies Partial<Connection>;

/** The scopes that an authorization is asked for: those of its environment's definition, or of both where one serves all (R71, R115). */
export const askedScopes = (connection: Pick<Connection, 'scopes' | 'staged'>, scope: EnvironmentScope): readonly string[] => {
  if (connection.staged === null || (scope !== 'stage' && scope !== 'all')) return connection.scopes;
  return scope === 'stage' ? connection.staged.scopes : normalizeScopes([...connection.scopes, ...connection.staged.scopes]);
};
