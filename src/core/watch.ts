import Dexie, { type ObservabilitySet } from 'dexie';
import type { GenericSchema } from 'valibot';
import type { LatchkeyDb } from '../db/open.ts';
import { SCHEMA } from '../db/tables.ts';
import type { FaultData } from '../domain/faults.ts';
import { type AnyQuery, readQuery, toFault } from './command.ts';
import type { Context } from './context.ts';

export type Seen<T> = { readonly value: T } | { readonly fault: FaultData };

/**
 * The database with a note of which tables were asked for. Dexie's own liveQuery follows reads through asynchronous code by
 * zones and loses the trail in some of our queries; asking for a table cannot be missed.
 */
const noting = (db: LatchkeyDb, tables: Set<string>): LatchkeyDb =>
  new Proxy(db, {
    get: (target, name) => {
      if (typeof name === 'string' && Object.hasOwn(SCHEMA, name)) tables.add(name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** Mutated parts are named `idb://database/table/index`. */
const touches = (parts: ObservabilitySet, database: string, tables: ReadonlySet<string>): boolean =>
  Object.keys(parts).some((part) => {
    const rest = part.startsWith(`idb://${database}/`) ? part.slice(`idb://${database}/`.length) : '';
    return tables.has(rest.split('/')[0] ?? '');
  });

/**
 * Reads a query now and again after each change of a table that it read, in this worker or another; tells each result that
 * differs from the last one. A query that fails is read again too, so that its fault goes away by itself. Gives back what stops it.
 */
export const watchQuery = (ctx: Context, query: AnyQuery, args: unknown, tell: (seen: Seen<unknown>) => void): (() => void) => {
  let tables = new Set<string>();
  let isReading = false;
  let isStale = false;
  let isStopped = false;
  let last = '';
  const readOnce = async (): Promise<Seen<unknown>> => {
    tables = new Set<string>();
    try {
      const value = await readQuery<GenericSchema, unknown>({ ...ctx, db: noting(ctx.db, tables) }, query as never, args);
      return { value };
    } catch (error) {
      return { fault: toFault(error).toData() };
    }
  };
  const read = async (): Promise<void> => {
    isStale = true;
    if (isReading) return;
    isReading = true;
    while (isStale && !isStopped) {
      isStale = false;
      const seen = await readOnce();
      const text = JSON.stringify(seen);
      if (isStopped || text === last) continue;
      last = text;
      tell(seen);
    }
    isReading = false;
  };
  const hear = (parts: ObservabilitySet): void => {
    if (touches(parts, ctx.db.name, tables)) void read();
  };
  Dexie.on('storagemutated', hear);
  void read();
  return () => {
    isStopped = true;
    Dexie.on.storagemutated.unsubscribe(hear);
  };
};
