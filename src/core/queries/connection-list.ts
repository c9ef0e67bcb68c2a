import Dexie, { type Collection } from 'dexie';
import * as v from 'valibot';
import type { Connection } from '../../domain/connection.ts';
import { CONNECTION_TYPE_NAMES } from '../../domain/connection-type.ts';
import { type Call, query } from '../command.ts';
import { environmentInput, ownerInput } from '../inputs.ts';
import { connectionRows } from '../slots.ts';
import type { ConnectionRow, ConnectionsPage } from '../views.ts';

const argsInput = v.strictObject({
  /** Words, each the beginning of a word in the display name, link name or connector. */
  search: v.optional(v.pipe(v.string(), v.maxLength(100)), ''),
  type: v.optional(v.nullable(v.picklist(CONNECTION_TYPE_NAMES)), null),
  connectorId: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(80))), null),
  /** An application or installation, or `none`. */
  owner: v.optional(v.nullable(v.union([ownerInput, v.literal('none')])), null),
  status: v.optional(v.nullable(v.picklist(['connected', 'not-connected', 'needs-attention'])), null),
  environment: v.optional(v.nullable(environmentInput), null),
  /** A search comes in the order of its matches. */
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

/** A word that more connections have than this is one to filter by, not to run along; counting them all would grow with the list. */
const MANY = 1_000;

/** A search runs along a word that few connections have, in the order of its completions; the other words filter. */
const searched = async (call: Call, words: readonly string[]): Promise<Collection<Connection, string>> => {
  const having = (word: string): Collection<Connection, string> =>
    call.db.connections.where('words').startsWith(`${call.acting().workspace.id} ${word}`);
  for (const word of words) {
    const beyond = await having(word).offset(MANY).limit(1).primaryKeys();
    if (beyond.length === 0) return having(word).distinct();
  }
  const [longest = ''] = [...words].sort((a, b) => b.length - a.length);
  return having(longest).distinct();
};

/** Fetches connections a chunk at a time until a page of rows with the wanted status is full. */
const paged = async (call: Call, args: Args, fetch: (offset: number, limit: number) => Promise<Connection[]>): Promise<ConnectionsPage> => {
  // One more than is shown says whether there is another page.
  const size = args.limit + 1;
  const rows: ConnectionRow[] = [];
  for (let at = args.offset; ; at += size) {
    const chunk = await fetch(at, size);
    const views = await connectionRows(call, chunk, args.environment ?? undefined);
    for (const [index, view] of views.entries()) {
      if (!hasStatus(view, args)) continue;
      if (rows.length === args.limit) return { rows, next: at + index };
      rows.push(view);
    }
    if (chunk.length < size) return { rows, next: null };
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
    const isKept = isWanted(args, words);
    // A collection is used up by reading it, so each chunk begins with a new one.
    const range = async (): Promise<Collection<Connection, string>> => (words.length > 0 ? searched(call, words) : rangeOf(call, args));
    return paged(call, args, async (offset, limit) => (await range()).filter(isKept).offset(offset).limit(limit).toArray());
  },
});
