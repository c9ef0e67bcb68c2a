import type { Authorization, Holder } from './authorization.ts';
import { holderFor } from './authorization.ts';
import type { Connection } from './connection.ts';
import { CONNECTION_TYPES } from './connection-type.ts';
import type { Environment, EnvironmentScope } from './environment.ts';
import { environmentScope } from './environment.ts';
import type { MemberId } from './ids.ts';
import type { Actor } from './workspace.ts';

/** Names one authorization: a connection has at most one for each (R81, R82). */
export type Slot = { readonly connectionId: Connection['id']; readonly environment: EnvironmentScope; readonly holder: Holder };

/** Which authorization this actor's run or flow uses in this environment (R111, R112). */
export const slotFor = (connection: Connection, environment: Environment, actor: Actor): Slot => ({
  connectionId: connection.id,
  environment: environmentScope(connection.environmentPolicy, environment),
  holder: holderFor(connection.type, actor.member.id),
});

/** May a run use it as it is: connected, or with a grant that still serves while more is asked for (R103, R116). */
export const isUsable = (
  authorization: Authorization | undefined,
): authorization is Authorization & { grant: NonNullable<Authorization['grant']> } =>
  authorization !== undefined &&
  authorization.grant !== null &&
  (authorization.state === 'connected' ||
    (authorization.state === 'needs-reauthorization' && authorization.reason === 'oauth.scope-missing'));

/** Who paused it: a manager the connection, or the holder their own authorization; null where nobody did (A25). */
export const pausedBy = (connection: Pick<Connection, 'pausedBy'>, authorization: Authorization | undefined): MemberId | null => {
  if (connection.pausedBy !== null) return connection.pausedBy;
  return authorization?.isPaused === true && authorization.holder !== 'shared' ? authorization.holder : null;
};

/** Who has to act where an authorization is missing (R114). */
export const whoAuthorizes = (connection: Connection, actor: Actor, mayAuthorize: boolean): string => {
  if (mayAuthorize) return 'you';
  return CONNECTION_TYPES[connection.type].holder === 'member'
    ? 'each person for themselves'
    : `${CONNECTION_TYPES[connection.type].authorizedBy} of ${actor.workspace.name}`;
};
