import { type AuthorPublicKey, fingerprintOf } from '../bundle/author-key.ts';
import type { OpenKey } from '../bundle/key-file.ts';
import { addRoot, type Channel, newestOf } from '../sync/channel.ts';
import { listAt, publishChange } from '../sync/publish.ts';
import type { Root, RootPlan } from '../sync/root.ts';
import type { Store } from '../sync/store.ts';
import { readBundle } from './bundle.ts';
import { type Call, Usage } from './command.ts';
import { PATIENT, storeOf } from './feed-place.ts';
import { channelFor, publisherOf, say } from './feed-publish.ts';
import { openKeyOf } from './key.ts';

const planOf = (root: Root): RootPlan => ({
  track: root.track,
  threshold: root.threshold,
  keys: [...root.keys.values()],
  channel: [...root.channelKeys.values()],
  authors: [...root.authors.values()],
});

/** The list with this key in place of another, or as one more; each stands there once. */
const replaced = (list: readonly AuthorPublicKey[], was: AuthorPublicKey | null, next: AuthorPublicKey): AuthorPublicKey[] => [
  ...list.filter(({ x }) => x !== was?.x && x !== next.x),
  next,
];

const open = async (call: Call): Promise<{ key: OpenKey; store: Store; channel: Channel }> => {
  const key = await openKeyOf(call);
  const store = await storeOf(call);
  return { key, store, channel: await channelFor(call, store, key, false) };
};

/** `latchkey feed admit`: the signer of a bundle becomes an author of the channel. */
export const admit = async (call: Call): Promise<number> => {
  const { payload, keyId } = await readBundle(call.given[0] ?? '');
  const { key, store, channel: before } = await open(call);
  const root = newestOf(before);
  const plan = { ...planOf(root), authors: replaced([...root.authors.values()], null, payload.author.key) };
  const channel = root.authors.has(keyId) ? before : await addRoot(store, PATIENT, before, plan, [key]);
  return say(call, channel, await publishChange(publisherOf(store, channel, key), (apps) => apps), { fingerprint: fingerprintOf(keyId) });
};

/** `latchkey feed guard`: from then on another key, which can lie in a safe, decides about keys; this one only publishes. */
export const guard = async (call: Call): Promise<number> => {
  const { key, store, channel: before } = await open(call);
  const guardian = await openKeyOf(call, 'root-key', 'root-passphrase-file');
  const plan = { ...planOf(newestOf(before)), keys: [guardian.publicKey], threshold: 1 };
  const channel = await addRoot(store, PATIENT, before, plan, [key, guardian]);
  return say(call, channel, await publishChange(publisherOf(store, channel, key), (apps) => apps), {
    fingerprint: fingerprintOf(guardian.keyId),
  });
};

/** `latchkey feed rotate`: a key that publishes is replaced; by itself, or by the key that guards it. */
export const rotate = async (call: Call): Promise<number> => {
  const from = call.text('from');
  const at = from === undefined ? null : /^([1-9]\d{0,15})-([1-9]\d{0,15})$/.exec(from);
  if (from !== undefined && at === null) throw new Usage('--from names a head as EPOCH-N.');
  const { key, store, channel: before } = await open(call);
  const next = await openKeyOf(call, 'new-key', 'new-passphrase-file');
  const root = newestOf(before);
  const { keys, authors, channel: publishing, ...plan } = planOf(root);
  const isOwn = root.channelKeys.has(key.keyId);
  const gone = isOwn ? [key.publicKey] : publishing;
  const stay = call.has('stolen') ? authors.filter(({ x }) => !gone.some((one) => one.x === x)) : authors;
  const changed: RootPlan = {
    ...plan,
    keys: root.keys.has(key.keyId) && isOwn ? replaced(keys, key.publicKey, next.publicKey) : keys,
    channel: [next.publicKey],
    authors: replaced(stay, null, next.publicKey),
  };
  const channel = await addRoot(store, PATIENT, before, changed, [key, ...(isOwn ? [next] : [])]);
  const publisher = publisherOf(store, channel, next);
  const list = at === null ? null : await listAt(publisher, Number(at[1]), Number(at[2]));
  return say(call, channel, await publishChange(publisher, (apps) => list ?? apps), { fingerprint: fingerprintOf(next.keyId) });
};
