/** What screens are shown of the catalogue, custom connectors and OAuth apps. */

import type { Facet } from '../../connectors/browse.ts';
import type { IndexEntry } from '../../connectors/index-entry.ts';
import type { ConnectionType } from '../../domain/connection-type.ts';
import type {
  AppCredential,
  ConnectorFacts,
  ConnectorScope,
  ConnectorVariable,
  Known,
  Operation,
  TestRequest,
} from '../../domain/connector.ts';
import type { FaultData } from '../../domain/faults.ts';
import type { Reach } from '../../domain/host-patterns.ts';
import type { OauthAppId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { KeyFacts } from '../../domain/oauth-app.ts';
import type { RecordFact } from '../../domain/record-facts.ts';
import type { IdentityWords } from '../../domain/scope-words.ts';
import type { Truth } from '../../domain/truth.ts';
import type { Begins } from '../../domain/ways.ts';
import type { Permission } from './frame.ts';

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
    /** None where it cannot be read. */
    readonly hosts: readonly string[];
    /** Why it cannot be used, but changed or deleted; null where it can. */
    readonly fault: FaultData | null;
    /** Connections, OAuth apps and components that stand on it. */
    readonly usedBy: readonly string[];
  }[];
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
  readonly scopes: readonly (ConnectorScope & {
    /** Why somebody would want to know before agreeing; null where it is an ordinary one. */
    readonly sensitivity: string | null;
  })[];
  readonly defaultScopes: readonly string[];
  /** What is asked for beside the chosen scopes. */
  readonly identity: readonly IdentityWords[];
  readonly variables: readonly ConnectorVariable[];
  /** Names of the variables that a person types; the service says the others. */
  readonly typed: readonly string[];
  /** Names of those of which the service lists several: a person may say which, and need not. */
  readonly listed: readonly string[];
  readonly operations: readonly Operation[];
  readonly hosts: readonly string[];
  /** What an extension must be allowed to reach, by what is typed. */
  readonly reach: Reach;
  readonly begins: Begins;
  /** How an OAuth app of one's own shows who it is. */
  readonly appCredential: AppCredential;
  /** Secrets that a person types to authorize, in order; empty where it is done at the service's page. */
  readonly keys: readonly { readonly name: string; readonly label: string }[];
  readonly facts: Pick<ConnectorFacts, 'note' | 'docsUrl' | 'setupUrl' | 'isVerified' | 'checkedOn'> & {
    readonly rows: readonly RecordFact[];
  };
  readonly truth: Truth;
  /** Can it be authorized in the host that shows it. */
  readonly worksHere: Known;
  /** What one does, in a sentence. */
  readonly sentence: string;
  /** Other ways that the service has, which Latchkey does not take. */
  readonly alternatives: readonly string[];
  /** What is done at the service first, step by step. */
  readonly registration: readonly string[];
  /** The record has none, so they are what is done at every such service. */
  readonly isRegistrationGeneral: boolean;
  /** Where this host wants the answer sent; null where nothing comes back to an address. */
  readonly redirectUri: string | null;
  readonly test: TestRequest | null;
  /** May a connection be made from it. */
  readonly creation: Permission;
  readonly suggested: { readonly displayName: string; readonly linkName: string };
};

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
