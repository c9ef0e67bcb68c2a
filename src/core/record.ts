import type { Table } from 'dexie';
import { revisionOf } from '../connectors/catalogue.ts';
import { mapStoreError, tableOf } from '../db/open.ts';
import { type BundleRow, DERIVED, type Rows, type SecretRow, type TableName } from '../db/tables.ts';
import type { Connector } from '../domain/connector.ts';
import { isCustomId } from '../domain/custom.ts';
import type { EnvironmentScope } from '../domain/environment.ts';
import type { AuditEvent, EventName } from '../domain/events.ts';
import { Fault } from '../domain/faults.ts';
import type { MemberId, WorkspaceId } from '../domain/ids.ts';
import { inChunks } from './chunks.ts';
import type { Context } from './context.ts';
import { mayFreeHosts } from './needed-hosts.ts';
import { followNeeds, tablesForNeeds, touchedBefore } from './needs.ts';

export type NewEvent = {
  readonly name: EventName;
  readonly workspaceId: WorkspaceId | null;
  readonly actor: MemberId | null;
  readonly subject: string | null;
  readonly environment?: EnvironmentScope | null;
  readonly fields?: Readonly<Record<string, string>>;
};

type Writable = Exclude<TableName, 'events' | 'keys' | 'needs'>;

/** Rows to store and ids to remove, by table, with the one event that tells of it (null for a flow's own steps). */
export type Change = {
  readonly put?: { readonly [N in Writable]?: readonly Rows[N][] };
  readonly remove?: { readonly [N in Writable]?: readonly string[] };
  /** Lines of the audit that were written elsewhere, and come with a restored workspace. */
  readonly history?: readonly AuditEvent[];
  /**
   * The connector that the change was decided by. A custom one that was changed or deleted since is a lost race: what was given for its
   * addresses is not stored beside others (S23).
   */
  readonly connector?: Connector;
  readonly event: NewEvent | null;
};

const tablesOf = (change: Change): Writable[] => {
  const names = new Set([...Object.keys(change.put ?? {}), ...Object.keys(change.remove ?? {})]);
  return [...names] as Writable[];
};

type Revised = { readonly id: string; readonly revision: number };
const isRevised = (row: object | undefined): row is Revised => row !== undefined && 'revision' in row && 'id' in row;

/** A row is stored over the revision it was read with; anything else is a lost race. */
const overwrite = async <R extends object>(table: Table<R, string>, rows: readonly R[]): Promise<void> => {
  const revised: Revised[] = [];
  for (const row of rows) if (isRevised(row)) revised.push(row);
  const stored: (object | undefined)[] = revised.length === 0 ? [] : await table.bulkGet(revised.map(({ id }) => id));
  revised.forEach((row, index) => {
    const before = stored[index];
    if ((isRevised(before) ? before.revision : 0) !== row.revision) throw new Fault('store.conflict');
  });
  await table.bulkPut(rows.map((row) => (isRevised(row) ? { ...row, revision: row.revision + 1 } : row)));
};

/** Adding fails by itself where the row exists, so a new row need not be looked up first. */
const store = async <R extends object>(
  table: Table<R, string>,
  given: readonly R[],
  derive: ((row: R) => object) | undefined,
): Promise<void> => {
  const isNew = (row: R): boolean => isRevised(row) && row.revision === 0;
  const derived = (row: R): R => (derive === undefined ? row : { ...row, ...derive(row) });
  await inChunks(given.filter(isNew), (part) => table.bulkAdd(part.map((row) => ({ ...derived(row), revision: 1 }))));
  await inChunks(
    given.filter((row) => !isNew(row)),
    (part) => overwrite(table, part.map(derived)),
  );
};

/** What was sealed under a data key that was replaced meanwhile could never be opened again: the lost race is told, and nothing is stored. */
const requireCurrentKey = async (ctx: Context, sealed: readonly SecretRow[]): Promise<void> => {
  if (sealed.length === 0) return;
  const key = await ctx.db.keys.get('data-key');
  if (sealed.some(({ keyId }) => keyId !== key?.keyId)) throw new Fault('store.conflict');
};

/** Bundles are all that may be big; the rows that are made of one take about as much again. */
const BIG_BYTES = 5 * 1024 * 1024;

/** Says beforehand that there is no room, instead of after minutes of writing (S56). */
const requireSpace = async (ctx: Context, bundles: readonly BundleRow[]): Promise<void> => {
  const bytes = bundles.reduce((sum, one) => sum + one.bytes.byteLength, 0);
  if (bytes <= BIG_BYTES) return;
  const free = await ctx.freeBytes();
  if (free !== null && free < 2 * bytes) throw new Fault('store.full');
};

const requireSameConnector = async ({ db }: Context, connector: Connector | undefined): Promise<void> => {
  if (connector === undefined || !isCustomId(connector.id)) return;
  const row = await db.connectors.get(connector.id);
  if (row === undefined || row.revision !== revisionOf(connector)) throw new Fault('store.conflict');
};

/**
 * Makes one transaction of what is read and what `record` writes inside: all of it is as it was read, or nothing is written. Await nothing
 * but Dexie inside it. Throws `store.conflict`, `store.full`, `store.unavailable`.
 */
export const inOne = async <T>(
  { db }: Pick<Context, 'db'>,
  act: () => Promise<T>,
  tables: readonly TableName[] = db.tables.map(({ name }) => name as TableName),
): Promise<T> => {
  try {
    return await db.transaction('rw', [...tables], act);
  } catch (error) {
    throw mapStoreError(error);
  }
};

/** How often something is read, decided and recorded anew because something else was stored in between. */
const TRIES = 10;

/** Does `act` anew where it throws `store.conflict`: it reads what it writes over, so that nothing is written over unread. */
export const overRaces = async <T>(act: (attempt: number) => Promise<T>): Promise<T> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await act(attempt);
    } catch (error) {
      const isRace = error instanceof Fault && error.code === 'store.conflict';
      if (!isRace || attempt + 1 === TRIES) throw error;
    }
  }
};

/**
 * Writes rows and their event in one transaction: all or nothing. Await nothing but Dexie inside it.
 * Throws `store.conflict` when a row changed since it was read, `store.full`, `store.unavailable`.
 */
export const record = async (ctx: Context, change: Change): Promise<void> => {
  const tables = tablesOf(change);
  const event = change.event === null ? null : { environment: null, fields: {}, ...change.event, id: ctx.newId('evt'), at: ctx.now() };
  const write = async <N extends Writable>(name: N): Promise<void> => {
    const table = tableOf(ctx.db, name);
    const rows: readonly Rows[N][] = change.put?.[name] ?? [];
    const derive: ((row: Rows[N]) => object) | undefined = DERIVED[name];
    // What goes makes room first: what comes may have its name.
    const gone = change.remove?.[name] ?? [];
    if (gone.length > 0) await table.bulkDelete([...gone]);
    await store(table, rows, derive);
  };
  await requireSpace(ctx, change.put?.bundles ?? []);
  try {
    const around = tablesForNeeds(change);
    const sealed = change.put?.secrets ?? [];
    const names = new Set([
      ...tables,
      ...around,
      ...(sealed.length > 0 ? ['keys'] : []),
      ...(change.connector === undefined ? [] : ['connectors']),
      'events',
    ]);
    await ctx.db.transaction('rw', [...names], async () => {
      await requireCurrentKey(ctx, sealed);
      await requireSameConnector(ctx, change.connector);
      const touched = around.length === 0 ? null : await touchedBefore(ctx.db, change);
      for (const table of tables) await write(table);
      if (touched !== null) await followNeeds(ctx.db, change, touched);
      if (change.history !== undefined) await ctx.db.events.bulkAdd([...change.history]);
      if (event !== null) await ctx.db.events.add(event);
    });
    if (mayFreeHosts(change)) ctx.hostsFreed();
  } catch (error) {
    throw mapStoreError(error);
  }
};
