/** What the rows that run in Chromium share. */
import type { Context } from '../../src/core/context.ts';
import { parkedInMemory } from '../../src/core/parked.ts';
import { openDb } from '../../src/db/open.ts';
import { webLocks } from '../../src/host/locks.ts';
import { argon2id } from '../../src/vault/argon2id.ts';
import { createVault } from '../../src/vault/seal.ts';

export const ROUNDS = 7;

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
};

/** A core as a browser host has it, on a database of this name. */
export const openContext = async (name: string, options: Partial<Context> = {}): Promise<Context> => {
  const db = await openDb(name);
  return {
    db,
    vault: createVault(db, argon2id),
    parked: parkedInMemory(),
    isReadOnly: false,
    requests: [],
    requestsChanged: () => undefined,
    metadata: new Map(),
    fetch: (url, init) => fetch(url, init),
    mayReach: async () => true,
    hostsFreed: () => undefined,
    now: () => Date.now(),
    newId: (prefix) => `${prefix}_${crypto.randomUUID().replaceAll('-', '')}`,
    ...webLocks,
    isOnline: () => true,
    redirectUri: `${location.origin}/callback.html`,
    hasRedirectPaths: false,
    openPage: null,
    closePage: async () => undefined,
    sandboxOrigin: 'http://localhost:4180',
    wake: () => undefined,
    scripts: async () => null,
    isPersistent: async () => null,
    freeBytes: async () => null,
    ...options,
  };
};

export const removeDb = (name: string): Promise<void> =>
  new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => resolve();
    request.onblocked = () => resolve();
  });
