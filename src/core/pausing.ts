import type { Authorization } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import type { FaultData } from '../domain/faults.ts';
import { pausedBy } from '../domain/resolve.ts';
import type { Context } from './context.ts';

/** How a pause is told: what is paused, and by whom (A25). */
export const pauseFault = ({ displayName }: Connection, byName: string | undefined): FaultData => ({
  code: 'run.paused',
  detail: `${displayName} by ${byName ?? 'a former member'}`,
});

/** Why a pause keeps the grant from serving, or null (R47, A25). */
export const pauseOf = async (
  ctx: Context,
  connection: Connection,
  authorization: Authorization | undefined,
): Promise<FaultData | null> => {
  const by = pausedBy(connection, authorization);
  return by === null ? null : pauseFault(connection, (await ctx.db.members.get(by))?.name);
};
