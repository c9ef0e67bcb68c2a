import Dexie, { type Table } from 'dexie';
import { Fault } from '../domain/faults.ts';
import { type Rows, SCHEMA, type TableName, type Tables } from './tables.ts';
import { addOutbox, BEFORE_OUTBOX } from './upgrades/0002-outbox.ts';
import { BEFORE_CONNECTORS } from './upgrades/0003-connectors.ts';
import { addFeeds, BEFORE_FEEDS } from './upgrades/0004-feeds.ts';
import { BEFORE_DOWNLOADS } from './upgrades/0005-downloads.ts';

export type LatchkeyDb = Dexie & Tables;

/** The table of this name, typed by its rows where the name is a variable. */
export const tableOf = <N extends TableName>(db: LatchkeyDb, name: N): Table<Rows[N], string> => db.table(name);

export const DB_NAME = 'latchkey';

/** Schema version of this program. Each step up has its file in `upgrades/`. */
export const DB_VERSION = 5;

export type OpenOptions = {
  /** A newer program waits for this connection to close, which it does: whoever had it opens anew, and is told. */
  readonly onVersionChange?: () => void;
  /** What else has the database open, in a person's words, where it keeps an upgrade waiting. */
  readonly nameOthers?: () => Promise<readonly string[]>;
};

const declare = (db: Dexie): void => {
  db.version(1).stores({ ...SCHEMA, ...BEFORE_OUTBOX, ...BEFORE_CONNECTORS, ...BEFORE_FEEDS, ...BEFORE_DOWNLOADS });
  db.version(2).stores({ records: SCHEMA.records, outbox: SCHEMA.outbox }).upgrade(addOutbox);
  db.version(3).stores({ connectors: SCHEMA.connectors });
  db.version(4).stores({ feeds: SCHEMA.feeds }).upgrade(addFeeds);
  db.version(5).stores({ downloads: SCHEMA.downloads });
};

/** How long an older program gets to let go before a person is asked for it. */
const BLOCKED_MS = 2_000;

/** Rejects once another connection has kept the upgrade waiting for too long; settles never otherwise. */
const blocked = (db: Dexie, nameOthers: NonNullable<OpenOptions['nameOthers']>): Promise<never> =>
  new Promise((_, reject) => {
    db.on('blocked', () => {
      setTimeout(() => {
        if (!db.isOpen()) void nameOthers().then((names) => reject(new Fault('store.blocked', names.join(', ') || 'another window')));
      }, BLOCKED_MS);
    });
  });

/**
 * Opens the database. Rejects with `store.unavailable` where the browser allows no storage, `store.newer` where a newer program wrote it,
 * `store.blocked` where an older one keeps an upgrade waiting; none deletes anything.
 */
export const openDb = async (
  name: string = DB_NAME,
  { onVersionChange = () => undefined, nameOthers = async () => [] }: OpenOptions = {},
): Promise<LatchkeyDb> => {
  const db = new Dexie(name, { autoOpen: false }) as LatchkeyDb;
  declare(db);
  db.on('versionchange', () => {
    db.close();
    onVersionChange();
  });
  try {
    await Promise.race([db.open(), blocked(db, nameOthers)]);
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
  if (error instanceof Fault) return error;
  if (is('QuotaExceededError')) return new Fault('store.full');
  if (is('VersionError')) return new Fault('store.newer');
  if (is('ConstraintError', 'BulkError')) return new Fault('store.conflict');
  if (is('MissingAPIError', 'OpenFailedError', 'InvalidStateError', 'UnknownError', 'SecurityError', 'DatabaseClosedError'))
    return new Fault('store.unavailable');
  return error;
};
