/** What screens are shown of applications that are built here, their versions and clients. */

import type { Form, Page } from '../../domain/application.ts';
import type { ReferencePlace } from '../../domain/component.ts';
import type { DifferenceLine } from '../../domain/difference.ts';
import type { Environment } from '../../domain/environment.ts';
import type { Problem } from '../../domain/faults.ts';
import type { ApplicationId, ClientId, ComponentId, DistributionId, ReleaseId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { KindField, Uses } from '../../runtime/kind.ts';
import type { ConnectionSummary } from './bundles.ts';
import type { ConnectionRow } from './connections.ts';
import type { Permission } from './frame.ts';

export type ApplicationRow = {
  readonly id: ApplicationId;
  readonly name: string;
  readonly linkName: string;
  readonly latestVersion: string | null;
  readonly components: number;
  readonly connections: number;
};

export type KindView = { readonly name: string; readonly label: string; readonly sentence: string; readonly fields: readonly KindField[] };

export type ComponentView = {
  readonly id: ComponentId;
  readonly name: string;
  readonly linkName: string;
  readonly kind: string;
  readonly kindLabel: string;
  readonly config: JsonObject;
  /** A sentence about what it does ("When Status becomes sold in Properties → Create an invoice"). */
  readonly summary: string;
  readonly references: readonly string[];
  readonly problems: readonly Problem[];
  /** What its saved script says of connections, place by place; null for what has no script. */
  readonly script: ScriptView | null;
};

/** `isKnown` says whether the application has a connection of that link name; a need without scopes was not checked. */
export type ScriptView = Pick<Uses, 'dynamic' | 'needs' | 'problems'> & {
  readonly references: readonly (ReferencePlace & { readonly isKnown: boolean })[];
  /** Connectors whose system connection it needs. */
  readonly services: readonly string[];
};

export type ReleaseView = {
  readonly id: ReleaseId;
  readonly version: string;
  readonly at: number;
  readonly byName: string;
  /** Null until it was distributed: only then is it signed. */
  readonly bytes: number | null;
  readonly fileName: string | null;
  /** What it changed against the version before it. */
  readonly changes: readonly DifferenceLine[];
  readonly distributions: readonly { readonly id: DistributionId; readonly at: number; readonly byName: string; readonly whom: string }[];
};

export type ApplicationView = ApplicationRow & {
  readonly forms: readonly Form[];
  readonly pages: readonly Page[];
  readonly componentList: readonly ComponentView[];
  readonly connectionList: readonly ConnectionRow[];
  readonly releases: readonly ReleaseView[];
  readonly kinds: readonly KindView[];
  readonly environments: readonly Environment[];
  /** The version in stage, or null before the first publication. */
  readonly stagedVersion: string | null;
  readonly distribute: Permission;
};

export type PublishReview = {
  readonly application: { readonly id: ApplicationId; readonly name: string };
  readonly version: string;
  readonly suggestedVersion: string;
  readonly latestVersion: string | null;
  readonly problems: readonly Problem[];
  readonly isReady: boolean;
  readonly goesIn: {
    readonly connections: readonly ConnectionSummary[];
    readonly components: readonly string[];
    readonly forms: readonly string[];
    readonly pages: readonly string[];
  };
  /** What stays on this device, in words. */
  readonly staysHere: readonly string[];
  /** What becomes permanent by the first publication; empty for later ones. */
  readonly becomesPermanent: readonly string[];
  /** The secret search that ran over the contents. */
  readonly proof: { readonly values: number; readonly kinds: number; readonly found: number };
  /** Against the version before. */
  readonly changes: readonly DifferenceLine[];
  /** Places that name a connection by something only a run knows, and the link names that can be allowed for them (R54). */
  readonly dynamic: readonly string[];
  readonly candidates: readonly string[];
};

export type DistributeReview = {
  readonly releaseId: ReleaseId;
  readonly applicationId: ApplicationId;
  readonly name: string;
  readonly version: string;
  readonly fileName: string;
  /** Connections without a successful test or run since they last changed (R80). */
  readonly untested: readonly string[];
  readonly distribute: Permission;
  readonly manageClients: Permission;
  /** Author key's fingerprint; null before the first signature makes the key. */
  readonly fingerprint: string | null;
  readonly clients: readonly { readonly id: ClientId; readonly name: string; readonly hasEarlier: boolean }[];
};

export type ClientView = {
  readonly id: ClientId;
  readonly name: string;
  /** What was shared with them, newest first: "Estate 1.1.0". */
  readonly shared: readonly { readonly name: string; readonly version: string; readonly at: number }[];
};

export type ClientsView = { readonly clients: readonly ClientView[]; readonly manage: Permission };
