import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Host } from '../support/browser.ts';
import { startPwa } from '../support/browser.ts';
import { call, keepPort, must, readTables } from '../support/direct.ts';
import { authorizeAt } from '../support/sandbox.ts';

const PASSPHRASES = ['correct horse battery staple', 'another long passphrase'] as const;

/** SIGKILL to every process of the browser on this profile: no handler runs, nothing is flushed. */
export const killBrowser = (profile: string): void => {
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(profile)) process.kill(Number(entry), 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
};

/** What a walk carries from round to round. */
type World = {
  host: Host;
  page: Page;
  passphrase: string;
  readonly connectionId: `con_${string}`;
  readonly bundle: { readonly text: string; readonly hash: string };
  readonly people: ReadonlyMap<string, `mem_${string}`>;
};

/** Something that is cut off at a random await: prepared, begun, and looked at after the restart. */
type Deed = {
  /** The longest it takes, in milliseconds; the kill comes at random within it. */
  readonly span: number;
  readonly prepare?: (world: World) => Promise<void>;
  readonly begin: (world: World) => Promise<unknown>;
  /** Says `before` or `after`; throws where it is neither. */
  readonly look: (world: World) => Promise<string>;
};

const act = async ({ page, people }: World, name: string): Promise<void> => {
  const memberId = people.get(name);
  if (memberId === undefined) throw new Error(`nobody is called ${name}`);
  await must(page, 'actAs', { memberId });
};

const unlock = ({ page, passphrase }: World) => must(page, 'unlockVault', { passphrase });

const test = ({ page, connectionId }: World) => call(page, 'testConnection', { connectionId, environment: 'development' });

const authorize = async ({ page, connectionId }: World): Promise<void> => {
  const { url } = await must(page, 'beginAuthorization', { connectionId, environment: 'development' });
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
  if (code === 'oauth.grant-ended') return 'asks again';
  if (code === 'run.not-connected') return 'not connected';
  throw new Error(`neither before nor after: ${code}`);
};

const other = (passphrase: string): string => PASSPHRASES.find((one) => one !== passphrase) ?? '';

let backup = '';
let members = 0;

const DEEDS: Readonly<Record<string, Deed>> = {
  authorize: {
    span: 120,
    prepare: async (world) => {
      const rows = await readTables(world.page, ['authorizations']);
      for (const row of rows['authorizations'] ?? [])
        await call(world.page, 'revokeAuthorization', { authorizationId: row['id'] as `aut_${string}` });
    },
    begin: authorize,
    look: worksOrSaysSo,
  },
  refresh: {
    span: 60,
    prepare: async (world) => {
      await connected(world);
      await wait(1_100);
    },
    begin: test,
    look: worksOrSaysSo,
  },
  'change the passphrase': {
    span: 900,
    begin: ({ page, passphrase }) => call(page, 'changePassphrase', { current: passphrase, passphrase: other(passphrase) }),
    look: async (world) => {
      const was = world.passphrase;
      return (await opens(world)) === was ? 'before' : 'after';
    },
  },
  'rotate the data key': {
    span: 900,
    prepare: connected,
    begin: ({ page, passphrase }) => call(page, 'rotateDataKey', { passphrase }),
    look: async (world) => {
      await opens(world);
      return worksOrSaysSo(world);
    },
  },
  lock: {
    span: 20,
    begin: ({ page }) => call(page, 'lockVault', {}),
    look: async (world) => {
      // The key was in memory alone, so a restarted browser is locked either way.
      if ((await test(world)).ok) throw new Error('unlocked after a restart');
      await unlock(world);
      return worksOrSaysSo(world);
    },
  },
  install: {
    span: 120,
    prepare: async (world) => {
      await act(world, 'Carla');
      const rows = await readTables(world.page, ['installations']);
      for (const row of rows['installations'] ?? [])
        await must(world.page, 'uninstallApplication', { installationId: row['id'] as `ins_${string}` });
    },
    begin: ({ page, bundle }) => call(page, 'installBundle', bundle),
    look: async ({ page, bundle }) => {
      const rows = await readTables(page, ['installations', 'bundles', 'connections', 'components']);
      const count = (name: string, owner: string) => (rows[name] ?? []).filter((row) => String(row['ownerId']).startsWith(owner)).length;
      const seen = [rows['installations']?.length, (rows['bundles'] ?? []).filter((row) => row['hash'] === bundle.hash).length];
      const parts = [count('connections', 'ins_'), count('components', 'ins_')];
      if ([...seen, ...parts].join() === '0,0,0,0') return 'before';
      if ([...seen, ...parts].join() === '1,1,2,2') return 'after';
      throw new Error(`half an installation: ${[...seen, ...parts].join()}`);
    },
  },
  restore: {
    span: 120,
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
};

/** What must hold of the stored rows after any kill: no grant without its tokens, no secret under a key that is gone. */
const requireWhole = async (page: Page): Promise<void> => {
  const rows = await readTables(page, ['authorizations', 'secrets', 'keys']);
  const key = (rows['keys'] ?? []).find((row) => row['id'] === 'data-key')?.['keyId'];
  const secrets = new Set((rows['secrets'] ?? []).map((row) => row['id']));
  for (const row of rows['secrets'] ?? []) if (row['keyId'] !== key) throw new Error(`a secret under another key: ${row['id']}`);
  for (const row of rows['authorizations'] ?? [])
    if (row['grant'] !== null && !secrets.has(`tokens:${row['id']}`)) throw new Error('a grant without its tokens');
};

const openPage = async (host: Host): Promise<Page> => {
  await keepPort(host.context);
  return host.open();
};

const start = async (): Promise<World> => {
  const host = await startPwa({ accessTokenSeconds: 1 });
  const page = await openPage(host);
  const { applicationId } = await must(page, 'loadSample', {});
  const rows = await readTables(page, ['connections', 'members']);
  const books = (rows['connections'] ?? []).find((row) => row['linkName'] === 'sandbox_books');
  const people = new Map((rows['members'] ?? []).map((row) => [String(row['name']), row['id'] as `mem_${string}`]));
  const connectionId = books?.['id'] as `con_${string}`;
  const world: Omit<World, 'bundle'> = { host, page, passphrase: PASSPHRASES[0], connectionId, people };
  await authorize({ ...world, bundle: { text: '', hash: '' } });
  const { releaseId } = await must(page, 'publishApplication', { applicationId, version: '1.0.0' });
  const { text } = await must(page, 'distributeRelease', { releaseId, channel: { kind: 'marketplace' }, isConfirmed: true });
  await must(page, 'actAs', { memberId: people.get('Carla') ?? 'mem_none' });
  const { hash } = await must(page, 'previewBundle', { text });
  await must(page, 'actAs', { memberId: people.get('Dana') ?? 'mem_none' });
  await must(page, 'protectVault', { passphrase: PASSPHRASES[0] });
  return { ...world, bundle: { text, hash } };
};

export type Tally = { readonly kills: number; readonly outcomes: ReadonlyMap<string, number> };

/** Kills the browser `rounds` times, each time in the middle of something, and looks at what is left. */
export const killAtRandom = async (rounds: number, random: () => number = Math.random): Promise<Tally> => {
  const world = await start();
  const outcomes = new Map<string, number>();
  const names = Object.keys(DEEDS);
  try {
    for (let round = 0; round < rounds; round += 1) {
      const name = names[round % names.length] ?? '';
      const deed = DEEDS[name];
      if (deed === undefined) continue;
      await act(world, 'Dana');
      await deed.prepare?.(world);
      void deed.begin(world).catch(() => undefined);
      await wait(random() * deed.span);
      killBrowser(world.host.profile);
      world.host = await world.host.restart();
      world.page = await openPage(world.host);
      await requireWhole(world.page);
      if (name !== 'lock' && name !== 'change the passphrase' && name !== 'rotate the data key') await unlock(world);
      if (name !== 'install') await act(world, 'Dana');
      const outcome = await deed.look(world).catch((error: unknown) => {
        throw new Error(`round ${round}, ${name}: ${error instanceof Error ? error.message : String(error)}`);
      });
      const key = `${name}: ${outcome}`;
      outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
    }
  } finally {
    await world.host.close();
  }
  return { kills: rounds, outcomes };
};
