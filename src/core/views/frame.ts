/** What screens are shown of the frame around every screen, Home, the popup and the audit. */

import type { Environment, EnvironmentScope } from '../../domain/environment.ts';
import type { EventName } from '../../domain/events.ts';
import type { ConnectionId, InstallationId, MemberId, WorkspaceId } from '../../domain/ids.ts';
import type { Role, Side } from '../../domain/workspace.ts';
import type { StatusView } from './connections.ts';

/** May the acting member do it; if not, the sentence that says why and who may. */
export type Permission = { readonly allowed: boolean; readonly says: string | null };

export type MemberView = { readonly id: MemberId; readonly name: string; readonly role: Role; readonly hasDistributeAccess: boolean };

export type WorkspaceView = {
  readonly id: WorkspaceId;
  readonly name: string;
  readonly side: Side;
  readonly members: readonly MemberView[];
};

/** The frame around every screen. `acting` is null before the first workspace. */
export type FrameView = {
  /** A newer Latchkey wrote what is stored: it can be looked at and backed up, until this one is updated. */
  readonly isReadOnly: boolean;
  readonly acting: {
    readonly workspace: WorkspaceView;
    readonly member: MemberView;
    readonly environments: readonly Environment[];
    readonly microservices: Permission;
    readonly build: Permission;
    readonly install: Permission;
    readonly manageMembers: Permission;
    /** Roles that the acting member may add and remove. */
    readonly managedRoles: readonly Role[];
    readonly manageClients: Permission;
    readonly manageBackup: Permission;
    readonly manageCredentials: Permission;
  } | null;
  readonly workspaces: readonly WorkspaceView[];
  /** How many authorizations wait for the acting member. */
  readonly attention: number;
  /** How many updates wait for them. */
  readonly updates: number;
};

export type AttentionRow = {
  readonly connectionId: ConnectionId;
  readonly displayName: string;
  readonly linkName: string;
  readonly ownerName: string;
  readonly environment: Environment;
  readonly status: StatusView;
  readonly account: string | null;
  readonly needs: 'authorize' | 'reconnect' | 'nothing';
  readonly authorize: Permission;
  readonly test: Permission;
  readonly who: string;
};

/** An update of an installed application that waits for who may take it. */
export type UpdateRow = {
  readonly installationId: InstallationId;
  readonly name: string;
  /** What is offered. */
  readonly version: string;
  /** What waits in stage or runs. */
  readonly installed: string;
  readonly host: string;
  /** Does its publisher let the version that runs run no more. */
  readonly isStopped: boolean;
  /** How many connections have to be authorized again; null until it was downloaded. */
  readonly asksAgain: number | null;
  /** Its review, in the console. */
  readonly href: string;
};

export type StepView = {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly isDone: boolean;
  readonly href: string;
  readonly action: string;
};

export type HomeView = {
  readonly isEmpty: boolean;
  readonly hasSample: boolean;
  readonly steps: readonly StepView[];
  readonly attention: readonly AttentionRow[];
  readonly updates: readonly UpdateRow[];
};

/** The popup's whole screen: what waits first, then everything that can be tested or copied. */
export type PopupView = {
  readonly frame: FrameView;
  readonly attention: readonly AttentionRow[];
  readonly updates: readonly UpdateRow[];
  readonly others: readonly AttentionRow[];
};

export type AuditRow = {
  readonly id: string;
  readonly at: number;
  readonly actorName: string;
  readonly name: EventName;
  readonly sentence: string;
  readonly environment: EnvironmentScope | null;
};

/** One page of the audit; `next` is what to ask the following page with, null at the end. */
export type AuditPage = { readonly rows: readonly AuditRow[]; readonly next: number | null };
