import { seeded } from './feed.ts';

/** Numbers from 0 to 1 for a test that takes chances: other ones in each run, and the same again with the `SEED` that it prints. */
export const chance = (what: string): (() => number) => {
  const seed = Number(process.env['SEED'] ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  console.log(`${what}: SEED=${seed}`);
  return seeded(seed);
};
