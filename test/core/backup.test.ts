import { CompactEncrypt } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalText } from '../../src/bundle/canonical.ts';
import { record } from '../../src/core/record.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { actAs } from '../support/estate.ts';
import { buildWorld, copyWorld, type World } from '../support/world.ts';

const PASSPHRASE = 'correct horse battery staple';
const TOKEN = 'canary-of-a-refresh-token';

let built: World | null = null;
let world: World;
let core: TestCore;

/** A world in which both sides have an authorization with tokens. */
const build = async (): Promise<World> => {
  const made = await buildWorld();
  const grants = [
    await made.grant(made.sides.developer.used.admin, 'development', 'shared'),
    await made.grant(made.sides.client.used.admin, 'production', 'shared'),
  ];
  for (const id of grants) {
    const row = await made.core.ctx.db.authorizations.get(id);
    if (row?.grant == null) throw new Error('no authorization');
    // In the middle of a renewal: the mark of it goes along, because the other device must not send that token again either (S31).
    const marked = { ...row, grant: { ...row.grant, renewingSince: 1 } };
    const secrets = [await made.core.ctx.vault.seal('tokens', id, { accessToken: 'a', refreshToken: TOKEN })];
    await made.core.ctx.db.authorizations.delete(id);
    await record(made.core.ctx, { put: { authorizations: [{ ...marked, revision: 0 }], secrets }, event: null });
  }
  return made;
};

beforeEach(async () => {
  built ??= await build();
  world = await copyWorld(built);
  core = world.core;
  await actAs(core, 'Carla');
});

const make = (on: TestCore, withAuthorizations: boolean, passphrase: string | null = withAuthorizations ? PASSPHRASE : null) =>
  on.do('makeBackup', { withAuthorizations, passphrase });

/** Rows of the client's workspace, without what differs by nature: revisions, and the lines that tell of the backup itself. */
const clientRows = async (on: TestCore): Promise<unknown> => {
  const dump = await on.dump();
  const workspaceId = (await on.ctx.db.installations.toArray())[0]?.workspaceId;
  const mine = (rows: unknown[]) =>
    rows.filter((row) => (row as { workspaceId?: string }).workspaceId === workspaceId).map((row) => ({ ...(row as object), revision: 0 }));
  return Object.fromEntries(
    ['members', 'connections', 'components', 'authorizations', 'installations', 'trust', 'runs', 'needs'].map((name) => [
      name,
      mine(dump[name] ?? []),
    ]),
  );
};

describe('backup and restore', () => {
  it('S60 moves a workspace to another device, with its authorizations', async () => {
    const { text, fileName } = await make(core, true);
    expect(fileName).toMatch(/^[\p{L}\p{N}-]+-\d{4}-\d{2}-\d{2}\.latchkey-backup$/u);
    expect(text).not.toContain(TOKEN);
    const other = await startCore();
    const preview = await other.do('previewRestore', { text, passphrase: PASSPHRASE });
    expect(preview).toMatchObject({ isHere: false, withAuthorizations: true, broughtAuthorizations: 1, keptAuthorizations: 0 });
    expect(Object.values(await other.dump()).flat()).toHaveLength(0);
    await other.do('restoreBackup', { text, passphrase: PASSPHRASE });
    expect(await clientRows(other)).toEqual(await clientRows(core));
    const [row] = await other.ctx.db.authorizations.toArray();
    expect(row?.grant?.renewingSince).toBe(1);
    expect(await other.ctx.vault.open('tokens', row?.id ?? '')).toEqual({ accessToken: 'a', refreshToken: TOKEN });
    expect((await other.see('frame', {})).acting?.member.name).toBe('Carla');
  });

  it('S60 without authorizations a backup needs no passphrase, holds no secret, and works while the vault is locked', async () => {
    await core.do('protectVault', { passphrase: PASSPHRASE });
    await core.do('lockVault', {});
    expect(await core.fails('makeBackup', { withAuthorizations: true, passphrase: PASSPHRASE })).toBe('vault.locked');
    const { text } = await make(core, false);
    const parsed = JSON.parse(text);
    expect([parsed.secrets, parsed.authorKey, parsed.rows.authorizations]).toEqual([null, null, []]);
    const other = await startCore();
    await other.do('restoreBackup', { text, passphrase: null });
    expect((await other.see('frame', {})).acting?.workspace.name).toBe((await core.see('frame', {})).acting?.workspace.name);
    expect(await other.ctx.db.connections.count()).toBe(parsed.rows.connections.length);
  });

  it('S60 a restore brings back what was changed since, keeps newer authorizations and loses no line of the audit', async () => {
    const { text } = await make(core, true);
    const before = await clientRows(core);
    await core.do('addMember', { name: 'Nia', role: 'user' });
    const [row] = await core.ctx.db.authorizations.where('connectionId').equals(world.sides.client.used.admin).toArray();
    await core.ctx.db.table('secrets').put(await core.ctx.vault.seal('tokens', row?.id ?? '', { accessToken: 'b', refreshToken: 'newer' }));
    await core.do('uninstallApplication', { installationId: world.installation }).catch(() => undefined);
    const lines = await core.ctx.db.events.count();
    const preview = await core.do('previewRestore', { text, passphrase: PASSPHRASE });
    expect(preview.changes.map(({ what, removed }) => [what, removed])).toContainEqual(['Members', 1]);
    await core.do('restoreBackup', { text, passphrase: PASSPHRASE });
    expect(await clientRows(core)).toEqual(before);
    expect(await core.ctx.db.events.count()).toBe(lines + 1);
    const again = await core.do('previewRestore', { text, passphrase: PASSPHRASE });
    expect(again.changes).toEqual([]);
  });

  it('S60 nothing waits any more for somebody whom a restore takes away', async () => {
    const { text } = await make(core, false);
    const before = await clientRows(core);
    const { memberId } = await core.do('addMember', { name: 'Nia', role: 'user' });
    expect(await core.ctx.db.needs.filter(({ holder }) => holder === memberId).count()).toBeGreaterThan(0);
    await core.do('restoreBackup', { text, passphrase: null });
    expect(await clientRows(core)).toEqual(before);
  });

  it('S60 an authorization that is here stays: the backup’s tokens are older', async () => {
    const { text } = await make(core, true);
    const [row] = await core.ctx.db.authorizations.where('connectionId').equals(world.sides.client.used.admin).toArray();
    const id = row?.id ?? '';
    await core.ctx.db.table('secrets').put(await core.ctx.vault.seal('tokens', id, { accessToken: 'b', refreshToken: 'newer' }));
    const { keptAuthorizations, broughtAuthorizations } = await core.do('restoreBackup', { text, passphrase: PASSPHRASE });
    expect([keptAuthorizations, broughtAuthorizations]).toEqual([1, 0]);
    expect(await core.ctx.vault.open('tokens', id)).toEqual({ accessToken: 'b', refreshToken: 'newer' });
  });

  it('S55 S60 an authorization whose tokens cannot be read comes back as not connected', async () => {
    const [row] = await core.ctx.db.authorizations.where('connectionId').equals(world.sides.client.used.admin).toArray();
    const sealed = await core.ctx.db.secrets.get(`tokens:${row?.id}`);
    if (sealed === undefined) throw new Error('no tokens');
    await core.ctx.db.secrets.put({ ...sealed, data: sealed.data.map((byte) => byte ^ 1) });
    const { text } = await make(core, true);
    const other = await startCore();
    expect((await other.do('restoreBackup', { text, passphrase: PASSPHRASE })).broughtAuthorizations).toBe(0);
    expect(await other.ctx.db.authorizations.get(row?.id ?? '')).toMatchObject({ grant: null, state: 'not-connected' });
  });

  it('S47 a restore never lowers the highest version that was seen', async () => {
    const { text } = await make(core, false);
    const [seen] = await core.ctx.db.trust.toArray();
    if (seen === undefined) throw new Error('nothing trusted');
    await core.ctx.db.trust.put({ ...seen, highestVersion: '9.0.0' });
    await core.do('restoreBackup', { text, passphrase: null });
    expect((await core.ctx.db.trust.get(seen.id))?.highestVersion).toBe('9.0.0');
  });

  it('S60 the developer’s author key moves with the authorizations, and signs as the same author', async () => {
    await actAs(core, 'Dana');
    const { text } = await make(core, true);
    const other = await startCore();
    await other.do('restoreBackup', { text, passphrase: PASSPHRASE });
    expect((await other.see('settings', {})).fingerprint).toBe((await core.see('settings', {})).fingerprint);
    const { applicationId } = (await other.ctx.db.releases.toArray())[0] ?? {};
    if (applicationId === undefined) throw new Error('no version');
    expect(await other.ctx.db.applications.get(applicationId)).toBeDefined();
  });

  it('only its super admin restores over a workspace that is here', async () => {
    const { text } = await make(core, false);
    await actAs(core, 'Dana');
    expect(await core.fails('restoreBackup', { text, passphrase: null })).toBe('backup.not-yours');
    await actAs(core, 'Adam');
    expect(await core.fails('restoreBackup', { text, passphrase: null })).toBe('access.refused');
  });

  it('wiping the device leaves nothing', async () => {
    await core.do('wipeDevice', { isConfirmed: true });
    const { keys: _, ...rest } = await core.dump();
    expect(Object.values(rest).flat()).toEqual([]);
    expect((await core.see('frame', {})).acting).toBeNull();
  });
});

const encrypt = (plain: string, passphrase: string, header: object = {}, p2c = 600_000): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(plain))
    .setProtectedHeader({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', typ: 'latchkey-backup+jwe', ...header })
    .setKeyManagementParameters({ p2c })
    .encrypt(new TextEncoder().encode(passphrase));

/** Something wrong with the readable content, and what is said. */
const WRONG: readonly (readonly [string, (content: { rows: Record<string, JsonObject[]> } & JsonObject) => void, string])[] = [
  ['another format', (one) => void Object.assign(one, { format: 'something/1' }), 'backup.unreadable'],
  ['a newer format', (one) => void Object.assign(one, { format: 'latchkey.backup/2' }), 'backup.newer'],
  ['an unknown field', (one) => void Object.assign(one, { more: 1 }), 'backup.unreadable'],
  [
    'a row of another workspace',
    (one) => void Object.assign(one.rows['members']?.[0] ?? {}, { workspaceId: 'wsp_other' }),
    'backup.unreadable',
  ],
  ['the same row twice', (one) => one.rows['members']?.push(one.rows['members'][0] ?? {}), 'backup.unreadable'],
  [
    'a connection without its application',
    (one) => void Object.assign(one.rows['connections']?.[0] ?? {}, { ownerId: 'ins_none' }),
    'backup.unreadable',
  ],
  ['no super admin', (one) => one.rows['members']?.forEach((row) => void Object.assign(row, { role: 'user' })), 'backup.unreadable'],
  [
    'an unknown connector',
    (one) => void Object.assign(one.rows['connections']?.[0] ?? {}, { connectorId: 'nobody' }),
    'bundle.connector-unknown',
  ],
  ['a changed bundle', (one) => void Object.assign(one.rows['bundles']?.[0] ?? {}, { bytes: 'e30' }), 'bundle.not-a-bundle'],
  ['a missing bundle', (one) => void one.rows['bundles']?.pop(), 'backup.unreadable'],
  ['hidden characters', (one) => void Object.assign(one.rows['members']?.[0] ?? {}, { name: 'Car\u202Ela' }), 'backup.unreadable'],
  ['secrets in a readable file', (one) => void Object.assign(one, { secrets: [] }), 'backup.unreadable'],
  ['trust under another name', (one) => void Object.assign(one.rows['trust']?.[0] ?? {}, { id: 'x' }), 'backup.unreadable'],
];

describe('a bad backup', () => {
  it('S60 S10 a wrong passphrase and a damaged file say the same; a header out of bounds is not tried', async () => {
    const { text } = await make(core, true);
    const other = await startCore();
    expect(await other.fails('previewRestore', { text, passphrase: 'another long passphrase' })).toBe('backup.not-opened');
    const parts = text.split('.');
    const damaged = [...parts.slice(0, 3), `A${parts[3]?.slice(1) === undefined ? '' : parts[3].slice(1)}`, parts[4]].join('.');
    expect(await other.fails('previewRestore', { text: damaged === text ? `${text}A` : damaged, passphrase: PASSPHRASE })).toBe(
      'backup.not-opened',
    );
    expect(await other.fails('previewRestore', { text, passphrase: null })).toBe('backup.passphrase-needed');
    expect(await other.fails('previewRestore', { text: await encrypt('{}', PASSPHRASE, {}, 1_000), passphrase: PASSPHRASE })).toBe(
      'backup.unreadable',
    );
    expect(await other.fails('previewRestore', { text: await encrypt('{}', PASSPHRASE, { typ: 'JWT' }), passphrase: PASSPHRASE })).toBe(
      'backup.unreadable',
    );
    const [header = '', ...rest] = text.split('.');
    const bomb = { ...JSON.parse(atob(header.replaceAll('-', '+').replaceAll('_', '/'))), p2c: 2_000_000_000 };
    const forged = [btoa(JSON.stringify(bomb)).replaceAll('=', ''), ...rest].join('.');
    expect(await other.fails('previewRestore', { text: forged, passphrase: PASSPHRASE })).toBe('backup.unreadable');
    expect(Object.values(await other.dump()).flat()).toHaveLength(0);
  });

  it.each(WRONG)('S60 %s is refused before anything is touched', async (_, spoil, code) => {
    const { text } = await make(core, false);
    const content = JSON.parse(text);
    spoil(content);
    const other = await startCore();
    expect(await other.fails('restoreBackup', { text: canonicalText(content), passphrase: null })).toBe(code);
    expect(Object.values(await other.dump()).flat()).toHaveLength(0);
  });

  it('S60 ids of another workspace are not taken over', async () => {
    const { text } = await make(core, false);
    const content = JSON.parse(text);
    const [member] = content.rows.members;
    const dana = (await core.ctx.db.members.toArray()).find(({ name }) => name === 'Dana');
    content.rows.members.push({ ...member, id: dana?.id, role: 'user', name: 'Thief' });
    expect(await core.fails('restoreBackup', { text: canonicalText(content), passphrase: null })).toBe('backup.unreadable');
    expect((await core.ctx.db.members.get(dana?.id ?? ''))?.name).toBe('Dana');
  });

  it('S53 S60 a restore that cannot be stored changes nothing', async () => {
    const { text } = await make(core, true);
    const other = await startCore();
    const before = await other.dump();
    const full = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    other.ctx.db.events.hook('creating', full);
    expect(await other.fails('restoreBackup', { text, passphrase: PASSPHRASE })).toBe('store.full');
    other.ctx.db.events.hook('creating').unsubscribe(full);
    const { keys: _, ...after } = await other.dump();
    expect(after).toEqual(Object.fromEntries(Object.entries(before).filter(([name]) => name !== 'keys')));
  });
});
