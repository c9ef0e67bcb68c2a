import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenKey } from '../../../src/bundle/key-file.ts';
import { withRelease } from '../../../src/sync/apps.ts';
import { createChannel, planFor } from '../../../src/sync/channel.ts';
import { checkFeed, type FeedState } from '../../../src/sync/check.ts';
import { PATHS } from '../../../src/sync/layout.ts';
import type { Patient } from '../../../src/sync/patient.ts';
import { probeStore } from '../../../src/sync/probe.ts';
import { publishChange } from '../../../src/sync/publish.ts';
import { httpReader, LARGE } from '../../../src/sync/reader.ts';
import { writeFirstRoot } from '../../../src/sync/root.ts';
import type { IfMatch } from '../../../src/sync/s3.ts';
import { encode, type Store, sha256Hex } from '../../../src/sync/store.ts';
import { makeBundle, makeKey, publisherOf, seeded } from '../feed.ts';
import { startEdge, startStore } from './engine.ts';

/** isWhole: with the store ended and started again, which takes a minute more. */
type Extent = { readonly publishers: number; readonly releases: number; readonly isWhole: boolean };

const PATIENT: Patient = { sleep: (ms) => sleep(ms), random: Math.random, tries: 500, firstMs: 20 };
const SLOW = 600_000;

const release = (index: number) => ({ sha256: index.toString(16).padStart(64, '0'), size: 100 });

/** A fifth of all answers goes wrong: some before the store heard of it, some after it did what was asked. */
const withMishaps = (store: Store, random: () => number): Store => {
  const put = async (write: () => ReturnType<Store['putIfAbsent']>) => {
    const fate = random();
    if (fate < 0.1) return 'unknown' as const;
    const outcome = await write();
    return fate < 0.2 ? ('unknown' as const) : outcome;
  };
  return {
    get: store.get,
    putIfAbsent: (...args) => put(() => store.putIfAbsent(...args)),
    putIfMatch: (...args) => put(() => store.putIfMatch(...args)),
  };
};

/** The longest that each kind of call took. */
const timed = (store: Store) => {
  const longest = { get: 0, put: 0 };
  const measure = async <T>(kind: 'get' | 'put', act: () => Promise<T>): Promise<T> => {
    const since = performance.now();
    try {
      return await act();
    } finally {
      longest[kind] = Math.max(longest[kind], performance.now() - since);
    }
  };
  const measured: Store = {
    get: (...args) => measure('get', () => store.get(...args)),
    putIfAbsent: (...args) => measure('put', () => store.putIfAbsent(...args)),
    putIfMatch: (...args) => measure('put', () => store.putIfMatch(...args)),
  };
  return { measured, longest };
};

/** Declares the tests of a feed on a real distributed store. */
export const testEngine = ({ publishers, releases, isWhole }: Extent): void => {
  describe('a feed on a distributed store with three nodes and two gateways', () => {
    let engine: Awaited<ReturnType<typeof startStore>>;
    let ifMatch: IfMatch;
    let key: OpenKey;
    let prefix = 0;

    beforeAll(async () => {
      engine = await startStore();
      key = await makeKey();
    }, SLOW);
    afterAll(() => engine.close(), SLOW);

    /** A channel under a key of its own, so that each test begins with an empty one. */
    const begin = async (store: Store) => {
      key = await makeKey();
      prefix += 1;
      return createChannel(store, PATIENT, await writeFirstRoot(planFor('stable', key), [key]));
    };
    const readAt = (gateway: number) => httpReader(fetch, engine.gateways[gateway] ?? '', 'header');
    const check = (channel: string, state: FeedState | null = null, read = readAt(prefix % 2)) =>
      checkFeed({ channel, state, read, now: Date.now() });

    it(
      'is suitable: creations and replacements have one winner each, over both gateways',
      async () => {
        ifMatch = await probeStore({ storeWith: (form) => engine.storeWith(form), patient: PATIENT, name: 'suite' });
        console.log(`suitable, If-Match ${ifMatch}`);
        expect(['quoted', 'unquoted']).toContain(ifMatch);
        const anonymous = await Promise.all([
          fetch(`${engine.gateways[0]}/x`, { method: 'PUT', body: 'x' }),
          fetch(`${engine.gateways[0]}/?prefix=c`),
        ]);
        for (const { status } of anonymous) expect([401, 403]).toContain(status);
      },
      SLOW,
    );

    it(
      `loses and doubles none of ${publishers} × ${releases} releases, with a fifth of all answers to writes going wrong`,
      async () => {
        const store = engine.storeWith(ifMatch);
        const channel = await begin(store);
        const since = performance.now();
        await Promise.all(
          Array.from({ length: publishers }, async (_, publisher) => {
            const self = publisherOf(withMishaps(store, seeded(publisher + 1)), channel, key, {
              patient: PATIENT,
              now: Date.now,
              nonce: () => `${publisher}-${Math.random()}`,
            });
            for (let index = 0; index < releases; index += 1)
              await publishChange(self, (apps) => withRelease(apps, `app_p${publisher}`, `1.${index}.0`, release(publisher * 100 + index)));
          }),
        );
        const { state, news } = await check(channel.id);
        expect(news).toBe('newer');
        const apps = Object.entries(state?.head?.apps ?? {});
        expect(apps).toHaveLength(publishers);
        for (const [, { versions }] of apps) expect(Object.keys(versions)).toHaveLength(releases);
        const seconds = (performance.now() - since) / 1_000;
        console.log(`${publishers * releases} releases in ${seconds.toFixed(1)} s, head ${state?.head?.epoch}-${state?.head?.n}`);
      },
      SLOW,
    );

    it(
      'goes on without one node that is killed in the middle of publications and downloads',
      async () => {
        const { measured, longest } = timed(engine.storeWith(ifMatch, 30_000));
        const channel = await begin(measured);
        const large = new Uint8Array(8 * 1024 * 1024).map((_, index) => (index * 7919) & 255);
        const hash = await sha256Hex(large);
        await measured.putIfAbsent(PATHS.object(hash), large, 'immutable');
        let isOver = false;
        let downloads = 0;
        let failed = 0;
        const acknowledged: string[] = [];
        const reading = Array.from({ length: 2 }, async (_, gateway) => {
          while (!isOver) {
            const answer = await readAt(gateway)(PATHS.object(hash), { limit: large.length, patience: LARGE, etag: null }).catch(
              () => null,
            );
            if (answer?.kind === 'found' && (await sha256Hex(answer.bytes)) === hash) downloads += 1;
            else failed += 1;
          }
        });
        const writing = Array.from({ length: 4 }, async (_, publisher) => {
          const self = publisherOf(measured, channel, key, {
            patient: PATIENT,
            now: Date.now,
            nonce: () => `${publisher}-${Math.random()}`,
          });
          for (let index = 0; index < 10; index += 1) {
            await publishChange(self, (apps) => withRelease(apps, `app_n${publisher}`, `1.${index}.0`, release(publisher * 100 + index)));
            acknowledged.push(`app_n${publisher} 1.${index}.0`);
          }
        });
        while (acknowledged.length < 8) await sleep(5);
        await engine.kill('node1');
        await Promise.all(writing);
        isOver = true;
        await Promise.all(reading);
        const { state } = await check(channel.id);
        const there = Object.entries(state?.head?.apps ?? {}).flatMap(([id, { versions }]) =>
          Object.keys(versions).map((version) => `${id} ${version}`),
        );
        console.log(
          `one node killed: ${downloads} downloads, ${failed} failed, longest write ${longest.put.toFixed(0)} ms, ${acknowledged.length} releases`,
        );
        expect(there.sort()).toEqual(acknowledged.sort());
        expect(failed).toBe(0);
        expect(downloads).toBeGreaterThan(0);
        if (isWhole) await engine.restart();
      },
      SLOW,
    );

    it.runIf(isWhole)(
      'is answered by the edge while the whole store is down, and is found again afterwards',
      async () => {
        const store = engine.storeWith(ifMatch);
        const channel = await begin(store);
        const self = publisherOf(store, channel, key, { patient: PATIENT, now: Date.now });
        const bundle = await makeBundle(key, 'app_shop', '1.0.0');
        await store.putIfAbsent(PATHS.object(bundle.sha256), bundle.bytes, 'immutable');
        await publishChange(self, (apps) => withRelease(apps, 'app_shop', '1.0.0', { sha256: bundle.sha256, size: bundle.bytes.length }));
        const edge = await startEdge(engine.gateways[0]);
        try {
          const read = httpReader(fetch, edge.edge, 'header');
          const first = await check(channel.id, null, read);
          expect(first).toMatchObject({ news: 'newer', mayInstall: true });
          const before = (await edge.requests()).length;
          expect(await check(channel.id, first.state, read)).toMatchObject({ news: 'same' });
          const [line = ''] = (await edge.requests()).slice(before);
          expect(line).toContain(' 304 ');
          expect(Number(line.split(' ')[3])).toBeLessThanOrEqual(300);
          await engine.stop();
          await sleep(2_500);
          for (let round = 0; round < 20; round += 1) {
            expect(await check(channel.id, first.state, read)).toMatchObject({ news: 'same', mayInstall: true });
            expect(await check(channel.id, null, read)).toMatchObject({ news: 'newer' });
          }
          // Publishing says that it could not, and nothing is half done.
          const impatient = { ...self, patient: { ...PATIENT, tries: 3 } };
          await expect(publishChange(impatient, (apps) => withRelease(apps, 'app_shop', '1.1.0', release(1)))).rejects.toThrow(
            'feed.store-unreachable',
          );
          await engine.restart();
          await publishChange(self, (apps) => withRelease(apps, 'app_shop', '1.1.0', release(1)));
          await sleep(2_500);
          await check(channel.id, first.state, read);
          await sleep(500);
          expect(await check(channel.id, first.state, read)).toMatchObject({ news: 'newer', state: { head: { n: 2 } } });
          console.log(`an unchanged check at the edge: ${line.split(' ')[3]} bytes; 40 checks answered while the store was down`);
        } finally {
          await edge.close();
        }
      },
      SLOW,
    );

    it.runIf(isWhole)(
      'an acknowledged write is there after all of it was ended and started again',
      async () => {
        const store = engine.storeWith(ifMatch);
        expect(await store.putIfAbsent('kept', encode('yes'), 'immutable')).toBe('done');
        await engine.stop();
        await engine.restart();
        expect(new TextDecoder().decode((await store.get('kept', 10))?.bytes)).toBe('yes');
      },
      SLOW,
    );
  });
};
