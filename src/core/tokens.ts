import type { Authorization, Grant } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import { Fault } from '../domain/faults.ts';
import type { Secret } from '../domain/secret.ts';
import type { Context } from './context.ts';
import { endGrant, isUsableRow, type Usable } from './grants.ts';
import { renewStored } from './renewing.ts';
import { openTokens } from './sealed-tokens.ts';
import type { Service } from './services.ts';

/** 60 s before its end, or 10 % of a short life; a clock set back makes it stale (S33). */
export const isFresh = (grant: Grant, now: number): boolean => {
  if (grant.expiresAt === null) return true;
  const receivedAt = grant.renewedAt ?? grant.grantedAt;
  if (receivedAt > now + 60_000) return false;
  const life = grant.expiresAt - receivedAt;
  return now < grant.expiresAt - (life < 600_000 ? life / 10 : 60_000);
};

/** The service did not accept what was typed: there is nothing to renew, so a person has to authorize again. */
export const refuseKeys = async (ctx: Context, connection: Connection, authorization: Authorization): Promise<never> => {
  const row = await ctx.db.authorizations.get(authorization.id);
  if (isUsableRow(row)) await endGrant(ctx, connection, row, 'run.unauthorized');
  throw new Fault('run.unauthorized');
};

/** What is stored now, and whether it will do: fresh, and not the token that was just refused. */
const readStored = async (ctx: Context, id: Authorization['id'], rejected: Secret | null) => {
  // The row is asked for first: tokens that are newer than it are taken for stale, never the other way round.
  const [row, stored] = await Promise.all([ctx.db.authorizations.get(id), openTokens(ctx, id)]);
  if (!isUsableRow(row)) throw new Fault('run.unauthorized');
  const isSameAsRejected = rejected !== null && stored.accessToken.reveal() === rejected.reveal();
  return { row, stored, isGood: !isSameAsRejected && isFresh(row.grant, ctx.now()) };
};

/**
 * An access token that should be accepted now. One refresh at a time over all windows: whoever waited finds the new one.
 * `rejected` is a token the service has just refused. Throws `run.unauthorized` where there is no grant, and as `renewStored` does.
 */
export const accessToken = async (
  ctx: Context,
  connection: Connection,
  service: Service,
  authorization: Usable,
  rejected: Secret | null = null,
): Promise<Secret> => {
  if (rejected === null && isFresh(authorization.grant, ctx.now())) return (await openTokens(ctx, authorization.id)).accessToken;
  for (;;) {
    const renewedHere = await ctx.lockOrWait(`refresh:${authorization.id}`, async () => {
      const now = await readStored(ctx, authorization.id, rejected);
      return now.isGood ? now.stored.accessToken : renewStored(ctx, connection, service, now.row, now.stored);
    });
    if (renewedHere !== null && renewedHere.value !== null) return renewedHere.value;
    // Whoever held the lock has renewed it, and all that waited read it at once; where that failed, or the grant was replaced meanwhile, the
    // next one tries.
    const now = await readStored(ctx, authorization.id, rejected);
    if (now.isGood) return now.stored.accessToken;
  }
};
