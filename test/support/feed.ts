import { keyIdOf } from '../../src/bundle/author-key.ts';
import type { OpenKey } from '../../src/bundle/key-file.ts';
import { makeAuthorKey, signBundle } from '../../src/bundle/sign.ts';
import { Fault } from '../../src/domain/faults.ts';
import type { ApplicationId } from '../../src/domain/ids.ts';
import { type Apps, withRelease } from '../../src/sync/apps.ts';
import { type Channel, createChannel, planFor } from '../../src/sync/channel.ts';
import { type Check, checkFeed, type FeedState } from '../../src/sync/check.ts';
import { PATHS } from '../../src/sync/layout.ts';
import type { Patient } from '../../src/sync/patient.ts';
import { type Change, type Published, type Publisher, publishChange } from '../../src/sync/publish.ts';
import type { Read } from '../../src/sync/reader.ts';
import { writeFirstRoot } from '../../src/sync/root.ts';
import { encode, type Store, sha256Hex } from '../../src/sync/store.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';

export const DAY = 86_400_000;
export const START = Date.UTC(2026, 0, 1);

export const makeKey = async (): Promise<OpenKey> => {
  const { publicKey, privateKey } = await makeAuthorKey();
  return { keyId: await keyIdOf(publicKey), publicKey, privateKey };
};

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
export const seeded = (seed: number) => {
  let at = seed;
  return (): number => {
    at += 0x6d2b79f5;
    let mixed = Math.imul(at ^ (at >>> 15), at | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Waits only for what is queued already. */
export const atOnce = (seed = 1, tries = 60): Patient => ({
  sleep: () => new Promise((resolve) => setImmediate(resolve)),
  random: seeded(seed),
  tries,
  firstMs: 1,
});

let claims = 0;
export const publisherOf = (store: Store, channel: Channel, key: OpenKey, more: Partial<Publisher> = {}): Publisher => ({
  store,
  channel,
  key,
  patient: atOnce(),
  now: () => START,
  nonce: () => `nonce-${++claims}`,
  ...more,
});

export const startChannel = async (store: Store, key: OpenKey): Promise<Channel> =>
  createChannel(store, atOnce(), await writeFirstRoot(planFor('stable', key), [key]));

export type Bundle = { readonly text: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly sha256: string };

export const makeBundle = async (key: OpenKey, id: ApplicationId, version: string): Promise<Bundle> => {
  const text = await signBundle(
    {
      format: 'latchkey.bundle/1',
      publishedAt: START,
      author: { name: 'Studio', key: key.publicKey },
      application: { id, version, name: `Shop ${id.slice(4)}`, linkName: 'shop', forms: [], pages: [] },
      connections: [],
      components: [],
      requirements: { systemConnections: [] },
    },
    key.privateKey,
  );
  const bytes = encode(text);
  return { text, bytes, sha256: await sha256Hex(bytes) };
};

/** A reader over a store in memory, as a client sees it; counts what it is asked for. */
export const readerOf =
  (memory: MemoryStore, asked: string[] = []): Read =>
  async (path, { etag, limit }) => {
    asked.push(path);
    const bytes = memory.files.get(path);
    if (bytes === undefined) return { kind: 'absent' };
    const now = memory.etags.get(path) ?? null;
    if (etag !== null && etag === now) return { kind: 'same' };
    if (bytes.length > limit) throw new Fault('feed.too-large', 'memory');
    return { kind: 'found', bytes: bytes.slice(), etag: now };
  };

/** A publisher with one application, and a client that looks at it. */
export const startFeed = async () => {
  const memory = memoryStore();
  const key = await makeKey();
  let channel = await startChannel(memory.store, key);
  const asked: string[] = [];
  const publish = (change: Change, more: Partial<Publisher> = {}): Promise<Published> =>
    publishChange(publisherOf(memory.store, channel, key, more), change);
  return {
    memory,
    key,
    asked,
    read: readerOf(memory, asked),
    get channel() {
      return channel;
    },
    set channel(next: Channel) {
      channel = next;
    },
    headPath: PATHS.head(channel.id),
    publish,
    release: async (version: string, id: ApplicationId = 'app_shop', more: Partial<Publisher> = {}): Promise<Bundle> => {
      const bundle = await makeBundle(key, id, version);
      await memory.store.putIfAbsent(PATHS.object(bundle.sha256), bundle.bytes, 'immutable');
      await publish((apps: Apps) => withRelease(apps, id, version, { sha256: bundle.sha256, size: bundle.bytes.length }), more);
      return bundle;
    },
    check: (state: FeedState | null, now = START, read: Read = readerOf(memory, asked)): Promise<Check> =>
      checkFeed({ channel: channel.id, state, read, now }),
  };
};

export type Feed = Awaited<ReturnType<typeof startFeed>>;

/** The state after a check that found something new. */
export const trusted = async (check: Promise<Check>): Promise<FeedState> => {
  const { state, news, problems } = await check;
  if (state === null || news === 'refused') throw new Error(JSON.stringify(problems));
  return state;
};

export const codesOf = ({ problems }: Check): string[] => problems.map(({ code }) => code);
