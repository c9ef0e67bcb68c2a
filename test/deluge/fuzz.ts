import fc from 'fast-check';
import type { ScriptHost } from '../../src/deluge/frame.ts';
import { scanReferences } from '../../src/deluge/references.ts';
import { compileScript } from '../../src/deluge/run.ts';
import type { Value } from '../../src/deluge/values.ts';
import { mutate, script } from './random-scripts.ts';

const HOST: ScriptHost = {
  request: async () => new Map<string, Value>([['data', [1, 'two', null]]]),
  task: async () => new Map<string, Value>(),
  info: () => undefined,
  now: () => Date.now(),
  input: new Map<string, Value>([['A', 'a']]),
  system: {},
};

const LIMITS = { statements: 2_000, milliseconds: 250, depth: 16 };

export type Fuzzed = { readonly scripts: number; readonly finished: number; readonly slowest: number };

/** Reads, scans and runs mutated scripts. Throws where any of it throws; says how long the slowest took, in milliseconds. */
export const fuzz = async (count: number, seed: number, given: readonly string[] = []): Promise<Fuzzed> => {
  const base = [...given, ...fc.sample(script, { numRuns: 200, seed }).map(({ text }) => text)];
  let state = seed;
  const random = (): number => {
    // Mulberry32: small, and the same everywhere.
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  let finished = 0;
  let slowest = 0;
  for (let n = 0; n < count; n += 1) {
    const text = mutate(base[Math.floor(random() * base.length)] ?? '', random);
    const startedAt = performance.now();
    scanReferences(text, ['a']);
    const outcome = await compileScript(text).run(HOST, LIMITS);
    if (outcome.isOk) finished += 1;
    slowest = Math.max(slowest, performance.now() - startedAt);
  }
  return { scripts: count, finished, slowest };
};
