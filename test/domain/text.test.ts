import { describe, expect, it } from 'vitest';
import { allConnectors } from '../../src/connectors/catalogue.ts';
import { monogramOf } from '../../src/domain/text.ts';

describe('monograms', () => {
  it.each([
    ['Zoho Books', 'ZB'],
    ['Google (sign-in)', 'GS'],
    ['“Acme” & Sons', 'AS'],
    ['8x8', '8'],
    ['日本 語', '日語'],
    ['𐐨x', '𐐀'],
    ['…', ''],
  ])('%s is %s', (name, monogram) => {
    expect(monogramOf(name)).toBe(monogram);
  });

  it('are letters and digits only, for every connector', () => {
    for (const { name } of allConnectors()) expect(monogramOf(name), name).toMatch(/^[\p{L}\p{N}]{1,2}$/u);
  });
});
