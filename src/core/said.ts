import type { Revocation } from '../domain/feed.ts';
import type { ApplicationId, FeedId, WorkspaceId } from '../domain/ids.ts';
import { revocationsOf } from '../sync/apps.ts';
import { reopenRoot } from '../sync/root.ts';
import { parseState } from '../sync/state.ts';
import type { Context } from './context.ts';
import { appIn, appsOf, feedsOf, speaksFor } from './feeds.ts';

/** A verified bundle, by what feeds know of it, and the feed that a person took it from, where it was one. */
export type Named = {
  readonly keyId: string;
  readonly hash: string;
  readonly applicationId: ApplicationId;
  readonly version: string;
  readonly from: FeedId | null;
};

/** What the feeds of a workspace say of a bundle. */
export type Said = {
  /** What its author said against versions (S51). */
  readonly revocations: readonly Revocation[];
  /** Other keys of the same author. */
  readonly kin: ReadonlySet<string>;
  /** Channels that speak for the bundle once it is installed, whether its key signed them or not. */
  readonly channels: readonly string[];
  /** A channel that speaks for the bundle's author and names its key no more: it may be in wrong hands. Null where there is none. */
  readonly withdrawnBy: string | null;
};

/**
 * What followed feeds say of a bundle, each only where it speaks for its author (`speaksFor`). A key is the same author's as another one where
 * a channel named both as authors, the other one now, and the one signed a root or a head of it that was accepted: the chain of roots leads
 * from the one to the other (S50). A channel cannot claim a key that never signed for it.
 */
export const saidOf = async (
  ctx: Context,
  workspaceId: WorkspaceId,
  { keyId, hash, applicationId, version, from }: Named,
): Promise<Said> => {
  const installed = await ctx.db.installations.where('[workspaceId+applicationId]').equals([workspaceId, applicationId]).toArray();
  const kin = new Set<string>();
  const channels: string[] = [];
  const revocations: Revocation[] = [];
  let withdrawnBy: string | null = null;
  for (const feed of await feedsOf(ctx, workspaceId)) {
    const state = parseState(feed.state);
    const app = appIn(appsOf(feed), applicationId);
    if (state === null || !feed.authors.includes(keyId)) continue;
    const isNamed = (await reopenRoot(state.root)).authors.has(keyId);
    const older = isNamed && app !== null ? feed.signers.filter((signer) => signer !== keyId && feed.authors.includes(signer)) : [];
    for (const signer of older) kin.add(signer);
    // It says of itself that it came by this feed; that the feed names these very bytes, and this author, shows it.
    const isTaken = feed.id === from && isNamed && app?.versions[version]?.sha256 === hash;
    const isBefore = ({ authorKeyId }: { readonly authorKeyId: string }): boolean => authorKeyId === keyId || older.includes(authorKeyId);
    if (isTaken || installed.some((one) => isBefore(one) && speaksFor(feed, one))) channels.push(feed.channel);
    if (!speaksFor(feed, { authorKeyId: keyId, channels })) continue;
    if (app !== null) revocations.push(...revocationsOf(app, [version]));
    // Whatever the key signs, listed here or not; and one channel is enough: another one of the author's may not have been told yet.
    if (!isNamed) withdrawnBy ??= feed.channel;
  }
  return { revocations, kin, channels, withdrawnBy };
};
