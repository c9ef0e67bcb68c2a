/** What screens are shown of a bundle before it is installed or imported. */

import type { TextChange } from '../../domain/component-change.ts';
import type { ConnectionType } from '../../domain/connection-type.ts';
import type { Problem } from '../../domain/faults.ts';
import type { ConnectionId, InstallationId } from '../../domain/ids.ts';
import type { ReviewItem } from '../../domain/review.ts';
import type { IdentityWords } from '../../domain/scope-words.ts';
import type { ImportChoice } from '../importing.ts';
import type { ConnectorView } from './catalogue.ts';
import type { Permission } from './frame.ts';

export type ConnectionSummary = {
  readonly linkName: string;
  readonly displayName: string;
  readonly connectorName: string;
  readonly isSandbox: boolean;
  readonly type: ConnectionType;
  /** The model product has no such connection (R22). */
  readonly isBeyondModel: boolean;
  readonly scopes: readonly ScopeWords[];
  /** What is asked for beside them. */
  readonly identity: readonly IdentityWords[];
  readonly hosts: readonly string[];
  /** Component names that use it. */
  readonly usedBy: readonly string[];
  readonly authorizedBy: string;
};

/** How the account's system connection to a service stands to what a bundle needs of it. */
export type ServiceStanding = {
  /**
   * connected: used at once (R108). widened: used at once, and asked again for what it lacks (R103). waiting: there, and nobody has
   * authorized it. absent: made at first need (R97). unseen: who asks may not know (R10).
   */
  readonly state: 'connected' | 'widened' | 'waiting' | 'absent' | 'unseen';
  /** Scopes that it is not asked for yet. */
  readonly added: readonly string[];
  /** What becomes of it, after the name of the application or "It". */
  readonly says: string;
};

/** A service that tasks need a system connection to; none is made by installing (R97). */
export type ServiceSummary = Pick<ConnectionSummary, 'isSandbox' | 'scopes' | 'identity' | 'hosts' | 'usedBy'> & {
  readonly connectorId: string;
  readonly name: string;
  readonly standing: ServiceStanding;
};

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
  readonly existing: readonly {
    readonly id: ConnectionId;
    readonly displayName: string;
    readonly linkName: string;
    /** What it is not asked for yet, and would be. */
    readonly moreScopes: readonly ScopeWords[];
    /** Has it a grant, which would have to be given again for these. */
    readonly isAuthorized: boolean;
  }[];
};

/** What rewriting changes in one component of an import: link names that it is set to, and lines of its script. */
export type ImportRewrite = {
  readonly component: string;
  readonly uses: readonly { readonly from: string; readonly to: string }[];
  readonly edits: readonly TextChange[];
};

/** What an import would change and leave to a person, by the choices made so far. */
export type ImportPreview = { readonly rewrites: readonly ImportRewrite[]; readonly notRewritten: readonly string[] };

/** What a bundle asks for, before anything is stored. */
export type BundlePreview = {
  readonly hash: string;
  readonly bytes: number;
  readonly name: string;
  readonly version: string;
  /** different: something of this name or id is installed, by another key. withdrawn: a followed channel of the author names the key no more. */
  readonly author: {
    readonly name: string;
    readonly fingerprint: string;
    readonly key: KeyWords;
    readonly standing: 'known' | 'first-seen' | 'different' | 'withdrawn';
  };
  readonly connections: readonly ConnectionSummary[];
  readonly components: readonly { readonly name: string; readonly kindLabel: string; readonly summary: string }[];
  readonly systemConnections: readonly ServiceSummary[];
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

/** A scope as a person reads it; what is sensitive comes first, then what writes. */
export type ScopeWords = Pick<ConnectorView['scopes'][number], 'name' | 'sentence' | 'sensitivity'> & { readonly writes: boolean };

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

/** A key's fingerprint in every form that people compare. */
export type KeyWords = { readonly hex: string; readonly words: string; readonly digits: string };
