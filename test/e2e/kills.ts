import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Host } from '../support/browser.ts';
import { startPwa } from '../support/browser.ts';
import { chance } from '../support/chance.ts';
import { keepPort, must, readTables } from '../support/direct.ts';
import { act, authorize, DEEDS, type Deed, PASSPHRASES, unlock, type World } from './kill-deeds.ts';
import { versionDeeds } from './kill-versions.ts';

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

/** What must hold of the stored rows after any kill: no grant without its tokens, no author key without its secret, no secret under a key that is gone. */
const requireWhole = async (page: Page): Promise<void> => {
  const rows = await readTables(page, ['authorizations', 'secrets', 'keys', 'settings']);
  const key = (rows['keys'] ?? []).find((row) => row['id'] === 'data-key')?.['keyId'];
  const secrets = new Set((rows['secrets'] ?? []).map((row) => row['id']));
  for (const row of rows['secrets'] ?? []) if (row['keyId'] !== key) throw new Error(`a secret under another key: ${row['id']}`);
  for (const row of rows['authorizations'] ?? [])
    if (row['grant'] !== null && !secrets.has(`tokens:${row['id']}`)) throw new Error('a grant without its tokens');
  for (const name of (rows['settings'] ?? []).map(({ key }) => String(key)).filter((name) => name.startsWith('author-key:')))
    if (!secrets.has(name)) throw new Error('an author key without its secret');
};

const openPage = async (host: Host): Promise<Page> => {
  await keepPort(host.context);
  return host.open();
};

const killAndRestart = async (world: World): Promise<void> => {
  killBrowser(world.host.profile);
  world.host = await world.host.restart();
  world.page = await openPage(world.host);
};

/** The last window goes, and with it the worker, in a browser that stays. */
const closeTab = async (world: World): Promise<void> => {
  const other = await world.host.context.newPage();
  const cdp = await world.host.context.newCDPSession(other);
  await world.page.close();
  for (;;) {
    const { targetInfos } = await cdp.send('Target.getTargets');
    if (!targetInfos.some(({ type }) => type === 'shared_worker')) break;
    await wait(20);
  }
  world.page = await world.host.open();
  await other.close();
};

/** Two of three die with the whole browser. */
const deathOf = (round: number) => (round % 3 === 2 ? closeTab : killAndRestart);

const start = async (): Promise<World> => {
  const host = await startPwa({ accessTokenSeconds: 1 });
  const page = await openPage(host);
  const { applicationId } = await must(page, 'loadSample', {});
  const rows = await readTables(page, ['connections', 'members']);
  const books = (rows['connections'] ?? []).find((row) => row['linkName'] === 'sandbox_books');
  const people = new Map((rows['members'] ?? []).map((row) => [String(row['name']), row['id'] as `mem_${string}`]));
  const connectionId = books?.['id'] as `con_${string}`;
  const world: Omit<World, 'bundle'> = { host, page, passphrase: PASSPHRASES[0], connectionId, people };
  await authorize(world);
  const { releaseId } = await must(page, 'publishApplication', { applicationId, version: '1.0.0' });
  const { text } = await must(page, 'distributeRelease', { releaseId, channel: { kind: 'marketplace' }, isConfirmed: true });
  await must(page, 'actAs', { memberId: people.get('Carla') ?? 'mem_none' });
  const { hash } = await must(page, 'previewBundle', { text });
  await must(page, 'actAs', { memberId: people.get('Dana') ?? 'mem_none' });
  await must(page, 'protectVault', { passphrase: PASSPHRASES[0] });
  return { ...world, bundle: { text, hash } };
};

type Name = keyof typeof DEEDS | keyof ReturnType<typeof versionDeeds>['deeds'];

/** How often each deed is killed. */
export type Plan = Readonly<Partial<Record<Name, number>>>;

export const NAMES = [...Object.keys(DEEDS), 'publish', 'upgrade', 'go back'] as Name[];

export type Tally = {
  readonly kills: number;
  /** How many of them came before what was begun was done. */
  readonly inTheMiddle: number;
  readonly outcomes: ReadonlyMap<string, number>;
  /** Within how many milliseconds each deed was killed in the end. */
  readonly spans: ReadonlyMap<string, number>;
};

/** One in three deeds should be done before its kill comes: the span follows how fast this machine is, and how busy. */
const learned = (span: number, isDone: boolean): number => span * (isDone ? 0.8 : 1.12);

const shuffled = (plan: Plan, random: () => number): Name[] =>
  NAMES.flatMap((name) => Array.from({ length: plan[name] ?? 0 }, () => ({ name, at: random() })))
    .sort((a, b) => a.at - b.at)
    .map(({ name }) => name);

/** Kills the browser or its window as often as the plan says, each time in the middle of something, and looks at what is left. */
export const killAtRandom = async (plan: Plan, random: () => number = chance('kills of the browser')): Promise<Tally> => {
  const world = await start();
  const versions = versionDeeds();
  const deeds: Readonly<Record<Name, Deed>> = { ...DEEDS, ...versions.deeds };
  const outcomes = new Map<string, number>();
  const spans = new Map<string, number>();
  const rounds = shuffled(plan, random);
  let inTheMiddle = 0;
  try {
    for (const [round, name] of rounds.entries()) {
      const deed = deeds[name];
      await act(world, 'Dana');
      await deed.prepare?.(world);
      let isDone = false;
      const span = spans.get(name) ?? deed.span;
      void deed.begin(world).then(
        () => {
          isDone = true;
        },
        () => undefined,
      );
      await wait(random() * span);
      spans.set(name, learned(span, isDone));
      if (!isDone) inTheMiddle += 1;
      await deathOf(round)(world);
      await requireWhole(world.page);
      if (deed.after === 'open' || deed.after === 'unlock') await unlock(world);
      if (deed.after === 'open' || deed.after === 'act') await act(world, 'Dana');
      const outcome = await deed.look(world).catch((error: unknown) => {
        throw new Error(`round ${round}, ${name}: ${error instanceof Error ? error.message : String(error)}`);
      });
      const key = `${name}: ${outcome}`;
      outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
    }
  } finally {
    await world.host.close();
    await versions.close();
  }
  return { kills: rounds.length, inTheMiddle, outcomes, spans };
};
