import * as v from 'valibot';
import { canonicalText } from '../bundle/canonical.ts';
import { Fault } from '../domain/faults.ts';
import { appsSchema, hashField } from './apps.ts';
import type { FeedState } from './check.ts';
import { headSigner, openHead } from './head.ts';
import { isChannel } from './layout.ts';
import { openStoredRoot, reopenRoot } from './root.ts';

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** What a client stores of a channel between two checks. */
const stateSchema = v.strictObject({
  channel: v.pipe(v.string(), v.check(isChannel)),
  root: v.string(),
  head: v.nullable(
    v.strictObject({
      text: v.string(),
      hash: hashField,
      etag: v.nullable(v.string()),
      epoch: whole,
      n: whole,
      iat: whole,
      exp: whole,
      apps: appsSchema,
    }),
  ),
  fork: v.nullable(v.strictObject({ seen: v.string(), other: v.string() })),
});

/** The trusted state in a text that `JSON.stringify` made of it, or null. */
export const parseState = (text: string): FeedState | null => {
  try {
    const parsed = v.safeParse(stateSchema, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
};

/**
 * Do the signatures of root and head hold in a state that comes from elsewhere, and are the head's numbers those that it says. Not
 * looked at: a fork, which only makes a client more careful; what the head names by a hash without carrying it; and a head under an older
 * root than the newest, whose key may be gone since; every head of the newest root is after it.
 */
export const isGenuineState = async ({ channel, root: text, head }: FeedState): Promise<boolean> => {
  try {
    const root = await openStoredRoot(text, channel);
    if (head === null || head.epoch < root.version) return true;
    const key = root.channelKeys.get(headSigner(head.text));
    if (key === undefined || head.epoch !== root.version) return false;
    const opened = await openHead(head.text, key, channel);
    const { hash, epoch, n, iat, exp } = opened;
    const isSame = hash === head.hash && epoch === head.epoch && n === head.n && iat === head.iat && exp === head.exp;
    return isSame && (opened.apps === undefined || canonicalText(opened.apps) === canonicalText(head.apps));
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
};

const progressOf = async ({ root, head, fork }: FeedState): Promise<readonly number[]> => {
  const { version } = await reopenRoot(root);
  return [version, head?.epoch ?? 0, head?.n ?? 0, fork === null ? 0 : 1];
};

/** Did the first one of two states of a channel see more: by the root, then by the head's numbers, then by a fork. */
export const hasSeenMore = async (one: FeedState, other: FeedState): Promise<boolean> => {
  const [ours, theirs] = [await progressOf(one), await progressOf(other)];
  const at = ours.findIndex((number, index) => number !== theirs[index]);
  return at >= 0 && (ours[at] ?? 0) > (theirs[at] ?? 0);
};
