import { describe, expect, it } from 'vitest';
import { killPushes } from './push-kills.ts';

describe('the browser killed while something is pushed', () => {
  it('S59 loses nothing and doubles nothing (a short share of the soak)', { timeout: 180_000 }, async () => {
    const { kills, outcomes } = await killPushes(8);
    expect([...outcomes.values()].reduce((sum, count) => sum + count, 0)).toBe(kills * 3);
  });
});
