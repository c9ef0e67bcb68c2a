import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalText } from '../../src/bundle/canonical.ts';
import type { FeedId, InstallationId } from '../../src/domain/ids.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { ESTATE_ID, startFollower, type Updates } from '../support/updates.ts';

let updates: Updates;
let core: TestCore;
let feedId: FeedId;
let installation: InstallationId;

beforeEach(async () => {
  ({ updates, core } = await startFollower());
  await updates.release('1.0.0');
  feedId = (await core.do('followFeed', { address: updates.host.address })).feedId;
  const bundle = await core.do('downloadUpdate', { feedId, applicationId: ESTATE_ID, version: '1.0.0' });
  installation = (await core.do('installBundle', bundle)).installationId;
  return () => updates.host.close();
});

const make = async (): Promise<string> => (await core.do('makeBackup', { withAuthorizations: false, passphrase: null })).text;
const restore = (on: TestCore, text: string) => on.do('restoreBackup', { text, passphrase: null });
const feedWords = (what: { readonly changes: readonly { what: string; added: number; changed: number; removed: number }[] }) =>
  what.changes.find((one) => one.what === 'Feeds that are followed');
const updateOf = async (on: TestCore) => on.see('installation', { installationId: installation });
const headOf = async (on: TestCore): Promise<number> => JSON.parse((await on.ctx.db.feeds.toArray())[0]?.state ?? '{}').head.n;

describe('feeds in a backup', () => {
  it('S60 come to another device with pins and declined versions, are due at once, and are checked from where they were', async () => {
    await updates.release('1.1.0');
    await core.do('checkFeeds', { feedId });
    await core.do('skipVersion', { installationId: installation, version: '1.1.0', isSkipped: true });
    const text = await make();
    const other = await startCore();
    expect(feedWords(await other.do('previewRestore', { text, passphrase: null }))).toMatchObject({ added: 1, changed: 0, removed: 0 });
    await restore(other, text);
    expect(await updateOf(other)).toMatchObject({ update: null, declined: { version: '1.1.0' } });
    const asked = updates.host.asked.length;
    expect(await other.do('checkFeeds', { feedId: null })).toEqual({ fault: null });
    expect(updates.host.asked.slice(asked)).toMatchObject([{ path: updates.headPath }]);
    await updates.release('1.2.0');
    await other.do('checkFeeds', { feedId });
    expect(await updateOf(other)).toMatchObject({ update: { version: '1.2.0' } });
    // Nothing that was downloaded is in it, and nothing of it was taken along.
    expect(JSON.parse(text).rows.downloads).toBeUndefined();
  });

  it('S47 S49 the backup’s state is the floor on a new device: an older head is refused there', async () => {
    const old = new Uint8Array(await readFile(join(updates.folder, updates.headPath)));
    await updates.release('1.1.0');
    await core.do('checkFeeds', { feedId });
    const text = await make();
    const other = await startCore();
    await restore(other, text);
    updates.host.instead.set(updates.headPath, old);
    expect((await other.do('checkFeeds', { feedId })).fault?.code).toBe('feed.older');
    expect(await headOf(other)).toBe(2);
  });

  it('S47 S49 an old backup over a newer state brings decisions back, and no older head, key or silence of the publisher', async () => {
    await core.do('pinVersion', { installationId: installation, isPinned: true });
    const text = await make();
    await core.do('pinVersion', { installationId: installation, isPinned: false });
    const old = new Uint8Array(await readFile(join(updates.folder, updates.headPath)));
    await updates.rotate();
    await updates.release('1.1.0');
    await core.do('checkFeeds', { feedId });
    const before = await core.ctx.db.feeds.get(feedId);
    const preview = await core.do('previewRestore', { text, passphrase: null });
    expect(preview.keptFeeds).toBe(1);
    expect(feedWords(preview)).toMatchObject({ added: 0, changed: 1, removed: 0 });
    await restore(core, text);
    expect(await core.ctx.db.feeds.get(feedId)).toEqual({
      ...before,
      choices: { [ESTATE_ID]: { skipped: [], isPinned: true } },
      revision: (before?.revision ?? 0) + 1,
    });
    updates.host.instead.set(updates.headPath, old);
    // Of the key that was replaced; it does not come back either.
    expect((await core.do('checkFeeds', { feedId })).fault?.code).toBe('feed.key-unknown');
    // Twice the same changes nothing more.
    expect(feedWords(await core.do('previewRestore', { text, passphrase: null }))).toBeUndefined();
  });

  it('S51 a feed that was followed since stays, under one name for one channel', async () => {
    await core.do('unfollowFeed', { feedId });
    const without = await make();
    const again = await core.do('followFeed', { address: updates.host.address });
    expect(await core.do('previewRestore', { text: without, passphrase: null })).toMatchObject({ keptFeeds: 1 });
    await restore(core, without);
    expect((await core.see('feeds', {})).feeds.map(({ id }) => id)).toEqual([again.feedId]);
    const withIt = await make();
    await core.do('unfollowFeed', { feedId: again.feedId });
    const { feedId: third } = await core.do('followFeed', { address: updates.host.address });
    await restore(core, withIt);
    expect((await core.see('feeds', {})).feeds.map(({ id }) => id)).toEqual([third]);
  });

  it('S60 a backup of a program that had none of them leaves the feeds that are here', async () => {
    const content = JSON.parse(await make());
    delete content.rows.feeds;
    await restore(core, canonicalText(content));
    expect((await core.see('feeds', {})).feeds).toHaveLength(1);
  });

  it('S55 what cannot be read of a feed goes into no backup, and a good backup mends it', async () => {
    const good = await make();
    await core.ctx.db.feeds.update(feedId, { state: '{}' });
    expect(JSON.parse(await make()).rows.feeds).toEqual([]);
    await restore(core, good);
    expect(await core.do('checkFeeds', { feedId })).toEqual({ fault: null });
  });

  it.each<[string, (feed: Record<string, unknown>, state: { head: Record<string, unknown>; root: string }) => void]>([
    ['another address', (feed) => Object.assign(feed, { address: 'http://updates.example/' })],
    ['another channel', (feed) => Object.assign(feed, { channel: 'a'.repeat(52) })],
    ['a state that is none', (feed) => Object.assign(feed, { state: '{}' })],
    ['other numbers than were signed', (_, { head }) => Object.assign(head, { n: 0 })],
    ['another list than was signed', (_, { head }) => Object.assign(head, { apps: {} })],
    ['a changed root', (_, state) => Object.assign(state, { root: state.root.replace('"signature":"', '"signature":"A') })],
  ])('S60 S44 %s is refused before anything is touched', async (_, spoil) => {
    const content = JSON.parse(await make());
    const [feed] = content.rows.feeds;
    const state = JSON.parse(feed.state);
    spoil(feed, state);
    if (feed.state !== '{}') feed.state = JSON.stringify(state);
    const other = await startCore();
    expect(['backup.unreadable', 'feed.address-wrong']).toContain(
      await other.fails('restoreBackup', { text: canonicalText(content), passphrase: null }),
    );
    expect(Object.values(await other.dump()).flat()).toHaveLength(0);
  });
});
