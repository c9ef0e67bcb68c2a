import { describe, expect, it } from 'vitest';
import { killAtRandom } from './kills.ts';

describe('the browser killed in the middle', () => {
  it('S5 S53 S59 leaves the state before or the state after (a short share of the soak)', { timeout: 180_000 }, async () => {
    const { kills, outcomes } = await killAtRandom(14);
    expect([...outcomes.values()].reduce((sum, count) => sum + count, 0)).toBe(kills);
  });
});
