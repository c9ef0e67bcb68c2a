import { blocksFirst, type Revocation, withRevocations } from '../domain/feed.ts';
import type { ApplicationId, FeedId, WorkspaceId } from '../domain/ids.ts';
import { revocationsOf } from '../sync/apps.ts';
import { reopenRoot } from '../sync/root.ts';
import { parseState } from '../sync/state.ts';
import type { Context } from './context.ts';
import { type Author, appIn, appsOf, feedsOf, speaksFor } from './feeds.ts';
import { marksIn } from './marks.ts';

/** A verified bundle, by what feeds know of it, and the feed that a person took it from, where it was one. */
export type Named = {
  readonly keyId: string;
  readonly hash: string;
  readonly applicationId: ApplicationId;
  readonly version: string;
  readonly from: FeedId | null;
};

/** What the feeds of a workspace say of a bundle, and said while they were followed. */
export type Said = {
  /** What its author says against versions, and said before a feed or an installation went (S51). */
  readonly revocations: readonly Revocation[];
  /** Other keys of the same author. */
  readonly kin: ReadonlySet<string>;
  /** Channels that speak for the bundle once it is installed, whether its key signed them or not. */
  readonly channels: readonly string[];
  /** A channel that spoke for the bundle's author and names its key no more: it may be in wrong hands. Null where there is none. */
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
  const naming = new Set<string>();
  const said: Revocation[] = [];
  let withdrawnBy: string | null = null;
  for (const feed of await feedsOf(ctx, workspaceId)) {
    const state = parseState(feed.state);
    const app = appIn(appsOf(feed), applicationId);
    if (state === null || !feed.authors.includes(keyId)) continue;
    const isNamed = (await reopenRoot(state.root)).authors.has(keyId);
    if (isNamed) naming.add(feed.channel);
    const older = isNamed && app !== null ? feed.signers.filter((signer) => signer !== keyId && feed.authors.includes(signer)) : [];
    for (const signer of older) kin.add(signer);
    // It says of itself that it came by this feed; that the feed names these very bytes, and this author, shows it.
    const isTaken = feed.id === from && isNamed && app?.versions[version]?.sha256 === hash;
    const isBefore = ({ authorKeyId }: Author): boolean => authorKeyId === keyId || older.includes(authorKeyId);
    if (isTaken || installed.some((one) => isBefore(one) && speaksFor(feed, one))) channels.push(feed.channel);
    if (!speaksFor(feed, { authorKeyId: keyId, channels })) continue;
    if (app !== null) said.push(...revocationsOf(app, [version]));
    // Whatever the key signs, listed here or not; and one channel is enough: another one of the author's may not have been told yet.
    if (!isNamed) withdrawnBy ??= feed.channel;
  }
  const isAuthor = ({ authorKeyId }: Author): boolean => authorKeyId === keyId || kin.has(authorKeyId);
  const marks = (await marksIn(ctx, workspaceId)).filter(isAuthor);
  const before = [
    ...installed.filter(isAuthor).flatMap(({ revocations }) => revocations),
    ...marks.filter((mark) => mark.applicationId === applicationId).flatMap(({ blocks = [] }) => blocks),
  ];
  // A channel that withdrew the key may name it again; while it is not followed, nobody knows.
  const remembered = marks.find((mark) => mark.authorKeyId === keyId && mark.withdrawnBy !== undefined && !naming.has(mark.withdrawnBy));
  return {
    revocations: withRevocations(blocksFirst(said), before),
    kin,
    channels,
    withdrawnBy: withdrawnBy ?? remembered?.withdrawnBy ?? null,
  };
};
