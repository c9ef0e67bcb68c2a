import { beforeEach, describe, expect, it } from 'vitest';
import type { OpenKey } from '../../src/bundle/key-file.ts';
import type { FeedId, InstallationId } from '../../src/domain/ids.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { install } from '../support/estate.ts';
import { makeKey } from '../support/feed.ts';
import { ESTATE_ID, estateBundle, startFollower, startUpdates, type Updates } from '../support/updates.ts';

let updates: Updates;
let core: TestCore;

beforeEach(async () => {
  ({ updates, core } = await startFollower());
  return () => updates.host.close();
});

const follow = async (from: Updates = updates): Promise<FeedId> => (await core.do('followFeed', { address: from.host.address })).feedId;
const check = (feedId: FeedId) => core.do('checkFeeds', { feedId });
const see = (installationId: InstallationId, on: TestCore = core) => on.see('installation', { installationId });
const take = async (feedId: FeedId, version: string): Promise<InstallationId> =>
  (await core.do('installBundle', await core.do('downloadUpdate', { feedId, applicationId: ESTATE_ID, version }))).installationId;
const problemsOf = async (text: string) => (await core.do('previewBundle', { text })).problems.map(({ code }) => code);

/** A channel that a key begins, and another author whom it names, and who never signs it. */
const shared = async (): Promise<{ channel: Updates; author: OpenKey }> => {
  const author = await makeKey();
  const channel = await startUpdates([author.publicKey]);
  return { channel, author };
};

describe('whose word counts', () => {
  it('S50 S51 a channel that only names the key of another publisher stops, warns of, offers and declines nothing of theirs', async () => {
    const file = await estateBundle(updates.key, '1.0.0');
    const installation = await install(core, file);
    await updates.release('1.0.0');
    const genuine = await follow();
    const mallory = await startUpdates([updates.key.publicKey]);
    await mallory.release('1.0.0', updates.key);
    await mallory.release('1.1.0', updates.key);
    await mallory.revoke('1.0.0', 'block', 'Mallory says so');
    const evil = await follow(mallory);
    expect(await see(installation)).toMatchObject({ revoked: null, update: null, feeds: [{ id: genuine }] });
    await check(evil);
    expect(await see(installation)).toMatchObject({ revoked: null, feeds: [{ id: genuine }] });
    const { rows } = await core.see('audit', { limit: 20 });
    expect(rows.filter(({ sentence }) => sentence.includes('stopped'))).toEqual([]);
    const ended = await see(installation);
    expect(ended.endingFeeds).toEqual([new URL(updates.host.address).host]);
    await core.do('uninstallApplication', { installationId: installation });
    expect(await problemsOf(file)).toEqual([]);
    // It may look at a bundle of theirs that it hands on, and is believed only once a person took one from it.
    const { text } = await core.do('downloadUpdate', { feedId: evil, applicationId: ESTATE_ID, version: '1.1.0' });
    const again = await install(core, text);
    await mallory.revoke('1.1.0', 'block', 'Mallory says so');
    await check(evil);
    expect(await see(again)).toMatchObject({ version: '1.1.0', revoked: null, feeds: [] });
    await mallory.host.close();
  });

  it('S51 a channel speaks for each author whom it names, for what a person took from it', async () => {
    const { channel, author } = await shared();
    await channel.release('1.0.0', author);
    const feedId = await follow(channel);
    const installation = await take(feedId, '1.0.0');
    await channel.release('1.1.0', author);
    await check(feedId);
    expect(await see(installation)).toMatchObject({ update: { feedId, version: '1.1.0' }, feeds: [{ id: feedId }] });
    await channel.revoke('1.0.0', 'block', 'It sends invoices twice');
    await check(feedId);
    expect(await see(installation)).toMatchObject({ revoked: { level: 'block' } });
    expect(await problemsOf(await estateBundle(author, '1.1.0'))).toEqual([]);
    await take(feedId, '1.1.0');
    expect(await see(installation)).toMatchObject({ version: '1.1.0', revoked: null });
    await channel.host.close();
  });

  it('S51 what a file installed is not of such a channel, until a version is taken from it; stage counts too', async () => {
    const { channel, author } = await shared();
    const installation = await install(core, await estateBundle(author, '1.0.0'));
    await channel.release('1.1.0', author);
    const feedId = await follow(channel);
    expect(await see(installation)).toMatchObject({ update: null, feeds: [] });
    expect((await core.see('feeds', {})).feeds[0]?.apps).toMatchObject([{ installationId: null, offer: '1.1.0' }]);
    await core.do('addStage', { installationId: installation });
    expect(await take(feedId, '1.1.0')).toBe(installation);
    await channel.revoke('1.1.0', 'block', 'It sends invoices twice');
    await check(feedId);
    expect(await see(installation)).toMatchObject({ version: '1.0.0', stagedVersion: '1.1.0', feeds: [{ id: feedId }] });
    expect(await core.fails('takeToProduction', { installationId: installation })).toBe('install.revoked');
    await channel.host.close();
  });

  it('S48 S51 who says that a bundle came by a feed which has other bytes, or no such author, binds nothing', async () => {
    const { channel, author } = await shared();
    await channel.release('1.0.0', author);
    const feedId = await follow(channel);
    for (const text of [await estateBundle(author, '1.0.0', { publishedAt: 5 }), await estateBundle(await makeKey(), '1.0.0')]) {
      const { hash } = await core.do('previewBundle', { text });
      const { installationId } = await core.do('installBundle', { text, hash, feedId });
      expect(await see(installationId)).toMatchObject({ feeds: [] });
      await core.do('uninstallApplication', { installationId });
    }
    await channel.host.close();
  });

  it('S50 S51 a channel goes on speaking for the author whose older key signed it, whichever way the newer key’s version came', async () => {
    const first = updates.key;
    const installation = await install(core, await estateBundle(first, '1.0.0'));
    await updates.release('1.0.0');
    const feedId = await follow();
    // The author’s new key signs bundles only; the older one goes on publishing.
    const next = await makeKey();
    await updates.admit(next);
    await updates.release('1.0.1', next);
    await check(feedId);
    await install(core, await estateBundle(next, '1.1.0'));
    expect(await see(installation)).toMatchObject({ version: '1.1.0', feeds: [{ id: feedId }] });
    await updates.release('1.1.0', next);
    await updates.revoke('1.1.0', 'block', 'It sends invoices twice');
    await check(feedId);
    expect(await see(installation)).toMatchObject({ revoked: { level: 'block' } });
  });

  it('S60 a backup keeps which channel may speak, and restoring an older one takes nobody’s word away', async () => {
    const { channel, author } = await shared();
    const installation = await install(core, await estateBundle(author, '1.0.0'));
    await channel.release('1.1.0', author);
    const feedId = await follow(channel);
    const make = async (): Promise<string> => (await core.do('makeBackup', { withAuthorizations: false, passphrase: null })).text;
    const before = await make();
    await take(feedId, '1.1.0');
    const other = await startCore();
    await other.do('restoreBackup', { text: await make(), passphrase: null });
    expect(await see(installation, other)).toMatchObject({ version: '1.1.0', feeds: [{ id: feedId }] });
    await core.do('restoreBackup', { text: before, passphrase: null });
    expect(await see(installation)).toMatchObject({ version: '1.0.0', feeds: [{ id: feedId }] });
    await channel.host.close();
  });
});
