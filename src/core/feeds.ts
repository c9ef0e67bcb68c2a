import { Fault, type FaultData } from '../domain/faults.ts';
import { blocksFirst, type Feed, type Revocation, revocationIn, withProof } from '../domain/feed.ts';
import type { FeedId, WorkspaceId } from '../domain/ids.ts';
import type { Installation } from '../domain/installation.ts';
import { type App, type Apps, revocationOf, revocationsOf } from '../sync/apps.ts';
import { type Check, checkFeed, type FeedState } from '../sync/check.ts';
import { headSigner } from '../sync/head.ts';
import { httpReader, type Read } from '../sync/reader.ts';
import { reopenRoot } from '../sync/root.ts';
import { hasNewBlock, intervalFor, nextCheck, retryAt } from '../sync/schedule.ts';
import { parseState } from '../sync/state.ts';
import type { Context } from './context.ts';
import { feedFetch } from './net.ts';
import { type NewEvent, record } from './record.ts';

/** A reader of the feed at this address, noted among this device's requests. */
export const readerOf = (ctx: Context, address: string): Read => httpReader(feedFetch(ctx), address, 'browser', ctx.now);

/** What was read of a row, for as long as somebody has the row: one query asks for each application of it. */
const read = new WeakMap<Pick<Feed, 'state'>, Apps>();

/** The applications that a feed lists, or none where what is stored cannot be read. */
export const appsOf = (feed: Pick<Feed, 'state'>): Apps => {
  const apps = read.get(feed) ?? parseState(feed.state)?.head?.apps ?? {};
  read.set(feed, apps);
  return apps;
};

export const appIn = (apps: Apps, id: string): App | null => (Object.hasOwn(apps, id) ? (apps[id] ?? null) : null);

/** Whose word is asked for: a key, and the channels that its versions were taken from. */
export type Author = Pick<Installation, 'authorKeyId' | 'channels'>;

/**
 * Does the channel speak for this author. Anybody may name a key that is public, so that it named the key is not enough: the key signed a
 * root or a head of it that was accepted, or a person took a version from it.
 */
export const speaksFor = (
  { channel, signers, authors }: Pick<Feed, 'channel' | 'signers' | 'authors'>,
  { authorKeyId, channels = [] }: Author,
): boolean => authors.includes(authorKeyId) && (signers.includes(authorKeyId) || channels.includes(channel));

export const feedsOf = (ctx: Context, workspaceId: WorkspaceId): Promise<Feed[]> =>
  ctx.db.feeds.where('workspaceId').equals(workspaceId).toArray();

/** Does the channel speak for this application: for its author, and it lists it. */
export const speaksOf = (feed: Feed, one: Author & Pick<Installation, 'applicationId'>): boolean =>
  speaksFor(feed, one) && appIn(appsOf(feed), one.applicationId) !== null;

/** Feeds that speak for this installation and list nothing else: without it, nobody has them looked at. */
export const feedsOnlyFor = async (ctx: Context, installation: Installation): Promise<Feed[]> =>
  (await feedsOf(ctx, installation.workspaceId)).filter((feed) => speaksOf(feed, installation) && Object.keys(appsOf(feed)).length === 1);

const random = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;

export const joined = (before: readonly string[], more: readonly string[]): string[] => [...new Set([...before, ...more])];

/** What of a feed's row a check changes. */
const checkedFeed = async (
  feed: Feed,
  before: FeedState | null,
  { state, news, problems, passed, waitMs }: Check,
  now: number,
): Promise<Feed> => {
  const isRefused = news === 'refused';
  const failures = isRefused ? feed.failures + 1 : 0;
  const isBlocking = news === 'newer' && hasNewBlock(before?.head?.apps ?? {}, state?.head?.apps ?? {});
  const lastBlockAt = isBlocking ? now : feed.lastBlockAt;
  const nextCheckAt = isRefused
    ? retryAt(now, failures, waitMs, random())
    : nextCheck({ clientId: feed.clientId, now, interval: intervalFor(lastBlockAt, now), random: random() });
  const after: Feed = {
    ...feed,
    lastCheckAt: now,
    lastGoodAt: isRefused ? feed.lastGoodAt : now,
    nextCheckAt,
    failures,
    fault: problems[0] ?? null,
    lastBlockAt,
  };
  if (state === null || state === before) return after;
  const { authors } = await reopenRoot(state.root);
  const changed: Feed = {
    ...after,
    state: JSON.stringify(state),
    authors: joined(feed.authors, [...passed.flatMap((root) => [...root.authors.keys()]), ...authors.keys()]),
    // Only what was accepted was verified: a refused head proves nothing of its signer.
    signers: joined(feed.signers, [
      ...passed.flatMap((root) => [...root.signers]),
      ...(state.head === null ? [] : [headSigner(state.head.text)]),
    ]),
  };
  return state.fork === null ? changed : withProof(changed, { at: now, ...state.fork });
};

/** A feed as its first check leaves it. Throws the fault for which it cannot be followed. */
export const firstState = async (feed: Omit<Feed, 'state'>, check: Check, now: number): Promise<Feed> => {
  if (check.state === null || check.news === 'refused') {
    const { code, detail } = check.problems[0] ?? { code: 'feed.not-a-feed', detail: null };
    throw new Fault(code, detail);
  }
  return checkedFeed({ ...feed, state: '' }, null, check, now);
};

const sameRevocations = (a: readonly Revocation[], b: readonly Revocation[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What each channel says of this application, a block before a warning. */
const revocationsFrom = (feeds: readonly Feed[], installation: Installation): Revocation[] => {
  const { version, staged, previous, applicationId } = installation;
  const here = [version, staged?.version, previous?.version].filter((one) => one !== undefined);
  const all = feeds
    .filter((feed) => speaksFor(feed, installation))
    .flatMap((feed) => {
      const app = appIn(appsOf(feed), applicationId);
      return app === null ? [] : revocationsOf(app, here);
    });
  return blocksFirst(all);
};

/** Installations whose standing a feed changes, with what it says of them now. What was said stays when a feed is not followed any more. */
export const revokedBy = async (ctx: Context, feed: Feed): Promise<Installation[]> => {
  const others = (await feedsOf(ctx, feed.workspaceId)).filter(({ id }) => id !== feed.id);
  const installed = await ctx.db.installations.where('workspaceId').equals(feed.workspaceId).toArray();
  return installed
    .filter((one) => speaksOf(feed, one))
    .map((one) => ({ ...one, revocations: revocationsFrom([feed, ...others], one) }))
    .filter((one) => !sameRevocations(one.revocations, installed.find(({ id }) => id === one.id)?.revocations ?? []));
};

/** Is a version that runs here stopped. */
const blockOf = ({ version, staged, revocations }: Installation): Revocation | null => {
  const found = [version, staged?.version].map((one) => (one === undefined ? null : revocationIn(revocations, one)));
  return found.find((one) => one?.level === 'block') ?? null;
};

/** The one event that tells of a check, or null where nothing happened that anybody has to know. */
const eventOf = (before: Feed, after: Feed, changed: readonly Installation[]): NewEvent | null => {
  const stopped = changed.flatMap((one) => {
    const block = blockOf(one);
    return block === null ? [] : [{ id: one.id, name: `${one.definition.name} ${block.v}`, why: block.why }];
  });
  const { workspaceId, address } = after;
  const [first] = stopped;
  if (first !== undefined) {
    const fields = { name: stopped.map(({ name }) => name).join(', '), why: first.why };
    return { name: 'installation.version-revoked', workspaceId, actor: null, subject: first.id, fields };
  }
  return after.forks.length > before.forks.length
    ? { name: 'feed.forked', workspaceId, actor: null, subject: after.id, fields: { name: new URL(address).host } }
    : null;
};

const STORE_TRIES = 3;

/** Stores what a check found, in one transaction, over whatever a person decided meanwhile. Null where the feed is gone. */
const storeCheck = async (ctx: Context, id: FeedId, before: FeedState, check: Check): Promise<Feed | null> => {
  for (let tries = 1; ; tries += 1) {
    const feed = await ctx.db.feeds.get(id);
    if (feed === undefined) return null;
    const after = await checkedFeed(feed, before, check, ctx.now());
    const installations = await revokedBy(ctx, after);
    try {
      await record(ctx, { put: { feeds: [after], installations }, event: eventOf(feed, after, installations) });
      return after;
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'store.conflict' || tries === STORE_TRIES) throw error;
    }
  }
};

/** What is stored does not mend itself: a person has to follow the feed anew. */
const UNREADABLE_MS = 86_400_000;

export type Checked = { readonly feed: Feed; readonly check: Check };

/** Checks one feed now: one request where nothing is new. One check of a feed at a time; nothing else waits for it (S52). */
export const checkNow = (ctx: Context, id: FeedId): Promise<Checked | null> =>
  ctx.lock(`feed:${id}`, async () => {
    const feed = await ctx.db.feeds.get(id);
    if (feed === undefined) return null;
    const state = parseState(feed.state);
    if (state === null) {
      const fault: FaultData = { code: 'feed.state-wrong', detail: new URL(feed.address).host };
      await record(ctx, { put: { feeds: [{ ...feed, fault, nextCheckAt: ctx.now() + UNREADABLE_MS }] }, event: null });
      throw new Fault(fault.code, fault.detail);
    }
    const check = await checkFeed({ channel: feed.channel, state, read: readerOf(ctx, feed.address), now: ctx.now() });
    const after = await storeCheck(ctx, id, state, check);
    return after === null ? null : { feed: after, check };
  });

/** Throws `install.revoked` where a channel stopped this version. */
export const requireNotBlocked = (app: App, version: string): void => {
  const revocation = revocationOf(app, version);
  if (revocation?.level === 'block') throw new Fault('install.revoked', `${version}, ${revocation.why}`);
};
