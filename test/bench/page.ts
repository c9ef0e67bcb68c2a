/** Runs in Chromium: the product and its floor side by side, in one page and one run. */
import canonicalize from 'canonicalize';
import { wrap } from 'comlink';
import { FORMAT, type Payload } from '../../src/bundle/format/v1.ts';
import { makeAuthorKey, signBundle } from '../../src/bundle/sign.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import type { Remote } from '../../src/core/api.ts';
import { execute } from '../../src/core/command.ts';
import { installBundle } from '../../src/core/commands/install.ts';
import { createWorkspace } from '../../src/core/commands/session.ts';
import type { Context } from '../../src/core/context.ts';
import { openDb } from '../../src/db/open.ts';
import CoreWorker from '../../src/host/pwa-worker.ts?sharedworker';
import { argon2id } from '../../src/vault/argon2id.ts';
import { createVault } from '../../src/vault/seal.ts';
import type { WatchApi } from '../../src/wire/watch.ts';
import EchoWorker from './echo-worker.ts?sharedworker';
import { measureScale, type ScaleRow } from './scale.ts';

const ROUNDS = 7;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
};

const connectionsOf = (count: number): Payload['connections'] =>
  Array.from({ length: count }, (_, index) => ({
    linkName: `connection_${index}`,
    displayName: `Connection ${index} with a name of usual length`,
    connectorId: 'sandbox-books',
    type: 'admin' as const,
    scopes: ['books.contacts.create', 'books.contacts.read', 'books.invoices.create', 'books.invoices.read', 'books.organization.read'],
    environmentPolicy: 'separate' as const,
  }));

const makeBundle = async (count: number): Promise<string> => {
  const key = await makeAuthorKey();
  const application = {
    id: 'app_bench' as const,
    version: '1.0.0',
    name: 'Bench',
    linkName: 'bench',
    forms: [],
    pages: [{ linkName: 'start', name: 'Start' }],
  };
  const payload: Payload = {
    format: FORMAT,
    publishedAt: 1,
    author: { name: 'Bench', key: key.publicKey },
    application,
    connections: connectionsOf(count),
    components: [],
    requirements: { systemConnections: [] },
  };
  return signBundle(payload, key.privateKey);
};

const openContext = async (name: string): Promise<Context> => {
  const db = await openDb(name);
  return {
    db,
    vault: createVault(db, argon2id),
    parked: new Map(),
    requests: [],
    fetch: (url, init) => fetch(url, init),
    now: () => Date.now(),
    newId: (prefix) => `${prefix}_${crypto.randomUUID().replaceAll('-', '')}`,
    lock: (lock, act) => navigator.locks.request(lock, act),
    isFree: async () => true,
    isOnline: () => true,
    redirectUri: `${location.origin}/callback.html`,
    hasRedirectPaths: false,
    openPage: null,
    closePage: async () => undefined,
    sandboxOrigin: 'http://localhost:4180',
    wake: () => undefined,
    scripts: async () => null,
    isPersistent: async () => null,
  };
};

const removeDb = (name: string): Promise<void> =>
  new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => resolve();
    request.onblocked = () => resolve();
  });

/** JSON.parse, canonical form, Ed25519 and the same rows put raw, in one transaction. */
const floorInstall = async (
  text: string,
  rows: readonly object[],
  db: IDBDatabase,
  key: CryptoKey,
  signature: BufferSource,
): Promise<void> => {
  const value = JSON.parse(text) as { payload: unknown };
  const bytes = new TextEncoder().encode(canonicalize(value.payload) ?? '');
  await crypto.subtle.verify('Ed25519', key, signature, bytes);
  await new Promise<void>((resolve, reject) => {
    const transaction = db.transaction('rows', 'readwrite');
    const store = transaction.objectStore('rows');
    for (const row of rows) store.put(row);
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
  });
};

const openRaw = (name: string): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore('rows', { keyPath: 'id' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export const benchInstall = async (count: number): Promise<{ product: number; floor: number; bytes: number }> => {
  const text = await makeBundle(count);
  const { payload } = await verifyBundle(text);
  const key = await crypto.subtle.importKey('jwk', { ...payload.author.key }, 'Ed25519', false, ['verify']);
  const encoded = text
    .slice(text.lastIndexOf('..') + 2, -2)
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  const signature = Uint8Array.from(atob(encoded), (unit) => unit.charCodeAt(0));
  const product: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const name = `bench-${round}`;
    const ctx = await openContext(name);
    await execute(ctx, 'createWorkspace', createWorkspace, { side: 'client', name: 'Client', memberName: 'Owner' });
    const { hash } = await verifyBundle(text);
    let outcome: unknown;
    product.push(await timed(async () => (outcome = await execute(ctx, 'installBundle', installBundle, { text, hash }))));
    if (!(outcome as { ok: boolean }).ok || (await ctx.db.connections.count()) !== count)
      throw new Error('the installation did not do its work');
    const rows = await ctx.db.connections.toArray();
    ctx.db.close();
    await removeDb(name);
    const raw = await openRaw(`raw-${round}`);
    floor.push(await timed(() => floorInstall(text, rows, raw, key, signature)));
    raw.close();
    await removeDb(`raw-${round}`);
  }
  return { product: median(product), floor: median(floor), bytes: text.length };
};

const CALLS = 300;

export const benchWire = async (): Promise<{ product: number; floor: number }> => {
  const core = wrap<Remote & WatchApi>(new CoreWorker({ name: 'bench' }).port);
  const echo = new EchoWorker().port;
  echo.start();
  const roundTrip = (): Promise<void> =>
    new Promise((resolve) => {
      echo.onmessage = () => resolve();
      echo.postMessage({ id: 1, type: 'APPLY', path: ['closeWatch'], argumentList: [{ type: 'RAW', value: 0 }] });
    });
  await core.closeWatch(0);
  await roundTrip();
  const product: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    floor.push(
      await timed(async () => {
        for (let call = 0; call < CALLS; call += 1) await roundTrip();
      }),
    );
    product.push(
      await timed(async () => {
        for (let call = 0; call < CALLS; call += 1) await core.closeWatch(0);
      }),
    );
  }
  return { product: median(product) / CALLS, floor: median(floor) / CALLS };
};

/** The small workspace first, then the large one, each in a database of its own. */
export const benchScale = async (applications: number): Promise<ScaleRow[]> => {
  const ctx = await openContext(`scale-${applications}`);
  const rows = await measureScale(ctx, applications);
  ctx.db.close();
  await removeDb(`scale-${applications}`);
  return rows;
};

Object.assign(globalThis, { benchInstall, benchWire, benchScale });
