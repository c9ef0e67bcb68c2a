import * as v from 'valibot';
import { type Start, startText } from '../domain/trigger.ts';
import { startFields } from './fields.ts';
import { type ComponentKind, kind } from './kind.ts';
import { renameInScript, scriptSchema, usesOfScript } from './script.ts';

const schema = v.strictObject({
  /** Null for a script that only a person starts. */
  start: v.optional(v.nullable(v.strictObject(startFields)), null),
  script: scriptSchema,
});

type Config = v.InferOutput<typeof schema>;

const startOf = ({ start }: Config): Start | null => start;

/** The two kinds whose work is a script differ in what they are for, and in nothing else. */
export const scriptKind = ({ name, label, sentence }: Pick<ComponentKind, 'name' | 'label' | 'sentence'>): ComponentKind =>
  kind<Config>({
    name,
    label,
    sentence,
    fields: [
      { name: 'start', label: 'Started', control: 'start' },
      { name: 'script', label: 'Script', control: 'script' },
    ],
    schema,
    mayUse: ['system', 'admin', 'logged-in-user'],
    place: (config) => config.start?.form ?? null,
    uses: ({ script }, known) => usesOfScript(script, known),
    summary: ({ start }) => `${start === null ? 'When somebody starts it' : startText(start)}: runs a script`,
    starts: startOf,
    rename: (config, nameOf) => ({ ...config, script: renameInScript(config.script, nameOf) }),
    work: ({ script }) => ({ do: 'script', source: script, show: null }),
  });
