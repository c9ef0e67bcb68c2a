import type { Table } from 'dexie';
import type { Application, FormRecord } from '../domain/application.ts';
import type { Authorization } from '../domain/authorization.ts';
import type { BundleContents } from '../domain/bundle.ts';
import type { Component } from '../domain/component.ts';
import type { Connection } from '../domain/connection.ts';
import type { Client, Distribution } from '../domain/distribution.ts';
import type { Environment } from '../domain/environment.ts';
import type { AuditEvent } from '../domain/events.ts';
import type { FaultData } from '../domain/faults.ts';
import type { Feed, Revocation } from '../domain/feed.ts';
import type { Flow } from '../domain/flow.ts';
import type { ApplicationId, ComponentId, FeedId, MemberId, OwnerId, RecordId, ReleaseId, RunId, WorkspaceId } from '../domain/ids.ts';
import type { Installation } from '../domain/installation.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Need } from '../domain/need.ts';
import type { OauthApp } from '../domain/oauth-app.ts';
import type { OutboxEntry } from '../domain/outbox.ts';
import type { ProtectionOffer } from '../domain/passphrase.ts';
import type { KdfParams } from '../domain/secret.ts';
import type { Switch } from '../domain/switches.ts';
import type { Member, Workspace } from '../domain/workspace.ts';

/** An immutable version: what was published to stage, and its signed bytes once it was distributed (R91, R93). */
export type Release = {
  readonly id: ReleaseId;
  readonly workspaceId: WorkspaceId;
  readonly applicationId: ApplicationId;
  readonly version: string;
  readonly contents: BundleContents;
  /** Made by the first distribution; every later one hands out the same bytes. */
  readonly signed: { readonly fileName: string; readonly hash: string; readonly bytes: Uint8Array<ArrayBuffer> } | null;
  readonly publishedAt: number;
  readonly publishedBy: MemberId;
  readonly revision: number;
};

/** What a component did, when it last ran for somebody. */
export type Run = {
  readonly id: RunId;
  readonly workspaceId: WorkspaceId;
  readonly ownerId: OwnerId;
  readonly componentId: ComponentId;
  /** The component's kind. */
  readonly kind: string;
  readonly environment: Environment;
  /** Who started it; a visitor is nobody who is logged in (R113). */
  readonly memberId: MemberId | 'visitor';
  readonly recordId: RecordId | null;
  readonly at: number;
  readonly isOk: boolean;
  /** When it last went well, whatever came later (R80). */
  readonly lastOkAt: number | null;
  readonly fault: FaultData | null;
  readonly result: RunResult | null;
  readonly request: { readonly method: string; readonly url: string; readonly body: string | null } | null;
  readonly response: { readonly status: number; readonly body: string } | null;
  /** Whom it was about, where one component pushes several: a recipient. */
  readonly label: string;
  /** What it last found, whatever came later: shown with its age when a newer run failed. */
  readonly lastGood: { readonly at: number; readonly result: RunResult } | null;
  /** What a script did on the way; null for what is no script. */
  readonly script: ScriptLog | null;
};

/** What a run says it did or found; a list or a chart has a table. */
export type RunResult = {
  readonly label: string;
  readonly value: string;
  readonly table: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] } | null;
};

/** A script's own account of its run: what it said, the values that it set, the requests that it made (without their authorization). */
export type ScriptLog = {
  readonly info: readonly { readonly text: string; readonly line: number }[];
  readonly trace: readonly { readonly name: string; readonly value: string; readonly line: number }[];
  readonly requests: readonly { readonly method: string; readonly url: string; readonly body: string | null; readonly status: number }[];
  /** Where it stopped; null where it ran to its end. */
  readonly stoppedAt: { readonly line: number; readonly column: number } | null;
  readonly dropped: number;
};

/** Ciphertext at rest. The id is the row that it belongs to (an authorization, a flow, the author key). */
export type SecretRow = {
  readonly id: string;
  readonly keyId: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
};

/** The envelope: the data key, wrapped by a device key that lies beside it (SECURITY finding 1), or by what a passphrase gives. */
export type KeyRow = {
  readonly id: 'data-key';
  readonly keyId: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly wrapped: Uint8Array<ArrayBuffer>;
} & ({ readonly wrappedBy: 'device'; readonly deviceKey: CryptoKey } | { readonly wrappedBy: 'passphrase'; readonly kdf: KdfParams });

/** The same data key again, wrapped by what a passkey gives (WebAuthn PRF extension). It holds only while it names the data key's id. */
export type PasskeyRow = {
  readonly id: 'passkey';
  readonly keyId: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly wrapped: Uint8Array<ArrayBuffer>;
  readonly credentialId: Uint8Array<ArrayBuffer>;
  /** What the passkey is asked for; not secret. */
  readonly salt: Uint8Array<ArrayBuffer>;
};

/** An installed bundle, as it was verified. */
export type BundleRow = { readonly hash: string; readonly bytes: Uint8Array<ArrayBuffer> };

/**
 * An update that a feed offers, downloaded and verified, and not installed: at most one of each feed and application. Its bytes stand among
 * the bundles under their hash, so that installing it stores no second copy.
 */
export type DownloadRow = {
  readonly id: `${FeedId}/${ApplicationId}`;
  readonly feedId: FeedId;
  readonly workspaceId: WorkspaceId;
  readonly applicationId: ApplicationId;
  readonly version: string;
  /** SHA-256 of the bundle's bytes. */
  readonly hash: string;
  readonly size: number;
  /** What it was compared with: the hash of the installed bundle; null where it is not installed. */
  readonly against: string | null;
  /** How many connections ask for more than that one did, and have to be authorized again; null where it was compared with nothing. */
  readonly asksAgain: number | null;
  readonly at: number;
};

/** A connector that a workspace made itself, as it was checked when it was last changed. */
export type ConnectorRow = {
  readonly id: string;
  readonly workspaceId: WorkspaceId;
  readonly record: JsonObject;
  readonly createdAt: number;
  readonly revision: number;
};

/** Highest version ever installed of an author's application, and what was said of it; outlives the installation (S47, S51). */
export type TrustRow = {
  readonly id: string;
  readonly workspaceId: WorkspaceId;
  readonly authorKeyId: string;
  readonly applicationId: ApplicationId;
  readonly highestVersion: string;
  readonly hash: string;
  /** Versions that were stopped when the application was uninstalled, or a feed that said so was followed no more; absent where none was. */
  readonly blocks?: readonly Revocation[];
  /** The channel that named the key no more by then; what it says now counts while it is followed. */
  readonly withdrawnBy?: string;
};

export type SettingRow =
  /** When the vault was last locked or unlocked, and last used: it wakes what shows the vault; the truth is in the worker. */
  | { readonly key: 'vault'; readonly value: { readonly at: number; readonly isLocked: boolean; readonly usedAt: number } }
  | { readonly key: 'vault-offer'; readonly value: ProtectionOffer }
  /** Wrong passphrases in a row, and when the last of them was (S10). */
  | { readonly key: 'vault-failures'; readonly value: { readonly count: number; readonly at: number } }
  | { readonly key: 'vault-idle-minutes'; readonly value: number }
  | { readonly key: 'acting'; readonly value: { readonly workspaceId: WorkspaceId; readonly memberId: MemberId } }
  | { readonly key: 'sandbox-origin'; readonly value: string }
  /** What this workspace may do beyond the model product. */
  | { readonly key: `${Switch}:${WorkspaceId}`; readonly value: boolean }
  | { readonly key: `author-key:${WorkspaceId}`; readonly value: { readonly keyId: string; readonly x: string } };

export type Rows = {
  readonly workspaces: Workspace;
  readonly members: Member;
  readonly applications: Application;
  readonly connections: Connection;
  readonly components: Component;
  readonly authorizations: Authorization;
  /** Follows the tables above in every transaction that changes them. */
  readonly needs: Need;
  readonly secrets: SecretRow;
  readonly keys: KeyRow | PasskeyRow;
  readonly flows: Flow;
  readonly releases: Release;
  readonly distributions: Distribution;
  readonly clients: Client;
  readonly connectors: ConnectorRow;
  readonly oauthApps: OauthApp;
  readonly installations: Installation;
  readonly bundles: BundleRow;
  readonly trust: TrustRow;
  readonly records: FormRecord;
  readonly runs: Run;
  readonly outbox: OutboxEntry;
  readonly feeds: Feed;
  readonly downloads: DownloadRow;
  readonly events: AuditEvent;
  readonly settings: SettingRow;
};

export type TableName = keyof Rows;
export type Tables = { readonly [N in TableName]: Table<Rows[N], string> };

/** Words by which a connection is found, each with its workspace before it. */
const wordsOf = ({ workspaceId, displayName, linkName, connectorId }: Connection): string[] => {
  const words = `${displayName} ${linkName} ${connectorId}`.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return [...new Set(words.filter((word) => word !== ''))].map((word) => `${workspaceId} ${word}`);
};

/**
 * Fields that exist for indexes only, made from the row each time it is stored. Each list of connections has one string to run along:
 * what it is filtered by, then the name, then the id.
 */
export const DERIVED: { readonly [N in TableName]?: (row: Rows[N]) => object } = {
  connections: (row) => {
    const name = `${row.displayName.toLowerCase()} ${row.id}`;
    return {
      byName: `${row.workspaceId} ${name}`,
      byType: `${row.workspaceId} ${row.type} ${name}`,
      byConnector: `${row.workspaceId} ${row.connectorId} ${name}`,
      byOwner: `${row.workspaceId} ${row.ownerId ?? 'none'} ${name}`,
      words: wordsOf(row),
    };
  },
  authorizations: ({ workspaceId, connectorId, environment, holder }) => ({
    byService: `${workspaceId} ${connectorId} ${environment} ${holder}`,
  }),
  runs: ({ workspaceId, kind, lastOkAt }) => (lastOkAt === null ? {} : { okKey: `${workspaceId} ${kind}` }),
};

/** Primary key first, then the indexes that queries use. A compound index serves its first part alone too, so that part has none of its own. */
export const SCHEMA: Record<TableName, string> = {
  workspaces: 'id',
  members: 'id, workspaceId',
  applications: 'id, &[workspaceId+linkName]',
  connections:
    'id, [workspaceId+linkName], &[ownerId+linkName], oauthAppId, [workspaceId+createdAt], byName, byType, byConnector, byOwner, *words',
  components: 'id, [ownerId+environment], workspaceId, *references, *services',
  authorizations: 'id, [workspaceId+state], byService, connectionId, &[connectionId+environment+holder]',
  needs: 'id, connectionId, [workspaceId+holder]',
  secrets: 'id',
  keys: 'id',
  flows: 'id, state, connectionId, &stateHash, workspaceId',
  releases: 'id, &[applicationId+version]',
  distributions: 'id, releaseId, applicationId, workspaceId',
  clients: 'id, workspaceId',
  connectors: 'id, workspaceId',
  oauthApps: 'id, workspaceId',
  installations: 'id, [workspaceId+applicationId]',
  bundles: 'hash',
  trust: 'id, authorKeyId',
  records: 'id, [ownerId+environment+form+createdAt]',
  outbox: 'id, [state+nextAt], [workspaceId+createdAt], ownerId, componentId, recordId',
  runs: 'id, componentId, [componentId+environment+memberId], recordId, okKey',
  feeds: 'id, workspaceId, nextCheckAt',
  downloads: 'id, workspaceId',
  events: 'id, [workspaceId+at], [actor+at], [subject+at]',
  settings: 'key',
};

/** Which field is the primary key, where it is not `id`. */
export const PRIMARY_KEY: Partial<Record<TableName, string>> = { bundles: 'hash', settings: 'key' };
