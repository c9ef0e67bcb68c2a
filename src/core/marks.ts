import type { TrustRow } from '../db/tables.ts';
import { isNewerVersion } from '../domain/application.ts';
import { blocksFirst, type Feed, type Revocation, withRevocations } from '../domain/feed.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Installation } from '../domain/installation.ts';
import { reopenRoot } from '../sync/root.ts';
import { parseState } from '../sync/state.ts';
import type { Context } from './context.ts';
import { appIn, appsOf, speaksFor } from './feeds.ts';

/** The row that outlives an installation: of an author's key and their application. */
export const trustId = (workspaceId: WorkspaceId, authorKeyId: string, applicationId: string): string =>
  `${workspaceId}/${authorKeyId}/${applicationId}`;

export const marksIn = (ctx: Context, workspaceId: WorkspaceId): Promise<TrustRow[]> =>
  ctx.db.trust.where('id').startsWith(`${workspaceId}/`).toArray();

const onlyBlocks = (revocations: readonly Revocation[]): Revocation[] => revocations.filter(({ level }) => level === 'block');

/** The row with this beside its version, in place of what it remembered. */
const remembering = (
  { blocks: _, withdrawnBy: __, ...row }: TrustRow,
  blocks: readonly Revocation[],
  withdrawnBy: string | undefined,
): TrustRow => ({
  ...row,
  ...(blocks.length === 0 ? {} : { blocks }),
  ...(withdrawnBy === undefined ? {} : { withdrawnBy }),
});

/** One row of two of the same name: the higher version of both, and everything that either remembers (S47, S51). */
export const mergedMark = (one: TrustRow, other: TrustRow): TrustRow =>
  remembering(
    isNewerVersion(other.highestVersion, one.highestVersion) ? other : one,
    withRevocations(one.blocks ?? [], other.blocks ?? []),
    one.withdrawnBy ?? other.withdrawnBy,
  );

/** Does the channel name the key now; null where what is stored of it cannot be read. */
const isNamedBy = async ({ state: text }: Feed, keyId: string): Promise<boolean | null> => {
  const state = parseState(text);
  return state && (await reopenRoot(state.root)).authors.has(keyId);
};

/** The channel that names the key no more, of those that speak now; else the one that is remembered, unless it names the key again. */
const withdrawerOf = async ({ authorKeyId, withdrawnBy }: TrustRow, speaking: readonly Feed[]): Promise<string | undefined> => {
  const named = await Promise.all(speaking.map((feed) => isNamedBy(feed, authorKeyId)));
  const dropping = speaking.find((_, index) => named[index] === false);
  const isBack = speaking.some(({ channel }, index) => channel === withdrawnBy && named[index] === true);
  return dropping?.channel ?? (isBack ? undefined : withdrawnBy);
};

/**
 * These rows as they are to be stored when a feed is followed no more, or an application is uninstalled: versions that were stopped, and a
 * key that was withdrawn, stay so (S51). `feeds` and `installations` are those whose word may go.
 */
export const marksAfter = (
  rows: readonly TrustRow[],
  feeds: readonly Feed[],
  installations: readonly Installation[],
): Promise<TrustRow[]> =>
  Promise.all(
    rows.map(async (row) => {
      const { applicationId, authorKeyId } = row;
      const installed = installations.find((one) => one.applicationId === applicationId && one.authorKeyId === authorKeyId);
      const speaking = feeds.filter((feed) => speaksFor(feed, installed ?? row));
      const said = speaking.flatMap((feed) => appIn(appsOf(feed), applicationId)?.revoked ?? []);
      const blocks = withRevocations(blocksFirst([...said, ...(installed?.revocations ?? [])]), row.blocks ?? []);
      return remembering(row, onlyBlocks(blocks), await withdrawerOf(row, speaking));
    }),
  );
