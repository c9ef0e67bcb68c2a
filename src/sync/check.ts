import { Fault, type FaultData } from '../domain/faults.ts';
import type { Apps } from './apps.ts';
import { type Head, headSigner, openHead, openIndex } from './head.ts';
import { LIMITS, PATHS } from './layout.ts';
import { type Read, SMALL } from './reader.ts';
import { openFirstRoot, openNextRoot, type Root, reopenRoot } from './root.ts';
import { decode } from './store.ts';

/** What a client trusts of a channel. It is stored whole, in one transaction, after everything was verified. */
export type FeedState = {
  readonly channel: string;
  /** The newest root that was verified. */
  readonly root: string;
  readonly head: SeenHead | null;
  /** Two heads that cannot both be true; nothing is installed while they stand here. */
  readonly fork: { readonly seen: string; readonly other: string } | null;
};

export type SeenHead = {
  readonly text: string;
  readonly hash: string;
  readonly etag: string | null;
  readonly epoch: number;
  readonly n: number;
  readonly iat: number;
  readonly exp: number;
  readonly apps: Apps;
};

export type Check = {
  readonly state: FeedState | null;
  /** same: one request, and nothing is to be stored. newer: store the state. refused: see the problems; store the state if it changed. */
  readonly news: 'same' | 'newer' | 'refused';
  readonly mayInstall: boolean;
  readonly problems: readonly FaultData[];
  /** Roots that were verified on the way, the newest last: who was named and who signed, before what is trusted now. */
  readonly passed: readonly Root[];
  /** How long the server asked to wait. */
  readonly waitMs: number | null;
};

export type CheckOptions = { readonly channel: string; readonly state: FeedState | null; readonly read: Read; readonly now: number };

/** A chain is walked this far in one check; a client that slept through more goes on at the next. */
const MOST_ROOTS = 64;
const DAY = 86_400_000;

const textAt = async (read: Read, path: string, limit: number): Promise<string | null> => {
  const answer = await read(path, { limit, patience: SMALL, etag: null });
  if (answer.kind === 'busy') throw new Fault('feed.busy');
  if (answer.kind !== 'found') return null;
  const text = decode(answer.bytes);
  if (text === null) throw new Fault('feed.not-a-feed');
  return text;
};

const firstRoot = async ({ channel, read }: CheckOptions): Promise<Root> => {
  const text = await textAt(read, PATHS.root(channel, 1), LIMITS.root);
  if (text === null) throw new Fault('feed.missing');
  return openFirstRoot(text, channel);
};

/** Every root after this one, each verified by the one before (TUF section 5.3). */
const rootsAfter = async ({ channel, read }: CheckOptions, from: Root): Promise<readonly Root[]> => {
  const roots: Root[] = [];
  for (let steps = 0; steps < MOST_ROOTS; steps += 1) {
    const before = roots.at(-1) ?? from;
    const text = await textAt(read, PATHS.root(channel, before.version + 1), LIMITS.root);
    if (text === null) break;
    roots.push(await openNextRoot(text, before));
  }
  return roots;
};

/** The newest root that a head asks for: its key, and its epoch, must be those of the newest root. */
const rootFor = async (options: CheckOptions, known: Root, text: string): Promise<{ passed: readonly Root[]; head: Head | Fault }> => {
  const opened = async (root: Root): Promise<Head | Fault> => {
    const kid = headSigner(text);
    const key = root.channelKeys.get(kid);
    if (key === undefined) return new Fault('feed.key-unknown', kid);
    return openHead(text, key, options.channel).catch((error: unknown) => {
      if (error instanceof Fault) return error;
      throw error;
    });
  };
  const first = await opened(known);
  // A key that is known and a head of this very epoch: the ordinary case, without one request more.
  if (!(first instanceof Fault) && first.epoch <= known.version) return { passed: [], head: first };
  if (first instanceof Fault && first.code !== 'feed.key-unknown') return { passed: [], head: first };
  const passed = await rootsAfter(options, known);
  const newest = passed.at(-1);
  return { passed, head: newest === undefined ? first : await opened(newest) };
};

type Verdict = { readonly refused: Fault } | { readonly forked: true } | { readonly accepted: true };

/** Is this head the same as, or after, the one that was seen: by epoch first, because a new root heals any counter. */
const judge = (head: Head, root: Root, { head: seen, fork }: Pick<FeedState, 'head' | 'fork'>): Verdict => {
  if (head.epoch !== root.version)
    return { refused: new Fault(head.epoch < root.version ? 'feed.older' : 'feed.key-unknown', `epoch ${head.epoch}`) };
  if (seen === null || head.epoch > seen.epoch) return { accepted: true };
  if (head.epoch < seen.epoch || head.n < seen.n) return { refused: new Fault('feed.older') };
  const isFork = head.n === seen.n || (head.n === seen.n + 1 && head.prev !== seen.hash);
  return isFork || fork !== null ? { forked: true } : { accepted: true };
};

const appsOf = async (read: Read, head: Head): Promise<Apps> => {
  if (head.apps !== undefined) return head.apps;
  if (head.index === undefined) throw new Fault('feed.not-a-feed');
  const text = await textAt(read, PATHS.object(head.index.sha256), head.index.size);
  if (text === null) throw new Fault('feed.index-wrong');
  return openIndex(text, head.index);
};

/** A version never changes what it is, whoever signs for it (S47). */
const requireGrown = (before: Apps, after: Apps): void => {
  for (const [id, app] of Object.entries(before))
    for (const [version, { sha256 }] of Object.entries(app.versions)) {
      const now = Object.hasOwn(after, id) ? after[id]?.versions[version] : undefined;
      if (now !== undefined && now.sha256 !== sha256) throw new Fault('feed.version-taken', `${id} ${version}`);
    }
};

/** Is it a quiet feed, or a clock that is wrong: said, and never a reason to stop what runs (S49). */
const standing = (state: FeedState, now: number): FaultData[] => {
  const { head, fork } = state;
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  return [
    ...(fork === null ? [] : [new Fault('feed.forked').toData()]),
    ...(head !== null && head.exp <= now ? [new Fault('feed.stale', day(head.iat)).toData()] : []),
    ...(head !== null && head.iat > now + DAY ? [new Fault('feed.clock', day(head.iat)).toData()] : []),
  ];
};

const settled = (state: FeedState, news: 'same' | 'newer', now: number): Check => {
  const problems = standing(state, now);
  const stops = problems.some(({ code }) => code !== 'feed.clock');
  return { state, news, mayInstall: !stops && state.head !== null, problems, passed: [], waitMs: null };
};

const refused = (state: FeedState | null, fault: Fault, waitMs: number | null = null): Check => ({
  state,
  news: 'refused',
  mayInstall: false,
  problems: [fault.toData()],
  passed: [],
  waitMs,
});

const look = async (options: CheckOptions, text: string, etag: string | null): Promise<Check> => {
  const { channel, now, read } = options;
  const before = options.state;
  const known = before === null ? await firstRoot(options) : await reopenRoot(before.root);
  const { passed: after, head } = await rootFor(options, known, text);
  const passed = before === null ? [known, ...after] : after;
  const root = after.at(-1) ?? known;
  const state: FeedState = before === null ? { channel, root: root.text, head: null, fork: null } : { ...before, root: root.text };
  if (head instanceof Fault) return { ...refused(state, head), passed };
  const verdict = judge(head, root, state);
  if ('refused' in verdict) return { ...refused(state, verdict.refused), passed };
  if ('forked' in verdict) {
    const fork = state.fork ?? { seen: state.head?.text ?? '', other: text };
    return { ...refused({ ...state, fork }, new Fault('feed.forked')), passed };
  }
  const { hash, epoch, n, iat, exp } = head;
  const apps = await appsOf(read, head);
  // After a new root the one before may have been in wrong hands, and what it said of versions with it.
  if (state.head?.epoch === epoch) requireGrown(state.head.apps, apps);
  return { ...settled({ ...state, head: { text, hash, etag, epoch, n, iat, exp, apps }, fork: null }, 'newer', now), passed };
};

/**
 * One check: one conditional GET where nothing is new. Whatever the feed says, what is installed goes on running; a refusal leaves the
 * trusted head as it was. Never throws for anything that a feed can send.
 */
export const checkFeed = async (options: CheckOptions): Promise<Check> => {
  const { channel, state, read, now } = options;
  try {
    const answer = await read(PATHS.head(channel), { limit: LIMITS.head, patience: SMALL, etag: state?.head?.etag ?? null });
    if (answer.kind === 'busy') return refused(state, new Fault('feed.busy'), answer.waitMs);
    if (answer.kind === 'absent') return refused(state, new Fault('feed.missing'));
    if (answer.kind === 'same') return state === null ? refused(state, new Fault('feed.not-a-feed')) : settled(state, 'same', now);
    const text = decode(answer.bytes);
    if (text === null) return refused(state, new Fault('feed.not-a-feed'));
    if (state !== null && text === state.head?.text) return settled(state, 'same', now);
    return await look(options, text, answer.etag);
  } catch (error) {
    if (error instanceof Fault) return refused(state, error);
    throw error;
  }
};
