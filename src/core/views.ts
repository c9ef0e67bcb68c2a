/**
 * What each screen is shown. Queries return these; the UI imports them as types.
 * All are plain JSON: times are epoch milliseconds, nothing here is ever a secret.
 */

import type { Facet } from '../connectors/browse.ts';
import type { IndexEntry } from '../connectors/index-entry.ts';
import type { RunResult, ScriptLog } from '../db/tables.ts';
import type { ApplicationDefinition, Field, Form, FormRecord, Page } from '../domain/application.ts';
import type { Authorization, Holder, TestResult } from '../domain/authorization.ts';
import type { ReferencePlace } from '../domain/component.ts';
import type { Connection } from '../domain/connection.ts';
import type { ConnectionType } from '../domain/connection-type.ts';
import type { AppCredential, ConnectorFacts, ConnectorScope, ConnectorVariable, Operation, TestRequest } from '../domain/connector.ts';
import type { DifferenceLine, ReviewItem } from '../domain/difference.ts';
import type { Environment, EnvironmentPolicy, EnvironmentScope } from '../domain/environment.ts';
import type { EventName } from '../domain/events.ts';
import type { FaultData, Problem } from '../domain/faults.ts';
import type { ForkProof, Revocation } from '../domain/feed.ts';
import type { FlowState } from '../domain/flow.ts';
import type {
  ApplicationId,
  AuthorizationId,
  ClientId,
  ComponentId,
  ConnectionId,
  DistributionId,
  FeedId,
  FlowId,
  InstallationId,
  MemberId,
  OauthAppId,
  OutboxId,
  OwnerId,
  RecordId,
  ReleaseId,
  RunId,
  WorkspaceId,
} from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { KeyFacts } from '../domain/oauth-app.ts';
import type { OutboxEntry } from '../domain/outbox.ts';
import type { RecordFact } from '../domain/record-facts.ts';
import type { Truth } from '../domain/truth.ts';
import type { Begins } from '../domain/ways.ts';
import type { Role, Side } from '../domain/workspace.ts';
import type { KindField, Shape, Uses } from '../runtime/kind.ts';
import type { VaultState } from '../vault/seal.ts';
import type { RequestNote } from './context.ts';
import type { ImportChoice } from './importing.ts';

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

/** What a custom connector would be, and what storing it would end. */
export type ConnectorReview = {
  /** Everything that gets a code, a credential or a request. */
  readonly hosts: readonly string[];
  readonly operations: readonly string[];
  readonly variables: readonly string[];
  /** What of it decides where credentials go, and changed. */
  readonly moved: readonly string[];
  /** Connections whose authorizations are withdrawn, and how many of each. */
  readonly ending: readonly { readonly name: string; readonly count: number }[];
  /** OAuth apps that lose their client secret. */
  readonly apps: readonly string[];
};

/** A record as a custom one begins: the workspace's own to change it, or a built-in one to start from. */
export type ConnectorDraft = {
  readonly name: string;
  readonly record: JsonObject;
  /** Of the one that it is taken from. */
  readonly hosts: readonly string[];
};

/** Connectors that the acting workspace made itself. */
export type CustomConnectorsView = {
  readonly isAllowed: boolean;
  readonly manage: Permission;
  readonly connectors: readonly {
    readonly id: string;
    readonly name: string;
    readonly hosts: readonly string[];
    /** Connections and OAuth apps that stand on it. */
    readonly usedBy: readonly string[];
  }[];
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

/** A connector in a list: all of it stands in the index. */
export type ConnectorCard = Pick<
  IndexEntry,
  'id' | 'name' | 'aliases' | 'category' | 'verdict' | 'isSandbox' | 'isRetired' | 'isVerified' | 'needsOwnApp' | 'hasTest' | 'does'
> & {
  /** How one authorizes, in words. */
  readonly method: string;
  /** Where it works, in words. */
  readonly words: string;
  /** Can a connection be made from it. */
  readonly isOffered: boolean;
  readonly types: readonly ConnectionType[];
};

/** A connector to choose among many. */
export type ConnectorName = Pick<IndexEntry, 'id' | 'name' | 'does'>;

/** One page of the catalogue, and what each filter would leave. */
export type CataloguePage = {
  readonly cards: readonly ConnectorCard[];
  /** How many fit, on this page or not. */
  readonly total: number;
  /** How many there are at all. */
  readonly all: number;
  readonly facets: readonly Facet[];
  /** Names that are like what was asked, where nothing fits. */
  readonly nearest: readonly { readonly id: string; readonly name: string }[];
};

export type ConnectorView = ConnectorCard & {
  /** It is none of the twelve services of the logged-in user type (R22). */
  readonly isTypeLimited: boolean;
  readonly description: string;
  readonly scopes: readonly (ConnectorScope & { readonly isSensitive: boolean })[];
  readonly defaultScopes: readonly string[];
  readonly variables: readonly ConnectorVariable[];
  /** Names of the variables that a person types; the service says the others. */
  readonly typed: readonly string[];
  readonly operations: readonly Operation[];
  readonly hosts: readonly string[];
  /** The same as match patterns, which an extension must be allowed to reach. */
  readonly hostPatterns: readonly string[];
  readonly begins: Begins;
  /** How an OAuth app of one's own shows who it is. */
  readonly appCredential: AppCredential;
  /** Secrets that a person types to authorize, in order; empty where it is done at the service's page. */
  readonly keys: readonly { readonly name: string; readonly label: string }[];
  readonly facts: Pick<ConnectorFacts, 'note' | 'docsUrl' | 'setupUrl' | 'isVerified' | 'checkedOn'> & {
    readonly rows: readonly RecordFact[];
  };
  readonly truth: Truth;
  /** What one does, in a sentence. */
  readonly sentence: string;
  /** Other ways that the service has, which Latchkey does not take. */
  readonly alternatives: readonly string[];
  /** What is done at the service first, step by step. */
  readonly registration: readonly string[];
  /** Where this host wants the answer sent; null where nothing comes back to an address. */
  readonly redirectUri: string | null;
  readonly test: TestRequest | null;
  /** May a connection be made from it. */
  readonly creation: Permission;
  readonly suggested: { readonly displayName: string; readonly linkName: string };
};

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

export type OauthAppView = {
  readonly id: OauthAppId;
  readonly connectorId: string;
  readonly connectorName: string;
  readonly name: string;
  readonly clientId: string;
  readonly hasSecret: boolean;
  /** Set where what is sealed is a private key. */
  readonly key: KeyFacts | null;
  /** Did Latchkey register itself there (RFC 7591); nobody types or changes it. */
  readonly isByItself: boolean;
  /** What is registered for it at the service; null where nothing comes back to an address. */
  readonly redirectUri: string | null;
  /** Connections that a change affects (R121). */
  readonly usedBy: readonly string[];
};

export type OauthAppsView = {
  readonly apps: readonly OauthAppView[];
  /** Those that take an OAuth app; the page of each says what to register there. */
  readonly connectors: readonly { readonly id: string; readonly name: string }[];
};

export type ConnectionSummary = {
  readonly linkName: string;
  readonly displayName: string;
  readonly connectorName: string;
  readonly isSandbox: boolean;
  readonly type: ConnectionType;
  /** The model product has no such connection (R22). */
  readonly isBeyondModel: boolean;
  readonly scopes: readonly ScopeWords[];
  readonly hosts: readonly string[];
  /** Component names that use it. */
  readonly usedBy: readonly string[];
  readonly authorizedBy: string;
};

/** What a bundle asks for, before anything is stored. */
/** What deployment settings answer beforehand. */
export type DeploymentView = {
  /** The feed that will be followed. */
  readonly feed: string | null;
  readonly variables: readonly { readonly connection: string; readonly label: string; readonly value: string }[];
  /** By the bundle's link names, where something is imported. */
  readonly imports: Readonly<Record<string, ImportChoice>>;
};

/** One connection of a bundle that can be imported. */
export type ImportLine = {
  readonly linkName: string;
  readonly displayName: string;
  readonly connectorName: string;
  /** Does a connection of this workspace have that link name already. */
  readonly isTaken: boolean;
  /** The link name of its copy, unless another one is chosen (R33, A21). */
  readonly copy: string;
  /** Connections that no application uses and that could serve in its place. */
  readonly existing: readonly { readonly id: ConnectionId; readonly displayName: string; readonly linkName: string }[];
};

export type BundlePreview = {
  readonly hash: string;
  readonly bytes: number;
  readonly name: string;
  readonly version: string;
  /** different: something of this name or id is installed, by another key. */
  readonly author: {
    readonly name: string;
    readonly fingerprint: string;
    readonly key: KeyWords;
    readonly standing: 'known' | 'first-seen' | 'different';
  };
  readonly connections: readonly ConnectionSummary[];
  readonly components: readonly { readonly name: string; readonly kindLabel: string; readonly summary: string }[];
  /** Services that a task will need a system connection to; none is made by installing (R97). */
  readonly systemConnections: readonly { readonly name: string; readonly scopes: readonly string[] }[];
  /** Version that is replaced, or null for a first installation. */
  readonly replaces: string | null;
  /** Problems that forbid installing come as isBlocking. */
  readonly problems: readonly Problem[];
  readonly install: Permission;
  /** On the developer side a bundle can be imported to build on (R33). */
  readonly import: Permission;
  /** What an import makes of each connection; empty where nothing can be imported. */
  readonly importLines: readonly ImportLine[];
  /** Where it goes: an update goes to stage first where stage is on (R115). */
  readonly goesTo: 'stage' | 'production';
  /** What an update changes, in words; empty for a first installation. */
  readonly changes: readonly string[];
  /** The installation that it is an update of, and what it changes; null for a first installation. */
  readonly review: UpgradeReview | null;
};

/** A scope or host as a person reads it; what writes comes before what only reads. */
export type ScopeWords = { readonly name: string; readonly sentence: string; readonly writes: boolean };

export type ReviewLine = Omit<ReviewItem, 'moreScopes' | 'lessScopes'> & {
  readonly connectorName: string | null;
  readonly moreScopes: readonly ScopeWords[];
  readonly lessScopes: readonly ScopeWords[];
};

/** What changes between two versions of an installed application, before anything is changed. */
export type UpgradeReview = {
  readonly installationId: InstallationId;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Later than the one that runs, or a way back. */
  readonly isUpgrade: boolean;
  readonly lines: readonly ReviewLine[];
  readonly unchanged: readonly string[];
};

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

/** A key's fingerprint in every form that people compare. */
export type KeyWords = { readonly hex: string; readonly words: string; readonly digits: string };

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

/** Live mode of one environment, of an application or an installation. */
export type LiveView = {
  readonly owner: OwnerView;
  readonly environment: Environment;
  readonly forms: readonly Form[];
  readonly pages: readonly Page[];
  readonly components: readonly LiveComponent[];
  /** The connections that this member may see, with the acting member's slot (R10, R52). */
  readonly connections: readonly ConnectionRow[];
};

export type LiveComponent = {
  readonly id: ComponentId;
  readonly name: string;
  readonly kind: string;
  readonly kindLabel: string;
  readonly summary: string;
  /** Link name of the page a panel belongs to, of the form an action listens to; null where neither. */
  readonly place: string | null;
  /** What is missing before it can run, for the acting member; empty when it can. */
  readonly missing: readonly MissingAuthorization[];
  /** What a panel shows; null for what is no panel. */
  readonly shape: Shape | null;
  /** Only a person starts it, with a button. */
  readonly isByHand: boolean;
  /** How often it is read anew while it is shown, in milliseconds; null only when it is opened. */
  readonly refresh: number | null;
  readonly lastRun: RunView | null;
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

export type RunView = {
  readonly id: RunId;
  readonly componentId: ComponentId;
  readonly componentName: string;
  readonly at: number;
  readonly isOk: boolean;
  readonly fault: FaultData | null;
  readonly missing: readonly MissingAuthorization[];
  /** What the run says it did or found: "Invoice: INV-0001", "Properties sold: 7". */
  readonly result: RunResult | null;
  /** The request as it was sent, without its authorization. */
  readonly request: { readonly method: string; readonly url: string; readonly body: string | null } | null;
  readonly response: { readonly status: number; readonly body: string } | null;
  readonly kind: string;
  /** Whom it was about, where one component pushes several. */
  readonly label: string;
  readonly lastGood: { readonly at: number; readonly result: RunResult } | null;
  readonly script: ScriptLog | null;
  /** What still waits of it, or null where it is over. */
  readonly outbox: Pick<OutboxEntry, 'id' | 'state' | 'nextAt' | 'tries'> | null;
};

/** What waits to be sent, with why and what can be done about it. */
export type OutboxView = {
  readonly entries: readonly {
    readonly id: OutboxId;
    readonly ownerId: OwnerId;
    readonly ownerName: string;
    readonly componentName: string;
    readonly kindLabel: string;
    readonly environment: Environment;
    readonly label: string;
    readonly state: OutboxEntry['state'];
    readonly tries: number;
    /** When it is tried next; 0 where it does not wait for a time. */
    readonly nextAt: number;
    readonly fault: FaultData | null;
    readonly createdAt: number;
    readonly startedBy: string;
    readonly recordId: RecordId | null;
    /** The form whose entry started it, or null where it has none. */
    readonly href: string | null;
    readonly isOwn: boolean;
  }[];
};

/** A request as it would be made, or why it cannot be. */
export type DryRequest = {
  readonly label: string;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  } | null;
  /** What keeps a repetition from doing it twice; null where nothing does. */
  readonly idempotency: string | null;
  readonly fault: FaultData | null;
};

export type DryRun = { readonly requests: readonly DryRequest[]; readonly isScript: boolean };

/** What a bundle would do, seen in a throw-away workspace that is gone again. */
export type Rehearsal = {
  readonly connections: number;
  readonly components: readonly (DryRun & { readonly name: string; readonly kindLabel: string; readonly summary: string })[];
};

export type RecordView = FormRecord & { readonly runs: readonly RunView[] };

export type RecordsView = {
  readonly form: Form;
  readonly fields: readonly Field[];
  readonly records: readonly RecordView[];
  /** Counted from 0. */
  readonly page: number;
  readonly pages: number;
  readonly total: number;
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

/** Re-exported where a screen needs the domain's shapes beside the views. */
export type { Authorization, Connection, KindField };

/** What a restore changes: rows by kind, and what becomes of authorizations. */
export type RestoreCounts = {
  readonly changes: readonly { readonly what: string; readonly added: number; readonly changed: number; readonly removed: number }[];
  readonly broughtAuthorizations: number;
  /** They are here already, and newer than the backup's. */
  readonly keptAuthorizations: number;
  /** Their connection is not in the backup. */
  readonly endedAuthorizations: number;
  /** Feeds of which more was seen here than the backup knows. */
  readonly keptFeeds: number;
};

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
