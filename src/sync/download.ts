import { fingerprintOf } from '../bundle/author-key.ts';
import { type VerifiedBundle, verifyBundle } from '../bundle/verify.ts';
import { Fault } from '../domain/faults.ts';
import type { Offer } from './apps.ts';
import type { FeedState } from './check.ts';
import { PATHS } from './layout.ts';
import { LARGE, type Patience, type Read } from './reader.ts';
import { reopenRoot } from './root.ts';
import { decode, sha256Hex } from './store.ts';

/**
 * The bundle in these bytes as an offer of this channel, fully verified: size and hash before it is parsed, then the bundle's own checks,
 * and that it is the application, the version and an author that the channel names (S48). Throws `feed.*` and `bundle.*`.
 */
export const openOffered = async (
  bytes: Uint8Array<ArrayBuffer>,
  state: FeedState,
  applicationId: string,
  { version, release }: Offer,
): Promise<VerifiedBundle> => {
  if (bytes.length !== release.size || (await sha256Hex(bytes)) !== release.sha256) throw new Fault('feed.bundle-wrong');
  const text = decode(bytes);
  if (text === null) throw new Fault('feed.bundle-wrong');
  const bundle = await verifyBundle(text);
  const { application } = bundle.payload;
  if (application.id !== applicationId || application.version !== version)
    throw new Fault('feed.bundle-other', `${application.id} ${application.version}`);
  const { authors } = await reopenRoot(state.root);
  if (!authors.has(bundle.keyId)) throw new Fault('feed.author-unknown', fingerprintOf(bundle.keyId));
  return bundle;
};

/** The bundle of an offer, read from the feed: no more than its size, and verified as `openOffered` says. Throws `feed.*` and `bundle.*`; stores nothing. */
export const downloadBundle = async (
  read: Read,
  state: FeedState,
  applicationId: string,
  offer: Offer,
  patience: Patience = LARGE,
): Promise<VerifiedBundle> => {
  const { sha256, size } = offer.release;
  const answer = await read(PATHS.object(sha256), { limit: size, patience, etag: null });
  if (answer.kind === 'busy') throw new Fault('feed.busy');
  if (answer.kind !== 'found') throw new Fault('feed.bundle-wrong');
  return openOffered(answer.bytes, state, applicationId, offer);
};
