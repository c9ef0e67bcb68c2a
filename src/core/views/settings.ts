/** What screens are shown of settings, the vault, what is stored where, and backups. */

import type { FeedId } from '../../domain/ids.ts';
import type { Side } from '../../domain/workspace.ts';
import type { VaultState } from '../../vault/seal.ts';
import type { RequestNote } from '../request-notes.ts';
import type { KeyWords } from './bundles.ts';
import type { Permission } from './frame.ts';

/** What is stored where, how it is protected, and where this device spoke to. */
export type WhereView = {
  readonly stored: readonly { readonly what: string; readonly count: number; readonly how: string }[];
  /** What is looked at by itself, the next one first. */
  readonly feeds: readonly {
    readonly id: FeedId;
    readonly host: string;
    readonly workspaceName: string;
    readonly lastCheckAt: number;
    readonly nextCheckAt: number;
  }[];
  /** Since this worker started, newest first. */
  readonly requests: readonly RequestNote[];
  readonly risks: readonly string[];
};

/** `locksAt` is when the idle lock comes, unless somebody is there; null where it does not. */
export type VaultView = {
  readonly state: VaultState;
  readonly idleMinutes: number;
  readonly locksAt: number | null;
  /** What the window asks the passkey for, in base64url; null where none opens the vault. */
  readonly passkey: { readonly credentialId: string; readonly salt: string } | null;
  /** A real account was authorized while nothing protects the vault, and nobody has answered yet. */
  readonly isProtectionOffered: boolean;
};

export type SettingsView = {
  readonly sandboxOrigin: string;
  readonly sandboxOriginIsDefault: boolean;
  readonly redirectUri: string;
  readonly vault: { readonly sealedSecrets: number };
  readonly fingerprint: string | null;
  /** The key of a developer's workspace, null before the first signature; null where nothing is signed. */
  readonly signing: { readonly key: KeyWords | null; readonly manage: Permission } | null;
  /** Is the limit of the logged-in user type to twelve services lifted (R22); null without a workspace. */
  readonly typeLimit: { readonly isLifted: boolean; readonly manage: Permission } | null;
  readonly isPersistent: boolean | null;
};

/** A custom connector that a restore brings or changes, with every host that it speaks to then and before; null where it is new here. */
export type RestoredConnector = {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly hostsBefore: readonly string[] | null;
};

/** What a restore changes: rows by kind, and what becomes of authorizations. */
export type RestoreCounts = {
  readonly changes: readonly { readonly what: string; readonly added: number; readonly changed: number; readonly removed: number }[];
  readonly broughtAuthorizations: number;
  /** They are here already, and newer than the backup's. */
  readonly keptAuthorizations: number;
  /** Their connection is not in the backup, is another one there, or speaks to other addresses (S23). */
  readonly endedAuthorizations: number;
  /** Client secrets and keys of OAuth apps that are not in the backup, or are other apps there, for the same reasons. */
  readonly endedSecrets: number;
  readonly connectors: readonly RestoredConnector[];
  /** Feeds of which more was seen here than the backup knows. */
  readonly keptFeeds: number;
  /** Rows here that are damaged, and replaced or deleted. */
  readonly damaged: number;
};

/** Rows of one kind that went into no backup, because they are damaged or nothing without one that is. */
export type LeftOut = { readonly what: string; readonly count: number };

/** A backup that was opened and checked, before anything is changed. */
export type RestorePreview = RestoreCounts & {
  readonly workspaceName: string;
  readonly side: Side;
  /** Epoch milliseconds. */
  readonly madeAt: number;
  /** Is the workspace on this device, so that it is replaced. */
  readonly isHere: boolean;
  readonly withAuthorizations: boolean;
};
