import type { Authorization, Holder } from './authorization.ts';
import type { Connection } from './connection.ts';
import { CONNECTION_TYPES } from './connection-type.ts';
import { ENVIRONMENTS_OF_SIDE, type Environment, type EnvironmentScope, environmentScope } from './environment.ts';
import type { ConnectionId, MemberId, WorkspaceId } from './ids.ts';
import type { Side } from './workspace.ts';

/** An authorization that something uses and that is missing or refused: what waits for somebody. Kept so that nobody has to look for it. */
export type Need = {
  readonly id: string;
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly scope: EnvironmentScope;
  readonly holder: Holder;
};

/** What is around a connection, as far as its needs depend on it. */
export type Surroundings = {
  readonly side: Side;
  /** Does a component use it. */
  readonly isUsed: boolean;
  /** Is stage on where it is installed, or for a client's system connection anywhere. */
  readonly hasStage: boolean;
  /** Who has not left the account. */
  readonly members: readonly MemberId[];
  readonly authorizations: readonly Authorization[];
};

/** A client has stage only where it was added; a connection that only an update in stage brought is not in production (R115). */
export const environmentsOf = (
  { isOnlyStaged }: Pick<Connection, 'isOnlyStaged'>,
  side: Side,
  hasStage: boolean,
): readonly Environment[] => {
  const all = ENVIRONMENTS_OF_SIDE[side];
  if (side === 'developer') return all;
  return all.filter((environment) => (environment === 'stage' ? hasStage : !isOnlyStaged));
};

const isServed = (row: Authorization | undefined): boolean => row !== undefined && row.grant !== null && row.reason === null;

/** Does the same wait for somebody, whichever of these two stands for the authorization: a renewal, a test or a name changes nothing of it. */
export const servesAlike = (one: Authorization, other: Authorization): boolean =>
  one.environment === other.environment && one.holder === other.holder && isServed(one) === isServed(other);

/** The slots of a connection that wait for somebody. */
export const needsOf = (connection: Connection, { side, isUsed, hasStage, members, authorizations }: Surroundings): Need[] => {
  if (!isUsed || connection.isNoLongerUsed || connection.pausedBy !== null) return [];
  const environments = environmentsOf(connection, side, hasStage);
  const scopes = [...new Set(environments.map((environment) => environmentScope(connection.environmentPolicy, environment)))];
  const holders: readonly Holder[] = CONNECTION_TYPES[connection.type].holder === 'shared' ? ['shared'] : members;
  return scopes.flatMap((scope) =>
    holders
      .filter((holder) => !isServed(authorizations.find((row) => row.environment === scope && row.holder === holder)))
      .map((holder) => ({
        id: `${connection.id} ${scope} ${holder}`,
        workspaceId: connection.workspaceId,
        connectionId: connection.id,
        scope,
        holder,
      })),
  );
};

const counted = (count: number, one: string): string[] => (count === 0 ? [] : [`${count} ${count === 1 ? one : `${one}s`}`]);

/** What waits for the acting member, in words: "2 authorizations and 1 update wait for you"; null where nothing does. */
export const waitingWords = (authorizations: number, updates: number): string | null => {
  const parts = [...counted(authorizations, 'authorization'), ...counted(updates, 'update')];
  if (parts.length === 0) return null;
  return `${parts.join(' and ')} ${authorizations + updates === 1 ? 'waits' : 'wait'} for you`;
};
