import Dexie, { type Collection } from 'dexie';
import * as v from 'valibot';
import type { Connection } from '../../domain/connection.ts';
import { CONNECTION_TYPE_NAMES } from '../../domain/connection-type.ts';
import { type Call, query } from '../command.ts';
import { environmentInput, ownerInput } from '../inputs.ts';
import { connectionRows } from '../slots.ts';
import type { ConnectionRow, ConnectionsPage } from '../views.ts';

/** How many hits of a search are looked at; who gets more is told to say more. */
const SEARCH_LIMIT = 500;
/** Rows fetched at a time while a filter drops some. */
const CHUNK = 50;

const argsInput = v.strictObject({
  /** Words, each the beginning of a word in the display name, link name or connector. */
  search: v.optional(v.pipe(v.string(), v.maxLength(100)), ''),
  type: v.optional(v.nullable(v.picklist(CONNECTION_TYPE_NAMES)), null),
  connectorId: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(80))), null),
  /** An application or installation, or `none`. */
  owner: v.optional(v.nullable(v.union([ownerInput, v.literal('none')])), null),
  status: v.optional(v.nullable(v.picklist(['connected', 'not-connected', 'needs-attention'])), null),
  environment: v.optional(v.nullable(environmentInput), null),
  sort: v.optional(v.picklist(['name', 'newest']), 'name'),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)), 50),
  offset: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100_000)), 0),
});

type Args = v.InferOutput<typeof argsInput>;

/** The index that narrows most, as a range to run along in the order that is shown. */
const rangeOf = (call: Call, { type, connectorId, owner, sort }: Args): Collection<Connection, string> => {
  const { id } = call.acting().workspace;
  const { connections } = call.db;
  if (owner !== null) return connections.where('byOwner').startsWith(`${id} ${owner} `);
  if (connectorId !== null) return connections.where('byConnector').startsWith(`${id} ${connectorId} `);
  if (type !== null) return connections.where('byType').startsWith(`${id} ${type} `);
  if (sort === 'newest') return connections.where('[workspaceId+createdAt]').between([id, Dexie.minKey], [id, Dexie.maxKey]).reverse();
  return connections.where('byName').startsWith(`${id} `);
};

const isWanted = (args: Args, words: readonly string[]) => (row: Connection) => {
  const text = ` ${`${row.displayName} ${row.linkName} ${row.connectorId}`.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')}`;
  return (
    (args.type === null || row.type === args.type) &&
    (args.connectorId === null || row.connectorId === args.connectorId) &&
    (args.owner === null || (row.ownerId ?? 'none') === args.owner) &&
    words.every((word) => text.includes(` ${word}`))
  );
};

const hasStatus = (row: ConnectionRow, { status }: Args): boolean => {
  if (status === null) return true;
  if (status === 'connected') return row.slots.some((slot) => slot.status.isConnected);
  if (status === 'not-connected') return row.slots.some((slot) => !slot.status.isConnected);
  return row.slots.some((slot) => slot.status.reason !== null);
};

const byOrder =
  ({ sort }: Args) =>
  (a: Connection, b: Connection) =>
    sort === 'newest' ? b.createdAt - a.createdAt : a.displayName.toLowerCase() < b.displayName.toLowerCase() ? -1 : 1;

const searched = async (call: Call, args: Args, words: readonly string[]): Promise<{ rows: Connection[]; isCut: boolean }> => {
  const [first = ''] = words;
  const found = await call.db.connections
    .where('words')
    .startsWith(`${call.acting().workspace.id} ${first}`)
    .distinct()
    .limit(SEARCH_LIMIT + 1)
    .toArray();
  return { rows: found.slice(0, SEARCH_LIMIT).filter(isWanted(args, words)).sort(byOrder(args)), isCut: found.length > SEARCH_LIMIT };
};

/** Fetches connections a chunk at a time until a page of rows with the wanted status is full. */
const paged = async (call: Call, args: Args, fetch: (offset: number) => Promise<Connection[]>): Promise<ConnectionsPage> => {
  const rows: ConnectionRow[] = [];
  for (let at = args.offset; ; at += CHUNK) {
    const chunk = await fetch(at);
    const views = await connectionRows(call, chunk, args.environment ?? undefined);
    for (const [index, view] of views.entries()) {
      if (!hasStatus(view, args)) continue;
      if (rows.length === args.limit) return { rows, next: at + index, isCut: false };
      rows.push(view);
    }
    if (chunk.length < CHUNK) return { rows, next: null, isCut: false };
  }
};

/** The connections of the acting workspace that the acting member may see: found, filtered and in order, a page at a time. */
export const connections = query({
  args: argsInput,
  read: async (call, args): Promise<ConnectionsPage> => {
    const words = args.search
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== '');
    if (words.length > 0) {
      const { rows, isCut } = await searched(call, args, words);
      return { ...(await paged(call, args, async (offset) => rows.slice(offset, offset + CHUNK))), isCut };
    }
    const isKept = isWanted(args, []);
    return paged(call, args, (offset) => rangeOf(call, args).filter(isKept).offset(offset).limit(CHUNK).toArray());
  },
});
