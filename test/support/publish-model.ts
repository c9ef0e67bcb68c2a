import { beforeAll, describe, expect, it } from 'vitest';
import type { OpenKey } from '../../src/bundle/key-file.ts';
import { withRelease } from '../../src/sync/apps.ts';
import { checkFeed, type FeedState } from '../../src/sync/check.ts';
import { PATHS } from '../../src/sync/layout.ts';
import { publishChange } from '../../src/sync/publish.ts';
import { atOnce, makeKey, publisherOf, readerOf, START, seeded, startChannel } from './feed.ts';
import { memoryStore } from './memory-store.ts';
import { type Fate, scheduler } from './scheduler.ts';

const PUBLISHERS = 3;

type Choice = (ready: readonly number[], step: number) => { task: number; fate: Fate };

let key: OpenKey;
beforeAll(async () => {
  key = await makeKey();
});

const release = (publisher: number) => ({ sha256: String(publisher).padStart(64, '0'), size: 100 });
const patient = { ...atOnce(), sleep: () => Promise.resolve() };

/**
 * Three publishers of one channel in one order, then a fourth, then everything that must hold: what was acknowledged is there, nothing is
 * there twice, no number has two texts, each head follows the one before, and a client that saw every head was never told of a fork.
 */
const explore = async (choose: Choice): Promise<{ steps: number; heads: number; lost: number }> => {
  const memory = memoryStore();
  const channel = await startChannel(memory.store, key);
  const path = PATHS.head(channel.id);
  const heads: string[] = [];
  const signed = new Map<string, string>();
  const note = (at: string): void => {
    if (at.includes('/h/')) {
      const text = memory.text(at);
      expect(signed.get(at) ?? text).toBe(text);
      signed.set(at, text);
    }
    if (at === path && heads.at(-1) !== memory.text(path)) heads.push(memory.text(path));
  };
  const noted: typeof memory.store = {
    get: memory.store.get,
    putIfAbsent: async (at, bytes, kind) => {
      const put = await memory.store.putIfAbsent(at, bytes, kind);
      note(at);
      return put;
    },
    putIfMatch: async (at, bytes, etag, kind) => {
      const put = await memory.store.putIfMatch(at, bytes, etag, kind);
      note(at);
      return put;
    },
  };
  const acknowledged: number[] = [];
  const { storeFor, run } = scheduler();
  const publishAs = async (publisher: number, store: typeof memory.store): Promise<void> => {
    await publishChange(publisherOf(store, channel, key, { patient }), (apps) =>
      withRelease(apps, `app_p${publisher}`, '1.0.0', release(publisher)),
    );
    acknowledged.push(publisher);
  };
  const steps = await run(
    Array.from({ length: PUBLISHERS }, (_, publisher) => () => publishAs(publisher, storeFor(publisher, noted))),
    choose,
  );
  await publishAs(PUBLISHERS, noted);

  let state: FeedState | null = null;
  const frozen = memoryStore();
  for (const [at, bytes] of memory.snapshot()) frozen.force(at, bytes);
  for (const text of heads) {
    frozen.force(path, text);
    const check = await checkFeed({ channel: channel.id, state, read: readerOf(frozen), now: START });
    expect(check.problems).toEqual([]);
    expect(check.news).toBe('newer');
    state = check.state;
  }
  const apps = state?.head?.apps ?? {};
  for (const publisher of acknowledged) expect(apps[`app_p${publisher}`]?.versions).toEqual({ '1.0.0': release(publisher) });
  expect(Object.keys(apps).length).toBeGreaterThanOrEqual(acknowledged.length);
  return { steps, heads: heads.length, lost: PUBLISHERS + 1 - Object.keys(apps).length };
};

type Switch = { readonly at: number; readonly by: number };

/** One publisher goes on until it ends, but for these switches to another one. */
const inTurns = (switches: readonly Switch[], fateOf: (task: number, nth: number) => Fate = () => 'runs'): Choice => {
  let current = 0;
  const done = new Map<number, number>();
  return (ready, step) => {
    const here = switches.find(({ at }) => at === step);
    if (here !== undefined) current = (current + here.by) % PUBLISHERS;
    const task = ready.includes(current) ? current : (ready[0] ?? 0);
    current = task;
    const nth = done.get(task) ?? 0;
    done.set(task, nth + 1);
    return { task, fate: fateOf(task, nth) };
  };
};

/** How much of the space one suite walks: 1 is all of it. */
export type Extent = { readonly stride: number; readonly rounds: number };

/** Declares the tests of the model check. */
export const checkPublishing = ({ stride, rounds }: Extent): void => {
  describe('a model check of publishing with three publishers', () => {
    it('holds in every order with up to two switches', async () => {
      let runs = 0;
      let longest = (await explore(inTurns([]))).steps;
      for (let first = 0; first < longest; first += 1)
        for (let second = first; second < longest; second += stride)
          for (const by of second === first
            ? [[1], [2]]
            : [
                [1, 1],
                [1, 2],
                [2, 1],
                [2, 2],
              ]) {
            const switches =
              second === first ? [{ at: first, by: by[0] ?? 0 }] : [first, second].map((at, index) => ({ at, by: by[index] ?? 0 }));
            const { steps, lost } = await explore(inTurns(switches));
            expect(lost).toBe(0);
            longest = Math.max(longest, Math.min(steps, 30));
            runs += 1;
          }
      expect(runs).toBeGreaterThan(400 / stride);
      console.log(`${runs} orders, the longest of ${longest} steps`);
    }, 600_000);

    it('holds with a crash of any publisher before and after each of its steps, in every order with one switch', async () => {
      let runs = 0;
      let crashes = 0;
      for (let victim = 0; victim < PUBLISHERS; victim += 1)
        for (let nth = 0; nth < 10; nth += 1)
          for (const fate of ['before', 'after'] as const)
            for (let at = 0; at < 24; at += 2 * stride)
              for (const by of [1, 2]) {
                let isHit = false;
                const { lost } = await explore(
                  inTurns([{ at, by }], (task, step) => {
                    if (task !== victim || step !== nth) return 'runs';
                    isHit = true;
                    return fate;
                  }),
                );
                expect(lost).toBeLessThanOrEqual(isHit ? 1 : 0);
                runs += 1;
                if (isHit) crashes += 1;
              }
      expect(crashes).toBeGreaterThan(600 / stride);
      console.log(`${runs} runs, ${crashes} with a crash`);
    }, 600_000);

    it('holds in random orders with random crashes of all but one', async () => {
      const random = seeded(2026);
      let crashes = 0;
      for (let round = 0; round < rounds; round += 1) {
        const dead = new Set<number>();
        await explore((ready) => {
          const task = ready[Math.floor(random() * ready.length)] ?? 0;
          if (dead.size < PUBLISHERS - 1 && random() < 0.05) {
            dead.add(task);
            crashes += 1;
            return { task, fate: random() < 0.5 ? 'before' : 'after' };
          }
          return { task, fate: 'runs' };
        });
      }
      expect(crashes).toBeGreaterThan(rounds / 3);
      console.log(`${crashes} crashes in ${rounds} random orders`);
    }, 600_000);
  });
};
