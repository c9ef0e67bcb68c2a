import { describe, expect, it } from 'vitest';
import { openBench } from './bench-page.ts';

const COUNT = 10_000;
const say = (what: string, value: string): void => console.log(`${what.padEnd(78)} ${value}`);
const against = (product: number, floor: number): string =>
  `${product.toFixed(0)} ms ÷ ${floor.toFixed(0)} ms = ${(product / floor).toFixed(2)}`;

describe('ten thousand connections', () => {
  it('G2 verified and installed against its floor', async () => {
    const bench = await openBench();
    const { product, floor, bytes } = await bench.call('benchInstall', COUNT);
    say(`G2 verify + install, ${COUNT} connections (${(bytes / 1e6).toFixed(1)} MB) ÷ floor, goal 0.6`, against(product, floor));
    await bench.close();
    expect(product).toBeGreaterThan(0);
  });

  it('G2 nobody waits for it: a page that shares the worker, and the page that installs', async () => {
    const bench = await openBench();
    const beside = await bench.another();
    await beside('startPings');
    const { milliseconds, longestTask } = await bench.call('installInWorker', COUNT);
    const { count, longest } = await beside('stopPings');
    say('G2 installed in the shared worker, preview before it', `${milliseconds.toFixed(0)} ms`);
    say('G2 longest of the pings of another page meanwhile, goal 100 ms', `${longest.toFixed(0)} ms of ${count}`);
    say('G2 longest task of the page that installs, goal 50 ms', longestTask === 0 ? 'none above 50 ms' : `${longestTask.toFixed(0)} ms`);
    await bench.close();
    expect(count).toBeGreaterThan(0);
  });

  it('a version that changes one of them against installing all', async () => {
    const bench = await openBench();
    const times = await bench.call('benchUpgrade', COUNT);
    say(`upgrade that changes 1 of ${COUNT} ÷ installing them`, against(times.upgrade, times.install));
    say('of which verifying the bundle ÷ the upgrade', against(times.verify, times.upgrade));
    await bench.close();
    expect(times.upgrade).toBeGreaterThan(0);
  });
});
