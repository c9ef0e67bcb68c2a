import type { ApplicationId, ClientId, DistributionId, MemberId, ReleaseId, WorkspaceId } from './ids.ts';

/** Somebody who is given applications, as the developer side names them. */
export type Client = {
  readonly id: ClientId;
  readonly workspaceId: WorkspaceId;
  readonly name: string;
  readonly createdAt: number;
  /** Removed clients keep their name for what was shared with them. */
  readonly removedAt: number | null;
  readonly revision: number;
};

/** Private share to named clients, or the Marketplace: the same signed file either way (R94). */
export type Channel = { readonly kind: 'private'; readonly clientIds: readonly ClientId[] } | { readonly kind: 'marketplace' };

/** One handing out of a version that was published to stage (R93). */
export type Distribution = {
  readonly id: DistributionId;
  readonly workspaceId: WorkspaceId;
  readonly applicationId: ApplicationId;
  readonly releaseId: ReleaseId;
  readonly version: string;
  readonly channel: Channel;
  readonly at: number;
  readonly by: MemberId;
};
