import { describe, it } from 'vitest';
import { MOST_FIELDS, surviveDamage } from '../support/damage.ts';
import { buildWorld } from '../support/world.ts';

describe('damaged rows', () => {
  it('S55 cost nobody the rest, whichever field it is', async () => {
    const built = await buildWorld();
    // Each field in each of the ways in which it may be damaged.
    for (const side of ['client', 'developer'] as const) for (let n = 0; n < 3 * MOST_FIELDS; n += 1) await surviveDamage(built, side, n);
  });
});
