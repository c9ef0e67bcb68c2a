import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { scanReferences } from '../../src/deluge/references.ts';
import { compileScript } from '../../src/deluge/run.ts';
import { fromJson, toJson } from '../../src/deluge/values.ts';
import type { JsonValue } from '../../src/domain/json.ts';

/** What a script of the collection must give; what is absent is empty. */
export type Expected = {
  /** `line linkName task`, and the certainty in brackets where it is not certain. */
  readonly refs?: readonly string[];
  /** `line expression`. */
  readonly dynamic?: readonly string[];
  /** `line:column message`. */
  readonly problems?: readonly string[];
  readonly input?: { readonly [field: string]: JsonValue };
  readonly info?: readonly string[];
  readonly result?: JsonValue;
  /** Where it stops without services, and why: `line message`. */
  readonly stops?: string;
};

export const SCRIPTS = fileURLToPath(new URL('./scripts', import.meta.url));

export const readScript = (name: string): string => readFileSync(`${SCRIPTS}/${name}.dg`, 'utf8');

/** Scans a script, and runs it where no service answers. */
export const tryScript = async (source: string, input: NonNullable<Expected['input']> = {}): Promise<Expected> => {
  const { references, dynamic, errors } = scanReferences(source, ['people_link']);
  const info: string[] = [];
  const outcome = await compileScript(source).run({
    request: async () => {
      throw new Error('no service here');
    },
    task: async ({ name }) => {
      throw new Error(`${name} is not here`);
    },
    info: (text) => void info.push(text),
    now: () => Date.UTC(2026, 10, 24, 12),
    input: fromJson(input),
    system: { 'thisapp.environment.type': 'development', 'zoho.loginuserid': 'dana@estate.example' },
  });
  const result = outcome.isOk ? toJson(outcome.result) : null;
  const list = <Key extends 'refs' | 'dynamic' | 'problems' | 'info'>(key: Key, values: readonly string[]) =>
    values.length === 0 ? {} : { [key]: values };
  return {
    ...list(
      'refs',
      references.map(
        ({ line, linkName, task, certainty }) => `${line} ${linkName} ${task}${certainty === undefined ? '' : ` (${certainty})`}`,
      ),
    ),
    ...list(
      'dynamic',
      dynamic.map(({ line, expression }) => `${line} ${expression}`),
    ),
    ...list(
      'problems',
      errors.map(({ line, column, message }) => `${line}:${column} ${message}`),
    ),
    ...list('info', info),
    ...(result === null ? {} : { result }),
    ...(outcome.isOk ? {} : { stops: `${outcome.place.line} ${outcome.message}` }),
  };
};
