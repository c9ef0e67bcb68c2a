import { INDEX, RECORDS } from 'virtual:connectors';
import * as v from 'valibot';
import type { Connector } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { entryFrom, type IndexEntry } from './index-entry.ts';
import { parseConnector } from './schema.ts';

/** Records as they were read; each is parsed when it is first asked for. */
const raw = new Map<string, unknown>();
const parsed = new Map<string, Connector>();

const records = v.array(v.looseObject({ id: v.string() }));

const add = (input: unknown): void => {
  const given = v.safeParse(records, input);
  if (!given.success) throw new Fault('connection.catalogue-unreadable');
  // A record that is here already stays: nothing that is fetched redefines what is built in.
  for (const record of given.output) if (!raw.has(record.id)) raw.set(record.id, record);
};

add(RECORDS);

/** Takes in the full records that a build keeps beside the code. Synchronous readers see them from then on. Throws `connection.catalogue-unreadable`. */
export const openCatalogue = (input: unknown): void => {
  add(input);
  sorted = null;
};

/** Everything that a list shows of every connector, opened or not, by name. */
export const connectorIndex = (): readonly IndexEntry[] => {
  entries ??= INDEX.map(entryFrom).sort((a, b) => compare(a.name, b.name));
  return entries;
};

const { compare } = new Intl.Collator('en');
let entries: readonly IndexEntry[] | null = null;
let sorted: readonly Connector[] | null = null;

/** Every opened connector, by name; a list reads the index instead. */
export const allConnectors = (): readonly Connector[] => {
  sorted ??= [...raw.keys()].map(connectorById).sort((a, b) => compare(a.name, b.name));
  return sorted;
};

export const hasConnector = (id: string): boolean => raw.has(id);

/** The built-in connector of this id. Throws `connection.connector-unknown` (R20). */
export const connectorById = (id: string): Connector => {
  const known = parsed.get(id);
  if (known !== undefined) return known;
  if (!raw.has(id)) throw new Fault('connection.connector-unknown', id);
  const connector = parseConnector(raw.get(id));
  parsed.set(id, connector);
  return connector;
};
