import { beforeEach, describe, expect, it } from 'vitest';
import { checkDue } from '../../src/core/checking.ts';
import { dropDownloads, keepDownload, MOST_KEPT_BYTES } from '../../src/core/downloads.ts';
import type { FeedId, InstallationId } from '../../src/domain/ids.ts';
import { waitingWords } from '../../src/domain/need.ts';
import { freshName, startCore, type TestCore } from '../support/core.ts';
import { actAs, memberId } from '../support/estate.ts';
import { ESTATE_ID, estateBundle, startUpdates, type Updates } from '../support/updates.ts';

let updates: Updates;
let core: TestCore;
let name: string;

beforeEach(async () => {
  updates = await startUpdates();
  name = freshName();
  core = await startCore({ name });
  await core.do('loadSample', {});
  await actAs(core, 'Carla');
  return () => updates.host.close();
});

const download = (feedId: FeedId, version: string, on: TestCore = core) =>
  on.do('downloadUpdate', { feedId, applicationId: ESTATE_ID, version });
const check = (feedId: FeedId) => core.do('checkFeeds', { feedId });
const timesAsked = (path: string): number => updates.host.asked.filter((one) => one.path.endsWith(path)).length;
const kept = async (): Promise<string[]> => (await core.ctx.db.downloads.toArray()).map(({ version }) => version);

/** Follows the feed, and installs 1.0.0 from it. */
const startClient = async (): Promise<{ feedId: FeedId; installation: InstallationId }> => {
  await updates.release('1.0.0');
  const { feedId } = await core.do('followFeed', { address: updates.host.address });
  const { installationId } = await core.do('installBundle', await download(feedId, '1.0.0'));
  return { feedId, installation: installationId };
};

/** The same with 1.1.0 released and seen. */
const startOffered = async () => {
  const client = await startClient();
  const { path, text } = await updates.release('1.1.0');
  await check(client.feedId);
  return { ...client, path, text };
};

describe('an update that waits', () => {
  const waiting = async () => {
    const [frame, home, popup] = [await core.see('frame', {}), await core.see('home', {}), await core.see('popup', {})];
    expect(popup.updates).toEqual(home.updates);
    expect(frame.updates).toBe(home.updates.length);
    return home.updates;
  };

  it('R11 is told on Home and in the popup, to who may take it: what, which version, what asks again, and where to review it', async () => {
    const { installation } = await startOffered();
    expect(await waiting()).toEqual([
      {
        installationId: installation,
        name: 'Estate',
        version: '1.1.0',
        installed: '1.0.0',
        host: new URL(updates.host.address).host,
        isStopped: false,
        asksAgain: 1,
        href: `#/installed/${installation}/upgrade?to=1.1.0`,
      },
    ]);
    await actAs(core, 'Adam');
    expect(await waiting()).toEqual([]);
    await actAs(core, 'Dana');
    expect(await waiting()).toEqual([]);
  });

  it('goes when it is declined, pinned, overtaken or installed, and says so where what it asks for is not known yet', async () => {
    const { feedId, installation } = await startOffered();
    const skip = (isSkipped: boolean) => core.do('skipVersion', { installationId: installation, version: '1.1.0', isSkipped });
    await skip(true);
    expect(await waiting()).toEqual([]);
    await skip(false);
    // Its bytes went when it was declined; nothing is said that is not known.
    expect(await waiting()).toMatchObject([{ version: '1.1.0', asksAgain: null }]);
    await core.do('pinVersion', { installationId: installation, isPinned: true });
    expect(await waiting()).toEqual([]);
    await core.do('pinVersion', { installationId: installation, isPinned: false });
    await updates.release('1.2.0');
    await updates.revoke('1.0.0', 'block', 'It sends invoices twice');
    await check(feedId);
    expect(await waiting()).toMatchObject([{ version: '1.2.0', asksAgain: 1, isStopped: true }]);
    await core.do('installBundle', await download(feedId, '1.2.0'));
    expect(await waiting()).toEqual([]);
  });

  it.each<[number, number, string | null]>([
    [0, 0, null],
    [1, 0, '1 authorization waits for you'],
    [0, 1, '1 update waits for you'],
    [2, 1, '2 authorizations and 1 update wait for you'],
    [0, 2, '2 updates wait for you'],
  ])('is counted beside authorizations: %i and %i', (authorizations, offered, words) => {
    expect(waitingWords(authorizations, offered)).toBe(words);
  });

  it('R115 stands against what waits in stage, where stage is on', async () => {
    const { feedId, installation } = await startClient();
    await core.do('addStage', { installationId: installation });
    await updates.release('1.1.0');
    await check(feedId);
    await core.do('installBundle', await download(feedId, '1.1.0'));
    expect(await waiting()).toEqual([]);
    await updates.release('1.2.0');
    await check(feedId);
    expect(await waiting()).toMatchObject([{ version: '1.2.0', installed: '1.1.0', asksAgain: 0 }]);
  });
});

describe('what a version may not be', () => {
  it('S51 a version below the least that its publisher stands behind runs on, with a warning, and is warned of as a file', async () => {
    const { feedId, installation } = await startOffered();
    await updates.requireLeast('1.1.0');
    await check(feedId);
    expect(await core.see('installation', { installationId: installation })).toMatchObject({
      revoked: { v: '1.0.0', level: 'warn', why: 'Its publisher asks for 1.1.0 or later' },
      update: { version: '1.1.0' },
    });
    const file = await core.do('previewBundle', { text: await estateBundle(updates.key, '1.0.5') });
    expect(file.problems).toMatchObject([{ code: 'install.discouraged', isBlocking: false }]);
    await core.do('installBundle', await download(feedId, '1.1.0'));
    expect(await core.see('installation', { installationId: installation })).toMatchObject({ revoked: null });
    await updates.requireLeast('2.0.0');
    await check(feedId);
    expect(await core.see('installation', { installationId: installation })).toMatchObject({ revoked: { level: 'warn' }, update: null });
  });

  it('R25 R115 a link name that speaks to another service cannot stand in stage beside the one that runs; without stage it is reviewed', async () => {
    const { installation } = await startClient();
    const first = JSON.parse(await estateBundle(updates.key, '1.0.0')).payload;
    const change = (to: object) => ({
      connections: first.connections.map((one: { linkName: string }) => (one.linkName === 'sandbox_sms' ? { ...one, ...to } : one)),
    });
    const other = await estateBundle(updates.key, '1.1.0', change({ connectorId: 'sandbox-books', scopes: ['books.organization.read'] }));
    const ofOthers = await estateBundle(updates.key, '1.1.0', change({ type: 'logged-in-user' }));
    await core.do('addStage', { installationId: installation });
    for (const text of [other, ofOthers]) {
      const preview = await core.do('previewBundle', { text });
      expect(preview.problems).toMatchObject([{ code: 'install.stage-other', detail: 'sandbox_sms', isBlocking: true }]);
      expect(await core.fails('installBundle', { text, hash: preview.hash })).toBe('install.stage-other');
    }
    await core.do('removeStage', { installationId: installation });
    const { problems, review } = await core.do('previewBundle', { text: other });
    expect(problems).toEqual([]);
    expect(review?.lines.find(({ linkName }) => linkName === 'sandbox_sms')).toMatchObject({ group: 'more', consent: 'again' });
  });
});

describe('a downloaded update', () => {
  it('S48 is downloaded once, by the check that finds it, and is verified again by the worker that installs it later', async () => {
    const { feedId, path } = await startOffered();
    expect(timesAsked(path)).toBe(1);
    expect(await core.ctx.db.downloads.toArray()).toMatchObject([{ feedId, version: '1.1.0', asksAgain: 1 }]);
    // Another worker on the same database knows nothing but what is stored.
    const later = await startCore({ name });
    const bundle = await download(feedId, '1.1.0', later);
    await later.do('previewBundle', { text: bundle.text });
    await later.do('installBundle', bundle);
    expect(timesAsked(path)).toBe(1);
    expect(await kept()).toEqual([]);
    expect(await core.ctx.db.bundles.count()).toBe(2);
  });

  it('S48 bytes that changed on the disk are not taken: the bundle is downloaded anew', async () => {
    const { feedId, path } = await startOffered();
    const [row] = await core.ctx.db.downloads.toArray();
    const stored = await core.ctx.db.bundles.get(row?.hash ?? '');
    if (stored === undefined) throw new Error('nothing kept');
    await core.ctx.db.bundles.put({ ...stored, bytes: stored.bytes.map((byte, index) => (index === 40 ? byte ^ 1 : byte)) });
    expect((await download(feedId, '1.1.0')).hash).toBe(stored.hash);
    expect(timesAsked(path)).toBe(2);
    expect((await core.ctx.db.bundles.get(stored.hash))?.bytes).toEqual(stored.bytes);
  });

  it('leaves with its bytes when it is overtaken, declined or stopped, and when its feed is not followed any more', async () => {
    const { feedId, installation } = await startOffered();
    const left = async (): Promise<[string[], number]> => [await kept(), await core.ctx.db.bundles.count()];
    expect(await left()).toEqual([['1.1.0'], 2]);
    await updates.release('1.2.0');
    await check(feedId);
    expect(await left()).toEqual([['1.2.0'], 2]);
    await core.do('skipVersion', { installationId: installation, version: '1.2.0', isSkipped: true });
    expect(await left()).toEqual([[], 1]);
    const { path } = await updates.release('1.3.0');
    // Two windows that want it at once download it once.
    await Promise.all([check(feedId), check(feedId)]);
    await Promise.all([download(feedId, '1.3.0'), download(feedId, '1.3.0')]);
    expect(timesAsked(path)).toBe(1);
    expect(await left()).toEqual([['1.3.0'], 2]);
    await updates.revoke('1.3.0', 'block', 'It sends invoices twice');
    await updates.revoke('1.1.0', 'block', 'So does this');
    await check(feedId);
    expect(await left()).toEqual([[], 1]);
    await updates.release('1.4.0');
    await check(feedId);
    expect(await left()).toEqual([['1.4.0'], 2]);
    await core.do('unfollowFeed', { feedId });
    expect(await left()).toEqual([[], 1]);
  });

  it('stays with its bytes where it took the place of one that is being let go', async () => {
    await startOffered();
    const [row] = await core.ctx.db.downloads.toArray();
    if (row === undefined) throw new Error('nothing kept');
    // Another worker downloads the next version while this one looks at what it has.
    const newer = { ...row, version: '1.2.0', hash: 'f'.repeat(64) };
    await keepDownload(core.ctx, newer, new Uint8Array(row.size));
    await dropDownloads(core.ctx, [row]);
    expect(await kept()).toEqual(['1.2.0']);
    expect(await core.ctx.db.bundles.get(newer.hash)).toBeDefined();
    await dropDownloads(core.ctx, [newer]);
    expect([await kept(), await core.ctx.db.bundles.get(newer.hash)]).toEqual([[], undefined]);
  });

  it('is not fetched unasked where updates are pinned; the review fetches it', async () => {
    const { feedId, installation } = await startClient();
    await core.do('pinVersion', { installationId: installation, isPinned: true });
    const { path } = await updates.release('1.1.0');
    await check(feedId);
    expect(timesAsked(path)).toBe(0);
    await download(feedId, '1.1.0');
    expect(await kept()).toEqual(['1.1.0']);
  });

  it('S56 downloads have a bound: the oldest gives way, and what is installed never does', async () => {
    const { feedId } = await startOffered();
    const [row] = await core.ctx.db.downloads.toArray();
    if (row === undefined) throw new Error('nothing kept');
    const other = { ...row, id: `${feedId}/app_other`, applicationId: 'app_other', hash: 'f'.repeat(64), at: row.at + 1 } as const;
    await keepDownload(core.ctx, other, new Uint8Array(row.size), 2 * row.size);
    expect(await core.ctx.db.downloads.count()).toBe(2);
    await keepDownload(core.ctx, { ...other, hash: 'e'.repeat(64) }, new Uint8Array(row.size), 2 * row.size - 1);
    expect((await core.ctx.db.downloads.toArray()).map(({ hash }) => hash)).toEqual(['e'.repeat(64)]);
    const [installed] = await core.ctx.db.installations.toArray();
    expect((await core.ctx.db.bundles.toCollection().primaryKeys()).sort()).toEqual(['e'.repeat(64), installed?.bundleHash].sort());
    expect(MOST_KEPT_BYTES).toBeLessThan(64 * 1024 * 1024);
    // A full disk keeps nothing, and refuses nothing.
    const full = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    core.ctx.db.downloads.hook('creating', full);
    expect((await download(feedId, '1.1.0')).text).toContain('1.1.0');
    core.ctx.db.downloads.hook('creating').unsubscribe(full);
    expect((await core.ctx.db.downloads.toArray()).map(({ hash }) => hash)).toEqual(['e'.repeat(64)]);
  });
});

describe('what ends a feed', () => {
  const followed = async (): Promise<number> => (await core.see('feeds', {})).feeds.length;
  const counted = async (what: RegExp): Promise<number | undefined> =>
    (await core.see('where', {})).stored.find((row) => what.test(row.what))?.count;

  it('R118 S47 uninstalling the last application of it does, with what was downloaded; the highest version stays known', async () => {
    const { feedId, installation } = await startOffered();
    expect([await counted(/^Feeds/), await counted(/^Updates that were downloaded/)]).toEqual([1, 1]);
    expect((await core.see('where', {})).feeds).toMatchObject([
      { id: feedId, host: new URL(updates.host.address).host, workspaceName: 'Harbour Homes' },
    ]);
    expect((await core.see('installation', { installationId: installation })).endingFeeds).toEqual([new URL(updates.host.address).host]);
    await core.do('removeMember', { memberId: await memberId(core, 'Ben') });
    expect(await followed()).toBe(1);
    const woken: number[] = [];
    const other = await startCore({ name, wake: () => void woken.push(1) });
    await other.do('uninstallApplication', { installationId: installation });
    expect([await followed(), woken]).toEqual([0, [1]]);
    expect([await counted(/^Feeds/), await counted(/^Updates that were downloaded/)]).toEqual([0, 0]);
    expect([await core.ctx.db.bundles.count(), await checkDue(core.ctx, () => undefined)]).toEqual([0, null]);
    expect((await core.see('where', {})).feeds).toEqual([]);
    const again = await core.do('followFeed', { address: updates.host.address });
    expect(again.feedId).not.toBe(feedId);
    const old = await core.do('previewBundle', { text: await estateBundle(updates.key, '0.9.0') });
    expect(old.problems).toMatchObject([{ code: 'install.older' }]);
  });

  it('R118 uninstalling does not, while the feed lists something else, installed or not', async () => {
    const { installation } = await startOffered();
    await core.ctx.db.feeds.toCollection().modify((feed) => {
      const state = JSON.parse(feed.state);
      state.head.apps.app_other = state.head.apps[ESTATE_ID];
      Object.assign(feed, { state: JSON.stringify(state) });
    });
    expect((await core.see('installation', { installationId: installation })).endingFeeds).toEqual([]);
    await core.do('uninstallApplication', { installationId: installation });
    expect(await followed()).toBe(1);
  });

  it('wiping the device does, and the host hears that nothing is due', async () => {
    await startOffered();
    const woken: number[] = [];
    const other = await startCore({ name, wake: () => void woken.push(1) });
    await other.do('wipeDevice', { isConfirmed: true });
    expect([await core.ctx.db.feeds.count(), await core.ctx.db.downloads.count(), await core.ctx.db.bundles.count(), woken.length]).toEqual(
      [0, 0, 0, 1],
    );
    expect(await checkDue(core.ctx, () => undefined)).toBeNull();
  });
});
