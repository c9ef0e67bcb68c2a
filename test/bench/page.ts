/** Runs in Chromium: the product and its floor side by side, in one page and one run. */
import canonicalize from 'canonicalize';
import { wrap } from 'comlink';
import { verifyBundle } from '../../src/bundle/verify.ts';
import type { Remote } from '../../src/core/api.ts';
import { execute } from '../../src/core/command.ts';
import { installBundle } from '../../src/core/commands/install.ts';
import { createWorkspace } from '../../src/core/commands/session.ts';
import { Fault } from '../../src/domain/faults.ts';
import CoreWorker from '../../src/host/pwa-worker.ts?sharedworker';
import type { WatchApi } from '../../src/wire/watch.ts';
import { makeBundle } from './bundles.ts';
import { median, openContext, ROUNDS, removeDb, timed } from './context.ts';
import EchoWorker from './echo-worker.ts?sharedworker';
import { benchUpgrade, installInWorker, startPings, stopPings } from './large.ts';
import { beginRefresh, benchRefresh } from './refresh.ts';
import { measureScale, type ScaleRow } from './scale.ts';

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

/** Reading and scanning strictly is the least that a refusal needs: one changed sign shows in the signature only. */
export const benchRefusal = async (): Promise<{ product: number; floor: number }> => {
  const bad = (await makeBundle(0, { pageCount: 500 })).replace('Page 250', 'Page 251');
  const product: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < 5 * ROUNDS; round += 1) {
    let code: unknown;
    product.push(await timed(() => verifyBundle(bad).catch((error: unknown) => (code = error instanceof Fault ? error.code : error))));
    if (code !== 'bundle.signature-wrong') throw new Error('not refused for its signature');
    floor.push(
      await timed(async () => {
        if (canonicalize(JSON.parse(bad)) !== bad) throw new Error('not canonical');
      }),
    );
  }
  return { product: median(product), floor: median(floor) };
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

const bench = {
  beginRefresh,
  benchRefresh,
  benchInstall,
  benchRefusal,
  benchWire,
  benchScale,
  benchUpgrade,
  installInWorker,
  startPings,
  stopPings,
};

/** What the page offers to the process that measures; it is asked for by `BenchPage.call`. */
export type BenchFunctions = typeof bench;

Object.assign(globalThis, { bench });
