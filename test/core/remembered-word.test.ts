import { beforeEach, describe, expect, it } from 'vitest';
import type { FeedId, InstallationId } from '../../src/domain/ids.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { install } from '../support/estate.ts';
import { makeKey } from '../support/feed.ts';
import { estateBundle, startFollower, type Updates } from '../support/updates.ts';

let updates: Updates;
let core: TestCore;
let feedId: FeedId;
let installation: InstallationId;
let file: string;

beforeEach(async () => {
  ({ updates, core } = await startFollower());
  file = (await updates.release('1.0.0')).text;
  feedId = await follow();
  installation = await install(core, file);
  return () => updates.host.close();
});

const follow = async (): Promise<FeedId> => (await core.do('followFeed', { address: updates.host.address })).feedId;
const problemsOf = async (text: string, on: TestCore = core) =>
  (await on.do('previewBundle', { text })).problems.map(({ code, isBlocking }) => [code, isBlocking]);
const uninstall = (id = installation) => core.do('uninstallApplication', { installationId: id });
const stop = async (): Promise<void> => {
  await updates.revoke('1.0.0', 'block', 'It sends invoices twice');
  await core.do('checkFeeds', { feedId });
};
/** Replaces the key, and gives a later version that the one before signed. */
const withdraw = async (): Promise<string> => {
  const text = await estateBundle(updates.key, '1.1.0');
  await updates.rotate();
  await updates.release('1.2.0');
  await core.do('checkFeeds', { feedId });
  return text;
};
const STOPPED = [['install.revoked', true]];
const WITHDRAWN = [['install.key-withdrawn', true]];

describe('what was said against a version', () => {
  it('S51 S47 stays said after uninstalling, when nobody looks at the feed any more; following it again may lower it', async () => {
    await stop();
    await uninstall();
    expect(await core.ctx.db.feeds.count()).toBe(0);
    expect(await problemsOf(file)).toEqual(STOPPED);
    const { hash } = await core.do('previewBundle', { text: file });
    expect(await core.fails('installBundle', { text: file, hash })).toBe('install.revoked');
    await updates.revoke('1.0.0', 'warn', 'Only on Mondays');
    await follow();
    expect(await problemsOf(file)).toEqual([['install.discouraged', false]]);
    await uninstall(await install(core, file));
    expect(await core.ctx.db.feeds.count()).toBe(0);
    expect(await problemsOf(file)).toEqual([]);
  });

  it('S51 S47 a later version of the same author is none of it, and forgets none of it', async () => {
    await stop();
    await uninstall();
    await uninstall(await install(core, await estateBundle(updates.key, '1.0.1')));
    expect((await core.ctx.db.trust.toArray()).map(({ highestVersion, blocks }) => [highestVersion, blocks])).toEqual([
      ['1.0.1', [{ v: '1.0.0', level: 'block', why: 'It sends invoices twice' }]],
    ]);
  });

  it('S51 stays said when the feed is followed no more, before the application is uninstalled or after', async () => {
    await stop();
    await core.do('unfollowFeed', { feedId });
    await uninstall();
    expect(await problemsOf(file)).toEqual(STOPPED);
    feedId = await follow();
    await updates.release('1.1.0');
    await updates.revoke('1.1.0', 'block', 'So does this');
    await core.do('checkFeeds', { feedId });
    await core.do('unfollowFeed', { feedId });
    expect(await problemsOf(await estateBundle(updates.key, '1.1.0'))).toEqual(STOPPED);
  });

  it('S51 is said of this author’s application only: another author’s of the same id, or another application of theirs, is not stopped', async () => {
    await stop();
    await uninstall();
    expect(await problemsOf(await estateBundle(await makeKey(), '1.0.0'))).toEqual([]);
    const application = { ...JSON.parse(file).payload.application, id: 'app_tools', name: 'Tools' };
    expect(await problemsOf(await estateBundle(updates.key, '1.0.0', { application }))).toEqual([]);
  });

  it('S60 S51 goes with a backup, and no older backup takes it back', async () => {
    const before = (await core.do('makeBackup', { withAuthorizations: false, passphrase: null })).text;
    await stop();
    await uninstall();
    const after = (await core.do('makeBackup', { withAuthorizations: false, passphrase: null })).text;
    const other = await startCore();
    await other.do('restoreBackup', { text: after, passphrase: null });
    expect(await problemsOf(file, other)).toEqual(STOPPED);
    await other.do('restoreBackup', { text: before, passphrase: null });
    expect((await other.ctx.db.trust.toArray())[0]?.blocks).toMatchObject([{ v: '1.0.0', level: 'block' }]);
  });
});

describe('a key that was withdrawn', () => {
  it('S50 S51 stays withdrawn after uninstalling and without the feed, until the same channel names it again', async () => {
    const stolen = updates.key;
    const text = await withdraw();
    await uninstall();
    expect(await core.ctx.db.feeds.count()).toBe(0);
    expect(await problemsOf(text)).toEqual(WITHDRAWN);
    feedId = await follow();
    expect(await problemsOf(text)).toEqual(WITHDRAWN);
    await updates.admit(stolen);
    await updates.release('1.3.0');
    await core.do('checkFeeds', { feedId });
    expect(await problemsOf(text)).toEqual([]);
    await core.do('unfollowFeed', { feedId });
    expect(await problemsOf(text)).toEqual([]);
  });

  it('S50 S51 stays withdrawn when the feed is followed no more', async () => {
    const text = await withdraw();
    await core.do('unfollowFeed', { feedId });
    expect(await problemsOf(text)).toEqual(WITHDRAWN);
    await uninstall();
    expect(await problemsOf(text)).toEqual(WITHDRAWN);
  });
});
