import * as v from 'valibot';
import { Fault } from '../../domain/faults.ts';
import { linesSchema, nameSchema, renameTarget, targetFields, targetOf, textSchema, usesOfTarget } from '../fields.ts';
import { kind, type Show } from '../kind.ts';
import { renameInScript, usesOfScript } from '../script.ts';

const SHAPES = ['number', 'list', 'chart'] as const;
/** How often a shown panel asks again, in milliseconds; null only when a person does. */
const REFRESH = { open: null, minute: 60_000, 'five-minutes': 300_000, hour: 3_600_000 } as const;

const schema = v.strictObject({
  page: nameSchema,
  title: nameSchema,
  ...targetFields,
  operation: v.optional(textSchema, ''),
  values: v.record(nameSchema, textSchema),
  /** A script that returns what is shown, in place of an operation. */
  script: v.optional(linesSchema(65_536), ''),
  shape: v.optional(v.picklist(SHAPES), 'number'),
  label: v.optional(textSchema, ''),
  value: v.optional(textSchema, ''),
  refresh: v.optional(v.picklist(['open', 'minute', 'five-minutes', 'hour']), 'open'),
});

type Config = v.InferOutput<typeof schema>;

const isScript = ({ script }: Config): boolean => script.trim() !== '';
const showOf = ({ shape, title, label, value }: Config): Show => ({ shape, title, label, value });

const requireSource = (config: Config): Config => {
  if (!isScript(config) && config.operation === '') throw new Fault('component.config-wrong', 'operation');
  return config;
};

/** A panel on a page (R50): shows what a query at a service answers, or what a script makes of it. */
export const pagePanel = kind<Config>({
  name: 'page-panel',
  label: 'Page panel',
  sentence: 'Shows on a page what a service answers.',
  fields: [
    { name: 'page', label: 'Page', control: 'page' },
    { name: 'title', label: 'Title', control: 'text' },
    {
      name: 'shape',
      label: 'Shows',
      control: 'choice',
      choices: [
        { value: 'number', label: 'A number' },
        { value: 'list', label: 'A list' },
        { value: 'chart', label: 'A chart' },
      ],
    },
    { name: 'connection', label: 'Connection', control: 'connection' },
    { name: 'operation', label: 'From', control: 'operation', does: 'query' },
    { name: 'values', label: 'With these values', control: 'mapping', sources: ['text'] },
    { name: 'label', label: 'Column with the names', control: 'column', when: 'chart' },
    { name: 'value', label: 'Column with the numbers', control: 'column', when: 'chart' },
    { name: 'script', label: 'Or what this script returns', control: 'script' },
    {
      name: 'refresh',
      label: 'Is read anew',
      control: 'choice',
      choices: [
        { value: 'open', label: 'When the page is opened' },
        { value: 'minute', label: 'Every minute' },
        { value: 'five-minutes', label: 'Every five minutes' },
        { value: 'hour', label: 'Every hour' },
      ],
    },
  ],
  schema,
  mayUse: ['system', 'admin', 'logged-in-user'],
  place: (config) => config.page,
  uses: (config, known) => (isScript(config) ? usesOfScript(config.script, known) : usesOfTarget(requireSource(config))),
  summary: (config, operationLabel) => `Shows “${config.title}”: ${isScript(config) ? 'what a script returns' : operationLabel}`,
  rename: (config, nameOf) =>
    isScript(config) ? { ...config, script: renameInScript(config.script, nameOf) } : renameTarget(config, nameOf),
  work: (config) =>
    isScript(config)
      ? { do: 'script', source: config.script, show: showOf(config) }
      : { do: 'read', target: targetOf(requireSource(config)), values: config.values, show: showOf(config) },
  refresh: (config) => REFRESH[config.refresh],
});
