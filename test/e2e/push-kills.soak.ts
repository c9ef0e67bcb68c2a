import { describe, expect, it } from 'vitest';
import { killPushes } from './push-kills.ts';

describe('the browser killed while something is pushed', () => {
  it('loses nothing and doubles nothing, as often as it is killed', async () => {
    const { kills, outcomes } = await killPushes(120);
    console.log(`${kills} kills`);
    for (const [outcome, count] of [...outcomes].sort()) console.log(`  ${outcome}: ${count}`);
    expect(kills).toBeGreaterThanOrEqual(100);
  });
});
