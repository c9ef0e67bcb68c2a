import { AUTHORIZATION, type Authorization, type Grant, isSameGrant, settled } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import { Fault } from '../domain/faults.ts';
import { next } from '../domain/transition.ts';
import type { Context } from './context.ts';
import { type Change, overRaces, record } from './record.ts';

export type Usable = Authorization & { readonly grant: Grant };

export const isUsableRow = (row: Authorization | undefined): row is Usable =>
  row !== undefined && row.grant !== null && row.state !== 'not-connected';

/**
 * Stores a change of this grant over whatever else was written to its row meanwhile (a name, a test, a pause). Gives the row as it is stored,
 * or null where nothing was, because the grant is another one by now or gone. `to` is asked again after each lost race.
 */
export const changeGrant = (
  ctx: Context,
  was: Usable,
  to: (
    row: Usable,
    attempt: number,
  ) => Promise<{ readonly row: Usable } & Pick<Change, 'event'> & { readonly secrets?: NonNullable<Change['put']>['secrets'] }>,
): Promise<Usable | null> =>
  overRaces(async (attempt) => {
    const now = attempt === 0 ? was : await ctx.db.authorizations.get(was.id);
    if (!isUsableRow(now) || !isSameGrant(now.grant, was.grant)) return null;
    const { row, event, secrets } = await to(now, attempt);
    await record(ctx, { put: { authorizations: [row], ...(secrets === undefined ? {} : { secrets }) }, event });
    return { ...row, revision: row.revision + 1 };
  });

type Ended = 'oauth.grant-ended' | 'oauth.token-expired' | 'oauth.client-changed' | 'oauth.renewal-cut' | 'run.unauthorized';

/** Says that this grant serves no more, and throws why; null where it is another one by now or gone. */
export const endGrant = async (ctx: Context, connection: Connection, was: Usable, reason: Ended): Promise<null> => {
  const ended = await changeGrant(ctx, was, async (row) => ({
    // The mark of a renewal that was cut stays: the token behind it is not sent again, whatever happens to the row.
    row: {
      ...row,
      state: next(AUTHORIZATION, row.state, 'refuse'),
      reason,
      grant: reason === 'oauth.renewal-cut' ? row.grant : settled(row.grant),
    },
    event: {
      name: 'authorization.ended',
      workspaceId: row.workspaceId,
      actor: null,
      subject: row.connectionId,
      environment: row.environment,
      fields: { name: connection.displayName },
    },
  }));
  if (ended === null) return null;
  throw new Fault(reason);
};
