import Dexie, { type Table } from 'dexie';
import { Fault } from '../domain/faults.ts';
import { type Rows, SCHEMA, type TableName, type Tables } from './tables.ts';

export type LatchkeyDb = Dexie & Tables;

/** The table of this name, typed by its rows where the name is a variable. */
export const tableOf = <N extends TableName>(db: LatchkeyDb, name: N): Table<Rows[N], string> => db.table(name);

export const DB_NAME = 'latchkey';

/** Schema version of this program. Each step up has its file in `db/upgrades/`; there is none before the first. */
export const DB_VERSION = 1;

/** Says that a newer program waits for this connection to close; the host then asks its windows to reload. */
export type OnVersionChange = () => void;

/**
 * Opens the database. Rejects with `store.unavailable` where the browser allows no storage,
 * `store.newer` where a newer program wrote it; neither deletes anything.
 */
export const openDb = async (name: string = DB_NAME, onVersionChange: OnVersionChange = () => {}): Promise<LatchkeyDb> => {
  const db = new Dexie(name, { autoOpen: false }) as LatchkeyDb;
  db.version(DB_VERSION).stores(SCHEMA);
  db.on('versionchange', () => {
    db.close();
    onVersionChange();
  });
  try {
    await db.open();
  } catch (error) {
    throw mapStoreError(error);
  }
  // Dexie opens a newer database too, and says the version that it was told; the browser's own number is ten times Dexie's.
  if (db.backendDB().version > DB_VERSION * 10) {
    db.close();
    throw new Fault('store.newer');
  }
  return db;
};

/** A storage error as a fault; what is none of its kinds comes back unchanged. */
export const mapStoreError = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  const inner: unknown = 'inner' in error ? error.inner : null;
  const names = [error.name, inner instanceof Error ? inner.name : ''];
  const is = (...wanted: string[]): boolean => names.some((found) => wanted.includes(found));
  if (is('QuotaExceededError')) return new Fault('store.full');
  if (is('VersionError')) return new Fault('store.newer');
  if (is('ConstraintError', 'BulkError')) return new Fault('store.conflict');
  if (is('MissingAPIError', 'OpenFailedError', 'InvalidStateError', 'UnknownError', 'SecurityError', 'DatabaseClosedError'))
    return new Fault('store.unavailable');
  return error;
};
