/** Runs in Chromium: what a bundle of 10,000 connections does to those who wait beside it, and what its next version costs. */
import { wrap } from 'comlink';
import { makeAuthorKey } from '../../src/bundle/sign.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import type { Remote } from '../../src/core/api.ts';
import { execute } from '../../src/core/command.ts';
import { installBundle } from '../../src/core/commands/install.ts';
import { createWorkspace } from '../../src/core/commands/session.ts';
import type { Outcome } from '../../src/domain/faults.ts';
import CoreWorker from '../../src/host/pwa-worker.ts?sharedworker';
import type { WatchApi } from '../../src/wire/watch.ts';
import { makeBundle } from './bundles.ts';
import { median, openContext, removeDb, timed } from './context.ts';

const ROUNDS = 5;

const must = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`${outcome.fault.code} ${outcome.fault.detail ?? ''}`);
  return outcome.value;
};

export type UpgradeTimes = { readonly install: number; readonly upgrade: number; readonly verify: number };

/** A version in which one connection has another name, against the installation of the version before, each in a database of its own. */
export const benchUpgrade = async (count: number): Promise<UpgradeTimes> => {
  const key = await makeAuthorKey();
  const texts = [await makeBundle(count, { key }), await makeBundle(count, { key, version: '1.1.0', renamed: 7 })] as const;
  const hashes = [(await verifyBundle(texts[0])).hash, (await verifyBundle(texts[1])).hash] as const;
  const times = { install: [] as number[], upgrade: [] as number[], verify: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const name = `upgrade-${round}`;
    const ctx = await openContext(name);
    await execute(ctx, 'createWorkspace', createWorkspace, { side: 'client', name: 'Client', memberName: 'Owner' });
    const take = async (at: 0 | 1): Promise<void> => {
      must(await execute(ctx, 'installBundle', installBundle, { text: texts[at], hash: hashes[at] }));
    };
    times.install.push(await timed(() => take(0)));
    times.upgrade.push(await timed(() => take(1)));
    times.verify.push(await timed(() => verifyBundle(texts[1])));
    const names = await ctx.db.connections.filter(({ displayName }) => displayName === 'Renamed 7').count();
    if (names !== 1 || (await ctx.db.connections.count()) !== count) throw new Error('the upgrade did not do its work');
    ctx.db.close();
    await removeDb(name);
  }
  return { install: median(times.install), upgrade: median(times.upgrade), verify: median(times.verify) };
};

const connectCore = () => wrap<Remote & WatchApi>(new CoreWorker({ name: 'large' }).port);

let isPinging = false;
let pings: number[] = [];

/** Asks the worker for the least that it answers, again and again, until `stopPings`. */
export const startPings = async (): Promise<void> => {
  const core = connectCore();
  await core.closeWatch(0);
  isPinging = true;
  pings = [];
  const go = async (): Promise<void> => {
    while (isPinging) {
      pings.push(await timed(() => core.closeWatch(0)));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  void go();
};

export const stopPings = async (): Promise<{ count: number; longest: number }> => {
  isPinging = false;
  // The one that is under way is the one that waits longest.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return { count: pings.length, longest: Math.max(...pings) };
};

export type Watched = { readonly milliseconds: number; readonly longestTask: number };

/** Installs in the worker from this page, and watches this page's own tasks meanwhile: the browser reports those of more than 50 ms. */
export const installInWorker = async (count: number): Promise<Watched> => {
  const core = connectCore();
  const text = await makeBundle(count);
  must(await core.createWorkspace({ side: 'client', name: 'Client', memberName: 'Owner' }));
  const { hash } = must(await core.previewBundle({ text }));
  await new Promise((resolve) => setTimeout(resolve, 200));
  let longestTask = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTask = Math.max(longestTask, duration);
  });
  observer.observe({ type: 'longtask' });
  const milliseconds = await timed(async () => must(await core.installBundle({ text, hash })));
  await new Promise((resolve) => setTimeout(resolve, 200));
  observer.disconnect();
  return { milliseconds, longestTask };
};
