import * as v from 'valibot';
import { canonicalText } from '../bundle/canonical.ts';
import type { OpenKey } from '../bundle/key-file.ts';
import { Fault } from '../domain/faults.ts';
import { isChannel, LIMITS, PATHS } from './layout.ts';
import { insist, type Patient, settle } from './patient.ts';
import { channelOf, openFirstRoot, openNextRoot, type Root, type RootPlan, reopenRoot, type Track, writeNextRoot } from './root.ts';
import { decode, encode, type Store } from './store.ts';

/** A channel as its publisher sees it: every root from the first one, each verified by the one before. */
export type Channel = { readonly id: string; readonly roots: readonly Root[] };

const MOST_ROOTS = 1_024;

const textAt = async (store: Store, patient: Patient, path: string, limit: number): Promise<string | null> => {
  const stored = await insist(patient, () => store.get(path, limit));
  if (stored === null) return null;
  const text = decode(stored.bytes);
  if (text === null) throw new Fault('feed.root-wrong', 'its form');
  return text;
};

export const newestOf = ({ roots }: Channel): Root => {
  const root = roots.at(-1);
  if (root === undefined) throw new Fault('core.internal');
  return root;
};

/** The channel of this name, or null where the store has none. Throws `feed.root-wrong`, `feed.channel-wrong`. */
export const openChannel = async (store: Store, patient: Patient, id: string): Promise<Channel | null> => {
  const first = await textAt(store, patient, PATHS.root(id, 1), LIMITS.root);
  if (first === null) return null;
  const roots = [await openFirstRoot(first, id)];
  for (let root = roots[0]; root !== undefined && roots.length < MOST_ROOTS; root = roots[roots.length - 1]) {
    const text = await textAt(store, patient, PATHS.root(id, root.version + 1), LIMITS.root);
    if (text === null) break;
    roots.push(await openNextRoot(text, root));
  }
  return { id, roots };
};

/** One key for everything: what a channel begins with. */
export const planFor = (track: Track, { publicKey }: OpenKey): RootPlan => ({
  track,
  threshold: 1,
  keys: [publicKey],
  channel: [publicKey],
  authors: [publicKey],
});

/** The name of the channel that begins with this root. */
export const idOf = async (firstRoot: string): Promise<string> => channelOf(await reopenRoot(firstRoot));

const hintSchema = v.object({ t: v.literal('latchkey.feed/1'), channel: v.pipe(v.string(), v.check(isChannel)) });

/** The channel that an address without one means, or null. What it says is believed only as far as the channel's own name goes. */
export const parseHint = (text: string): string | null => {
  try {
    const parsed = v.safeParse(hintSchema, JSON.parse(text));
    return parsed.success ? parsed.output.channel : null;
  } catch {
    return null;
  }
};

export const hintedChannel = async (store: Store, patient: Patient): Promise<string | null> => {
  const text = await textAt(store, patient, PATHS.hint, LIMITS.hint);
  return text === null ? null : parseHint(text);
};

/** Writes the first root of a channel, and names the channel for the address where it is the first one there. */
export const createChannel = async (store: Store, patient: Patient, firstRoot: string): Promise<Channel> => {
  const id = await idOf(firstRoot);
  const put = (path: string, text: string): Promise<boolean> => settle(patient, store, path, encode(text), 'immutable');
  await put(PATHS.root(id, 1), firstRoot);
  await put(PATHS.hint, canonicalText({ t: 'latchkey.feed/1', channel: id }));
  const channel = await openChannel(store, patient, id);
  if (channel === null) throw new Fault('feed.store-unreachable', 'the first root');
  return channel;
};

/** Adds a root to the chain. Throws `feed.number-taken` where somebody else wrote one meanwhile. */
export const addRoot = async (
  store: Store,
  patient: Patient,
  channel: Channel,
  plan: RootPlan,
  signers: readonly OpenKey[],
): Promise<Channel> => {
  const before = newestOf(channel);
  const text = await writeNextRoot(before, plan, signers);
  const root = await openNextRoot(text, before);
  if (!(await settle(patient, store, PATHS.root(channel.id, root.version), encode(text), 'immutable')))
    throw new Fault('feed.number-taken', `root ${root.version}`);
  return { id: channel.id, roots: [...channel.roots, root] };
};
