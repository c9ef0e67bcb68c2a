import { expect } from 'vitest';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { createLocks, freshName, startCore, type TestCore } from './core.ts';
import { authorize, connectionId } from './journey.ts';

/** Where a worker dies: nowhere, before its request for tokens leaves, or after the service has it and before the answer is back. */
const ENDS = ['lives', 'before the request', 'after the request'] as const;
type End = (typeof ENDS)[number];

type Worker = { readonly core: TestCore; readonly isDead: () => boolean };

const forever = (): Promise<never> => new Promise(() => undefined);

/**
 * A worker that is killed at its next request for tokens: its database is closed, its lock is given up as a browser gives up a dead
 * worker's, and nothing of it ever goes on.
 */
const startWorker = async (
  sandbox: Sandbox,
  name: string,
  now: () => number,
  locks: ReturnType<typeof createLocks>,
  end: End,
): Promise<Worker> => {
  let die: (reason: Error) => void = () => undefined;
  const death = new Promise<never>((_, reject) => {
    die = reject;
  });
  death.catch(() => undefined);
  let isDead = false;
  const core: TestCore = await startCore({
    sandboxOrigin: sandbox.origin,
    name,
    now,
    isFree: locks.isFree,
    lock: (lockName, act) => locks.lock(lockName, () => Promise.race([act(), death])),
    lockOrWait: (lockName, act) => locks.lockOrWait(lockName, () => Promise.race([act(), death])),
    fetch: async (url, init) => {
      if (end === 'lives' || !url.endsWith('/token')) return fetch(url, init);
      if (end === 'after the request') await fetch(url, init);
      isDead = true;
      core.ctx.db.close();
      die(new Error('the worker is dead'));
      return forever();
    },
  });
  return { core, isDead: () => isDead };
};

/**
 * Rounds in which two windows, a popup and an alarm want an ended access token at once, at a server that rotates refresh tokens and
 * ends a grant whose old token comes again; in some rounds the first of them to ask dies. Tells how rounds ended.
 */
export const raceToRefresh = async (sandbox: Sandbox, rounds: number): Promise<ReadonlyMap<string, number>> => {
  const name = freshName();
  const locks = createLocks();
  let ahead = 0;
  const now = (): number => Date.now() + ahead;
  const lasting = await startWorker(sandbox, name, now, locks, 'lives');
  await lasting.core.do('loadSample', {});
  const books = await connectionId(lasting.core, 'sandbox_books');
  const signIn = () => authorize(lasting.core, books, 'development', { email: 'dana@studio.example' });
  await signIn();
  const outcomes = new Map<string, number>();
  for (let round = 0; round < rounds; round += 1) {
    ahead += 95_000;
    const end = ENDS[Math.random() < 0.7 ? 0 : Math.random() < 0.5 ? 1 : 2] ?? 'lives';
    const doomed = await startWorker(sandbox, name, now, locks, end);
    const others = await Promise.all(['window', 'popup', 'alarm'].map(() => startWorker(sandbox, name, now, locks, 'lives')));
    const before = sandbox.tokenRequests();
    const ask = (core: TestCore) => core.do('testConnection', { connectionId: books, environment: 'development' });
    const dying = ask(doomed.core).catch(() => null);
    const told = await Promise.all(others.map(({ core }) => ask(core).catch(() => null)));
    if (!doomed.isDead()) await dying;
    const said = await ask(lasting.core).catch(() => null);
    const asked = sandbox.tokenRequests() - before;
    const code = said === null ? 'not connected' : said.isOk ? 'works' : (said.fault?.code ?? 'fails');
    const outcome = `${doomed.isDead() ? `killed ${end}` : 'nobody killed'}: ${code}`;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    // Whether the request of a dead worker left, nobody can know: its token is not sent again, and the person is asked.
    expect([outcome, asked]).toEqual([outcome, doomed.isDead() && end === 'before the request' ? 0 : 1]);
    const codes = told.map((result) => result?.fault?.code ?? null);
    expect(codes).not.toContain('oauth.grant-ended');
    if (doomed.isDead()) await signIn();
    else expect(code).toBe('works');
    for (const { core } of [doomed, ...others]) core.ctx.db.close();
  }
  return outcomes;
};
