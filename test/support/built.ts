import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

/** The files of everything that is built, by their path below `dist/`. */
export const builtFiles = (): ReadonlyMap<string, Buffer> =>
  new Map(
    readdirSync(DIST, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [relative(DIST, path), readFileSync(path)]),
  );

/** The same with a digest in the place of each file. */
export const builtDigests = (): Record<string, string> =>
  Object.fromEntries([...builtFiles()].map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')]));
