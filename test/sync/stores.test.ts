import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { folderStore } from '../../src/cli/folder-store.ts';
import { CACHE_CONTROL, PATHS } from '../../src/sync/layout.ts';
import { engineOf, probeStore } from '../../src/sync/probe.ts';
import { type IfMatch, s3Store } from '../../src/sync/s3.ts';
import { decode, encode, type Put, type Store } from '../../src/sync/store.ts';
import { atOnce } from '../support/feed.ts';
import { memoryStore } from '../support/memory-store.ts';
import { CREDENTIALS, startS3 } from '../support/s3-simulator.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const bucket = async (...options: Parameters<typeof startS3>) => {
  const server = await startS3(...options);
  open.push(server.close);
  return { ...server, storeWith: (ifMatch: IfMatch) => s3Store({ ...CREDENTIALS, base: server.base, ifMatch }) };
};

const STORES: readonly [string, () => Promise<Store>][] = [
  ['memory', async () => memoryStore().store],
  ['a folder', async () => folderStore(await mkdtemp(join(tmpdir(), 'latchkey-store-')))],
  ['a bucket', async () => (await bucket()).storeWith('quoted')],
  ['a bucket that wants ETags unquoted', async () => (await bucket({ ifMatch: 'unquoted' })).storeWith('unquoted')],
];

const textAt = async (store: Store, path: string): Promise<string | null> => {
  const stored = await store.get(path, 1_000);
  return stored === null ? null : decode(stored.bytes);
};
const winners = (puts: readonly Put[]): number => puts.filter((put) => put === 'done').length;

describe.each(STORES)('%s as a store of a feed', (_, make) => {
  it('creates once, replaces only what is there, and says which', async () => {
    const store = await make();
    expect(await store.get('c/x/head', 1_000)).toBeNull();
    expect(await store.putIfAbsent('c/x/head', encode('one'), 'head')).toBe('done');
    expect(await store.putIfAbsent('c/x/head', encode('two'), 'head')).toBe('taken');
    const first = await store.get('c/x/head', 1_000);
    expect(await store.putIfMatch('c/x/head', encode('three'), first?.etag ?? '', 'head')).toBe('done');
    expect(await store.putIfMatch('c/x/head', encode('four'), first?.etag ?? '', 'head')).toBe('taken');
    expect(await textAt(store, 'c/x/head')).toBe('three');
    await expect(store.get('c/x/head', 4)).rejects.toThrow('feed.too-large');
  });

  it('has one winner of each race', async () => {
    const store = await make();
    for (let round = 0; round < 20; round += 1) {
      const path = `r/${round}`;
      const created = await Promise.all(Array.from({ length: 8 }, (__, n) => store.putIfAbsent(path, encode(`c${n}`), 'immutable')));
      expect(winners(created)).toBe(1);
      const there = await store.get(path, 1_000);
      const replaced = await Promise.all(
        Array.from({ length: 8 }, (__, n) => store.putIfMatch(path, encode(`r${n}`), there?.etag ?? '', 'head')),
      );
      expect(winners(replaced)).toBe(1);
      expect(await textAt(store, path)).toBe(`r${replaced.indexOf('done')}`);
    }
  });

  it('counts to 80 with eight writers, and loses nothing', async () => {
    const store = await make();
    await store.putIfAbsent('n', encode('0'), 'head');
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let done = 0; done < 10; ) {
          const there = await store.get('n', 1_000);
          if (there === null) throw new Error('it is gone');
          const next = String(Number(decode(there.bytes)) + 1);
          if ((await store.putIfMatch('n', encode(next), there.etag, 'head')) === 'done') done += 1;
        }
      }),
    );
    expect(await textAt(store, 'n')).toBe('80');
  });
});

describe('a folder', () => {
  it('is finished by whoever comes next, where a replacement was cut off', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-store-'));
    const store = folderStore(folder);
    await store.putIfAbsent('c/head', encode('one'), 'head');
    const one = await store.get('c/head', 1_000);
    // What a writer leaves that dies after it has won, and before the head is moved.
    await store.putIfAbsent(`c/.latchkey/head/${one?.etag}`, encode('two'), 'head');
    expect(await store.putIfMatch('c/head', encode('three'), one?.etag ?? '', 'head')).toBe('taken');
    expect(await textAt(store, 'c/head')).toBe('two');
    expect((await readdir(join(folder, 'c'))).sort()).toEqual(['.latchkey', 'head']);
  });

  it('says so where it cannot be written', async () => {
    for (const folder of ['/proc/nothing', '/dev/null/x'])
      await expect(folderStore(folder).putIfAbsent('a', encode('x'), 'immutable')).rejects.toThrow('feed.store-refused');
    await expect(folderStore('/dev/null').get('a', 10)).resolves.toBeNull();
  });
});

describe('a bucket', () => {
  it('tells copies how long they may live, and never lists', async () => {
    const { storeWith, controls, seen } = await bucket();
    const store = storeWith('quoted');
    await store.putIfAbsent('o/1', encode('x'), 'immutable');
    await store.putIfAbsent('c/1/head', encode('x'), 'head');
    expect([...controls.values()]).toEqual([CACHE_CONTROL.immutable, CACHE_CONTROL.head]);
    await store.get('o/1', 10);
    expect(seen).toEqual(['PUT o/1', 'PUT c/1/head', 'GET o/1']);
  });

  it.each(['refused', 'lost', 'done-500', 'conflict'] as const)(
    'says that it does not know, after an answer that says nothing: %s',
    async (mishap) => {
      const { storeWith, files } = await bucket({ mishap: (method) => (method === 'PUT' ? mishap : null) });
      expect(await storeWith('quoted').putIfAbsent('a', encode('x'), 'immutable')).toBe('unknown');
      expect(files.has('a')).toBe(mishap === 'lost' || mishap === 'done-500');
    },
  );

  it('says that it cannot be reached, or that it refuses', async () => {
    const { storeWith, base } = await bucket({ mishap: () => 'lost' });
    await expect(storeWith('quoted').get('a', 10)).rejects.toThrow('feed.store-unreachable');
    const stranger = s3Store({ ...CREDENTIALS, accessKeyId: 'OTHER', base, ifMatch: 'quoted' });
    await expect(stranger.putIfAbsent('a', encode('x'), 'immutable')).rejects.toThrow('feed.store-refused');
  });

  it.each(['quoted', 'unquoted'] as const)('is probed once when it is set up: ETags %s', async (ifMatch) => {
    const { storeWith, seen } = await bucket({ ifMatch });
    expect(await engineOf({ storeWith, patient: atOnce(), name: 'n' })).toBe(ifMatch);
    const asked = seen.length;
    expect(await engineOf({ storeWith, patient: atOnce(), name: 'm' })).toBe(ifMatch);
    expect(seen.slice(asked)).toEqual([`GET ${PATHS.engine}`]);
  });

  it('is refused for heads where two can win', async () => {
    const racing = await bucket({ isAtomic: false });
    await expect(probeStore({ storeWith: racing.storeWith, patient: atOnce(), name: 'n' })).rejects.toThrow('feed.store-races');
    await expect(engineOf({ storeWith: racing.storeWith, patient: atOnce(), name: 'm' })).rejects.toThrow('feed.store-races');
    expect([...racing.files.keys()]).not.toContain(PATHS.engine);
    // One that looks at no condition at all.
    const { store } = memoryStore();
    const careless: Store = {
      ...store,
      putIfMatch: (path, bytes, __, kind) => store.get(path, 1_000).then((there) => store.putIfMatch(path, bytes, there?.etag ?? '', kind)),
    };
    await expect(probeStore({ storeWith: () => careless, patient: atOnce(), name: 'n' })).rejects.toThrow('feed.store-races');
  });
});
