/** What screens are shown of connections and how each is authorized. */

import type { Holder, TestResult } from '../../domain/authorization.ts';
import type { ConnectionType } from '../../domain/connection-type.ts';
import type { ConnectorScope } from '../../domain/connector.ts';
import type { Ending } from '../../domain/ending.ts';
import type { Environment, EnvironmentPolicy, EnvironmentScope } from '../../domain/environment.ts';
import type { FaultData } from '../../domain/faults.ts';
import type { FlowState } from '../../domain/flow.ts';
import type { AuthorizationId, ComponentId, ConnectionId, FlowId, OauthAppId, OwnerId } from '../../domain/ids.ts';
import type { Begins } from '../../domain/ways.ts';
import type { Permission } from './frame.ts';

/**
 * How a person authorizes: at the service's page, by typing what they copied from the service, at the page after a form for what belongs
 * to their account, or in the extension only.
 */
export type AuthorizeWay = {
  readonly by: 'page' | 'keys' | 'form' | 'extension';
  /** What authorizes then. */
  readonly begins: Begins;
  readonly connectorId: string;
  /** What an extension must be allowed to reach first, as match patterns. */
  readonly hosts: readonly string[];
  /** Another account may have another tenant, so switching asks for it. */
  readonly isAskedOnSwitch: boolean;
};

/** What the form before the service's page needs to know. */
export type AuthorizingView = {
  /** What was typed for the grant before, by variable. */
  readonly values: Readonly<Record<string, string>>;
  readonly oauthAppId: OauthAppId | null;
  readonly apps: readonly { readonly id: OauthAppId; readonly name: string; readonly clientId: string }[];
  /** May the acting member choose and store OAuth apps of the account (R121). */
  readonly credentials: Permission;
};

/** Why an authorization does not serve, or that it does. */
export type StatusView = {
  readonly isConnected: boolean;
  /** The reason behind the word; null when connected with nothing to say. */
  readonly reason: FaultData | null;
  /** A flow is open for it. */
  readonly flow: { readonly id: FlowId; readonly state: FlowState; readonly device: DeviceView | null } | null;
  readonly way: AuthorizeWay;
};

/** One authorization slot of a connection, filled or not. */
export type SlotView = {
  readonly environment: EnvironmentScope;
  /** The environment to name in commands. */
  readonly commandEnvironment: Environment;
  readonly holder: Holder;
  readonly holderName: string;
  readonly authorizationId: AuthorizationId | null;
  readonly status: StatusView;
  /** The holder paused their own authorization. */
  readonly isPaused: boolean;
  readonly account: string | null;
  readonly grantedByName: string | null;
  readonly grantedAt: number | null;
  readonly renewedAt: number | null;
  readonly expiresAt: number | null;
  readonly canRenew: boolean;
  readonly grantedScopes: readonly string[];
  readonly missingScopes: readonly string[];
  readonly lastTest: TestResult | null;
  /** What revoking can do at the service. */
  readonly ending: Ending;
  /** The newest finished flow that failed, while it is fresh, so that its reason can be shown. */
  readonly lastFailure: { readonly at: number; readonly fault: FaultData } | null;
  readonly authorize: Permission;
  readonly revoke: Permission;
  readonly switch: Permission;
  readonly rename: Permission;
  readonly pause: Permission;
  readonly test: Permission;
  /** "you", or who must act (R114). */
  readonly who: string;
};

export type OwnerView = { readonly id: OwnerId; readonly name: string; readonly kind: 'application' | 'installation' };

export type ConnectionRow = {
  readonly id: ConnectionId;
  readonly linkName: string;
  readonly displayName: string;
  readonly type: ConnectionType;
  readonly connectorId: string;
  readonly connectorName: string;
  readonly isSandbox: boolean;
  readonly isRetired: boolean;
  readonly isNoLongerUsed: boolean;
  /** A manager paused it at this client. */
  readonly isPaused: boolean;
  readonly owner: OwnerView | null;
  readonly slots: readonly SlotView[];
};

/** A page of the list; `next` is the offset of the following one, null at the end. */
export type ConnectionsPage = {
  readonly rows: readonly ConnectionRow[];
  readonly next: number | null;
};

export type ReferenceView = {
  readonly componentId: ComponentId;
  readonly componentName: string;
  readonly kindLabel: string;
  readonly owner: OwnerView;
  /** Where the component stands: development, or a version in stage or production. */
  readonly environment: Environment;
  /** In a script: which line, which task, and how sure it is; null elsewhere (R51). */
  readonly line: number | null;
  readonly task: string | null;
  readonly certainty: string | null;
  /** Where the place is looked at and changed. */
  readonly href: string;
};

export type ConnectionView = ConnectionRow & {
  readonly environmentPolicy: EnvironmentPolicy;
  readonly scopes: readonly (ConnectorScope & { readonly isAsked: boolean })[];
  readonly publishedIn: readonly string[];
  readonly references: readonly ReferenceView[];
  readonly createdAt: number;
  /** Applications that access can be enabled for. */
  readonly applications: readonly OwnerView[];
  readonly oauthAppId: OauthAppId | null;
  /** Whose registration authorizes it: none, the connector's or the one that Latchkey makes itself unless the account's own is chosen, or that only. */
  readonly registration: 'none' | 'connector' | 'itself' | 'own';
  /** OAuth apps of this connector that could authorize it (R121). */
  readonly oauthApps: readonly { readonly id: OauthAppId; readonly name: string }[];
  /** Accounts that are authorized elsewhere and can be used again, by environment (R78). */
  readonly reusable: readonly {
    readonly environment: EnvironmentScope;
    readonly authorizationId: AuthorizationId;
    readonly account: string;
    readonly connectionName: string;
    readonly hosts: AuthorizeWay['hosts'];
  }[];
  /** Grants that would have to choose one, when one authorization serves all (R72). */
  readonly separateGrants: readonly Environment[];
  /** The model product has no connection of its type for this service (R22). */
  readonly isBeyondModel: boolean;
  readonly types: readonly ConnectionType[];
  readonly edit: Permission;
  readonly changeType: Permission;
  readonly pause: Permission;
  readonly credentials: Permission;
  readonly seeReferences: Permission;
  readonly disable: Permission;
  readonly duplicate: Permission;
  readonly retire: Permission;
  readonly delete: Permission;
};

/** The message for a missing grant names the connection and who must act (R114). */
export type MissingAuthorization = {
  readonly connectionId: ConnectionId;
  readonly displayName: string;
  readonly environment: Environment;
  readonly who: string;
  readonly mayAuthorize: boolean;
  readonly reason: FaultData | null;
  readonly flow: StatusView['flow'];
  readonly way: AuthorizeWay;
};

/** What a person enters on another device, and until when (RFC 8628 section 3.2). */
export type DeviceView = {
  readonly userCode: string;
  readonly page: string;
  readonly pageWithCode: string | null;
  readonly endsAt: number;
};

export type FlowView = {
  readonly id: FlowId;
  readonly connectionId: ConnectionId;
  readonly displayName: string;
  readonly state: FlowState;
  readonly fault: FaultData | null;
  readonly device: DeviceView | null;
};
