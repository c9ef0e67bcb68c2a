import * as v from 'valibot';
import { kind, nameSchema, renameTarget, targetFields, targetOf, textSchema } from '../kind.ts';

const schema = v.strictObject({
  page: nameSchema,
  title: nameSchema,
  ...targetFields,
  values: v.record(nameSchema, textSchema),
});

type Config = v.InferOutput<typeof schema>;

/** A panel on a page (R50): shows what a query at a service answers. */
export const pagePanel = kind<Config>({
  name: 'page-panel',
  label: 'Page panel',
  sentence: 'Shows on a page what a service answers.',
  fields: [
    { name: 'page', label: 'Page', control: 'page' },
    { name: 'title', label: 'Title', control: 'text' },
    { name: 'connection', label: 'Connection', control: 'connection' },
    { name: 'operation', label: 'Shows', control: 'operation', does: 'query' },
    { name: 'values', label: 'With these values', control: 'mapping', sources: ['text'] },
  ],
  schema,
  mayUse: ['system', 'admin', 'logged-in-user'],
  place: (config) => config.page,
  target: targetOf,
  summary: (config, operationLabel) => `Shows “${config.title}”: ${operationLabel}`,
  rename: renameTarget,
  run: async ({ config, send }) => {
    const { value } = await send(targetOf(config), config.values);
    return { label: config.title, value };
  },
});
