import type { LatchkeyDb } from '../db/open.ts';
import type { ScriptRunner } from '../deluge/job.ts';
import type { FlowId, IdPrefix } from '../domain/ids.ts';
import type { Metadata } from '../oauth/discover.ts';
import type { Vault } from '../vault/seal.ts';

/** Shows the provider's page in a window that the host owns and gives back the redirect's URL. Throws an `oauth.*` fault. */
export type OpenPage = (url: string) => Promise<string>;

/** One request that left this device: where to, what for, how it went. No path, no query, no header: those may hold what is secret. */
export type RequestNote = {
  readonly host: string;
  readonly purpose: 'sign-in' | 'service' | 'feed';
  readonly at: number;
  readonly milliseconds: number;
  readonly bytes: number;
  /** The status, or the fault that it ended with. */
  readonly result: string;
};

/** All that the core does not make itself. The core remembers nothing between calls. */
export type Context = {
  readonly db: LatchkeyDb;
  readonly vault: Vault;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** May answers of this address be read here: an extension reads those of hosts that a person allowed, a web app whatever the service allows. */
  readonly mayReach: (url: string) => Promise<boolean>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newId: <P extends IdPrefix>(prefix: P) => `${P}_${string}`;
  /** Runs `act` while nobody else holds `name`, over all windows and workers. */
  readonly lock: <T>(name: string, act: () => Promise<T>) => Promise<T>;
  /** Runs `act` if nobody holds `name`, else waits until whoever does is done with it and gives null. */
  readonly lockOrWait: <T>(name: string, act: () => Promise<T>) => Promise<{ readonly value: T } | null>;
  /** Is nobody holding `name` at this moment. */
  readonly isFree: (name: string) => Promise<boolean>;
  /** Answers of services that came back while the vault was locked, by flow: in memory only, because each holds a code. */
  readonly parked: Map<FlowId, string>;
  /** The newest requests of this worker, newest first; in memory only. */
  readonly requests: RequestNote[];
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
};
