import * as v from 'valibot';
import { type AuthorPublicKey, keyIdOf } from '../bundle/author-key.ts';
import { canonicalText } from '../bundle/canonical.ts';
import type { OpenKey } from '../bundle/key-file.ts';
import { Fault } from '../domain/faults.ts';
import { type Apps, appsSchema, hashField } from './apps.ts';
import { isChannel, LIMITS } from './layout.ts';
import { canonicalValue, openCompact, signCompact, signerOf } from './signed.ts';
import { encode, sha256Hex } from './store.ts';

const DAY = 86_400_000;

/** A head speaks for a month; its author signs it anew at half of that. */
export const HEAD_LIFE = 30 * DAY;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** An unknown field is passed over, unless `crit` names it (S15, RFC 7515 section 4.1.11). */
const headSchema = v.object({
  t: v.literal('latchkey.head/1'),
  ch: v.pipe(v.string(), v.check(isChannel)),
  epoch: whole,
  n: whole,
  iat: time,
  exp: time,
  /** SHA-256 of the head before; null in the first one. */
  prev: v.nullable(hashField),
  apps: v.exactOptional(appsSchema),
  /** Where the list of applications is, once it is too long for a head. */
  index: v.exactOptional(v.object({ sha256: hashField, size: v.pipe(whole, v.maxValue(LIMITS.index)) })),
  successor: v.exactOptional(v.pipe(v.string(), v.check(isChannel))),
  crit: v.exactOptional(v.pipe(v.array(v.string()), v.minLength(1))),
});
const KNOWN: ReadonlySet<string> = new Set(Object.keys(headSchema.entries));

export type Head = v.InferOutput<typeof headSchema> & { readonly text: string; readonly hash: string };

/** The key that a head says it was signed with. Throws `feed.not-a-feed`. */
export const headSigner = (text: string): string => {
  const kid = text.length > LIMITS.head ? null : signerOf(text.split('.')[0] ?? '', 'latchkey-head+jws');
  if (kid === null) throw new Fault('feed.not-a-feed');
  return kid;
};

/** A head whose signature holds for this key. Throws `feed.signature-wrong`, `feed.newer`, `feed.not-a-feed`, `feed.channel-wrong`. */
export const openHead = async (text: string, key: AuthorPublicKey, channel: string): Promise<Head> => {
  if (headSigner(text) !== (await keyIdOf(key))) throw new Fault('feed.signature-wrong');
  const signed = await openCompact(text, key);
  if (signed === null) throw new Fault('feed.signature-wrong');
  const value = canonicalValue(signed, LIMITS.head);
  const kind = v.safeParse(v.object({ t: v.string() }), value);
  if (kind.success && kind.output.t !== 'latchkey.head/1' && /^latchkey\.head\/\d{1,6}$/.test(kind.output.t))
    throw new Fault('feed.newer', kind.output.t);
  const parsed = v.safeParse(headSchema, value);
  if (!parsed.success) throw new Fault('feed.not-a-feed');
  const head = parsed.output;
  const unknown = head.crit?.find((name) => !KNOWN.has(name));
  if (unknown !== undefined) throw new Fault('feed.newer', unknown);
  if (head.ch !== channel) throw new Fault('feed.channel-wrong');
  if ((head.apps === undefined) === (head.index === undefined) || head.exp <= head.iat) throw new Fault('feed.not-a-feed');
  return { ...head, text, hash: await sha256Hex(encode(text)) };
};

const indexSchema = v.object({ t: v.literal('latchkey.index/1'), apps: appsSchema });

/** The applications of an index object, whose bytes are those that the head names. Throws `feed.index-wrong`. */
export const openIndex = async (text: string, expected: { readonly sha256: string; readonly size: number }): Promise<Apps> => {
  const bytes = encode(text);
  if (bytes.length !== expected.size || (await sha256Hex(bytes)) !== expected.sha256) throw new Fault('feed.index-wrong');
  const parsed = v.safeParse(indexSchema, canonicalValue(text, LIMITS.index));
  if (!parsed.success) throw new Fault('feed.index-wrong');
  return parsed.output.apps;
};

export type HeadPlan = {
  readonly channel: string;
  readonly epoch: number;
  readonly n: number;
  readonly at: number;
  readonly prev: string | null;
};

/** What a head needs before it can be signed: the list in it, or the object that the list moves into. */
type Listing = { readonly inHead: Apps } | { readonly apart: string; readonly sha256: string; readonly size: number };

/** What is left of a head for its list, beside a signature, its header and numbers of any length. */
const MOST_LIST_BYTES = 300;

export const listingOf = async (apps: Apps): Promise<Listing> => {
  if (encode(canonicalText(apps)).length <= MOST_LIST_BYTES) return { inHead: apps };
  const apart = canonicalText({ t: 'latchkey.index/1', apps });
  const bytes = encode(apart);
  if (bytes.length > LIMITS.index) throw new Fault('feed.index-full');
  return { apart, sha256: await sha256Hex(bytes), size: bytes.length };
};

/** Signs a head. Only who holds the claim of its number may ask for it. */
export const writeHead = (plan: HeadPlan, listing: Listing, key: OpenKey): Promise<string> =>
  signCompact(
    {
      t: 'latchkey.head/1',
      ch: plan.channel,
      epoch: plan.epoch,
      n: plan.n,
      iat: plan.at,
      exp: plan.at + HEAD_LIFE,
      prev: plan.prev,
      ...('inHead' in listing ? { apps: listing.inHead } : { index: { sha256: listing.sha256, size: listing.size } }),
    },
    'latchkey-head+jws',
    key,
  );
