import Dexie from 'dexie';
import { describe, expect, it } from 'vitest';
import { tendFlows } from '../../src/core/flow-start.ts';
import { lockWhenIdle } from '../../src/core/locking.ts';
import { DB_VERSION, isNewer, openDb } from '../../src/db/open.ts';
import { SCHEMA } from '../../src/db/tables.ts';
import { BEFORE_OUTBOX } from '../../src/db/upgrades/0002-outbox.ts';
import { BEFORE_CONNECTORS } from '../../src/db/upgrades/0003-connectors.ts';
import { BEFORE_FEEDS } from '../../src/db/upgrades/0004-feeds.ts';
import { BEFORE_DOWNLOADS } from '../../src/db/upgrades/0005-downloads.ts';
import { freshName, startCore } from '../support/core.ts';
import { connectionId } from '../support/journey.ts';
import { sharedSession } from '../support/refresh-race.ts';

/** A database as version 1 of the program left it. */
const openFirst = async (name: string): Promise<Dexie> => {
  const db = new Dexie(name);
  db.version(1).stores({ ...SCHEMA, ...BEFORE_OUTBOX, ...BEFORE_CONNECTORS, ...BEFORE_FEEDS, ...BEFORE_DOWNLOADS });
  await db.open();
  return db;
};

const RUN = {
  id: 'run_1',
  workspaceId: 'wsp_1',
  componentId: 'cmp_1',
  environment: 'development',
  memberId: 'mem_1',
  recordId: 'rec_1',
  lastOkAt: null,
};
const RECORD = {
  id: 'rec_1',
  ownerId: 'app_1',
  environment: 'development',
  form: 'f',
  values: {},
  createdAt: 5,
  updatedAt: 5,
  revision: 1,
};

describe('a database of an older program', () => {
  it('S54 version 1 becomes the present one: every row stays, runs get what they lack, entries can be paged', async () => {
    const name = freshName();
    const old = await openFirst(name);
    await old.table('runs').bulkAdd([
      { ...RUN, result: { label: 'Invoice', value: 'INV-1' } },
      { ...RUN, id: 'run_2', result: null },
    ]);
    await old.table('records').add(RECORD);
    old.close();
    const db = await openDb(name);
    expect(db.verno).toBe(DB_VERSION);
    expect(await db.runs.toArray()).toMatchObject([
      { id: 'run_1', label: '', lastGood: null, script: null, result: { label: 'Invoice', value: 'INV-1', table: null } },
      { id: 'run_2', label: '', result: null },
    ]);
    const paged = db.records
      .where('[ownerId+environment+form+createdAt]')
      .between(['app_1', 'development', 'f', 0], ['app_1', 'development', 'f', 9]);
    expect(await paged.toArray()).toEqual([RECORD]);
    expect(await db.outbox.toArray()).toEqual([]);
  });

  it('S54 version 2 becomes the present one: installations get what they lack, and feeds have a table', async () => {
    const name = freshName();
    const old = new Dexie(name);
    old.version(2).stores({ ...SCHEMA, ...BEFORE_CONNECTORS, ...BEFORE_FEEDS, ...BEFORE_DOWNLOADS });
    await old.open();
    await old.table('installations').add({ id: 'ins_1', workspaceId: 'wsp_1', applicationId: 'app_1', version: '1.0.0', revision: 3 });
    old.close();
    const db = await openDb(name);
    expect(db.verno).toBe(DB_VERSION);
    expect(await db.installations.toArray()).toEqual([
      { id: 'ins_1', workspaceId: 'wsp_1', applicationId: 'app_1', version: '1.0.0', revision: 3, previous: null, revocations: [] },
    ]);
    expect(await db.feeds.where('nextCheckAt').above(0).toArray()).toEqual([]);
  });

  it('S54 version 4 becomes the present one: every feed stays, and downloads have a table', async () => {
    const name = freshName();
    const old = new Dexie(name);
    old.version(4).stores({ ...SCHEMA, ...BEFORE_DOWNLOADS });
    await old.open();
    const feed = { id: 'fed_1', workspaceId: 'wsp_1', nextCheckAt: 7, choices: { app_1: { skipped: ['1.1.0'], isPinned: true } } };
    await old.table('feeds').add(feed);
    old.close();
    const db = await openDb(name);
    expect(db.verno).toBe(DB_VERSION);
    expect(await db.feeds.toArray()).toEqual([feed]);
    expect(await db.downloads.where('workspaceId').equals('wsp_1').count()).toBe(0);
  });

  it('S54 version 2 becomes the present one: every row stays, and a workspace may keep connectors of its own', async () => {
    const name = freshName();
    const old = new Dexie(name);
    old.version(2).stores({ ...SCHEMA, ...BEFORE_CONNECTORS, ...BEFORE_FEEDS, ...BEFORE_DOWNLOADS });
    await old.open();
    await old.table('records').add(RECORD);
    expect(old.tables.map((table) => table.name)).not.toContain('connectors');
    old.close();
    const db = await openDb(name);
    expect(db.verno).toBe(DB_VERSION);
    expect(await db.records.toArray()).toEqual([RECORD]);
    expect(await db.connectors.where('workspaceId').equals('wsp_1').count()).toBe(0);
  });

  it('S54 an older window that does not let go is named, nothing is changed, and closing it lets the update through', {
    timeout: 20_000,
  }, async () => {
    const name = freshName();
    const old = await openFirst(name);
    await old.table('records').add(RECORD);
    old.close();
    const holding = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
    });
    const opening = openDb(name, { nameOthers: async () => ['Connections, open since 09:12'] });
    await expect(opening).rejects.toMatchObject({ code: 'store.blocked', detail: 'Connections, open since 09:12' });
    expect(holding.version).toBe(10);
    holding.close();
    const db = await openDb(name);
    expect(await db.records.count()).toBe(1);
  });

  it('S54 lets go for a newer program, and says so', async () => {
    const name = freshName();
    const told: string[] = [];
    await openDb(name, { onVersionChange: () => void told.push('closed') });
    const newer = new Dexie(name);
    newer.version(DB_VERSION + 1).stores({ ...SCHEMA, later: 'id' });
    await newer.open();
    expect(told).toEqual(['closed']);
    newer.close();
    await expect(openDb(name)).rejects.toMatchObject({ code: 'store.newer' });
  });

  it('S54 what a newer program wrote can be looked at and backed up; nothing is changed or sent, whoever asks', async () => {
    const name = freshName();
    const session = sharedSession();
    const before = await startCore({ name, session });
    await before.do('loadSample', {});
    await before.do('protectVault', { passphrase: 'correct horse battery staple' });
    before.ctx.db.close();
    const later = new Dexie(name);
    later.version(DB_VERSION + 1).stores({ ...SCHEMA, connections: `${SCHEMA.connections}, somethingNew`, later: 'id' });
    await later.open();
    later.close();

    const asked: string[] = [];
    const db = await openDb(name, { allowsNewer: true });
    const core = await startCore({
      db,
      session,
      isReadOnly: isNewer(db),
      fetch: async (url) => {
        asked.push(url);
        throw new TypeError('nothing should be sent');
      },
    });
    const kept = JSON.stringify(await core.dump());
    expect(await core.see('frame', {})).toMatchObject({ isReadOnly: true, acting: { workspace: { name: 'Northwind Studio' } } });
    const { rows } = await core.see('connections', {});
    expect(rows.map(({ displayName }) => displayName)).toContain('Sandbox Books');
    const { text } = await core.do('makeBackup', { withAuthorizations: false, passphrase: null });
    expect(text).toContain('Sandbox Books');
    const books = await connectionId(core, 'sandbox_books');
    for (const refused of [
      core.fails('createApplication', { name: 'Another' }),
      core.fails('testConnection', { connectionId: books, environment: 'development' }),
      core.fails('beginAuthorization', { connectionId: books, environment: 'development' }),
      core.fails('wipeDevice', { isConfirmed: true }),
    ])
      expect(await refused).toBe('store.newer');
    // What is unlocked can be locked, by hand and when the time has come, and nothing is looked after.
    expect(await core.ctx.vault.state()).toBe('unlocked');
    await lockWhenIdle({ ...core.ctx, now: () => Date.now() + 3_600_000 });
    expect(await core.ctx.vault.state()).toBe('locked');
    await core.do('lockVault', {});
    await tendFlows(core.ctx);
    await expect(core.ctx.db.settings.clear()).rejects.toMatchObject({ code: 'store.newer' });
    expect(asked).toEqual([]);
    expect(JSON.stringify(await core.dump())).toBe(kept);
    db.close();
    const again = await new Dexie(name).open();
    expect(again.backendDB().version).toBe((DB_VERSION + 1) * 10);
    again.close();
  });
});
