import * as v from 'valibot';
import type { FormRecord } from '../../domain/application.ts';
import { startText } from '../../domain/trigger.ts';
import {
  fillTemplate,
  linesSchema,
  needEntry,
  renameTarget,
  sourceSchema,
  startFields,
  startOf,
  targetFields,
  targetOf,
  textSchema,
  usesOfTarget,
  valueOfSource,
} from '../fields.ts';
import { kind, type Push } from '../kind.ts';

const schema = v.strictObject({
  ...startFields,
  ...targetFields,
  sender: v.optional(textSchema, ''),
  recipients: v.pipe(v.array(sourceSchema), v.minLength(1), v.maxLength(50)),
  text: v.pipe(
    linesSchema(1_600),
    v.check((text) => text.trim() !== '', 'nothing is in it'),
  ),
});

type Config = v.InferOutput<typeof schema>;

/** E.164: a plus and up to 15 digits. */
const NUMBER = /^\+[1-9]\d{6,14}$/;

/** Numbers as people write them: several stand apart by commas, semicolons or lines. */
const numbersIn = (text: string): string[] =>
  text
    .split(/[,;\n]/)
    .map((one) => one.replace(/[\s().-]/g, '').replace(/^00/, '+'))
    .filter((one) => one !== '');

const pushes = (config: Config, entry: FormRecord): Push[] => {
  const numbers = [...new Set(config.recipients.flatMap((source) => numbersIn(valueOfSource(source, entry))))];
  const text = fillTemplate(config.text, entry);
  const push = (label: string, fault: Push['fault']): Push => ({
    target: targetOf(config),
    values: { to: label, text, ...(config.sender === '' ? {} : { from: config.sender }) },
    label,
    fault,
  });
  if (numbers.length === 0) return [push('', { code: 'run.recipient-missing', detail: null })];
  return numbers.map((to) => push(to, NUMBER.test(to) ? null : { code: 'run.recipient-wrong', detail: to }));
};

/** The SMS action (R50): a change of an entry sends a text message to each recipient. */
export const smsAction = kind<Config>({
  name: 'sms-action',
  label: 'SMS action',
  sentence: 'When an entry of a form changes, it sends a text message.',
  fields: [
    { name: 'form', label: 'Form', control: 'form' },
    { name: 'trigger', label: 'When', control: 'trigger' },
    { name: 'conditions', label: 'Only if', control: 'conditions' },
    { name: 'connection', label: 'Connection', control: 'connection' },
    { name: 'operation', label: 'Does', control: 'operation', does: 'message' },
    { name: 'sender', label: 'Sender', control: 'text' },
    { name: 'recipients', label: 'Recipients', control: 'recipients' },
    { name: 'text', label: 'Text', control: 'template' },
  ],
  schema,
  mayUse: ['system', 'admin', 'logged-in-user'],
  place: (config) => config.form,
  uses: usesOfTarget,
  summary: (config, operationLabel) => `${startText(startOf(config))}: ${operationLabel}`,
  starts: startOf,
  rename: renameTarget,
  work: (config, record) => ({ do: 'push', pushes: pushes(config, needEntry(record)) }),
});
