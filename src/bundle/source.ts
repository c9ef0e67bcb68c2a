import * as v from 'valibot';
import { Fault, type FaultData } from '../domain/faults.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { isLinkName } from '../domain/link-name.ts';
import type { AuthorPublicKey } from './author-key.ts';
import { parseModest } from './canonical.ts';
import { duplicateName } from './duplicates.ts';
import { linkNameField } from './format/fields.ts';
import { componentSchema, connectionSchema, FORMAT, formSchema, type PayloadInput, payloadSchema } from './format/v1.ts';
import { findSecrets } from './secrets.ts';

const named = v.optional(v.string());
const { author, application, publishedAt, requirements } = payloadSchema.entries;
const { forms: _, pages, ...applicationEntries } = application.entries;

/** An entry of a list is the thing itself, or its link name where a file of its own says it. */
const inFileOr = <S extends v.GenericSchema>(schema: S) => v.optional(v.array(v.union([linkNameField, schema])));

/**
 * What a bundle is packed from: the payload without what the packing adds. Each part may stand in a file of its own. Editors complete
 * with the JSON Schema that is made from it.
 */
export const sourceSchema = v.strictObject({
  $schema: named,
  format: v.optional(v.literal(FORMAT)),
  publishedAt: v.optional(publishedAt),
  author: v.strictObject({ name: author.entries.name, key: v.optional(author.entries.key) }),
  application: v.strictObject({ ...applicationEntries, forms: inFileOr(formSchema), pages: v.optional(pages) }),
  connections: inFileOr(connectionSchema),
  components: inFileOr(componentSchema),
  requirements: v.optional(requirements),
});

/** The lists whose entries may stand in files: the folder, and what a file in it holds. */
export const PARTS = {
  forms: v.strictObject({ $schema: named, ...formSchema.entries }),
  connections: v.strictObject({ $schema: named, ...connectionSchema.entries }),
  components: v.strictObject({ $schema: named, ...componentSchema.entries }),
} as const;
export type Part = keyof typeof PARTS;

/** The file of a folder that says everything but its parts. */
export const MAIN_FILE = 'bundle.json';

const isObject = (value: unknown): value is JsonObject => value !== null && typeof value === 'object' && !Array.isArray(value);

/** The object in a source's text. Throws the faults of `parseModest`, and `source.duplicate-name`. */
export const parseSource = (text: string): JsonObject => {
  let value: unknown;
  try {
    value = parseModest(text);
  } catch (error) {
    // Nobody signed a source yet, so what is wrong with it is the number alone.
    if (error instanceof Fault && error.code === 'bundle.not-canonical')
      throw new Fault('source.field-wrong', 'a whole number beyond 2^53');
    throw error;
  }
  const twice = duplicateName(text);
  if (twice !== null) throw new Fault('source.duplicate-name', twice);
  if (!isObject(value)) throw new Fault('source.not-a-source');
  if ('payload' in value && 'signature' in value) throw new Fault('source.is-a-bundle');
  return value;
};

type ReadPart = (path: string) => Promise<string>;

const readParts = async (list: JsonValue | undefined, part: Part, read: ReadPart): Promise<JsonValue> => {
  if (!Array.isArray(list)) return list ?? [];
  const entries: JsonValue[] = [];
  for (const entry of list) {
    if (typeof entry !== 'string') {
      entries.push(entry);
      continue;
    }
    // A link name is no path, so nothing outside the folder can be named.
    if (!isLinkName(entry)) throw new Fault('source.part-wrong', `${part}: ${entry}`);
    const { $schema: __, ...value } = parseSource(await read(`${part}/${entry}.json`));
    if (value['linkName'] !== entry) throw new Fault('source.part-wrong', `${part}/${entry}.json`);
    entries.push(value);
  }
  return entries;
};

export type Draft =
  | { readonly ok: true; readonly payload: PayloadInput }
  | { readonly ok: false; readonly problems: readonly (FaultData & { readonly path: string })[] };

/** Every place of a payload that would be refused: its form, texts that are no Unicode, and what looks like a secret. */
const problemsOf = (payload: JsonObject): (FaultData & { path: string })[] => {
  const { issues } = v.safeParse(payloadSchema, payload);
  const shape = (issues ?? []).slice(0, 100).map((issue) => {
    const path = v.getDotPath(issue) ?? '';
    return { code: 'source.field-wrong' as const, detail: `${path || 'bundle'} (${issue.message.toLowerCase()})`, path };
  });
  const { application, connections, components } = payload;
  const secrets = findSecrets({ application: application ?? null, connections: connections ?? null, components: components ?? null });
  return [...shape, ...secrets.found.map(({ path, where }) => ({ code: 'source.secret-found' as const, detail: where, path }))];
};

/**
 * The payload that a source describes for this key, or all that stops it. What the source leaves out gets the least: no parts, no
 * requirements, and `now` as the time of publishing. Throws `source.*`.
 */
export const draftOf = async (source: JsonObject, key: AuthorPublicKey, now: number, read: ReadPart): Promise<Draft> => {
  const { $schema: __, author, application, ...rest } = source;
  const said = isObject(author) ? author['key'] : undefined;
  if (isObject(said) && said['x'] !== key.x) throw new Fault('source.other-key');
  const payload: JsonObject = {
    format: FORMAT,
    publishedAt: now,
    requirements: { systemConnections: [] },
    ...rest,
    author: isObject(author) ? { ...author, key } : { key },
    application: isObject(application)
      ? { pages: [], ...application, forms: await readParts(application['forms'], 'forms', read) }
      : (application ?? null),
    connections: await readParts(rest['connections'], 'connections', read),
    components: await readParts(rest['components'], 'components', read),
  };
  const problems = problemsOf(payload);
  if (problems.length > 0 || !v.is(payloadSchema, payload)) return { ok: false, problems };
  return { ok: true, payload };
};

/** The files of a folder that packs to this payload again: the main file, and one for each form, connection and component. */
export const filesOf = (payload: PayloadInput): ReadonlyMap<string, JsonObject> => {
  const files = new Map<string, JsonObject>();
  const apart = (part: Part, list: readonly ({ linkName: string } & JsonObject)[]): string[] => {
    for (const entry of list) {
      const kind = part.slice(0, -1);
      files.set(`${part}/${entry.linkName}.json`, { $schema: `../schema/bundle-v1-${kind}.json`, ...entry });
    }
    return list.map(({ linkName }) => linkName);
  };
  const { author, application, connections, components, ...rest } = payload;
  files.set(MAIN_FILE, {
    $schema: './schema/bundle-v1.json',
    ...rest,
    author: { name: author.name },
    application: { ...application, forms: apart('forms', application.forms) },
    connections: apart('connections', connections),
    components: apart('components', components),
  });
  return files;
};
