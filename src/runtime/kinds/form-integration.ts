import * as v from 'valibot';
import type { FormRecord } from '../../domain/application.ts';
import { Fault } from '../../domain/faults.ts';
import { kind, nameSchema, renameTarget, targetFields, targetOf, textSchema } from '../kind.ts';

const source = v.variant('from', [
  v.strictObject({ from: v.literal('field'), field: nameSchema }),
  v.strictObject({ from: v.literal('text'), text: textSchema }),
]);

const schema = v.strictObject({
  form: nameSchema,
  trigger: v.strictObject({ event: v.literal('becomes'), field: nameSchema, value: textSchema }),
  ...targetFields,
  mapping: v.record(nameSchema, source),
});

type Config = v.InferOutput<typeof schema>;

const valuesOf = (mapping: Config['mapping'], record: FormRecord): Record<string, string> =>
  Object.fromEntries(
    Object.entries(mapping).map(([input, from]) => [input, from.from === 'text' ? from.text : (record.values[from.field] ?? '')]),
  );

/** The form workflow's integrations action (R50): a change of a record pushes it to a service. */
export const formIntegration = kind<Config>({
  name: 'form-integration',
  label: 'Integrations action',
  sentence: 'When an entry of a form changes, it sends the entry to a service.',
  fields: [
    { name: 'form', label: 'Form', control: 'form' },
    { name: 'trigger', label: 'When', control: 'trigger' },
    { name: 'connection', label: 'Connection', control: 'connection' },
    { name: 'operation', label: 'Does', control: 'operation', does: 'action' },
    { name: 'mapping', label: 'With these values', control: 'mapping', sources: ['field', 'text'] },
  ],
  schema,
  mayUse: ['system', 'admin', 'logged-in-user'],
  place: (config) => config.form,
  target: targetOf,
  summary: (config, operationLabel) => `When ${config.trigger.field} becomes “${config.trigger.value}”: ${operationLabel}`,
  startsOn: ({ form, trigger }, before, after) =>
    after.form === form && after.values[trigger.field] === trigger.value && before?.values[trigger.field] !== trigger.value,
  rename: renameTarget,
  isStartedByVisitors: ({ form }, forms) => forms.some(({ linkName, isPublic }) => linkName === form && isPublic),
  run: async ({ config, record, send }) => {
    if (record === null) throw new Fault('run.input-missing', 'an entry of the form');
    return send(targetOf(config), valuesOf(config.mapping, record));
  },
});
