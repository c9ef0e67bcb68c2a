import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthorPublicKey } from '../../src/bundle/author-key.ts';
import type { PayloadInput } from '../../src/bundle/format/v1.ts';
import type { OpenKey } from '../../src/bundle/key-file.ts';
import { signBundle } from '../../src/bundle/sign.ts';
import { folderStore } from '../../src/cli/folder-store.ts';
import { ESTATE } from '../../src/core/sample-estate.ts';
import { type Apps, withRelease, withRevoked } from '../../src/sync/apps.ts';
import { addRoot, createChannel, planFor } from '../../src/sync/channel.ts';
import { PATHS } from '../../src/sync/layout.ts';
import { publishChange } from '../../src/sync/publish.ts';
import { writeFirstRoot } from '../../src/sync/root.ts';
import { encode, sha256Hex } from '../../src/sync/store.ts';
import { startCore, type TestCore } from './core.ts';
import { actAs } from './estate.ts';
import { atOnce, makeKey, publisherOf } from './feed.ts';
import { memoryStore } from './memory-store.ts';
import { startStaticHost } from './static-host.ts';

export const ESTATE_ID = 'app_estate';

const SMS = {
  linkName: 'sandbox_sms',
  displayName: 'Sandbox SMS',
  connectorId: 'sandbox-sms',
  type: 'admin',
  scopes: ['sms.account.read'],
  environmentPolicy: 'separate',
} as const;

/** The first version: the sample, and an SMS connection that nothing uses any more in the next one. */
export const FIRST: Pick<PayloadInput, 'connections' | 'components'> = {
  connections: [...ESTATE.connections, SMS].flatMap((one) =>
    one.type === 'system' ? [] : [{ ...one, type: one.type, scopes: [...one.scopes] }],
  ),
  components: ESTATE.components.map((one) => ({ ...one })),
};

/** The next one: Books asks for one scope more, SMS is gone, Sheet has another name. */
export const SECOND: typeof FIRST = {
  components: FIRST.components,
  connections: FIRST.connections
    .filter(({ linkName }) => linkName !== 'sandbox_sms')
    .map((one) =>
      one.linkName === 'sandbox_books'
        ? { ...one, scopes: [...one.scopes, 'books.contacts.read'].sort() }
        : { ...one, displayName: 'Harbour Sheet' },
    ),
};

export const estateApplication = (version: string): PayloadInput['application'] => {
  const { name, linkName, forms, pages } = ESTATE.application;
  return {
    id: ESTATE_ID,
    version,
    name,
    linkName,
    forms: forms.map((form) => ({ ...form, fields: form.fields.map((field) => ({ ...field, choices: [...field.choices] })) })),
    pages: pages.map((page) => ({ ...page })),
  };
};

export const estateBundle = (key: OpenKey, version: string, change: Partial<PayloadInput> = {}): Promise<string> => {
  const contents = version === '1.0.0' ? FIRST : SECOND;
  return signBundle(
    {
      format: 'latchkey.bundle/1',
      publishedAt: Date.UTC(2026, 0, 1),
      author: { name: 'Northwind Studio', key: key.publicKey },
      application: estateApplication(version),
      ...contents,
      requirements: { systemConnections: [] },
      ...change,
    },
    key.privateKey,
  );
};

/** A publisher with a feed in a folder that a static host serves; `named` are authors, and root keys, beside its own key. */
export const startUpdates = async (named: readonly AuthorPublicKey[] = []) => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-updates-'));
  const store = folderStore(folder);
  let key = await makeKey();
  const plan = planFor('stable', key);
  let channel = await createChannel(
    store,
    atOnce(),
    await writeFirstRoot({ ...plan, keys: [...plan.keys, ...named], authors: [...plan.authors, ...named] }, [key]),
  );
  const host = await startStaticHost(folder);
  const publish = (change: (apps: Apps) => Apps | null) => publishChange(publisherOf(store, channel, key, { now: Date.now }), change);
  return {
    folder,
    host,
    channel: channel.id,
    headPath: PATHS.head(channel.id),
    get key() {
      return key;
    },
    /** Stores a bundle and names it in a head; gives its text and where it lies. */
    release: async (
      version: string,
      signer: OpenKey = key,
      change: Partial<PayloadInput> = {},
    ): Promise<{ text: string; path: string; sha256: string }> => {
      const text = await estateBundle(signer, version, change);
      const bytes = encode(text);
      const sha256 = await sha256Hex(bytes);
      await store.putIfAbsent(PATHS.object(sha256), bytes, 'immutable');
      await publish((apps) => withRelease(apps, ESTATE_ID, version, { sha256, size: bytes.length }));
      return { text, path: PATHS.object(sha256), sha256 };
    },
    revoke: (version: string, level: 'warn' | 'block', why: string) =>
      publish((apps) => withRevoked(apps, ESTATE_ID, { v: version, level, why })),
    /** Says the least version that the publisher stands behind. */
    requireLeast: (version: string) =>
      publish((apps) => {
        const app = apps[ESTATE_ID];
        return app === undefined ? null : { ...apps, [ESTATE_ID]: { ...app, min: version } };
      }),
    /** Replaces the key by a new root, which both sign. */
    rotate: async (): Promise<void> => {
      const next = await makeKey();
      channel = await addRoot(store, atOnce(), channel, planFor('stable', next), [key, next]);
      key = next;
    },
    /** Names one more author by a new root. */
    admit: async ({ publicKey }: OpenKey): Promise<void> => {
      const plan = planFor('stable', key);
      channel = await addRoot(store, atOnce(), channel, { ...plan, authors: [...plan.authors, publicKey] }, [key]);
    },
    /** A head of the same publisher's over an older one, as if what came after did not exist. */
    twin: async (old: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> => {
      const memory = memoryStore();
      await memory.store.putIfAbsent(PATHS.head(channel.id), old, 'head');
      await publishChange(publisherOf(memory.store, channel, key, { now: () => Date.now() + 1 }), (apps) => apps);
      return memory.files.get(PATHS.head(channel.id)) ?? new Uint8Array();
    },
  };
};

export type Updates = Awaited<ReturnType<typeof startUpdates>>;

/** A publisher, and the sample's client whose super admin acts. */
export const startFollower = async (): Promise<{ readonly updates: Updates; readonly core: TestCore }> => {
  const [updates, core] = await Promise.all([startUpdates(), startCore()]);
  await core.do('loadSample', {});
  await actAs(core, 'Carla');
  return { updates, core };
};
