import * as v from 'valibot';
import type { FormRecord } from '../domain/application.ts';
import { Fault } from '../domain/faults.ts';
import { isPlainName, isPlainText } from '../domain/text.ts';
import { COMPARISONS, type Comparison, type Condition, type Start, type Trigger } from '../domain/trigger.ts';
import type { Target, Uses } from './kind.ts';

/** Shared by kinds: a name of a part or connection, and a short text. */
export const nameSchema = v.pipe(
  v.string(),
  v.trim(),
  v.check((value) => isPlainName(value, 80), 'not a plain name'),
);

export const textSchema = v.pipe(
  v.string(),
  v.check((value) => isPlainText(value, 500), 'not a plain text'),
);

/** A text of several lines: nothing hidden in any of them (S17). */
export const linesSchema = (limit: number) =>
  v.pipe(
    v.string(),
    v.check(
      (value) => value.length <= limit && value.split(/\r?\n/).every((line) => isPlainText(line.replaceAll('\t', ' '), limit)),
      'not a plain text',
    ),
  );

/** Fields by which a kind names its target; an empty connection means the system connection of `service`. */
export const targetFields = {
  connection: v.pipe(
    v.string(),
    v.check((value) => isPlainText(value, 80), 'not a link name'),
  ),
  service: v.optional(v.pipe(v.string(), v.maxLength(80)), ''),
  operation: nameSchema,
};

type Targeted = { readonly connection: string; readonly service: string; readonly operation: string };

/** The configuration with its connection named otherwise; without one it stays as it is. */
export const renameTarget = <C extends { readonly connection: string }>(config: C, nameOf: (linkName: string) => string): C =>
  config.connection === '' ? config : { ...config, connection: nameOf(config.connection) };

export const targetOf = ({ connection, service, operation }: Targeted): Target => {
  if (connection !== '') return { linkName: connection, operationId: operation };
  if (service === '') throw new Fault('component.config-wrong', 'connection');
  return { service, operationId: operation };
};

export const NO_USES: Uses = { references: [], services: [], dynamic: [], needs: [], problems: [] };

/** What a configuration with one target uses. */
export const usesOfTarget = (config: Targeted): Uses => {
  const target = targetOf(config);
  if ('service' in target) return { ...NO_USES, services: [{ service: target.service, operationId: target.operationId, scopes: null }] };
  return { ...NO_USES, references: [{ linkName: target.linkName, line: null, column: null, task: null, certainty: null }] };
};

const comparisons = Object.keys(COMPARISONS).filter((name): name is Comparison => name in COMPARISONS);

/** What starts a component by itself: a form, what happens there, and conditions. */
export const startFields = {
  form: nameSchema,
  trigger: v.variant('event', [
    v.strictObject({ event: v.picklist(['create', 'edit', 'delete']) }),
    v.strictObject({ event: v.literal('becomes'), field: nameSchema, value: textSchema }),
  ]),
  conditions: v.optional(
    v.pipe(v.array(v.strictObject({ field: nameSchema, is: v.picklist(comparisons), value: textSchema })), v.maxLength(20)),
    [],
  ),
};

export const startOf = ({
  form,
  trigger,
  conditions,
}: {
  readonly form: string;
  readonly trigger: Trigger;
  readonly conditions: readonly Condition[];
}): Start => ({ form, trigger, conditions });

export const sourceSchema = v.variant('from', [
  v.strictObject({ from: v.literal('field'), field: nameSchema }),
  v.strictObject({ from: v.literal('text'), text: textSchema }),
]);

export type Source = v.InferOutput<typeof sourceSchema>;

/** What a source says for this entry. */
export const valueOfSource = (source: Source, { values }: FormRecord): string =>
  source.from === 'text' ? source.text : (values[source.field] ?? '');

/** Fills `{{field}}` with the entry's values; a name that is no field stays empty. */
export const fillTemplate = (template: string, { values }: FormRecord): string =>
  template.replace(/\{\{\s*([\w-]+)\s*\}\}/g, (_, name: string) => values[name] ?? '');

export const needEntry = (record: FormRecord | null): FormRecord => {
  if (record === null) throw new Fault('run.input-missing', 'an entry of the form');
  return record;
};
