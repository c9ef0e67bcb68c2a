import { beforeEach, describe, expect, it } from 'vitest';
import type { OpenKey } from '../../src/bundle/key-file.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { actAs, install } from '../support/estate.ts';
import { makeKey } from '../support/feed.ts';
import { ESTATE_ID, estateBundle, startUpdates, type Updates } from '../support/updates.ts';

let updates: Updates;
let core: TestCore;

beforeEach(async () => {
  updates = await startUpdates();
  core = await startCore();
  await core.do('loadSample', {});
  await actAs(core, 'Carla');
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
    expect(await problemsOf(await estateBundle(first, '1.2.0'))).toEqual(['install.other-author']);
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
