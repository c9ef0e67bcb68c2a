import { expect } from 'vitest';
import { BACKUP_ROWS, type BackedUp } from '../../src/backup/format/v1.ts';
import type { Side } from '../../src/domain/workspace.ts';
import { startCore, type TestCore } from './core.ts';
import { actAs } from './estate.ts';
import { copyWorld, PEOPLE, type World } from './world.ts';

type Row = Readonly<Record<string, unknown>>;

const NAMES = Object.keys(BACKUP_ROWS) as BackedUp[];

/** What a damaged field may hold. */
const ODD: readonly ((row: Row, field: string) => Row)[] = [
  (row, field) => Object.fromEntries(Object.entries(row).filter(([key]) => key !== field)),
  (row, field) => ({ ...row, [field]: { odd: true } }),
  (row, field) => ({ ...row, [field]: null }),
];

/** Rows by table, without what a restore may change: revisions, authorizations, and the audit. */
const rowsOf = async (core: TestCore): Promise<Record<string, unknown>> => {
  const { events: _, authorizations: __, needs: ___, settings: ____, keys: _____, secrets: ______, ...rest } = await core.dump();
  return Object.fromEntries(Object.entries(rest).map(([name, rows]) => [name, rows.map((row) => ({ ...(row as Row), revision: 0 }))]));
};

/** How many fields the row with the most of them has. */
export const MOST_FIELDS = Math.max(...NAMES.map((name) => Object.keys(BACKUP_ROWS[name]).length));

/** Damages the nth field of one row of each table of this side's workspace; gives how many rows that were. */
const damage = async (core: TestCore, side: Side, n: number): Promise<number> => {
  const { member, workspace } = (await core.see('frame', {})).acting ?? {};
  const owners = (await core.ctx.db.table(side === 'client' ? 'installations' : 'applications').toArray()).map(({ id }) => id);
  let count = 0;
  for (const name of NAMES) {
    const entries: Readonly<Record<string, { readonly type: string }>> = BACKUP_ROWS[name];
    // What may be absent is as good without.
    const fields = Object.keys(entries).filter((key) => key !== 'id' && key !== 'hash' && entries[key]?.type !== 'exact_optional');
    const isOurs = (row: Row): boolean =>
      row['id'] !== member?.id &&
      (row['workspaceId'] === workspace?.id || owners.includes(row['ownerId']) || (name === 'bundles' && side === 'client'));
    const rows: Row[] = (await core.ctx.db.table(name).toArray()).filter(isOurs);
    const [field, row, how] = [fields[n % fields.length], rows[n % rows.length], ODD[n % ODD.length]];
    if (field === undefined || row === undefined || how === undefined) continue;
    const damaged = how(row, field);
    if (JSON.stringify(damaged) === JSON.stringify(row)) continue;
    await core.ctx.db.table(name).put(damaged);
    count += 1;
  }
  return count;
};

/** One odd row in each table: the rest goes into a backup that can be restored, and a backup from before mends it all (S55). */
export const surviveDamage = async (built: World, side: Side, n: number): Promise<void> => {
  const { core } = await copyWorld(built);
  await actAs(core, PEOPLE[side]['super-admin'] ?? '');
  const make = () => core.do('makeBackup', { withAuthorizations: false, passphrase: null });
  const good = await make();
  expect(good.leftOut).toEqual([]);
  const before = await rowsOf(core);
  expect(await damage(core, side, n)).toBeGreaterThan(3);
  const rest = await make();
  expect(rest.leftOut.length).toBeGreaterThan(0);
  const other = await startCore();
  await other.do('restoreBackup', { text: rest.text, passphrase: null });
  expect((await other.see('frame', {})).acting?.workspace.side).toBe(side);
  const { damaged } = await core.do('restoreBackup', { text: good.text, passphrase: null });
  expect(damaged).toBeGreaterThan(0);
  expect(await rowsOf(core)).toEqual(before);
  // A line of the audit is never written anew.
  expect((await make()).leftOut.filter(({ what }) => what !== 'Lines of the audit')).toEqual([]);
};
