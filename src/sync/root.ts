import { base64url } from 'jose';
import * as v from 'valibot';
import { type AuthorPublicKey, keyIdOf, requireStrongKey } from '../bundle/author-key.ts';
import { canonicalText } from '../bundle/canonical.ts';
import type { OpenKey } from '../bundle/key-file.ts';
import { Fault } from '../domain/faults.ts';
import { hashField } from './apps.ts';
import { base32, LIMITS } from './layout.ts';
import { canonicalValue, openCompact, signCompact, signerOf } from './signed.ts';
import { decode, encode, sha256Hex } from './store.ts';

export const TRACKS = ['stable', 'beta'] as const;
export type Track = (typeof TRACKS)[number];

const keyField = v.pipe(
  v.strictObject({ crv: v.literal('Ed25519'), kty: v.literal('OKP'), x: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)) }),
  v.check((key) => {
    try {
      requireStrongKey(key);
      return true;
    } catch {
      return false;
    }
  }),
);
const keysField = v.pipe(v.array(keyField), v.minLength(1), v.maxLength(8));

/** Who may do what from this version on. Root keys sign roots only; channel keys sign heads; authors sign bundles. */
const rootSchema = v.strictObject({
  t: v.literal('latchkey.root/1'),
  v: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** SHA-256 of the signed text of the version before; null in the first one. */
  prev: v.nullable(hashField),
  track: v.picklist(TRACKS),
  threshold: v.pipe(v.number(), v.integer(), v.minValue(1)),
  keys: keysField,
  channel: keysField,
  authors: keysField,
});
type RootText = v.InferOutput<typeof rootSchema>;

/** A root that was verified. */
export type Root = {
  readonly text: string;
  /** SHA-256 of what was signed; of the first root it is the channel. */
  readonly hash: string;
  readonly version: number;
  readonly threshold: number;
  readonly track: Track;
  readonly keys: ReadonlyMap<string, AuthorPublicKey>;
  readonly channelKeys: ReadonlyMap<string, AuthorPublicKey>;
  readonly authors: ReadonlyMap<string, AuthorPublicKey>;
  /** Keys that signed it, as its file showed when it was verified; none where it was stored since. */
  readonly signers: ReadonlySet<string>;
};

const fileSchema = v.strictObject({
  payload: v.string(),
  signatures: v.pipe(v.array(v.strictObject({ protected: v.string(), signature: v.string() })), v.minLength(1), v.maxLength(16)),
});

const byId = async (keys: readonly AuthorPublicKey[]): Promise<ReadonlyMap<string, AuthorPublicKey>> =>
  new Map(await Promise.all(keys.map(async (key) => [await keyIdOf(key), key] as const)));

const rootOf = async (text: string, signed: string): Promise<Root> => {
  const parsed = v.safeParse(rootSchema, canonicalValue(signed, LIMITS.root));
  if (!parsed.success) throw new Fault('feed.root-wrong', 'its form');
  const { v: version, threshold, track, keys, channel, authors } = parsed.output;
  const root: Root = {
    text,
    hash: await sha256Hex(encode(signed)),
    version,
    threshold,
    track,
    keys: await byId(keys),
    channelKeys: await byId(channel),
    authors: await byId(authors),
    signers: new Set(),
  };
  if (root.keys.size < threshold || root.keys.size !== keys.length) throw new Fault('feed.root-wrong', 'its threshold');
  return root;
};

/** How many of these keys signed; a key counts once, however often it signed. */
const signersAmong = (signers: ReadonlySet<string>, keys: ReadonlyMap<string, AuthorPublicKey>): number =>
  [...signers].filter((kid) => keys.has(kid)).length;

const payloadText = (payload: string): string => {
  try {
    return decode(base64url.decode(payload)) ?? '';
  } catch {
    return '';
  }
};

type OpenedRoot = { readonly root: Root; readonly prev: string | null; readonly signers: ReadonlySet<string> };

const open = async (text: string, before: Root | null, strangers: 'refuse' | 'ignore' = 'refuse'): Promise<OpenedRoot> => {
  const file = v.safeParse(fileSchema, canonicalValue(text, LIMITS.root));
  if (!file.success) throw new Fault('feed.root-wrong', 'its form');
  const { payload, signatures } = file.output;
  const claimed = payloadText(payload);
  // Read before it is verified for one purpose: which keys to verify it with. It is used only when enough of them hold.
  const root = await rootOf(text, claimed);
  const signers = new Set<string>();
  for (const { protected: header, signature } of signatures) {
    const kid = signerOf(header, 'latchkey-root+jws');
    const key = kid === null ? undefined : (root.keys.get(kid) ?? before?.keys.get(kid));
    if (kid === null || (key === undefined && strangers === 'refuse')) throw new Fault('feed.root-wrong', 'a key that it does not know');
    if (key === undefined) continue;
    if ((await openCompact(`${header}.${payload}.${signature}`, key)) !== claimed) throw new Fault('feed.root-wrong', 'its signature');
    signers.add(kid);
  }
  const { prev } = v.parse(v.object({ prev: v.nullable(v.string()) }), JSON.parse(claimed));
  return { root: { ...root, signers }, prev, signers };
};

/** The channel that a first root makes: its own hash, so that whoever knows the name can tell the true root from any other. */
export const channelOf = (root: Root): string => {
  if (root.version !== 1) throw new Fault('core.internal');
  const bytes = Uint8Array.from(root.hash.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return base32(bytes);
};

/** The first root of this channel. Throws `feed.root-wrong`, `feed.channel-wrong`. */
export const openFirstRoot = async (text: string, channel: string): Promise<Root> => {
  const { root, prev, signers } = await open(text, null);
  if (root.version !== 1 || prev !== null || signersAmong(signers, root.keys) < root.threshold)
    throw new Fault('feed.root-wrong', 'its signatures');
  if (channelOf(root) !== channel) throw new Fault('feed.channel-wrong');
  return root;
};

/** The root after this one: signed by enough keys of both (TUF section 5.3, S50). Throws `feed.root-wrong`. */
export const openNextRoot = async (text: string, before: Root): Promise<Root> => {
  const { root, prev, signers } = await open(text, before);
  if (root.version !== before.version + 1 || prev !== before.hash) throw new Fault('feed.root-wrong', 'its place in the chain');
  if (signersAmong(signers, before.keys) < before.threshold) throw new Fault('feed.root-wrong', 'too few signatures of the keys before it');
  if (signersAmong(signers, root.keys) < root.threshold) throw new Fault('feed.root-wrong', 'too few signatures of its own keys');
  return root;
};

/** A root that was verified before it was stored; its signers of the version before are not at hand any more. */
export const reopenRoot = (text: string): Promise<Root> => {
  const file = v.safeParse(fileSchema, canonicalValue(text, LIMITS.root));
  if (!file.success) throw new Fault('feed.root-wrong', 'its form');
  return rootOf(text, payloadText(file.output.payload));
};

/**
 * A root that somebody else says was verified: its own keys signed it, and a first one is its channel's. Whether the one before named these
 * keys cannot be seen from it alone. Throws `feed.root-wrong`, `feed.channel-wrong`.
 */
export const openStoredRoot = async (text: string, channel: string): Promise<Root> => {
  const { root, signers } = await open(text, null, 'ignore');
  if (root.version === 1) return openFirstRoot(text, channel);
  if (signersAmong(signers, root.keys) < root.threshold) throw new Fault('feed.root-wrong', 'too few signatures of its own keys');
  return root;
};

export type RootPlan = Omit<RootText, 't' | 'v' | 'prev'>;

const write = async (root: RootText, signers: readonly OpenKey[]): Promise<string> => {
  const signatures: { protected: string; signature: string }[] = [];
  let payload = '';
  for (const signer of signers) {
    const [header = '', body = '', signature = ''] = (await signCompact(root, 'latchkey-root+jws', signer)).split('.');
    payload = body;
    signatures.push({ protected: header, signature });
  }
  return canonicalText({ payload, signatures });
};

/** The first root of a channel. It says no time, so that the same keys always make the same channel. */
export const writeFirstRoot = (plan: RootPlan, signers: readonly OpenKey[]): Promise<string> =>
  write({ t: 'latchkey.root/1', v: 1, prev: null, ...plan }, signers);

/** The root after this one; the signers must reach the thresholds of both. */
export const writeNextRoot = (before: Root, plan: RootPlan, signers: readonly OpenKey[]): Promise<string> =>
  write({ t: 'latchkey.root/1', v: before.version + 1, prev: before.hash, ...plan }, signers);
