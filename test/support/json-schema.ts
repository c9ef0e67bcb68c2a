import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { settingsSchema } from '../../src/bundle/settings.ts';
import { PARTS, sourceSchema } from '../../src/bundle/source.ts';

type JsonSchema = ReturnType<typeof toJsonSchema>;

/** What a check in code means in JSON Schema, by the words with which the check refuses. */
const CHECKS: Readonly<Record<string, JsonSchema>> = {
  'not an id of the kind app': { type: 'string', pattern: '^app_[a-z0-9]{1,64}$' },
  'not an object': { type: 'object' },
  'not a link name': { pattern: '^[a-z][a-z0-9_]{0,49}$' },
  'not a plain name': { minLength: 1, maxLength: 64 },
  'not a plain text': { minLength: 1, maxLength: 200 },
};

const rowOf = (message: unknown): JsonSchema => {
  const row = typeof message === 'string' ? CHECKS[message] : undefined;
  if (row === undefined) throw new Error(`no JSON Schema is written for the check "${String(message)}"`);
  return row;
};

const published = (schema: GenericSchema, title: string): JsonSchema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  ...toJsonSchema(schema, {
    typeMode: 'input',
    overrideSchema: ({ valibotSchema }) =>
      valibotSchema.type === 'custom' && 'message' in valibotSchema ? rowOf(valibotSchema.message) : undefined,
    overrideAction: ({ valibotAction, jsonSchema }) =>
      valibotAction.type === 'check' && 'message' in valibotAction
        ? { ...jsonSchema, ...rowOf(valibotAction.message) }
        : valibotAction.type === 'safe_integer'
          ? { ...jsonSchema, type: 'integer', maximum: Number.MAX_SAFE_INTEGER }
          : undefined,
  }),
  title,
});

/** The files of public/schema, each from the valibot schema that reads what it describes. */
export const SCHEMA_FILES: Readonly<Record<string, JsonSchema>> = {
  'bundle-v1.json': published(sourceSchema, 'The source of a Latchkey bundle, format 1'),
  'bundle-v1-form.json': published(PARTS.forms, 'A form of a Latchkey bundle, format 1'),
  'bundle-v1-connection.json': published(PARTS.connections, 'A connection of a Latchkey bundle, format 1'),
  'settings-v1.json': published(settingsSchema, 'Deployment settings of Latchkey, format 1'),
  'bundle-v1-component.json': published(PARTS.components, 'A component of a Latchkey bundle, format 1'),
};
