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
 * The bundle of an offer, fully verified: size while it comes, hash before it is parsed, then the bundle's own checks, and that it is the
 * application, the version and an author that the channel names (S48). Throws `feed.*` and `bundle.*`; stores nothing.
 */
export const downloadBundle = async (
  read: Read,
  state: FeedState,
  applicationId: string,
  { version, release }: Offer,
  patience: Patience = LARGE,
): Promise<VerifiedBundle> => {
  const answer = await read(PATHS.object(release.sha256), { limit: release.size, patience, etag: null });
  if (answer.kind === 'busy') throw new Fault('feed.busy');
  if (answer.kind !== 'found' || answer.bytes.length !== release.size) throw new Fault('feed.bundle-wrong');
  if ((await sha256Hex(answer.bytes)) !== release.sha256) throw new Fault('feed.bundle-wrong');
  const text = decode(answer.bytes);
  if (text === null) throw new Fault('feed.bundle-wrong');
  const bundle = await verifyBundle(text);
  const { application } = bundle.payload;
  if (application.id !== applicationId || application.version !== version)
    throw new Fault('feed.bundle-other', `${application.id} ${application.version}`);
  const { authors } = await reopenRoot(state.root);
  if (!authors.has(bundle.keyId)) throw new Fault('feed.author-unknown', fingerprintOf(bundle.keyId));
  return bundle;
};
