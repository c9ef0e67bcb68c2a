import { openCatalogueText } from '../connectors/catalogue.ts';
import { checkDue } from '../core/checking.ts';
import { toFault } from '../core/command.ts';
import type { Context, OpenPage, ParkedAnswers } from '../core/context.ts';
import { loadCustomConnectors } from '../core/custom-connectors.ts';
import { recoverFlows } from '../core/flow-start.ts';
import { resumeHeld } from '../core/held.ts';
import { neededHosts } from '../core/needed-hosts.ts';
import { drainOutbox, recoverOutbox } from '../core/outbox.ts';
import { type RequestNote, readRequestNotes } from '../core/request-notes.ts';
import { isNewer, openDb } from '../db/open.ts';
import { WINDOW_LOCK } from '../domain/window.ts';
import type { Argon2id } from '../vault/kdf.ts';
import { createVault, type KeySession } from '../vault/seal.ts';
import { webLocks } from './locks.ts';

export const DEFAULT_SANDBOX_ORIGIN = 'http://localhost:4180';

/** Memory for notes of requests that outlives a worker which is stopped for want of work; null where none is stopped. */
export type NoteKeeping = { readonly read: () => Promise<unknown>; readonly write: (notes: readonly RequestNote[]) => Promise<void> };

export type HostOptions = {
  readonly redirectUri: string;
  readonly hasRedirectPaths: boolean;
  readonly openPage: OpenPage | null;
  readonly closePage: () => Promise<void>;
  readonly mayReach: Context['mayReach'];
  /** Gives back the permission for every host but these (match patterns); null where there are none. */
  readonly giveBack: ((needed: ReadonlySet<string>) => Promise<void>) | null;
  readonly sandboxOrigin: string;
  readonly argon2id: Argon2id;
  readonly session: KeySession;
  readonly notes: NoteKeeping | null;
  readonly parked: ParkedAnswers;
  /** A newer program wants to upgrade the database, which is closed now. */
  readonly onVersionChange: () => void;
  readonly scripts: Context['scripts'];
  /** Looks again after so many milliseconds at the latest, even if this worker is stopped until then. */
  readonly wakeIn: (milliseconds: number) => void;
  /** The same for feeds, which nothing else waits for; null where none is followed. */
  readonly checkIn: (milliseconds: number | null) => void;
};

/** Sends what is due, then says when the next is; a trouble of the store is tried again with everything else. */
export const keepSending = async (ctx: Context, wakeIn: HostOptions['wakeIn']): Promise<void> => {
  try {
    const nextAt = await drainOutbox(ctx);
    if (nextAt !== null) wakeIn(Math.max(nextAt - ctx.now(), 1_000));
  } catch (error) {
    toFault(error);
  }
};

/** A trouble of the store must not make a worker look again and again. */
const SOONEST_CHECK_MS = 60_000;

/** Looks at the feeds that are due, then says when the next one is (S52: nobody waits for it). */
export const keepChecking = async (ctx: Context, checkIn: HostOptions['checkIn']): Promise<void> => {
  try {
    const nextAt = await checkDue(ctx, (error) => void toFault(error));
    checkIn(nextAt === null ? null : Math.max(nextAt - ctx.now(), SOONEST_CHECK_MS));
  } catch (error) {
    toFault(error);
  }
};

/** Windows say by the name of a lock that they are open, and what they show. */
const nameOthers = async (): Promise<readonly string[]> => {
  const held = (await navigator.locks.query()).held ?? [];
  return [...new Set(held.flatMap(({ name }) => (name?.startsWith(WINDOW_LOCK) ? [name.slice(WINDOW_LOCK.length)] : [])))];
};

/** The full records of all services stand beside the code in one file: a worker reads them once, before anything asks for a connector. */
const openRecords = async (): Promise<void> => {
  const response = await fetch(new URL('../connectors.json', self.location.href));
  openCatalogueText(await response.text());
};

/** Runs `write` at once; what is asked for meanwhile is one more run after it. */
const latest = (write: () => Promise<void>): (() => void) => {
  let isRunning = false;
  let isStale = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    do {
      isStale = false;
      // What could not be kept or given back is tried again with the next one, and no worse for it.
      await write().catch(() => undefined);
    } while (isStale);
    isRunning = false;
  };
  return () => {
    if (isRunning) isStale = true;
    else void run();
  };
};

const freeBytes = async (): Promise<number | null> => {
  const { quota, usage } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  return quota === undefined || usage === undefined ? null : quota - usage;
};

const randomId = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** The context of a browser host, with flows recovered that an earlier worker left behind. */
export const openContext = async (options: HostOptions): Promise<Context> => {
  const {
    redirectUri,
    hasRedirectPaths,
    openPage,
    closePage,
    mayReach,
    giveBack,
    sandboxOrigin,
    argon2id,
    session,
    notes,
    parked,
    onVersionChange,
    scripts,
    wakeIn,
    checkIn,
  } = options;
  const [db, kept] = await Promise.all([
    openDb(undefined, { onVersionChange, nameOthers, allowsNewer: true }),
    notes?.read(),
    openRecords(),
  ]);
  const isReadOnly = isNewer(db);
  const requests = readRequestNotes(kept);
  const ctx: Context = {
    db,
    isReadOnly,
    vault: createVault(db, argon2id, session),
    parked,
    requests,
    requestsChanged: notes === null ? () => undefined : latest(() => notes.write(requests)),
    metadata: new Map(),
    fetch: (url, init) => fetch(url, init),
    mayReach,
    hostsFreed:
      giveBack === null
        ? () => undefined
        : latest(async () => {
            const needed = await neededHosts(ctx);
            if (needed !== null) await giveBack(needed);
          }),
    now: () => Date.now(),
    newId: (prefix) => `${prefix}_${randomId()}`,
    ...webLocks,
    isOnline: () => navigator.onLine,
    redirectUri,
    hasRedirectPaths,
    openPage,
    closePage,
    sandboxOrigin,
    wake: () => {
      if (isReadOnly) return;
      void keepSending(ctx, wakeIn);
      void keepChecking(ctx, checkIn);
    },
    scripts,
    isPersistent: async () => (await navigator.storage?.persisted?.()) ?? null,
    freeBytes,
  };
  await loadCustomConnectors(ctx);
  if (isReadOnly) return ctx;
  // Not awaited: it may ask a provider, and nobody should wait for that to see their own data.
  void recoverFlows(ctx).catch((error: unknown) => toFault(error));
  void recoverOutbox(ctx)
    .then(() => resumeHeld(ctx))
    .then(() => keepSending(ctx, wakeIn))
    .catch((error: unknown) => toFault(error));
  void keepChecking(ctx, checkIn);
  return ctx;
};
