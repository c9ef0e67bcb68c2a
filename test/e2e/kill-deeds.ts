import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Host } from '../support/browser.ts';
import { call, must, readTables } from '../support/direct.ts';
import { authorizeAt } from '../support/sandbox.ts';

export const PASSPHRASES = ['correct horse battery staple', 'another long passphrase'] as const;

/** What a walk carries from round to round. */
export type World = {
  host: Host;
  page: Page;
  passphrase: string;
  readonly connectionId: `con_${string}`;
  readonly bundle: { readonly text: string; readonly hash: string };
  readonly people: ReadonlyMap<string, `mem_${string}`>;
};

/** Something that is cut off at a random await: prepared, begun, and looked at after the restart. */
export type Deed = {
  /** About how long it takes, in milliseconds: the kill comes at random within it, and the walk learns how long it takes here. */
  readonly span: number;
  /** What is done after the restart, before it is looked at: `open` unlocks the vault and acts as Dana. */
  readonly after: 'open' | 'unlock' | 'act' | 'nothing';
  readonly prepare?: (world: World) => Promise<void>;
  readonly begin: (world: World) => Promise<unknown>;
  /** Says `before` or `after`; throws where it is neither. */
  readonly look: (world: World) => Promise<string>;
};

export const act = async ({ page, people }: World, name: string): Promise<void> => {
  const memberId = people.get(name);
  if (memberId === undefined) throw new Error(`nobody is called ${name}`);
  await must(page, 'actAs', { memberId });
};

export const unlock = ({ page, passphrase }: World) => must(page, 'unlockVault', { passphrase });

const test = ({ page, connectionId }: World) => call(page, 'testConnection', { connectionId, environment: 'development' });

export const authorize = async (
  { page, connectionId }: Pick<World, 'page' | 'connectionId'>,
  environment: 'development' | 'production' = 'development',
): Promise<void> => {
  const { url } = await must(page, 'beginAuthorization', { connectionId, environment });
  const callbackUrl = await authorizeAt(url ?? '', { email: 'dana@studio.example' });
  await must(page, 'completeAuthorization', { callbackUrl });
};

/** A connection that works, whatever the last round left of it. */
const connected = async (world: World): Promise<void> => {
  const tested = await test(world);
  if (!tested.ok || !tested.value.isOk) await authorize(world);
};

/** Which of the passphrases opens the vault now. Exactly one must. */
const opens = async (world: World): Promise<string> => {
  const found: string[] = [];
  for (const passphrase of PASSPHRASES) if ((await call(world.page, 'unlockVault', { passphrase })).ok) found.push(passphrase);
  const [only] = found;
  if (found.length !== 1 || only === undefined) throw new Error(`${found.length} passphrases open the vault`);
  world.passphrase = only;
  await unlock(world);
  return only;
};

const worksOrSaysSo = async (world: World): Promise<string> => {
  const tested = await test(world);
  if (tested.ok && tested.value.isOk) return 'works';
  const code = tested.ok ? tested.value.fault?.code : tested.fault.code;
  // The answer died on the wire: the service has rotated, and nobody has the new token. That is said, and authorizing again mends it.
  if (code === 'oauth.grant-ended' || code === 'oauth.renewal-cut') return 'asks again';
  if (code === 'run.not-connected') return 'not connected';
  throw new Error(`neither before nor after: ${code}`);
};

const other = (passphrase: string): string => PASSPHRASES.find((one) => one !== passphrase) ?? '';

let backup = '';
let members = 0;
/** The author's key file: without the key no later version would be by the same author. */
let keyFile: string | null = null;

/** What stands by itself; what makes versions is in `kill-versions.ts`. */
export const DEEDS = {
  authorize: {
    span: 400,
    after: 'open',
    prepare: async (world) => {
      const rows = await readTables(world.page, ['authorizations']);
      for (const row of rows['authorizations'] ?? [])
        await call(world.page, 'revokeAuthorization', { authorizationId: row['id'] as `aut_${string}` });
    },
    begin: (world) => authorize(world),
    look: worksOrSaysSo,
  },
  refresh: {
    span: 60,
    after: 'open',
    prepare: async (world) => {
      await connected(world);
      await wait(1_100);
    },
    begin: test,
    look: worksOrSaysSo,
  },
  'change the passphrase': {
    span: 900,
    after: 'act',
    begin: ({ page, passphrase }) => call(page, 'changePassphrase', { current: passphrase, passphrase: other(passphrase) }),
    look: async (world) => {
      const was = world.passphrase;
      return (await opens(world)) === was ? 'before' : 'after';
    },
  },
  'rotate the data key': {
    span: 900,
    after: 'act',
    prepare: connected,
    begin: ({ page, passphrase }) => call(page, 'rotateDataKey', { passphrase }),
    look: async (world) => {
      await opens(world);
      return worksOrSaysSo(world);
    },
  },
  lock: {
    span: 20,
    after: 'act',
    begin: ({ page }) => call(page, 'lockVault', {}),
    look: async (world) => {
      // The key was in memory alone, so a restarted browser is locked either way.
      if ((await test(world)).ok) throw new Error('unlocked after a restart');
      await unlock(world);
      return worksOrSaysSo(world);
    },
  },
  'forget the passphrase': {
    span: 60,
    after: 'act',
    prepare: async (world) => {
      await connected(world);
      keyFile ??= (await must(world.page, 'exportAuthorKey', { passphrase: PASSPHRASES[0] })).text;
      await must(world.page, 'lockVault', {});
    },
    begin: ({ page }) => call(page, 'resetVault', { isConfirmed: true }),
    look: async (world) => {
      const { passphrase, page } = world;
      const rows = await readTables(page, ['keys', 'secrets', 'authorizations']);
      const isReset = (rows['keys'] ?? []).some((row) => row['wrappedBy'] === 'device');
      const grants = (rows['authorizations'] ?? []).filter((row) => row['grant'] !== null).length;
      if (isReset !== (grants === 0) || isReset !== (rows['secrets']?.length === 0)) throw new Error(`half a reset: ${grants} grants`);
      if (!isReset) {
        await unlock(world);
        return worksOrSaysSo(world);
      }
      await must(page, 'protectVault', { passphrase });
      await must(page, 'importAuthorKey', { text: keyFile ?? '', passphrase: PASSPHRASES[0], isConfirmed: false });
      return 'after';
    },
  },
  install: {
    span: 120,
    after: 'unlock',
    prepare: async (world) => {
      await act(world, 'Carla');
      const rows = await readTables(world.page, ['installations']);
      for (const row of (rows['installations'] ?? []).filter(({ bundleHash }) => bundleHash === world.bundle.hash))
        await must(world.page, 'uninstallApplication', { installationId: row['id'] as `ins_${string}` });
    },
    begin: ({ page, bundle }) => call(page, 'installBundle', bundle),
    look: async ({ page, bundle }) => {
      const rows = await readTables(page, ['installations', 'bundles', 'connections', 'components']);
      const ours = (rows['installations'] ?? []).filter(({ bundleHash }) => bundleHash === bundle.hash);
      const others = (rows['installations'] ?? []).filter((one) => !ours.includes(one)).map(({ id }) => id);
      const isPart = (row: Readonly<Record<string, unknown>>) =>
        String(row['ownerId']).startsWith('ins_') && !others.includes(row['ownerId']);
      const seen = [ours.length, (rows['bundles'] ?? []).filter((row) => row['hash'] === bundle.hash).length];
      const parts = [(rows['connections'] ?? []).filter(isPart).length, (rows['components'] ?? []).filter(isPart).length];
      if ([...seen, ...parts].join() === '0,0,0,0') return 'before';
      if ([...seen, ...parts].join() === '1,1,2,2') return 'after';
      throw new Error(`half an installation: ${[...seen, ...parts].join()}`);
    },
  },
  restore: {
    span: 120,
    after: 'open',
    prepare: async (world) => {
      await act(world, 'Dana');
      backup = (await must(world.page, 'makeBackup', { withAuthorizations: false, passphrase: null })).text;
      members = (await readTables(world.page, ['members']))['members']?.length ?? 0;
      await must(world.page, 'addMember', { name: 'Nia', role: 'developer' });
      await must(world.page, 'defineConnection', {
        connectorId: 'sandbox-sheet',
        displayName: 'Only for now',
        linkName: 'only_for_now',
        type: 'admin',
        scopes: [],
        environmentPolicy: 'separate',
        applicationId: null,
      });
    },
    begin: ({ page }) => call(page, 'restoreBackup', { text: backup, passphrase: null }),
    look: async (world) => {
      const rows = await readTables(world.page, ['members', 'connections', 'events']);
      const isHere = (rows['connections'] ?? []).some((row) => row['linkName'] === 'only_for_now');
      const more = (rows['members']?.length ?? 0) - members;
      if (more !== (isHere ? 1 : 0)) throw new Error(`half a restore: ${more} members, connection ${isHere ? 'here' : 'gone'}`);
      if (isHere) await must(world.page, 'restoreBackup', { text: backup, passphrase: null });
      return isHere ? 'before' : 'after';
    },
  },
} as const satisfies Readonly<Record<string, Deed>>;
