import { describe, expect, it } from 'vitest';
import { killAtRandom } from './kills.ts';

const PLAN = {
  authorize: 1,
  refresh: 1,
  'change the passphrase': 1,
  'rotate the data key': 1,
  lock: 1,
  'forget the passphrase': 1,
  install: 1,
  restore: 1,
  publish: 2,
  upgrade: 2,
  'go back': 1,
} as const;

describe('the browser killed in the middle', () => {
  it('S5 S53 S59 leaves the state before or the state after (a short share of the soak)', { timeout: 180_000 }, async () => {
    // Each round looks at what is left by itself; that they met something unfinished is what this adds.
    const { inTheMiddle } = await killAtRandom(PLAN);
    expect(inTheMiddle).toBeGreaterThan(0);
  });
});
