/** What screens are shown of installed applications and the feeds of their updates. */

import type { ApplicationDefinition } from '../../domain/application.ts';
import type { FaultData } from '../../domain/faults.ts';
import type { ForkProof, Revocation } from '../../domain/feed.ts';
import type { ApplicationId, FeedId, InstallationId } from '../../domain/ids.ts';
import type { ComponentView } from './applications.ts';
import type { KeyWords } from './bundles.ts';
import type { ConnectionRow } from './connections.ts';
import type { Permission } from './frame.ts';

export type InstallationRow = {
  readonly id: InstallationId;
  readonly name: string;
  readonly version: string;
  readonly authorName: string;
  readonly installedAt: number;
  readonly notConnected: number;
  /** What a followed feed offers, unless it was declined or the version is pinned. */
  readonly update: UpdateOffer | null;
  /** What the publisher says against the version that runs. */
  readonly revoked: Revocation | null;
};

export type UpdateOffer = { readonly feedId: FeedId; readonly applicationId: ApplicationId; readonly version: string };

/** How a feed stands, wherever it is shown. */
export type FeedStanding = {
  readonly id: FeedId;
  readonly host: string;
  readonly lastCheckAt: number;
  /** When it was last reached and believed. */
  readonly lastGoodAt: number;
  readonly nextCheckAt: number;
  readonly fault: FaultData | null;
  /** Not reached for a week or longer. */
  readonly isSilent: boolean;
};

export type FeedAppView = {
  readonly applicationId: ApplicationId;
  /** Null where it is not installed: a feed names versions and no names. */
  readonly name: string | null;
  readonly installationId: InstallationId | null;
  readonly installed: string | null;
  readonly latest: string;
  readonly offer: string | null;
  readonly declined: string | null;
  readonly isPinned: boolean;
  readonly revoked: Revocation | null;
};

export type FeedView = FeedStanding & {
  readonly address: string;
  readonly channel: string;
  /** Keys that may sign for the channel now. */
  readonly signers: readonly KeyWords[];
  /** When its newest state was signed, and until when it speaks. */
  readonly signedAt: number | null;
  readonly expiresAt: number | null;
  readonly forks: readonly ForkProof[];
  readonly apps: readonly FeedAppView[];
};

export type FeedsView = { readonly feeds: readonly FeedView[]; readonly follow: Permission };

export type InstallationView = InstallationRow & {
  /** What was declined, while it is what the feed has. */
  readonly declined: UpdateOffer | null;
  readonly isPinned: boolean;
  /** The version that one can go back to, and what its publisher says against it. */
  readonly previous: { readonly version: string; readonly isStopped: boolean } | null;
  readonly feeds: readonly FeedStanding[];
  /** Hosts of the feeds that are not looked at any more once it is uninstalled. */
  readonly endingFeeds: readonly string[];
  readonly stagedVersion: string | null;
  readonly install: Permission;
  readonly uninstall: Permission;
  readonly fingerprint: string;
  readonly definition: ApplicationDefinition;
  readonly connectionList: readonly ConnectionRow[];
  readonly componentList: readonly ComponentView[];
};
