import fc from 'fast-check';
import type { TestCore } from '../support/core.ts';
import { broken } from './invariants.ts';
import { type Choice, predict, Walk } from './walk.ts';

const choice = fc.record<Choice>({ what: fc.nat(1_000), a: fc.nat(1_000), b: fc.nat(1_000), c: fc.nat(1_000) });

/** Everything that is stored except the audit, as text. */
const stored = async (core: TestCore): Promise<string> => {
  const { events: _, keys: __, ...rest } = await core.dump();
  return JSON.stringify(rest);
};

export type Tally = { steps: number; allowed: number; refused: number; readonly kinds: Map<string, [number, number]> };

/** Codes that mean a broken attempt and never a rule. */
const WRONG = ['core.internal', 'core.input-invalid', 'store.conflict', 'core.no-workspace'];

const takeStep = async (walk: Walk, one: Choice, tally: Tally): Promise<void> => {
  const before = await walk.state();
  const step = walk.choose(before, one);
  if (step === null) return;
  if ('role' in step) return walk.act(step);
  const isOpen = predict(before, step);
  const events = await walk.core.ctx.db.events.count();
  const was = await stored(walk.core);
  const code = await walk.perform(step);
  const after = await walk.state();
  const says = `${before.who.name}: ${JSON.stringify(step)} → ${code ?? 'done'}`;
  tally.steps += 1;
  const counts = tally.kinds.get(step.do) ?? [0, 0];
  counts[code === null ? 0 : 1] += 1;
  tally.kinds.set(step.do, counts);
  if (code === null) tally.allowed += 1;
  else tally.refused += 1;
  if (code !== null && WRONG.includes(code)) throw new Error(`broken attempt: ${says}`);
  if (isOpen !== (code === null)) throw new Error(`the model says ${isOpen ? 'open' : 'refused'}: ${says}`);
  const is = await stored(walk.core);
  const told = (await walk.core.ctx.db.events.count()) - events;
  if (code !== null && is !== was) throw new Error(`a refused command changed something: ${says}`);
  if (is !== was && told === 0) throw new Error(`the audit does not tell of it: ${says}`);
  if (code !== null && told !== 1) throw new Error(`a refusal is recorded once: ${says}`);
  const wrong = await broken(walk.core, before, after, walk.bundles());
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')}: ${says}`);
};

/** Walks of random commands; throws with the smallest walk that breaks a rule. */
export const randomCommands = async (sandboxOrigin: string, walks: number, length: number, seed?: number): Promise<Tally> => {
  const tally: Tally = { steps: 0, allowed: 0, refused: 0, kinds: new Map() };
  await fc.assert(
    fc.asyncProperty(fc.array(choice, { minLength: length, maxLength: length }), async (choices) => {
      const walk = await Walk.start(sandboxOrigin);
      for (const one of choices) await takeStep(walk, one, tally);
      walk.core.ctx.db.close();
    }),
    // A shorter walk is rarely the same walk, and shrinking one costs minutes: the seed and the message name the step.
    { numRuns: walks, endOnFailure: true, ...(seed === undefined ? {} : { seed }) },
  );
  return tally;
};
