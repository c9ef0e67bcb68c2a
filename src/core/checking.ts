import type { FeedId } from '../domain/ids.ts';
import type { Context } from './context.ts';
import { fetchOffers, sweepDownloads } from './downloads.ts';
import { isOnThisDevice } from './feed-address.ts';
import { type Checked, checkNow } from './feeds.ts';

/**
 * Checks one feed now, fetches what a new state of it offers for installed applications, and lets go what it offers no more. One request
 * where nothing is new. Null where the feed is gone. Throws `feed.state-wrong`.
 */
export const checkAndFetch = async (ctx: Context, id: FeedId): Promise<Checked | null> => {
  const checked = await checkNow(ctx, id);
  if (checked === null) return null;
  const { feed, check } = checked;
  if (check.news === 'newer' && check.mayInstall) await fetchOffers(ctx, feed);
  await sweepDownloads(ctx, feed.workspaceId);
  return checked;
};

/** How soon a device that is offline looks again, unless it hears that it is online. */
const OFFLINE_MS = 15 * 60_000;

/** Checks every feed that is due. Gives when to look next, or null where none is followed. */
export const checkDue = async (ctx: Context, tell: (error: unknown) => void): Promise<number | null> => {
  const due = await ctx.db.feeds.where('nextCheckAt').belowOrEqual(ctx.now()).toArray();
  // Without a network nobody is blamed, and nobody waits longer afterwards.
  const asked = due.filter(({ address }) => ctx.isOnline() || isOnThisDevice(new URL(address)));
  await Promise.all(asked.map(({ id }) => checkAndFetch(ctx, id).catch(tell)));
  const first = await ctx.db.feeds.orderBy('nextCheckAt').first();
  if (first === undefined) return null;
  return asked.length < due.length ? Math.max(first.nextCheckAt, ctx.now() + OFFLINE_MS) : first.nextCheckAt;
};
