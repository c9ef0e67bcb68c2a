import { beforeEach, describe, expect, it } from 'vitest';
import type { OpenKey } from '../../src/bundle/key-file.ts';
import type { FeedId, InstallationId } from '../../src/domain/ids.ts';
import type { TestCore } from '../support/core.ts';
import { install } from '../support/estate.ts';
import { makeKey } from '../support/feed.ts';
import { ESTATE_ID, estateApplication, estateBundle, startFollower, startUpdates, type Updates } from '../support/updates.ts';

let updates: Updates;
let core: TestCore;

beforeEach(async () => {
  ({ updates, core } = await startFollower());
  return () => updates.host.close();
});

const follow = (from: Updates = updates) => core.do('followFeed', { address: from.host.address });
const problemsOf = async (text: string) => (await core.do('previewBundle', { text })).problems.map(({ code }) => code);

describe('a key that its publisher replaced', () => {
  it('S50 a feed that is followed only after two rotations speaks for what a file of the first key, or the second, installed', async () => {
    const first = updates.key;
    const installationId = await install(core, await estateBundle(first, '1.0.0'));
    await updates.rotate();
    const second = updates.key;
    await updates.rotate();
    await updates.release('1.1.0');
    const { feedId } = await follow();
    expect(await core.see('installation', { installationId })).toMatchObject({ update: { feedId, version: '1.1.0' } });
    // The first key is the past: what it signs now takes no newer key's place, and neither does a version below what was seen.
    await core.do('installBundle', await core.do('downloadUpdate', { feedId, applicationId: ESTATE_ID, version: '1.1.0' }));
    expect(await core.see('installation', { installationId })).toMatchObject({ version: '1.1.0', update: null });
    expect(await core.ctx.db.installations.count()).toBe(1);
    expect(await problemsOf(await estateBundle(first, '1.2.0'))).toEqual(['install.key-withdrawn']);
    expect(await problemsOf(await estateBundle(updates.key, '1.0.0'))).toEqual(['install.older']);
    await core.do('uninstallApplication', { installationId });
    await install(core, await estateBundle(second, '1.1.5'));
    await follow();
    expect(await problemsOf(await estateBundle(updates.key, '1.3.0'))).toEqual([]);
  });

  it('S46 S50 a file of the newer key is refused with a way on, and taken once a followed feed leads from the one to the other', async () => {
    const installationId = await install(core, await estateBundle(updates.key, '1.0.0'));
    await updates.rotate();
    await updates.release('1.1.0');
    const text = await estateBundle(updates.key, '1.2.0');
    const preview = await core.do('previewBundle', { text });
    expect(preview).toMatchObject({ problems: [{ code: 'install.other-author', isBlocking: true }], author: { standing: 'different' } });
    expect(await core.fails('installBundle', { text, hash: preview.hash })).toBe('install.other-author');
    await follow();
    expect(await core.do('previewBundle', { text })).toMatchObject({ problems: [], replaces: '1.0.0', author: { standing: 'known' } });
    await install(core, text);
    expect(await core.see('installation', { installationId })).toMatchObject({ version: '1.2.0' });
    expect(await core.ctx.db.installations.count()).toBe(1);
  });

  it('S50 a channel that names somebody else’s key as its root and its author, without their signature, proves nothing by any rotation', async () => {
    await install(core, await estateBundle(updates.key, '1.0.0'));
    const thief = await startUpdates([updates.key.publicKey]);
    await thief.rotate();
    const { text } = await thief.release('1.2.0');
    await follow(thief);
    expect(await problemsOf(text)).toEqual(['install.other-author']);
    await thief.host.close();
  });

  it('S50 a key that signed a channel, and that the channel never named as an author, is nobody’s other key', async () => {
    const stranger: OpenKey = await makeKey();
    await install(core, await estateBundle(stranger, '1.0.0'));
    await updates.release('1.1.0');
    const { feedId } = await follow();
    await core.ctx.db.feeds
      .where('id')
      .equals(feedId)
      .modify((feed) => void Object.assign(feed, { signers: [...feed.signers, stranger.keyId] }));
    expect(await problemsOf(await estateBundle(updates.key, '1.1.0'))).toEqual(['install.other-author']);
  });
});

describe('key compromise recovery: a key that its publisher withdrew', () => {
  const check = (feedId: FeedId) => core.do('checkFeeds', { feedId });
  const see = (installationId: InstallationId) => core.see('installation', { installationId });
  const isRefused = async (text: string): Promise<void> => {
    const preview = await core.do('previewBundle', { text });
    expect(preview).toMatchObject({
      problems: [{ code: 'install.key-withdrawn', isBlocking: true }],
      author: { standing: 'withdrawn' },
      replaces: null,
      review: null,
    });
    expect(await core.fails('installBundle', { text, hash: preview.hash })).toBe('install.key-withdrawn');
  };

  it('S50 S51 brings nothing in any more, by a high version, another application or for the first time; its publisher’s feed goes on', async () => {
    const stolen = updates.key;
    const installationId = await install(core, await estateBundle(stolen, '1.0.0'));
    await updates.release('1.0.0');
    const { feedId } = await follow();
    await updates.rotate();
    await updates.release('1.1.0');
    await check(feedId);
    await isRefused(await estateBundle(stolen, '9.0.0'));
    const tools = { ...estateApplication('9.0.0'), id: 'app_tools', name: 'Estate tools', linkName: 'tools' } as const;
    await isRefused(await estateBundle(stolen, '9.0.0', { application: tools }));
    expect(await see(installationId)).toMatchObject({ version: '1.0.0', update: { version: '1.1.0' } });
    const offered = await core.do('downloadUpdate', { feedId, applicationId: ESTATE_ID, version: '1.1.0' });
    await core.do('installBundle', offered);
    expect(await see(installationId)).toMatchObject({ version: '1.1.0', update: null });
    await isRefused(await estateBundle(stolen, '9.0.0'));
    // What ran here before stays reachable.
    await core.do('rollBack', { installationId, version: '1.0.0', isConfirmed: true });
    await core.do('rollBack', { installationId, version: '1.1.0', isConfirmed: true });
    expect(await see(installationId)).toMatchObject({ version: '1.1.0' });
  });

  it('S51 R115 S47 does not get from stage to production, and one that was gone back from is not gone forward to', async () => {
    const stolen = updates.key;
    const installationId = await install(core, await estateBundle(stolen, '1.0.0'));
    await updates.release('1.0.0');
    const { feedId } = await follow();
    await install(core, await estateBundle(stolen, '8.0.0'));
    await core.do('rollBack', { installationId, version: '1.0.0', isConfirmed: true });
    await core.do('addStage', { installationId });
    await install(core, await estateBundle(stolen, '9.0.0'));
    await updates.rotate();
    await updates.release('1.1.0');
    await check(feedId);
    expect(await core.fails('takeToProduction', { installationId })).toBe('install.key-withdrawn');
    expect(await core.fails('rollBack', { installationId, version: '8.0.0', isConfirmed: true })).toBe('install.key-withdrawn');
    expect(await see(installationId)).toMatchObject({ version: '1.0.0', stagedVersion: '9.0.0' });
  });

  it('S50 S51 is one that never signed the channel, too, where a version was taken from it; one that stays named is none', async () => {
    const author = await makeKey();
    await updates.admit(author);
    await updates.release('1.0.0', author);
    const { feedId } = await follow();
    const { installationId } = await core.do(
      'installBundle',
      await core.do('downloadUpdate', { feedId, applicationId: ESTATE_ID, version: '1.0.0' }),
    );
    await updates.admit(author);
    await updates.release('1.0.1', author);
    await check(feedId);
    const later = await estateBundle(author, '1.2.0');
    expect(await problemsOf(later)).toEqual([]);
    await updates.rotate();
    await updates.release('1.1.0');
    await check(feedId);
    await isRefused(later);
    expect(await see(installationId)).toMatchObject({ version: '1.0.0' });
  });
});
