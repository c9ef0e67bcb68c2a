import { expect } from 'vitest';
import { openDb } from '../../src/db/open.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { createVault, type KeySession } from '../../src/vault/seal.ts';
import { createLocks, freshName, startCore, type TestCore } from './core.ts';
import { authorize, connectionId } from './journey.ts';

/**
 * How the renewal of the first worker ends: with an answer, with the answer that the service is busy, or with the worker's death before its
 * request leaves, or after the service has it and before the answer is back.
 */
export const ENDS = ['answered', 'busy', 'killed before the request', 'killed after the request'] as const;
type End = (typeof ENDS)[number];

/** What a person does while the request is on its way. */
export const MEANWHILE = ['nothing', 'sign-in', 'disconnect', 'lock'] as const;
type Meanwhile = (typeof MEANWHILE)[number];

const PASSPHRASE = 'correct horse battery staple';

/** `met` tells how a renewal of its own ended, once there was one; `holds` settles when it has begun. */
type Worker = { readonly core: TestCore; readonly met: () => End; readonly holds: Promise<unknown> };

const isDeath = (end: End): boolean => end.startsWith('killed');

const forever = (): Promise<never> => new Promise(() => undefined);

/** The browser's memory, which every worker shares. */
export const sharedSession = (): KeySession => {
  let kept: Awaited<ReturnType<KeySession['read']>> = null;
  return {
    read: async () => (kept === null ? null : { keyId: kept.keyId, raw: kept.raw.slice() }),
    write: async (keyId, raw) => {
      kept = { keyId, raw: raw.slice() };
    },
    clear: async () => {
      kept = null;
    },
  };
};

/** What workers of one browser share, and what was sent to be renewed. */
type Browser = {
  readonly sandbox: Sandbox;
  readonly name: string;
  readonly now: () => number;
  readonly locks: ReturnType<typeof createLocks>;
  readonly session: KeySession;
  readonly sent: string[];
  /** What happens while the next renewal is on its way, in the worker that renews; once. */
  meanwhile: ((renewing: TestCore) => Promise<unknown>) | null;
};

/**
 * A worker whose next renewal ends like this. A death is one as in a browser: its database is closed, its lock is given up as a browser
 * gives up a dead worker's, and nothing of it ever goes on.
 */
const startWorker = async (browser: Browser, end: End): Promise<Worker> => {
  const { sandbox, name, now, locks, session } = browser;
  let die: (reason: Error) => void = () => undefined;
  const death = new Promise<never>((_, reject) => {
    die = reject;
  });
  death.catch(() => undefined);
  let hold: () => void = () => undefined;
  const holds = new Promise<void>((resolve) => {
    hold = resolve;
  });
  let met: End | null = null;
  const meanwhile = async (): Promise<void> => {
    const act = browser.meanwhile;
    browser.meanwhile = null;
    await act?.(core);
  };
  const db = await openDb(name);
  const core: TestCore = await startCore({
    sandboxOrigin: sandbox.origin,
    db,
    // PBKDF2, as where WebAssembly is refused: it is the quicker of the two.
    vault: createVault(db, () => Promise.reject(new Error('refused')), session),
    now,
    isFree: locks.isFree,
    lock: (lockName, act) => locks.lock(lockName, () => Promise.race([act(), death])),
    lockOrWait: (lockName, act) =>
      locks.lockOrWait(lockName, () => {
        hold();
        return Promise.race([act(), death]);
      }),
    fetch: async (url, init) => {
      const refreshToken = new URLSearchParams(String(init.body ?? '')).get('refresh_token');
      if (refreshToken === null) return fetch(url, init);
      const ending = met === null ? end : 'answered';
      met ??= end;
      const isSent = ending === 'answered' || ending === 'killed after the request';
      const answer = isSent ? await fetch(url, init) : new Response('busy', { status: 503 });
      if (isSent) browser.sent.push(refreshToken);
      await meanwhile();
      if (!isDeath(ending)) return answer;
      db.close();
      die(new Error('the worker is dead'));
      return forever();
    },
  });
  return { core, met: () => met ?? 'answered', holds };
};

/** What a person is told afterwards. A grant that came or went meanwhile has no part in what became of the one before. */
const expected = (end: End, meanwhile: Meanwhile): readonly string[] => {
  if (meanwhile === 'disconnect') return ['not connected'];
  if (meanwhile === 'sign-in' || !isDeath(end)) return ['works'];
  // Whether the request of a dead worker left, nobody can know: its token is not sent again, and the person is asked.
  return ['oauth.renewal-cut', 'not connected'];
};

/** How many requests of a round reach the service. After an answer that says no whoever asks next tries again, if there is something to renew. */
const asked = (end: End, meanwhile: Meanwhile): number => {
  if (end === 'killed before the request') return 0;
  return end === 'busy' && (meanwhile === 'sign-in' || meanwhile === 'disconnect') ? 0 : 1;
};

type Round = { readonly end: End; readonly meanwhile: Meanwhile };

/** Every end with everything that can happen meanwhile, once each and in any order, and then whatever comes. */
const roundsOf = (count: number, random: () => number): Round[] => {
  const all = ENDS.flatMap((end) => MEANWHILE.map((meanwhile) => ({ end, meanwhile, at: random() })));
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const rest = Array.from({ length: Math.max(0, count - all.length) }, () => ({
    end: random() < 0.7 ? 'answered' : pick(ENDS),
    meanwhile: random() < 0.7 ? 'nothing' : pick(MEANWHILE),
  }));
  return [...all.sort((a, b) => a.at - b.at), ...rest];
};

/**
 * Rounds in which two windows, a popup and an alarm want an ended access token at once, at a server that rotates refresh tokens and ends a
 * grant whose old token comes again; in some of them the first to ask dies, or a person does something meanwhile. No refresh token is ever
 * sent twice, and no grant is without its tokens or tokens without their grant. Tells how rounds ended.
 */
export const raceToRefresh = async (sandbox: Sandbox, count: number, random: () => number): Promise<ReadonlyMap<string, number>> => {
  let ahead = 0;
  const browser: Browser = {
    sandbox,
    name: freshName(),
    now: () => Date.now() + ahead,
    locks: createLocks(),
    session: sharedSession(),
    sent: [],
    meanwhile: null,
  };
  const { core: lasting } = await startWorker(browser, 'answered');
  await lasting.do('loadSample', {});
  const books = await connectionId(lasting, 'sandbox_books');
  const signIn = () => authorize(lasting, books, 'development', { email: 'dana@studio.example' });
  const row = async () => (await lasting.ctx.db.authorizations.toArray())[0];
  const tokens = async () => lasting.ctx.vault.open('tokens', (await row())?.id ?? '');
  /** The tokens of a sign-in in the middle of a renewal: they stay what is stored. */
  let granted: unknown = null;
  await signIn();
  await lasting.do('protectVault', { passphrase: PASSPHRASE });
  const acts: Readonly<Record<Meanwhile, (renewing: TestCore) => Promise<unknown>>> = {
    nothing: async () => undefined,
    'sign-in': async () => {
      await signIn();
      granted = await tokens();
    },
    disconnect: async () => lasting.do('revokeAuthorization', { authorizationId: (await row())?.id ?? 'aut_none' }),
    lock: (renewing) => renewing.do('lockVault', {}),
  };
  const ask = async (core: TestCore): Promise<string> => {
    const said = await core.do('testConnection', { connectionId: books, environment: 'development' }).catch(() => null);
    return said === null ? 'not connected' : said.isOk ? 'works' : (said.fault?.code ?? 'fails');
  };
  const outcomes = new Map<string, number>();
  for (const [index, { end, meanwhile }] of roundsOf(count, random).entries()) {
    ahead += 95_000;
    const doomed = await startWorker(browser, end);
    const others = await Promise.all(['window', 'popup', 'alarm'].map(() => startWorker(browser, 'answered')));
    const before = browser.sent.length;
    browser.meanwhile = acts[meanwhile];
    const dying = ask(doomed.core);
    // Among the first rounds each end has its turn; later whoever comes first renews.
    if (index < ENDS.length * MEANWHILE.length) await doomed.holds;
    const told = await Promise.all(others.map(({ core }) => ask(core)));
    const met = doomed.met();
    if (!isDeath(met)) await dying;
    if (meanwhile === 'lock') await lasting.do('unlockVault', { passphrase: PASSPHRASE });
    const code = await ask(lasting);
    const round = `${met}, ${meanwhile}`;
    outcomes.set(round, (outcomes.get(round) ?? 0) + 1);
    expect([round, expected(met, meanwhile)]).toEqual([round, expect.arrayContaining([code])]);
    expect([round, browser.sent.length - before]).toEqual([round, asked(met, meanwhile)]);
    expect([round, told]).toEqual([round, expect.not.arrayContaining(['oauth.grant-ended'])]);
    if (meanwhile === 'sign-in') expect([round, await tokens()]).toEqual([round, granted]);
    const seals = await lasting.ctx.db.secrets.where('id').startsWith('tokens:').count();
    expect([round, seals]).toEqual([round, (await row())?.grant === null ? 0 : 1]);
    if (code !== 'works') await signIn();
    for (const { core } of [doomed, ...others]) core.ctx.db.close();
  }
  expect(new Set(browser.sent).size).toBe(browser.sent.length);
  return outcomes;
};
