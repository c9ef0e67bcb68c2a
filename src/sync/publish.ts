import { fingerprintOf } from '../bundle/author-key.ts';
import { canonicalText } from '../bundle/canonical.ts';
import type { OpenKey } from '../bundle/key-file.ts';
import { Fault } from '../domain/faults.ts';
import type { Apps } from './apps.ts';
import { type Channel, newestOf } from './channel.ts';
import { type Head, headSigner, listingOf, openHead, openIndex, writeHead } from './head.ts';
import { LIMITS, PATHS } from './layout.ts';
import { insist, type Patient, pause, sameBytes, settle } from './patient.ts';
import { decode, encode, type Store } from './store.ts';

export type Publisher = {
  readonly store: Store;
  readonly channel: Channel;
  readonly key: OpenKey;
  readonly patient: Patient;
  readonly now: () => number;
  /** A new text at each call, so that a claim says whose it is. */
  readonly nonce: () => string;
};

/** The head that stands in the store. */
type Current = { readonly head: Head; readonly apps: Apps; readonly etag: string };

export type Published = {
  /** unchanged: it said this already, perhaps by an earlier try whose answer was lost. */
  readonly outcome: 'published' | 'unchanged';
  readonly epoch: number;
  readonly n: number;
  readonly hash: string;
};

/** What the list becomes; null where it says so already. It is asked anew each time that somebody else was first. */
export type Change = (apps: Apps, head: Head | null) => Apps | null;

/** A head that somebody with a key of its epoch signed. Throws `feed.key-unknown` and the faults of `openHead`. */
const verified = async ({ channel }: Publisher, text: string): Promise<Head> => {
  const kid = headSigner(text);
  for (const root of channel.roots) {
    const key = root.channelKeys.get(kid);
    if (key === undefined) continue;
    const head = await openHead(text, key, channel.id);
    if (head.epoch === root.version) return head;
  }
  throw new Fault('feed.key-unknown', kid);
};

const listOf = async ({ store, patient }: Publisher, head: Head): Promise<Apps> => {
  if (head.apps !== undefined) return head.apps;
  const { index } = head;
  if (index === undefined) throw new Fault('feed.not-a-feed');
  const stored = await insist(patient, () => store.get(PATHS.object(index.sha256), index.size));
  const text = stored === null ? null : decode(stored.bytes);
  if (text === null) throw new Fault('feed.index-wrong');
  return openIndex(text, index);
};

const readHead = async (publisher: Publisher): Promise<Current | null> => {
  const { store, channel, patient } = publisher;
  const stored = await insist(patient, () => store.get(PATHS.head(channel.id), LIMITS.head));
  if (stored === null) return null;
  const text = decode(stored.bytes);
  if (text === null) throw new Fault('feed.not-a-feed');
  const head = await verified(publisher, text);
  return { head, apps: await listOf(publisher, head), etag: stored.etag };
};

/** The list of an earlier head, from its copy: where to begin again after a key was in wrong hands. Throws `feed.version-unknown`. */
export const listAt = async (publisher: Publisher, epoch: number, n: number): Promise<Apps> => {
  const { store, channel, patient } = publisher;
  const stored = await insist(patient, () => store.get(PATHS.copy(channel.id, epoch, n), LIMITS.head));
  const text = stored === null ? null : decode(stored.bytes);
  if (text === null) throw new Fault('feed.version-unknown', `head ${epoch}-${n}`);
  return listOf(publisher, await verified(publisher, text));
};

type Claim = 'ours' | 'theirs';

/** Takes a number, or learns that somebody has it. An answer that was lost is settled by reading whose claim stands there. */
const claim = async ({ store, channel, patient, nonce }: Publisher, epoch: number, n: number): Promise<Claim> => {
  const bytes = encode(canonicalText({ t: 'latchkey.claim/1', nonce: nonce() }));
  return (await settle(patient, store, PATHS.claim(channel.id, epoch, n), bytes, 'immutable')) ? 'ours' : 'theirs';
};

type Placed = 'stands' | 'lost';

/** Puts these bytes where the head is, if the head is still the one that they follow. */
const place = async ({ store, channel, patient }: Publisher, text: string, after: Current | null): Promise<Placed> => {
  const path = PATHS.head(channel.id);
  const bytes = encode(text);
  for (let count = 0; count <= patient.tries; count += 1) {
    const put = after === null ? await store.putIfAbsent(path, bytes, 'head') : await store.putIfMatch(path, bytes, after.etag, 'head');
    if (put === 'done') return 'stands';
    const there = await insist(patient, () => store.get(path, LIMITS.head));
    if (there !== null && sameBytes(there.bytes, bytes)) return 'stands';
    // Another head stands there, so this one can never come any more: its condition is on the head before.
    if (there === null ? after !== null : there.etag !== after?.etag) return 'lost';
    await pause(patient, count);
  }
  throw new Fault('feed.store-busy');
};

/** A head that was signed after the current one, and whose publisher did not get to put it there; any publisher may, without its key. */
const signedAfter = async (publisher: Publisher, current: Current | null, epoch: number, n: number): Promise<Head | null> => {
  const { store, channel, patient } = publisher;
  const stored = await insist(patient, () => store.get(PATHS.copy(channel.id, epoch, n), LIMITS.head));
  const text = stored === null ? null : decode(stored.bytes);
  if (text === null) return null;
  const head = await verified(publisher, text);
  return head.epoch === epoch && head.n === n && head.prev === (current?.head.hash ?? null) ? head : null;
};

const isOvertaken = async ({ store, channel, patient }: Publisher, current: Current | null): Promise<boolean> =>
  (await insist(patient, () => store.get(PATHS.head(channel.id), LIMITS.head)))?.etag !== current?.etag;

type Turn = { readonly done: Published } | { readonly again: true };

/** From the number on, the first one that is free is taken; a signed head on the way is put there first. */
const takeNumber = async (publisher: Publisher, current: Current | null, epoch: number, first: number): Promise<number | null> => {
  for (let n = first; Number.isSafeInteger(n); n += 1) {
    if ((await claim(publisher, epoch, n)) === 'ours') return n;
    const waiting = await signedAfter(publisher, current, epoch, n);
    if (waiting !== null) {
      await place(publisher, waiting.text, current);
      return null;
    }
    // Whoever has it is about to sign, or died. A moment tells; then the next number is taken, because gaps are legal.
    await pause(publisher.patient, 0);
    if (await isOvertaken(publisher, current)) return null;
  }
  throw new Fault('feed.number-spent');
};

const turn = async (publisher: Publisher, change: Change): Promise<Turn> => {
  const { store, channel, key, patient, now } = publisher;
  const root = newestOf(channel);
  const current = await readHead(publisher);
  const isSameEpoch = current !== null && current.head.epoch === root.version;
  const next = change(current?.apps ?? {}, current?.head ?? null);
  if (next === null && isSameEpoch) {
    const { epoch, n, hash } = current.head;
    return { done: { outcome: 'unchanged', epoch, n, hash } };
  }
  const n = await takeNumber(publisher, current, root.version, isSameEpoch ? current.head.n + 1 : 1);
  if (n === null) return { again: true };
  // A head that came between means another list to add to; the number stays unused, which is legal.
  const listing = await listingOf(next ?? current?.apps ?? {});
  if ('apart' in listing) await settle(patient, store, PATHS.object(listing.sha256), encode(listing.apart), 'immutable');
  const plan = { channel: channel.id, epoch: root.version, n, at: now(), prev: current?.head.hash ?? null };
  const text = await writeHead(plan, listing, key);
  if (!(await settle(patient, store, PATHS.copy(channel.id, root.version, n), encode(text), 'immutable')))
    throw new Fault('feed.number-taken', `${root.version}-${n}`);
  if ((await place(publisher, text, current)) === 'lost') return { again: true };
  const { hash } = await verified(publisher, text);
  return { done: { outcome: 'published', epoch: root.version, n, hash } };
};

/**
 * Publishes a change of the channel's list: claim a number, sign it once, keep its copy, put it where the head is. Several publishers may
 * do so at once; each of their changes is in the list in the end, once. A crash after any step leaves the head as it was, or the new one.
 * Throws `feed.key-not-named`, `feed.number-spent`, `feed.store-busy`, and the faults of what stands in the store.
 */
export const publishChange = async (publisher: Publisher, change: Change): Promise<Published> => {
  const { key, channel, patient } = publisher;
  if (!newestOf(channel).channelKeys.has(key.keyId)) throw new Fault('feed.key-not-named', fingerprintOf(key.keyId));
  for (let count = 0; count <= patient.tries; count += 1) {
    const outcome = await turn(publisher, change);
    if ('done' in outcome) return outcome.done;
    await pause(patient, count);
  }
  throw new Fault('feed.store-busy');
};
