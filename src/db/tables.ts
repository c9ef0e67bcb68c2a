import type { Table } from 'dexie';
import type { Application, FormRecord } from '../domain/application.ts';
import type { Authorization } from '../domain/authorization.ts';
import type { Component } from '../domain/component.ts';
import type { Connection } from '../domain/connection.ts';
import type { Environment } from '../domain/environment.ts';
import type { AuditEvent } from '../domain/events.ts';
import type { FaultData } from '../domain/faults.ts';
import type { Flow } from '../domain/flow.ts';
import type { ApplicationId, ComponentId, MemberId, OwnerId, RecordId, ReleaseId, RunId, WorkspaceId } from '../domain/ids.ts';
import type { Installation } from '../domain/installation.ts';
import type { Member, Workspace } from '../domain/workspace.ts';

/** A version that was published here, with the bytes that were signed. */
export type Release = {
  readonly id: ReleaseId;
  readonly workspaceId: WorkspaceId;
  readonly applicationId: ApplicationId;
  readonly version: string;
  readonly fileName: string;
  readonly hash: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly publishedAt: number;
  readonly publishedBy: MemberId;
};

/** What a component did, when it last ran for somebody. */
export type Run = {
  readonly id: RunId;
  readonly workspaceId: WorkspaceId;
  readonly ownerId: OwnerId;
  readonly componentId: ComponentId;
  readonly environment: Environment;
  readonly memberId: MemberId;
  readonly recordId: RecordId | null;
  readonly at: number;
  readonly isOk: boolean;
  readonly fault: FaultData | null;
  readonly result: { readonly label: string; readonly value: string } | null;
  readonly request: { readonly method: string; readonly url: string; readonly body: string | null } | null;
  readonly response: { readonly status: number; readonly body: string } | null;
};

/** Ciphertext at rest. The id is the row that it belongs to (an authorization, a flow, the author key). */
export type SecretRow = {
  readonly id: string;
  readonly keyId: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
};

/** The envelope: the data key, wrapped by a key-encryption key. With a device key that one lies beside it (SECURITY finding 1). */
export type KeyRow = {
  readonly id: 'data-key';
  readonly keyId: string;
  readonly wrappedBy: 'device';
  readonly deviceKey: CryptoKey;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly wrapped: Uint8Array<ArrayBuffer>;
};

/** An installed bundle, as it was verified. */
export type BundleRow = { readonly hash: string; readonly bytes: Uint8Array<ArrayBuffer> };

/** Highest version ever installed of an author's application; outlives the installation (S47). */
export type TrustRow = {
  readonly id: string;
  readonly workspaceId: WorkspaceId;
  readonly authorKeyId: string;
  readonly applicationId: ApplicationId;
  readonly highestVersion: string;
  readonly hash: string;
};

export type SettingRow =
  | { readonly key: 'acting'; readonly value: { readonly workspaceId: WorkspaceId; readonly memberId: MemberId } }
  | { readonly key: 'sandbox-origin'; readonly value: string }
  | { readonly key: `author-key:${WorkspaceId}`; readonly value: { readonly keyId: string; readonly x: string } };

export type Rows = {
  readonly workspaces: Workspace;
  readonly members: Member;
  readonly applications: Application;
  readonly connections: Connection;
  readonly components: Component;
  readonly authorizations: Authorization;
  readonly secrets: SecretRow;
  readonly keys: KeyRow;
  readonly flows: Flow;
  readonly releases: Release;
  readonly installations: Installation;
  readonly bundles: BundleRow;
  readonly trust: TrustRow;
  readonly records: FormRecord;
  readonly runs: Run;
  readonly events: AuditEvent;
  readonly settings: SettingRow;
};

export type TableName = keyof Rows;
export type Tables = { readonly [N in TableName]: Table<Rows[N], string> };

/** Primary key first, then the indexes that queries use. A compound index serves its first part alone too, so that part has none of its own. */
export const SCHEMA: Record<TableName, string> = {
  workspaces: 'id',
  members: 'id, workspaceId',
  applications: 'id, &[workspaceId+linkName]',
  connections: 'id, [workspaceId+linkName], &[ownerId+linkName]',
  components: 'id, ownerId, workspaceId, *references',
  authorizations: 'id, workspaceId, connectionId, &[connectionId+environment+holder]',
  secrets: 'id',
  keys: 'id',
  flows: 'id, connectionId, &stateHash, workspaceId',
  releases: 'id, &[applicationId+version]',
  installations: 'id, workspaceId',
  bundles: 'hash',
  trust: 'id',
  records: 'id, [ownerId+environment+form]',
  runs: 'id, componentId, [componentId+environment+memberId], recordId',
  events: 'id, [workspaceId+at]',
  settings: 'key',
};

/** Which field is the primary key, where it is not `id`. */
export const PRIMARY_KEY: Partial<Record<TableName, string>> = { bundles: 'hash', settings: 'key' };
