import Dexie, { type DBCore, type Middleware, type Table } from 'dexie';
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
  /** What a newer program wrote is opened for reading alone, as far as this one understands it. */
  readonly allowsNewer?: boolean;
};

/** The browser's own number is ten times Dexie's. */
const isBeyond = (version: number | undefined): boolean => version !== undefined && version > DB_VERSION * 10;

/** Did a newer program write this database: then it is open for reading alone. */
export const isNewer = (db: LatchkeyDb): boolean => isBeyond(db.backendDB().version);

/** No write gets as far as the store, whoever asks for it. */
const READ_ONLY: Middleware<DBCore> = {
  stack: 'dbcore',
  name: 'read-only',
  create: (core) => ({
    ...core,
    transaction: (tables, mode, options) => {
      if (mode !== 'readonly') throw new Fault('store.newer');
      return core.transaction(tables, mode, options);
    },
  }),
};

/** The version that is stored, before anything is opened: opening with a schema that the store lacks would add to it. */
const storedVersion = async (name: string): Promise<number | undefined> =>
  (await indexedDB.databases()).find((one) => one.name === name)?.version;

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
 * Opens the database. Rejects with `store.unavailable` where the browser allows no storage, `store.newer` where a newer program wrote it
 * and that is not allowed, `store.blocked` where an older one keeps an upgrade waiting; none deletes anything.
 */
export const openDb = async (
  name: string = DB_NAME,
  { onVersionChange = () => undefined, nameOthers = async () => [], allowsNewer = false }: OpenOptions = {},
): Promise<LatchkeyDb> => {
  const db = new Dexie(name, { autoOpen: false }) as LatchkeyDb;
  const isOfNewer = isBeyond(await storedVersion(name).catch(() => undefined));
  if (isOfNewer && !allowsNewer) throw new Fault('store.newer');
  // Without a schema of its own it takes the one that is there.
  if (isOfNewer) db.use(READ_ONLY);
  else declare(db);
  db.on('versionchange', () => {
    db.close();
    onVersionChange();
  });
  try {
    await Promise.race([db.open(), blocked(db, nameOthers)]);
  } catch (error) {
    throw mapStoreError(error);
  }
  // Dexie names the tables of a schema that it was told, not those that it found.
  if (isOfNewer) Object.assign(db, Object.fromEntries(db.tables.map((table) => [table.name, table])));
  const isLacking = Object.keys(SCHEMA).some((table) => db.tables.every(({ name: there }) => there !== table));
  // Made newer between the two looks, which Dexie opens too; or too new to be understood at all.
  if (isNewer(db) && (!isOfNewer || isLacking)) {
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
