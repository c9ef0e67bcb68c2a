import * as v from 'valibot';
import { startText } from '../../domain/trigger.ts';
import {
  nameSchema,
  needEntry,
  renameTarget,
  sourceSchema,
  startFields,
  startOf,
  targetFields,
  targetOf,
  usesOfTarget,
  valueOfSource,
} from '../fields.ts';
import { kind } from '../kind.ts';

const schema = v.strictObject({ ...startFields, ...targetFields, mapping: v.record(nameSchema, sourceSchema) });

/** The form workflow's integrations action (R50): a change of an entry pushes it to a service. */
export const formIntegration = kind<v.InferOutput<typeof schema>>({
  name: 'form-integration',
  label: 'Integrations action',
  sentence: 'When an entry of a form changes, it sends the entry to a service.',
  fields: [
    { name: 'form', label: 'Form', control: 'form' },
    { name: 'trigger', label: 'When', control: 'trigger' },
    { name: 'conditions', label: 'Only if', control: 'conditions' },
    { name: 'connection', label: 'Connection', control: 'connection' },
    { name: 'operation', label: 'Does', control: 'operation', does: 'action' },
    { name: 'mapping', label: 'With these values', control: 'mapping', sources: ['field', 'text'] },
  ],
  schema,
  mayUse: ['system', 'admin', 'logged-in-user'],
  place: (config) => config.form,
  uses: usesOfTarget,
  summary: (config, operationLabel) => `${startText(startOf(config))}: ${operationLabel}`,
  starts: startOf,
  rename: renameTarget,
  work: (config, record) => {
    const entry = needEntry(record);
    const values = Object.fromEntries(Object.entries(config.mapping).map(([input, source]) => [input, valueOfSource(source, entry)]));
    return { do: 'push', pushes: [{ target: targetOf(config), values, label: '', fault: null }] };
  },
});
