import type { ConnectionType } from './connection-type.ts';
import type { EnvironmentPolicy } from './environment.ts';
import type { ConnectionId, InstallationId, OwnerId, WorkspaceId } from './ids.ts';
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
  /** Versions of the application that carry it; any entry locks access and deletion (R44, R62). */
  readonly publishedIn: readonly string[];
  /** Out of the pickers; everything that uses it goes on (R57). */
  readonly isRetired: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revision: number;
};

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
