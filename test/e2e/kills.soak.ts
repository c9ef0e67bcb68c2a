import { describe, expect, it } from 'vitest';
import { killAtRandom, NAMES, type Plan } from './kills.ts';

const PLAN: Plan = { ...Object.fromEntries(NAMES.map((name) => [name, 30])), publish: 55, upgrade: 55 };

describe('the browser killed in the middle', () => {
  it('leaves the state before or the state after, as often as it is killed', async () => {
    const { kills, outcomes, spans } = await killAtRandom(PLAN);
    console.log(`${kills} kills`);
    for (const [outcome, count] of [...outcomes].sort()) console.log(`  ${outcome}: ${count}`);
    console.log(`within ${[...spans].map(([name, span]) => `${name} ${span.toFixed(0)} ms`).join(', ')}`);
    expect(kills).toBeGreaterThanOrEqual(300);
  });
});
