import { describe, expect, it } from 'vitest';
import { killAtRandom } from './kills.ts';

describe('the browser killed in the middle', () => {
  it('leaves the state before or the state after, as often as it is killed', async () => {
    const { kills, outcomes } = await killAtRandom(308);
    console.log(`${kills} kills`);
    for (const [outcome, count] of [...outcomes].sort()) console.log(`  ${outcome}: ${count}`);
    expect(kills).toBeGreaterThanOrEqual(300);
  });
});
