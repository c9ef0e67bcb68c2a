import type { VerifiedBundle } from '../bundle/verify.ts';
import type { DownloadRow } from '../db/tables.ts';
import { Fault } from '../domain/faults.ts';
import type { Feed } from '../domain/feed.ts';
import type { ApplicationId, FeedId, WorkspaceId } from '../domain/ids.ts';
import type { Installation } from '../domain/installation.ts';
import type { Offer } from '../sync/apps.ts';
import type { FeedState } from '../sync/check.ts';
import { downloadBundle, openOffered } from '../sync/download.ts';
import { LIMITS } from '../sync/layout.ts';
import { type Patience, SMALL } from '../sync/reader.ts';
import { parseState } from '../sync/state.ts';
import type { Context } from './context.ts';
import { feedsOf, readerOf, speaksFor, speaksOf } from './feeds.ts';
import { currentOf, offeredBy } from './offers.ts';
import { unusedBundles } from './parts.ts';
import { inOne } from './record.ts';
import { reviewFor } from './reviewing.ts';

/** What all downloads together may take of the device; the oldest give way. One bundle always has its place. */
export const MOST_KEPT_BYTES = 2 * LIMITS.bundle;

/** What is fetched before anybody asked to see it. A larger bundle comes when its review is opened. */
const MOST_UNASKED_BYTES = 1024 * 1024;

export const downloadId = (feedId: FeedId, applicationId: ApplicationId): DownloadRow['id'] => `${feedId}/${applicationId}`;

/** What this feed speaks for among the workspace's installations, by application. */
export const installationFor = async (ctx: Context, feed: Feed, applicationId: ApplicationId): Promise<Installation | null> => {
  const found = await ctx.db.installations.where('[workspaceId+applicationId]').equals([feed.workspaceId, applicationId]).toArray();
  return found.find((one) => speaksFor(feed, one)) ?? null;
};

/** How many connections the bundle has authorized again where it takes this one's place; null where that cannot be told. */
const asksAgainOf = async (ctx: Context, installation: Installation | null, bundle: VerifiedBundle): Promise<number | null> => {
  if (installation === null) return null;
  try {
    const { lines } = await reviewFor(ctx, installation, currentOf(installation), bundle.payload, true);
    return new Set(lines.filter(({ consent }) => consent === 'again').map(({ linkName }) => linkName)).size;
  } catch (error) {
    // A bundle that this Latchkey cannot run says so in its review.
    if (error instanceof Fault) return null;
    throw error;
  }
};

/** Deletes these bytes, but for what an installation or a download has. Only inside a transaction over the three tables. */
const dropBytes = async (ctx: Context, hashes: readonly string[]): Promise<void> =>
  ctx.db.bundles.bulkDelete(await unusedBundles(ctx, hashes, () => false));

const removeRows = async (ctx: Context, rows: readonly DownloadRow[]): Promise<void> => {
  await ctx.db.downloads.bulkDelete(rows.map(({ id }) => id));
  await dropBytes(
    ctx,
    rows.map(({ hash }) => hash),
  );
};

const overDownloads = <T>(ctx: Context, act: () => Promise<T>): Promise<T> => inOne(ctx, act, ['downloads', 'bundles', 'installations']);

/**
 * Deletes downloads that were found to be of no use any more, with their bytes. One that was downloaded in a row's place meanwhile was not
 * looked at, and stays. Throws `store.unavailable`.
 */
export const dropDownloads = (ctx: Context, judged: readonly DownloadRow[]): Promise<void> =>
  overDownloads(ctx, async () => {
    const hashes = new Map(judged.map(({ id, hash }) => [id, hash]));
    const rows = (await ctx.db.downloads.bulkGet([...hashes.keys()])).filter((row) => row !== undefined);
    await removeRows(
      ctx,
      rows.filter(({ id, hash }) => hash === hashes.get(id)),
    );
  });

/** Keeps a verified bundle until it is installed, declined or overtaken. Throws `store.full`, `store.unavailable`. */
export const keepDownload = (ctx: Context, row: DownloadRow, bytes: Uint8Array<ArrayBuffer>, most = MOST_KEPT_BYTES): Promise<void> =>
  overDownloads(ctx, async () => {
    const before = await ctx.db.downloads.get(row.id);
    await ctx.db.bundles.put({ hash: row.hash, bytes });
    await ctx.db.downloads.put(row);
    const newestFirst = (await ctx.db.downloads.toArray()).filter(({ id }) => id !== row.id).sort((a, b) => b.at - a.at);
    let left = most - row.size;
    const gone = newestFirst.filter(({ size }) => {
      left -= size;
      return left < 0;
    });
    await removeRows(ctx, gone);
    if (before !== undefined) await dropBytes(ctx, [before.hash]);
  });

/** The bundle of an offer as it was kept and holds still, or null. */
const keptBundle = async (
  ctx: Context,
  feed: Feed,
  state: FeedState,
  applicationId: ApplicationId,
  offer: Offer,
): Promise<VerifiedBundle | null> => {
  const row = await ctx.db.downloads.get(downloadId(feed.id, applicationId));
  const stored = row?.hash === offer.release.sha256 ? await ctx.db.bundles.get(row.hash) : undefined;
  if (stored === undefined) return null;
  return openOffered(stored.bytes, state, applicationId, offer).catch((error: unknown) => {
    if (error instanceof Fault) return null;
    throw error;
  });
};

/**
 * The bundle that is offered, verified: what was kept of it, else downloaded, and kept from then on. Two windows that want it download it
 * once. Throws `feed.*` and `bundle.*`; a full disk is no fault, it is downloaded again then.
 */
export const fetchOffer = (
  ctx: Context,
  feed: Feed,
  state: FeedState,
  applicationId: ApplicationId,
  offer: Offer,
  patience?: Patience,
): Promise<VerifiedBundle> =>
  ctx.lock(`download:${downloadId(feed.id, applicationId)}`, async () => {
    const kept = await keptBundle(ctx, feed, state, applicationId, offer);
    const bundle = kept ?? (await downloadBundle(readerOf(ctx, feed.address), state, applicationId, offer, patience));
    const installation = await installationFor(ctx, feed, applicationId);
    const against = installation === null ? null : currentOf(installation).bundleHash;
    const { id: feedId, workspaceId } = feed;
    const row: DownloadRow = {
      id: downloadId(feed.id, applicationId),
      feedId,
      workspaceId,
      applicationId,
      version: offer.version,
      hash: bundle.hash,
      size: bundle.bytes.length,
      against,
      asksAgain: await asksAgainOf(ctx, installation, bundle),
      at: ctx.now(),
    };
    await keepDownload(ctx, row, bundle.bytes).catch((error: unknown) => {
      if (!(error instanceof Fault) || error.code !== 'store.full') throw error;
    });
    return bundle;
  });

/** Lets go what is not offered any more: it was installed, declined or overtaken, or its feed is not followed. */
export const sweepDownloads = async (ctx: Context, workspaceId: WorkspaceId): Promise<void> => {
  const rows = await ctx.db.downloads.where('workspaceId').equals(workspaceId).toArray();
  if (rows.length === 0) return;
  const feeds = await feedsOf(ctx, workspaceId);
  const gone: DownloadRow[] = [];
  for (const row of rows) {
    const feed = feeds.find(({ id }) => id === row.feedId);
    const offered =
      feed === undefined ? null : await offeredBy(feed, row.applicationId, await installationFor(ctx, feed, row.applicationId));
    if (offered?.release.sha256 !== row.hash || offered.isDeclined) gone.push(row);
  }
  if (gone.length > 0) await dropDownloads(ctx, gone);
};

/**
 * Downloads what the feed offers for installed applications, where it is small and neither declined nor pinned, so that one can say what it
 * asks for and review it at once. What goes wrong is no trouble of the check: the review tries again, and says it.
 */
export const fetchOffers = async (ctx: Context, feed: Feed): Promise<void> => {
  const state = parseState(feed.state);
  if (state === null) return;
  const installed = await ctx.db.installations.where('workspaceId').equals(feed.workspaceId).toArray();
  for (const installation of installed) {
    const { applicationId } = installation;
    if (!speaksOf(feed, installation)) continue;
    const offered = await offeredBy(feed, applicationId, installation);
    if (offered === null || offered.isDeclined || offered.choice.isPinned || offered.release.size > MOST_UNASKED_BYTES) continue;
    await fetchOffer(ctx, feed, state, applicationId, offered, SMALL).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
    });
  }
};
