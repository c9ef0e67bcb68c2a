import { INDEX, RECORDS } from 'virtual:connectors';
import * as v from 'valibot';
import type { Connector } from '../domain/connector.ts';
import { isCustomId } from '../domain/custom.ts';
import { Fault, type FaultData } from '../domain/faults.ts';
import { readCustom, standIn } from './custom.ts';
import { entryFrom, type IndexEntry } from './index-entry.ts';
import { parseConnector } from './schema.ts';

/** Records as they were read; each is parsed when it is first asked for. */
const raw = new Map<string, unknown>();
const parsed = new Map<string, Connector>();

for (const { id, record } of RECORDS.map((record) => ({ id: v.parse(v.looseObject({ id: v.string() }), record).id, record })))
  raw.set(id, record);

/** Records as text, by id: a list needs none of them, so nothing is parsed before it is asked for. */
const lines = new Map<string, string>();
let unread: string | null = null;

/**
 * Takes in the records that a build keeps beside the code, one on each line of a JSON array. Synchronous readers see them from then on.
 * Throws `connection.catalogue-unreadable`.
 */
export const openCatalogueText = (text: string): void => {
  if (!text.startsWith('[\n')) throw new Fault('connection.catalogue-unreadable');
  unread = text;
  sorted = null;
};

const LINE = /^(\{"id":"([a-z0-9-]+)".*\}),?$/;

const splitText = (): void => {
  if (unread === null) return;
  const text = unread;
  unread = null;
  for (const line of text.split('\n')) {
    const [, record, id] = LINE.exec(line) ?? [];
    if (record !== undefined && id !== undefined && !raw.has(id)) lines.set(id, record);
  }
};

const rawOf = (id: string): unknown => {
  splitText();
  const line = lines.get(id);
  if (raw.has(id) || line === undefined) return raw.get(id);
  try {
    return JSON.parse(line);
  } catch {
    throw new Fault('connection.catalogue-unreadable', id);
  }
};

/** Connectors that workspaces of this device made. Only ids of their own kind are looked for here, so none takes a built-in one's place. */
const customs = new Map<string, { readonly revision: number; readonly connector: Connector }>();

const revisions = new WeakMap<Connector, number>();

/** Those whose record no longer passes the checks, and what is wrong with it: a list shows them, so that somebody can mend or delete them (S55). */
const broken = new Map<string, { readonly name: string; readonly what: string }>();

const nameIn = (record: unknown): string | null => {
  const named = v.safeParse(v.looseObject({ name: v.string() }), record);
  return named.success ? named.output.name : null;
};

/** Replaces the custom connectors by these rows; one that no longer passes the checks cannot be used. */
export const openCustomConnectors = (
  rows: readonly { readonly id: string; readonly revision: number; readonly record: unknown }[],
): void => {
  const ids = new Set(rows.map(({ id }) => id));
  for (const id of customs.keys()) if (!ids.has(id)) customs.delete(id);
  broken.clear();
  for (const { id, revision, record } of rows) {
    if (customs.get(id)?.revision === revision) continue;
    customs.delete(id);
    const read = readCustom(record);
    const { connector } = read;
    if (connector?.id !== id) {
      broken.set(id, { name: nameIn(record) ?? id, what: read.connector === null ? (read.fault.detail ?? read.fault.code) : 'its id' });
      continue;
    }
    customs.set(id, { revision, connector });
    revisions.set(connector, revision);
  }
};

/** Which revision of its row a custom connector was read from; it stays with whoever goes on with it while the row changes. */
export const revisionOf = (connector: Connector): number | undefined => revisions.get(connector);

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
  splitText();
  sorted ??= [...new Set([...raw.keys(), ...lines.keys()])].map(connectorById).sort((a, b) => compare(a.name, b.name));
  return sorted;
};

export const hasConnector = (id: string): boolean => {
  if (isCustomId(id)) return customs.has(id);
  if (raw.has(id)) return true;
  splitText();
  return lines.has(id);
};

/** Why no connector of this id can be used; null where it can. */
export const connectorFault = (id: string): FaultData | null => {
  const found = broken.get(id);
  if (found !== undefined) return { code: 'connector.damaged', detail: `${found.name} (${found.what})` };
  return hasConnector(id) ? null : { code: 'connection.connector-unknown', detail: id };
};

/** The connector as a list or a page shows it, where one that cannot be used must not hide the rest (S55); `connectorFault` says why. */
export const connectorToShow = (id: string): Connector => (hasConnector(id) ? connectorById(id) : standIn(id, broken.get(id)?.name ?? id));

/** The built-in connector of this id, or a custom one that was opened. Throws `connection.connector-unknown` (R20), `connector.damaged`. */
export const connectorById = (id: string): Connector => {
  const known = isCustomId(id) ? customs.get(id)?.connector : parsed.get(id);
  if (known !== undefined) return known;
  const fault = connectorFault(id);
  if (fault !== null) throw new Fault(fault.code, fault.detail);
  const connector = parseConnector(rawOf(id));
  parsed.set(id, connector);
  return connector;
};

/** The built-in connector of this id, or null: what a bundle may name (R20). */
export const builtInConnector = (id: string): Connector | null => (isCustomId(id) || !hasConnector(id) ? null : connectorById(id));
