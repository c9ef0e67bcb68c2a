import { describe, expect, it } from 'vitest';
import { newestFirst, withRelease } from '../../src/sync/apps.ts';
import { openChannel } from '../../src/sync/channel.ts';
import { checkFeed } from '../../src/sync/check.ts';
import { PATHS } from '../../src/sync/layout.ts';
import { publishChange } from '../../src/sync/publish.ts';
import { s3Store } from '../../src/sync/s3.ts';
import type { Store } from '../../src/sync/store.ts';
import { atOnce, makeKey, publisherOf, readerOf, START, seeded, startChannel, startFeed } from '../support/feed.ts';
import { type Mishap, memoryStore } from '../support/memory-store.ts';
import { CREDENTIALS, startS3 } from '../support/s3-simulator.ts';

const release = (index: number) => ({ sha256: index.toString(16).padStart(64, '0'), size: 100 + index });

/** Everything that was ever signed, by its number; each number must have one text, wherever it was put. */
const watchSignatures = (store: Store) => {
  const signed = new Map<string, Set<string>>();
  const look = (path: string, bytes: Uint8Array): void => {
    if (!/\/(head|h\/[\d-]+)$/.test(path)) return;
    const text = new TextDecoder().decode(bytes);
    const { epoch, n } = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString());
    const texts = signed.get(`${epoch}-${n}`) ?? new Set();
    signed.set(`${epoch}-${n}`, texts.add(text));
  };
  const watched: Store = {
    get: store.get,
    putIfAbsent: (path, bytes, kind) => {
      look(path, bytes);
      return store.putIfAbsent(path, bytes, kind);
    },
    putIfMatch: (path, bytes, etag, kind) => {
      look(path, bytes);
      return store.putIfMatch(path, bytes, etag, kind);
    },
  };
  return { watched, signed, twice: () => [...signed.values()].filter((texts) => texts.size > 1).length };
};

const PUBLISHERS = 8;
const RELEASES = 50;

/** Each publisher releases its own application again and again; one channel holds them all. */
const publishAll = async (storeOf: (publisher: number) => Store, start: Store, releases: number) => {
  const key = await makeKey();
  const channel = await startChannel(start, key);
  let acknowledged = 0;
  await Promise.all(
    Array.from({ length: PUBLISHERS }, async (_, publisher) => {
      const { watched, twice } = watchSignatures(storeOf(publisher));
      const self = publisherOf(watched, channel, key, { patient: atOnce(publisher + 7, 2_000) });
      for (let index = 0; index < releases; index += 1) {
        await publishChange(self, (apps) => withRelease(apps, `app_p${publisher}`, `1.${index}.0`, release(publisher * 100 + index)));
        acknowledged += 1;
      }
      expect(twice()).toBe(0);
    }),
  );
  return { channel, acknowledged };
};

const requireAll = async (channel: { id: string }, read: ReturnType<typeof readerOf>, acknowledged: number, releases: number) => {
  const { state } = await checkFeed({ channel: channel.id, state: null, read, now: START });
  const apps = state?.head?.apps ?? {};
  const there = Object.values(apps).flatMap(({ versions }) => Object.keys(versions));
  expect(acknowledged).toBe(PUBLISHERS * releases);
  expect(there).toHaveLength(acknowledged);
  for (let publisher = 0; publisher < PUBLISHERS; publisher += 1) {
    const app = apps[`app_p${publisher}`];
    expect(app?.latest).toBe(`1.${releases - 1}.0`);
    for (const [version, { sha256 }] of Object.entries(app?.versions ?? {}))
      expect(sha256).toBe(release(publisher * 100 + Number(version.split('.')[1])).sha256);
  }
  return state;
};

describe('publishing', () => {
  it('8 publishers × 50 releases on one channel, with a fifth of all answers lost or failed: none lost, none doubled, no number signed twice', async () => {
    const random = seeded(42);
    let mishaps = 0;
    let operations = 0;
    let isCalm = true;
    const memory = memoryStore(async (): Promise<Mishap> => {
      operations += 1;
      await new Promise((resolve) => setImmediate(resolve));
      if (isCalm || random() >= 0.2) return null;
      mishaps += 1;
      return random() < 0.5 ? 'lost' : 'failed';
    });
    const all = watchSignatures(memory.store);
    const key = await makeKey();
    await startChannel(memory.store, key);
    isCalm = false;
    const { channel, acknowledged } = await publishAll(() => all.watched, memory.store, RELEASES);
    isCalm = true;
    const state = await requireAll(channel, readerOf(memory), acknowledged, RELEASES);
    expect(all.twice()).toBe(0);
    expect(mishaps / operations).toBeGreaterThan(0.15);
    const gaps = (state?.head?.n ?? 0) - acknowledged;
    console.log(`${operations} operations, ${mishaps} mishaps, ${all.signed.size} heads signed, ${gaps} numbers more than releases`);
  }, 120_000);

  it('8 publishers × 10 releases over HTTP, with a fifth of all answers 500, 409 or lost', async () => {
    const random = seeded(7);
    let isCalm = true;
    const server = await startS3({
      mishap: () => {
        if (isCalm || random() >= 0.2) return null;
        return (['refused', 'lost', 'done-500', 'conflict'] as const)[Math.floor(random() * 4)] ?? null;
      },
    });
    try {
      const store = s3Store({ ...CREDENTIALS, base: server.base, ifMatch: 'quoted' });
      const all = watchSignatures(store);
      isCalm = false;
      const { channel, acknowledged } = await publishAll(() => all.watched, store, 10);
      isCalm = true;
      const memory = memoryStore();
      for (const [path, body] of server.files) memory.force(path, new Uint8Array(body));
      await requireAll(channel, readerOf(memory), acknowledged, 10);
      expect(all.twice()).toBe(0);
      expect(server.seen.some((line) => line.includes('?'))).toBe(false);
    } finally {
      await server.close();
    }
  }, 120_000);

  it('two publishers that begin one channel at once begin the same one, and both releases are in it', async () => {
    const memory = memoryStore(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return null;
    });
    const key = await makeKey();
    const channels = await Promise.all([startChannel(memory.store, key), startChannel(memory.store, key)]);
    expect(channels[0]?.id).toBe(channels[1]?.id);
    await Promise.all(
      channels.map((channel, index) =>
        publishChange(publisherOf(memory.store, channel, key), (apps) => withRelease(apps, `app_p${index}`, '1.0.0', release(index))),
      ),
    );
    const { state } = await checkFeed({ channel: channels[0]?.id ?? '', state: null, read: readerOf(memory), now: START });
    expect(Object.keys(state?.head?.apps ?? {}).sort()).toEqual(['app_p0', 'app_p1']);
  });

  it('the same release again changes nothing; other content under its version is refused', async () => {
    const feed = await startFeed();
    await feed.release('1.0.0');
    const head = feed.memory.text(feed.headPath);
    const { sha256, bytes } = await feed.release('1.0.0');
    expect(feed.memory.text(feed.headPath)).toBe(head);
    expect(await feed.publish((apps) => withRelease(apps, 'app_shop', '1.0.0', { sha256, size: bytes.length }))).toMatchObject({
      outcome: 'unchanged',
      n: 1,
    });
    await expect(feed.publish((apps) => withRelease(apps, 'app_shop', '1.0.0', release(1)))).rejects.toThrow('feed.version-taken');
  });

  it('a head that was signed and never put there is put there by the next publisher, without its key', async () => {
    const feed = await startFeed();
    await feed.release('1.0.0');
    const before = feed.memory.text(feed.headPath);
    await feed.release('1.1.0');
    const signed = feed.memory.text(feed.headPath);
    feed.memory.force(feed.headPath, before);
    await feed.publish((apps) => withRelease(apps, 'app_shop', '1.2.0', release(3)));
    const { state } = await feed.check(null);
    expect(newestFirst(Object.keys(state?.head?.apps['app_shop']?.versions ?? {}))).toEqual(['1.2.0', '1.1.0', '1.0.0']);
    expect(state?.head?.n).toBe(3);
    expect(feed.memory.text(PATHS.copy(feed.channel.id, 1, 2))).toBe(signed);
  });

  it('a number whose claimer died is left out', async () => {
    const feed = await startFeed();
    await feed.release('1.0.0');
    feed.memory.force(PATHS.claim(feed.channel.id, 1, 2), 'somebody');
    feed.memory.force(PATHS.claim(feed.channel.id, 1, 3), 'somebody else');
    expect(await feed.publish((apps) => apps)).toMatchObject({ outcome: 'published', n: 4 });
  });

  it('keeps the head below one kilobyte however many versions there are, and each copy stays', async () => {
    const feed = await startFeed();
    for (let index = 0; index < 30; index += 1) {
      await feed.publish((apps) => withRelease(apps, 'app_shop', `1.${index}.0`, release(index)));
      expect(feed.memory.files.get(feed.headPath)?.length).toBeLessThan(1_024);
    }
    expect([...feed.memory.files.keys()].filter((path) => path.includes('/h/'))).toHaveLength(30);
    expect(Object.keys((await feed.check(null)).state?.head?.apps['app_shop']?.versions ?? {})).toHaveLength(30);
  });

  it('refuses to sign on top of what it cannot verify, or with a key that the channel does not name', async () => {
    const feed = await startFeed();
    await feed.release('1.0.0');
    const good = feed.memory.text(feed.headPath);
    await expect(feed.publish((apps) => apps, { key: await makeKey() })).rejects.toThrow('feed.key-not-named');
    for (const bad of ['', 'hello', `${good.slice(0, -4)}AAAA`]) {
      feed.memory.force(feed.headPath, bad);
      await expect(feed.publish((apps) => apps)).rejects.toThrow(/feed\.(not-a-feed|signature-wrong)/);
      expect(feed.memory.text(feed.headPath)).toBe(bad);
    }
  });

  it('says that it does not know, where a store never says anything, and is right when it is asked again', async () => {
    let isDown = false;
    const memory = memoryStore(({ does }) => (isDown && does !== 'get' ? 'lost' : null));
    const key = await makeKey();
    const channel = await startChannel(memory.store, key);
    isDown = true;
    const self = publisherOf(memory.store, channel, key, { patient: atOnce(1, 3) });
    const change = publishChange(self, (apps) => withRelease(apps, 'app_a', '1.0.0', release(1)));
    // Each write arrived, so each is found by reading.
    expect(await change).toMatchObject({ outcome: 'published', n: 1 });
    const deaf = publisherOf(memoryStore(() => 'failed').store, channel, key, { patient: atOnce(1, 2) });
    await expect(publishChange(deaf, (apps) => apps)).rejects.toThrow('feed.store-unreachable');
    expect(await openChannel(memory.store, atOnce(), channel.id)).toMatchObject({ id: channel.id });
  });
});
