import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { entryOf, rowOf } from './index-entry.ts';
import { parseConnector } from './schema.ts';

const FOLDER = fileURLToPath(new URL('./', import.meta.url));

const ID = 'virtual:connectors';

/** Where the full records stand in a build, beside the pages. */
const ASSET = 'connectors.json';

const readRecords = (): unknown[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name): unknown => JSON.parse(readFileSync(FOLDER + name, 'utf8')));

/** A text that JSON.parse takes is read several times faster than the same as a literal. */
const asModule = (exported: Readonly<Record<string, unknown>>): string =>
  Object.entries(exported)
    .map(([name, value]) => `export const ${name} = JSON.parse(${JSON.stringify(JSON.stringify(value))});`)
    .join('\n');

/** A JSON array with a record on each line, its id first: a worker finds one without parsing the others. */
const asLines = (given: readonly unknown[]): string => {
  const lines = given.map((record) => JSON.stringify(record));
  const wrong = lines.find((line) => !line.startsWith('{"id":"'));
  if (wrong !== undefined) throw new Error(`a record does not begin with its id: ${wrong.slice(0, 60)}`);
  return `[\n${lines.join(',\n')}\n]\n`;
};

/**
 * Makes the connector files into a small index that is always there, and the records themselves: `all` of them in the module (Node), or the
 * sandbox's in the module and all in one JSON file that the host fetches (browser). A record that the schema refuses fails the build.
 */
export const connectors = (which: 'all' | 'built-in'): Plugin => {
  let records: unknown[] | null = null;
  const read = (): unknown[] => {
    records ??= readRecords();
    return records;
  };
  return {
    name: 'latchkey-connectors',
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    load: (id) => {
      if (id !== `\0${ID}`) return null;
      const parsed = read().map((record) => ({ record, connector: parseConnector(record) }));
      const built = which === 'all' ? parsed : parsed.filter(({ connector }) => connector.standsFor !== null);
      return asModule({ RECORDS: built.map(({ record }) => record), INDEX: parsed.map(({ connector }) => rowOf(entryOf(connector))) });
    },
    generateBundle() {
      if (which === 'built-in') this.emitFile({ type: 'asset', fileName: ASSET, source: asLines(read()) });
    },
  };
};
