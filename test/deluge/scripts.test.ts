import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatScript } from '../../src/deluge/format.ts';
import { parseScript, problemsOf } from '../../src/deluge/parse.ts';
import { scanReferences } from '../../src/deluge/references.ts';
import { LANGUAGE } from './expected/language.ts';
import { SERVICES } from './expected/services.ts';
import { TRAPS } from './expected/traps.ts';
import { readScript, SCRIPTS, tryScript } from './run-script.ts';

const EXPECTED = { ...SERVICES, ...LANGUAGE, ...TRAPS };
const NAMES = readdirSync(SCRIPTS)
  .filter((file) => file.endsWith('.dg'))
  .map((file) => file.replace(/\.dg$/, ''))
  .sort();

describe('the collection of scripts', () => {
  it('has an expectation for each script, a script for each expectation, and enough of them', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(NAMES);
    expect(NAMES.length).toBeGreaterThanOrEqual(60);
  });

  for (const [name, expected] of Object.entries(EXPECTED))
    it(`R53 ${name}`, async () => {
      const { input, ...rest } = expected;
      expect(await tryScript(readScript(name), input)).toEqual(rest);
    });

  it('keeps its references when it is formatted, and is formatted once and for all', () => {
    let formatted = 0;
    for (const name of NAMES) {
      const source = readScript(name);
      const laidOut = formatScript(source);
      const names = (text: string): string[] => scanReferences(text, ['people_link']).references.map(({ linkName }) => linkName);
      expect(names(laidOut), name).toEqual(names(source));
      expect(formatScript(laidOut), name).toBe(laidOut);
      if (problemsOf(parseScript(source)).length > 0) expect(laidOut, name).toBe(source);
      if (laidOut !== source) formatted += 1;
    }
    expect(formatted).toBeGreaterThan(20);
  });
});
