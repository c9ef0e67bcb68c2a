import type { LatchkeyDb } from '../db/open.ts';
import type { ScriptRunner } from '../deluge/job.ts';
import type { FlowId, IdPrefix } from '../domain/ids.ts';
import type { Metadata } from '../oauth/discover.ts';
import type { Vault } from '../vault/seal.ts';
import type { RequestNote } from './request-notes.ts';

/** Shows the provider's page in a window that the host owns and gives back the redirect's URL. Throws an `oauth.*` fault. */
export type OpenPage = (url: string) => Promise<string>;

/**
 * Answers of services that came back while the vault was locked, by flow. The host keeps them in memory and never on disk, because each holds
 * a code; where its worker is stopped now and then, in memory that outlives it.
 */
export type ParkedAnswers = {
  list(): Promise<readonly (readonly [flowId: FlowId, callbackUrl: string])[]>;
  put(flowId: FlowId, callbackUrl: string): Promise<void>;
  remove(flowId: FlowId): Promise<void>;
  clear(): Promise<void>;
};

/** All that the core does not make itself. The core remembers nothing between calls. */
export type Context = {
  readonly db: LatchkeyDb;
  /** A newer program wrote what is stored: it can be looked at, and nothing is changed or sent (S54). */
  readonly isReadOnly: boolean;
  readonly vault: Vault;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** May answers of this address be read here: an extension reads those of hosts that a person allowed, a web app whatever the service allows. */
  readonly mayReach: (url: string) => Promise<boolean>;
  /** A grant or a feed has gone: the host may give back permissions that nothing needs any more (S42). */
  readonly hostsFreed: () => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newId: <P extends IdPrefix>(prefix: P) => `${P}_${string}`;
  /** Runs `act` while nobody else holds `name`, over all windows and workers. */
  readonly lock: <T>(name: string, act: () => Promise<T>) => Promise<T>;
  /** Runs `act` if nobody holds `name`, else waits until whoever does is done with it and gives null. */
  readonly lockOrWait: <T>(name: string, act: () => Promise<T>) => Promise<{ readonly value: T } | null>;
  /** Is nobody holding `name` at this moment. */
  readonly isFree: (name: string) => Promise<boolean>;
  readonly parked: ParkedAnswers;
  /** The newest requests, newest first; in memory only, like all that is kept of them. */
  readonly requests: RequestNote[];
  /** The host may keep them for the worker that comes after this one. */
  readonly requestsChanged: () => void;
  /** What authorization servers published of themselves, by issuer, and when it was read; in memory only. */
  readonly metadata: Map<string, { readonly as: Metadata; readonly at: number }>;
  readonly isOnline: () => boolean;
  /** Where the authorization server sends the answer. */
  readonly redirectUri: string;
  /** Does every path below it come back here too: then each authorization server gets one of its own (S19, S35). */
  readonly hasRedirectPaths: boolean;
  /** Null where a window opens the provider's page (web app). */
  readonly openPage: OpenPage | null;
  /** Closes the provider's window that the host owns, if one is open. */
  readonly closePage: () => Promise<void>;
  /** The sandbox's address as this deployment names it, unless a setting overrides it. */
  readonly sandboxOrigin: string;
  /** Something in the outbox may go out now, or a feed may be due: the host looks. */
  readonly wake: () => void;
  /** Where scripts run, or null while there is no such place. */
  readonly scripts: () => Promise<ScriptRunner | null>;
  readonly isPersistent: () => Promise<boolean | null>;
  /** How many bytes the browser would still store; null where it does not say. */
  readonly freeBytes: () => Promise<number | null>;
};
