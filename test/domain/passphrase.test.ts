import { expect, it } from 'vitest';
import { delayAfter } from '../../src/domain/passphrase.ts';

it.each([
  [0, 0],
  [4, 0],
  [5, 1_000],
  [6, 2_000],
  [9, 16_000],
  [10, 25_000],
  [1_000_000, 25_000],
])('S10 S59 after %d wrong passphrases in a row the next try waits %d ms', (failures, delay) => {
  expect(delayAfter(failures)).toBe(delay);
});
