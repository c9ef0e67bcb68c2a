import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';

describe('mutated scripts', () => {
  it('100,000 of them crash nothing, hang nothing, and leave memory as it was', async () => {
    const before = process.memoryUsage().heapUsed;
    let scripts = 0;
    let slowest = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      const found = await fuzz(5_000, seed);
      scripts += found.scripts;
      slowest = Math.max(slowest, found.slowest);
    }
    globalThis.gc?.();
    const grown = (process.memoryUsage().heapUsed - before) / 1024 / 1024;
    console.log(`${scripts} scripts, slowest ${slowest.toFixed(0)} ms, heap grew by ${grown.toFixed(0)} MiB`);
    expect(slowest).toBeLessThan(5_000);
    expect(grown).toBeLessThan(200);
  });
});
