import type { Answer, Ask, Report, ScriptRunner } from './job.ts';
import { parseScript } from './parse.ts';
import { compileScript } from './run.ts';
import { toText, type Value } from './values.ts';
import { fromWireValue, toWireValue } from './wire-values.ts';

/** More than this nobody reads. */
const MOST_LINES = 500;
const MOST_TEXT = 2_000;
const MOST_VALUE = 300;

const short = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most)}…`);

const valueIn = (answer: Answer): Value => {
  if (answer.ok) return fromWireValue(answer.value);
  throw new Error(answer.message);
};

/** Runs scripts here, in this thread. Only a sandbox page, a worker of its own or the command line may hold it (S40). */
export const localRunner: ScriptRunner = {
  run: async ({ source, input, system, now }, answer) => {
    const { placeOf } = parseScript(source);
    const startedAt = performance.now();
    const info: Report['info'][number][] = [];
    const trace: Report['trace'][number][] = [];
    let dropped = 0;
    const keep = <T>(list: T[], make: () => T): void => {
      if (list.length < MOST_LINES) list.push(make());
      else dropped += 1;
    };
    const ask = async (what: Ask): Promise<Value> => valueIn(await answer(what));
    const outcome = await compileScript(source).run({
      request: ({ headers, parameters, body, ...rest }) =>
        ask({ kind: 'request', ...rest, headers, parameters: toWireValue(parameters), body: toWireValue(body) }),
      task: ({ name, args }) => ask({ kind: 'task', name, args: args.map(toWireValue) }),
      info: (text, at) => keep(info, () => ({ text: short(text, MOST_TEXT), ...placeOf(at) })),
      trace: (name, value, at) => keep(trace, () => ({ name, value: short(toText(value), MOST_VALUE), ...placeOf(at) })),
      now: () => now + Math.round(performance.now() - startedAt),
      input: fromWireValue(input),
      system: Object.fromEntries(Object.entries(system).map(([name, value]) => [name, fromWireValue(value)])),
    });
    return {
      result: outcome.isOk ? toWireValue(outcome.result) : null,
      text: outcome.isOk ? short(toText(outcome.result), MOST_TEXT) : '',
      error: outcome.isOk ? null : { message: outcome.message, ...outcome.place },
      info,
      trace,
      dropped,
    };
  },
};
