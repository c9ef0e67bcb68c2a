import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderStore } from '../../src/cli/folder-store.ts';
import { withRelease } from '../../src/sync/apps.ts';
import { checkFeed } from '../../src/sync/check.ts';
import { downloadBundle } from '../../src/sync/download.ts';
import { PATHS } from '../../src/sync/layout.ts';
import { publishChange } from '../../src/sync/publish.ts';
import { httpReader } from '../../src/sync/reader.ts';
import { hasEdge, startEdge } from '../support/engine/engine.ts';
import { makeBundle, makeKey, publisherOf, startChannel, trusted } from '../support/feed.ts';

if (!hasEdge()) console.log('nginx is not installed: the tests of a static host are left to npm run soak');

describe.skipIf(!hasEdge())('a feed on a static host', () => {
  let host: Awaited<ReturnType<typeof startEdge>>;
  beforeAll(async () => {
    host = await startEdge();
  });
  afterAll(() => host.close());

  it('costs one request of at most 300 bytes where nothing is new, and is checked, downloaded and verified without a listing', async () => {
    const store = folderStore(host.root);
    const key = await makeKey();
    const channel = await startChannel(store, key);
    const bundle = await makeBundle(key, 'app_shop', '1.0.0');
    const release = { sha256: bundle.sha256, size: bundle.bytes.length };
    await store.putIfAbsent(PATHS.object(bundle.sha256), bundle.bytes, 'immutable');
    await publishChange(publisherOf(store, channel, key, { now: Date.now }), (apps) => withRelease(apps, 'app_shop', '1.0.0', release));

    const read = httpReader(fetch, host.host, 'header');
    const check = (state: Parameters<typeof checkFeed>[0]['state']) => checkFeed({ channel: channel.id, state, read, now: Date.now() });
    const state = await trusted(check(null));
    expect((await downloadBundle(read, state, 'app_shop', { version: '1.0.0', release })).hash).toBe(bundle.sha256);
    const before = (await host.requests()).length;
    for (let round = 0; round < 5; round += 1) expect(await check(state)).toMatchObject({ news: 'same', mayInstall: true });
    const lines = (await host.requests()).slice(before);
    expect(lines).toHaveLength(5);
    for (const line of lines) {
      const [method, path, status, bytes] = line.split(' ');
      expect([method, path, status]).toEqual(['GET', `/${PATHS.head(channel.id)}`, '304']);
      expect(Number(bytes)).toBeLessThanOrEqual(300);
    }
    console.log(`an unchanged check: 1 request, ${lines[0]?.split(' ')[3]} bytes`);

    await publishChange(publisherOf(store, channel, key, { now: Date.now }), (apps) => apps);
    expect(await check(state)).toMatchObject({ news: 'newer', state: { head: { n: 2 } } });
    // What a folder keeps for publishers is nobody else's business.
    const hidden = await fetch(`${host.host}/c/${channel.id}/.latchkey/head/${state.head?.hash}`);
    expect(hidden.status).toBe(404);
    const object = await fetch(`${host.host}/${PATHS.object(bundle.sha256)}`);
    expect(object.headers.get('cache-control')).toContain('immutable');
    expect(object.headers.get('access-control-allow-origin')).toBe('*');
    await object.arrayBuffer();
  });
});
