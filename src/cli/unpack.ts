import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import main from '../../public/schema/bundle-v1.json' with { type: 'json' };
import component from '../../public/schema/bundle-v1-component.json' with { type: 'json' };
import connection from '../../public/schema/bundle-v1-connection.json' with { type: 'json' };
import form from '../../public/schema/bundle-v1-form.json' with { type: 'json' };
import type { PayloadInput } from '../bundle/format/v1.ts';
import { filesOf, MAIN_FILE, PARTS } from '../bundle/source.ts';
import { Fault } from '../domain/faults.ts';
import { writeWhole } from './files.ts';

/** Copies stand beside the sources, so that an editor completes without a network. */
const SCHEMAS = {
  'schema/bundle-v1.json': main,
  'schema/bundle-v1-form.json': form,
  'schema/bundle-v1-connection.json': connection,
  'schema/bundle-v1-component.json': component,
} as const;

const listed = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new Fault('file.unwritable', folder);
  }
};

/** Names that a repository has beside sources. */
const isElsewhere = (name: string): boolean => name.startsWith('.') || /^(readme|license|changelog)/i.test(name);

/**
 * Writes a payload as a folder of readable JSON. Parts of an earlier unpacking that are gone are removed; the main file is written last,
 * so that a folder that was cut off does not look whole. Throws `file.folder-used`.
 */
export const unpackInto = async (folder: string, payload: PayloadInput): Promise<readonly string[]> => {
  const there = await listed(folder);
  if (!there.includes(MAIN_FILE) && there.some((name) => !isElsewhere(name))) throw new Fault('file.folder-used', folder);
  const files = filesOf(payload);
  for (const part of Object.keys(PARTS)) {
    for (const name of await listed(join(folder, part)))
      if (name.endsWith('.json') && !files.has(`${part}/${name}`)) await rm(join(folder, part, name), { force: true });
  }
  const write = (path: string, value: object): Promise<void> => writeWhole(join(folder, path), `${JSON.stringify(value, null, 2)}\n`);
  for (const [path, schema] of Object.entries(SCHEMAS)) await write(path, schema);
  for (const [path, value] of files) if (path !== MAIN_FILE) await write(path, value);
  await write(MAIN_FILE, files.get(MAIN_FILE) ?? {});
  return [...files.keys()];
};
