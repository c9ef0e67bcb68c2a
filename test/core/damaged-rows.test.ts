import { beforeAll, describe, expect, it } from 'vitest';
import type { TestCore } from '../support/core.ts';
import { surviveDamage } from '../support/damage.ts';
import { actAs } from '../support/estate.ts';
import { buildWorld, copyWorld, type World } from '../support/world.ts';

let built: World;
beforeAll(async () => {
  built = await buildWorld();
});

describe('damaged rows', () => {
  // The soak damages every field of every table.
  it.each([
    ['client', 1],
    ['client', 6],
    ['developer', 3],
    ['developer', 11],
  ] as const)('S55 cost nobody the rest, and a good backup mends them: %s, field %d', async (side, n) => {
    await surviveDamage(built, side, n);
  });

  it('S55 are left out with what is nothing without them, and are counted', async () => {
    const { core, sides } = await copyWorld(built);
    await actAs(core, 'Dana');
    const before = JSON.parse((await make(core)).text).rows;
    const [application] = await core.ctx.db.applications.toArray();
    await core.ctx.db.table('applications').put({ ...application, name: 42 });
    const { text, leftOut } = await make(core);
    const { rows } = JSON.parse(text);
    const without = (name: string) => before[name].length - rows[name].length;
    expect(leftOut).toEqual([
      { what: 'Applications', count: 1 },
      { what: 'Connections', count: without('connections') },
      { what: 'Components', count: without('components') },
    ]);
    expect(rows.connections.map(({ id }: { id: string }) => id)).toEqual([sides.developer.used.system]);
    const told = (await core.ctx.db.events.toArray()).filter(({ name }) => name === 'backup.made').map(({ fields }) => fields['how']);
    expect(told).toContain('without authorizations, readable, without damaged rows');
  });

  it('S55 of the super admin are said: nobody could have the rest', async () => {
    const { core } = await copyWorld(built);
    await actAs(core, 'Dana');
    const dana = (await core.ctx.db.members.toArray()).find(({ name }) => name === 'Dana');
    await core.ctx.db.table('members').put({ ...dana, createdAt: 'long ago' });
    expect(await core.fails('makeBackup', { withAuthorizations: false, passphrase: null })).toBe('backup.row-odd');
  });
});

const make = (core: TestCore) => core.do('makeBackup', { withAuthorizations: false, passphrase: null });
