import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { checkDue } from '../../src/core/checking.ts';
import { ENGINE } from '../../src/domain/engine.ts';
import type { FeedId, InstallationId } from '../../src/domain/ids.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { encode } from '../../src/sync/store.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { actAs, authorize, connectionId, EMAILS, install, panelOf, sell, slotOf } from '../support/estate.ts';
import { DAY, makeKey } from '../support/feed.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { ESTATE_ID, estateBundle, startUpdates, type Updates } from '../support/updates.ts';

let sandbox: Sandbox;
let updates: Updates;
let core: TestCore;
let clock = 0;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  clock = Date.now();
  updates = await startUpdates();
  core = await startCore({ sandboxOrigin: sandbox.origin, now: () => clock });
  await core.do('loadSample', {});
  await actAs(core, 'Carla');
  return () => updates.host.close();
});

const follow = async (): Promise<FeedId> => (await core.do('followFeed', { address: updates.host.address })).feedId;
const check = (feedId: FeedId) => core.do('checkFeeds', { feedId });
const feedOf = async (feedId: FeedId) => {
  const found = (await core.see('feeds', {})).feeds.find(({ id }) => id === feedId);
  if (found === undefined) throw new Error('no feed');
  return found;
};
const blame = (error: unknown): never => {
  throw error;
};
const see = (installationId: InstallationId) => core.see('installation', { installationId });
const download = (feedId: FeedId, version: string) => core.do('downloadUpdate', { feedId, applicationId: ESTATE_ID, version });
const upgrade = async (feedId: FeedId, version: string) => core.do('installBundle', await download(feedId, version));

/** Follows, takes 1.0.0 from the feed, and authorizes everything at the client. */
const startClient = async (): Promise<{ feedId: FeedId; installation: InstallationId }> => {
  await updates.release('1.0.0');
  const feedId = await follow();
  const { installationId: installation } = await upgrade(feedId, '1.0.0');
  await actAs(core, 'Adam');
  await authorize(core, await connectionId(core, 'sandbox_books'), 'production', { email: EMAILS.adam });
  await authorize(core, await connectionId(core, 'sandbox_sms'), 'production', { email: EMAILS.adam });
  await actAs(core, 'Carla');
  await authorize(core, await connectionId(core, 'sandbox_sheet'), 'production', { email: EMAILS.adam });
  return { feedId, installation };
};

const production = async (linkName: string) => slotOf(core, await connectionId(core, linkName), 'production');

describe('following a feed', () => {
  it('pins the channel at the address, offers what it has, and says which key signs', async () => {
    await updates.release('1.0.0');
    const feedId = await follow();
    const view = await feedOf(feedId);
    expect(view).toMatchObject({ address: updates.host.address, channel: updates.channel, fault: null, isSilent: false });
    expect(view.signers[0]?.words.split(' ')).toHaveLength(8);
    expect(view.apps).toMatchObject([{ applicationId: ESTATE_ID, name: null, installed: null, latest: '1.0.0', offer: '1.0.0' }]);
    expect(await core.do('followFeed', { address: `${updates.host.address}c/${updates.channel}/head` })).toEqual({ feedId, isNew: false });
    expect((await core.see('where', {})).requests[0]).toMatchObject({ purpose: 'feed', result: 'status 200' });
  });

  it.each([
    ['no address', 'estate', 'feed.address-wrong'],
    ['plain http elsewhere', 'http://updates.example/', 'feed.address-wrong'],
    ['an address with a password', 'https://me:secret@updates.example/', 'feed.address-wrong'],
  ])('refuses %s, and stores nothing', async (_, address, code) => {
    expect(await core.fails('followFeed', { address })).toBe(code);
    expect(await core.ctx.db.feeds.count()).toBe(0);
  });

  it('R11 is the super admin’s, and needs something to trust', async () => {
    expect(await core.fails('followFeed', { address: `${updates.host.address}elsewhere` })).toBe('feed.missing');
    expect(await core.fails('followFeed', { address: updates.host.address })).toBe('feed.missing');
    await updates.release('1.0.0');
    updates.host.isDown = true;
    expect(await core.fails('followFeed', { address: updates.host.address })).toBe('feed.unreachable');
    updates.host.isDown = false;
    await actAs(core, 'Adam');
    expect(await core.fails('followFeed', { address: updates.host.address })).toBe('access.refused');
    expect(await core.ctx.db.feeds.count()).toBe(0);
  });

  it('checks with one request, at its own moment, and only when it is due', async () => {
    await updates.release('1.0.0');
    const feedId = await follow();
    const asked = (): number => updates.host.asked.length;
    const before = asked();
    expect(await checkDue(core.ctx, blame)).toBe((await feedOf(feedId)).nextCheckAt);
    expect(asked()).toBe(before);
    clock = (await feedOf(feedId)).nextCheckAt;
    expect(clock - Date.now()).toBeGreaterThan(DAY / 4);
    expect(await checkDue(core.ctx, blame)).toBeGreaterThan(clock);
    expect(updates.host.asked.slice(before)).toMatchObject([{ method: 'GET', path: updates.headPath }]);
  });

  it('the program knows its own version, which a release may ask for', () => {
    expect(ENGINE).toBe(packageJson.version);
  });
});

describe('an upgrade from a feed', () => {
  it('R116 R117 S28 S48 is offered, says what it changes, keeps authorizations, and asks again only for what grew', async () => {
    const { feedId, installation } = await startClient();
    await updates.release('1.1.0');
    expect((await see(installation)).update).toBeNull();
    expect(await check(feedId)).toEqual({ fault: null });
    expect((await see(installation)).update).toMatchObject({ feedId, version: '1.1.0' });

    const bundle = await download(feedId, '1.1.0');
    const { review } = await core.do('previewBundle', { text: bundle.text });
    expect(review).toMatchObject({ from: '1.0.0', to: '1.1.0', isUpgrade: true, installationId: installation });
    expect(review?.lines.map(({ group, linkName, consent }) => [group, linkName, consent])).toEqual([
      ['more', 'sandbox_books', 'again'],
      ['removed', 'sandbox_sms', null],
      ['changed', 'sandbox_sheet', null],
    ]);
    expect(review?.lines[0]?.moreScopes).toEqual([
      { name: 'books.contacts.read', sentence: 'See contacts', writes: false, sensitivity: null },
    ]);
    expect(review?.lines[2]?.says).toEqual(['was called Sandbox Sheet']);
    expect(review?.unchanged).toEqual(['Push invoice to Books', 'Properties sold']);

    await core.do('installBundle', bundle);
    expect(await see(installation)).toMatchObject({ version: '1.1.0', update: null, previous: { version: '1.0.0', isStopped: false } });
    expect(await production('sandbox_books')).toMatchObject({ status: { isConnected: true, reason: { code: 'oauth.scope-missing' } } });
    expect(await production('sandbox_sheet')).toMatchObject({ status: { isConnected: true, reason: null } });
    const { rows } = await core.see('connections', {});
    expect(rows.map(({ linkName, displayName, isNoLongerUsed }) => [linkName, displayName, isNoLongerUsed])).toContainEqual([
      'sandbox_sms',
      'Sandbox SMS',
      true,
    ]);
    // The old grant still serves what it was given for.
    expect(await sell(core, installation, 'production')).toMatchObject({ isOk: true });
  });

  it('R116 writes nothing for the connections that a version leaves as they are', async () => {
    const { feedId, installation } = await startClient();
    await updates.release('1.1.0');
    await check(feedId);
    await upgrade(feedId, '1.1.0');
    const connections = () => core.ctx.db.connections.where('ownerId').equals(installation).toArray();
    const before = await connections();
    await updates.release('1.2.0');
    await check(feedId);
    await upgrade(feedId, '1.2.0');
    expect((await see(installation)).version).toBe('1.2.0');
    expect(await connections()).toEqual(before);
  });

  it('S47 goes back to the version before with entries and authorizations as they are, only when that is confirmed', async () => {
    const { feedId, installation } = await startClient();
    await sell(core, installation, 'production');
    await updates.release('1.1.0');
    await check(feedId);
    await upgrade(feedId, '1.1.0');
    expect(await core.fails('rollBack', { installationId: installation, version: '1.0.0', isConfirmed: false } as never)).toBe(
      'core.input-invalid',
    );
    expect(await core.fails('rollBack', { installationId: installation, version: '0.9.0', isConfirmed: true })).toBe('install.no-previous');
    const review = await core.see('rollbackReview', { installationId: installation });
    expect(review).toMatchObject({ from: '1.1.0', to: '1.0.0', isUpgrade: false });
    expect(review.lines.map(({ group, linkName }) => [group, linkName])).toEqual([
      ['less', 'sandbox_books'],
      ['new', 'sandbox_sms'],
      ['changed', 'sandbox_sheet'],
    ]);
    expect(review.lines[1]).toMatchObject({ consent: null, says: ['was here before; the connection and its authorization were kept'] });
    await core.do('rollBack', { installationId: installation, version: '1.0.0', isConfirmed: true });
    const view = await see(installation);
    // What was left is not offered again, and can be gone forward to.
    expect(view).toMatchObject({ version: '1.0.0', update: null, declined: { version: '1.1.0' }, previous: { version: '1.1.0' } });
    for (const name of ['sandbox_books', 'sandbox_sms', 'sandbox_sheet'])
      expect(await production(name)).toMatchObject({ status: { isConnected: true } });
    expect(
      await core.ctx.db.records.where('[ownerId+environment+form+createdAt]').between([installation], [installation, '\uffff']).count(),
    ).toBe(1);
    const [trust] = await core.ctx.db.trust.toArray();
    expect(trust?.highestVersion).toBe('1.1.0');
    // The mark holds: another bundle under a version that was seen, or an older one, is refused.
    const other = await estateBundle(updates.key, '1.1.0', { publishedAt: 5 });
    expect((await core.do('previewBundle', { text: other })).problems).toMatchObject([
      { code: 'install.version-differs', isBlocking: true },
    ]);
    await core.do('rollBack', { installationId: installation, version: '1.1.0', isConfirmed: true });
    expect(await see(installation)).toMatchObject({ version: '1.1.0', declined: null });
  });

  it('R115 S47 goes back in production only, where stage has the later version; what is stopped is not taken there again', async () => {
    const { feedId, installation } = await startClient();
    await core.do('addStage', { installationId: installation });
    await updates.release('1.1.0');
    await check(feedId);
    expect(await upgrade(feedId, '1.1.0')).toMatchObject({ environment: 'stage' });
    expect(await see(installation)).toMatchObject({ version: '1.0.0', stagedVersion: '1.1.0', previous: null });
    await core.do('takeToProduction', { installationId: installation });
    expect(await see(installation)).toMatchObject({ version: '1.1.0', previous: { version: '1.0.0' } });
    await core.do('rollBack', { installationId: installation, version: '1.0.0', isConfirmed: true });
    expect(await see(installation)).toMatchObject({ version: '1.0.0', stagedVersion: '1.1.0', previous: { version: '1.1.0' } });
    expect(await production('sandbox_books')).toMatchObject({ status: { isConnected: true, reason: null } });
    expect(await sell(core, installation, 'production')).toMatchObject({ isOk: true });
    await updates.revoke('1.1.0', 'block', 'It sends invoices twice');
    await check(feedId);
    expect(await core.fails('takeToProduction', { installationId: installation })).toBe('install.revoked');
    expect(await sell(core, installation, 'stage')).toMatchObject({ fault: { code: 'run.version-revoked' } });
    expect(await sell(core, installation, 'production')).toMatchObject({ isOk: true });
    expect(await core.ctx.db.bundles.count()).toBe(2);
  });

  it('keeps the two newest bundles of an installation and no more', async () => {
    const { feedId, installation } = await startClient();
    for (const version of ['1.1.0', '1.2.0', '1.3.0']) {
      await updates.release(version);
      await check(feedId);
      await upgrade(feedId, version);
    }
    expect(await see(installation)).toMatchObject({ version: '1.3.0', previous: { version: '1.2.0' } });
    expect(await core.ctx.db.bundles.count()).toBe(2);
    await core.do('uninstallApplication', { installationId: installation });
    expect(await core.ctx.db.bundles.count()).toBe(0);
  });

  it('remembers a declined version and offers the next; a pinned one is offered none', async () => {
    const { feedId, installation } = await startClient();
    await updates.release('1.1.0');
    await check(feedId);
    await core.do('skipVersion', { installationId: installation, version: '1.1.0', isSkipped: true });
    expect(await see(installation)).toMatchObject({ version: '1.0.0', update: null, declined: { version: '1.1.0' } });
    await check(feedId);
    expect(await see(installation)).toMatchObject({ update: null });
    await updates.release('1.2.0');
    await check(feedId);
    expect(await see(installation)).toMatchObject({ update: { version: '1.2.0' }, declined: null });
    await core.do('pinVersion', { installationId: installation, isPinned: true });
    expect(await see(installation)).toMatchObject({ update: null, isPinned: true });
    await core.do('pinVersion', { installationId: installation, isPinned: false });
    expect(await see(installation)).toMatchObject({ update: { version: '1.2.0' } });
    await actAs(core, 'Adam');
    expect(await core.fails('skipVersion', { installationId: installation, version: '1.2.0', isSkipped: true })).toBe('access.refused');
  });

  it('a grant is not carried over to another service, or to other holders, under the same link name', async () => {
    const { installation } = await startClient();
    const first = JSON.parse(await estateBundle(updates.key, '1.0.0')).payload;
    const connections = first.connections.map((one: { linkName: string }) =>
      one.linkName === 'sandbox_sms' ? { ...one, connectorId: 'sandbox-books', scopes: ['books.organization.read'] } : one,
    );
    const text = await estateBundle(updates.key, '1.1.0', { connections });
    const { review } = await core.do('previewBundle', { text });
    const line = review?.lines.find(({ linkName }) => linkName === 'sandbox_sms');
    expect(line).toMatchObject({ group: 'more', consent: 'again', says: ['speaks to Sandbox Books and no longer to Sandbox SMS'] });
    await install(core, text);
    expect((await production('sandbox_sms')).status).toMatchObject({ isConnected: false });
    expect((await production('sandbox_books')).status).toMatchObject({ isConnected: true });
    expect(await core.ctx.db.authorizations.filter(({ grant }) => grant !== null).count()).toBe(2);
    expect(await see(installation)).toMatchObject({ version: '1.1.0' });
  });
});

describe('what a feed must not do', () => {
  it('S51 stops a version that its publisher stopped, with the reason, keeps everything, and takes nothing that is stopped', async () => {
    const { feedId, installation } = await startClient();
    expect(await sell(core, installation, 'production')).toMatchObject({ isOk: true });
    await updates.revoke('1.0.0', 'block', 'It sends invoices twice');
    await check(feedId);
    expect(await see(installation)).toMatchObject({ revoked: { level: 'block', why: 'It sends invoices twice' } });
    const invoices = sandbox.books.invoices.length;
    expect(await sell(core, installation, 'production')).toMatchObject({
      isOk: false,
      fault: { code: 'run.version-revoked', detail: 'Estate 1.0.0, It sends invoices twice' },
    });
    const panel = await panelOf(core, installation, 'production');
    expect(await core.do('runComponent', { componentId: panel, recordId: null })).toMatchObject({ fault: { code: 'run.version-revoked' } });
    expect(sandbox.books.invoices).toHaveLength(invoices);
    expect(await production('sandbox_books')).toMatchObject({ status: { isConnected: true } });
    const { rows } = await core.see('audit', { limit: 50 });
    expect(rows.map(({ sentence }) => sentence)).toContain('learned that the publisher stopped Estate 1.0.0: It sends invoices twice');
    // It stays stopped when the feed is not followed any more, and an update lets it run again.
    await updates.release('1.1.0');
    await check(feedId);
    await upgrade(feedId, '1.1.0');
    expect(await sell(core, installation, 'production')).toMatchObject({ isOk: true });
    expect(await see(installation)).toMatchObject({ revoked: null, previous: { version: '1.0.0', isStopped: true } });
    expect(await core.fails('rollBack', { installationId: installation, version: '1.0.0', isConfirmed: true })).toBe('install.revoked');
    await updates.revoke('1.1.0', 'block', 'So does this');
    await updates.release('1.2.0');
    await updates.revoke('1.2.0', 'block', 'And this');
    await check(feedId);
    expect(await core.fails('downloadUpdate', { feedId, applicationId: ESTATE_ID, version: '1.2.0' })).toBe('install.revoked');
    const text = await estateBundle(updates.key, '1.2.0');
    expect((await core.do('previewBundle', { text })).problems).toMatchObject([{ code: 'install.revoked', isBlocking: true }]);
    expect(await core.fails('installBundle', { text, hash: (await core.do('previewBundle', { text })).hash })).toBe('install.revoked');
    await core.do('unfollowFeed', { feedId });
    expect(await sell(core, installation, 'production')).toMatchObject({ fault: { code: 'run.version-revoked' } });
  });

  it('S51 a warning is shown and stops nothing', async () => {
    const { feedId, installation } = await startClient();
    await updates.revoke('1.0.0', 'warn', 'Rounding is off by a cent');
    await check(feedId);
    expect(await see(installation)).toMatchObject({ revoked: { level: 'warn', why: 'Rounding is off by a cent' } });
    expect(await sell(core, installation, 'production')).toMatchObject({ isOk: true });
  });

  it('S49 S52 unreachable for a week it says so, and what is installed works on', async () => {
    const { feedId, installation } = await startClient();
    updates.host.isDown = true;
    for (let day = 0; day < 8; day += 1) {
      clock = Math.max(clock + DAY, (await feedOf(feedId)).nextCheckAt);
      await checkDue(core.ctx, blame);
    }
    const [feed] = (await see(installation)).feeds;
    expect(feed).toMatchObject({ isSilent: true, fault: { code: 'feed.unreachable' } });
    expect(clock - (feed?.lastGoodAt ?? 0)).toBeGreaterThan(7 * DAY);
    expect(await sell(core, installation, 'production')).toMatchObject({ isOk: true });
    expect(await core.fails('downloadUpdate', { feedId, applicationId: ESTATE_ID, version: '1.1.0' })).toBe('feed.unreachable');
    updates.host.isDown = false;
    await check(feedId);
    expect((await see(installation)).feeds[0]).toMatchObject({ isSilent: false, fault: null });
  });

  it('S49 an author who signs no more is said to be quiet; nothing new is taken, and what is installed runs', async () => {
    const { feedId, installation } = await startClient();
    await updates.release('1.1.0');
    await check(feedId);
    clock += 31 * DAY;
    expect((await check(feedId)).fault?.code).toBe('feed.stale');
    expect(await core.fails('downloadUpdate', { feedId, applicationId: ESTATE_ID, version: '1.1.0' })).toBe('feed.stale');
    expect(await sell(core, installation, 'production')).toMatchObject({ isOk: true });
    clock -= 90 * DAY;
    expect((await check(feedId)).fault?.code).toBe('feed.clock');
  });

  it('S48 a changed bundle, an older head and another one under the same number are refused; the fork is kept as proof', async () => {
    const { feedId, installation } = await startClient();
    const old = new Uint8Array(await readFile(join(updates.folder, updates.headPath)));
    const { text, path } = await updates.release('1.1.0');
    updates.host.instead.set(path, encode(text.replace('Harbour Sheet', 'Harbour Sheat')));
    expect(await check(feedId)).toEqual({ fault: null });
    expect(await core.fails('downloadUpdate', { feedId, applicationId: ESTATE_ID, version: '1.1.0' })).toBe('feed.bundle-wrong');
    updates.host.instead.set(updates.headPath, old);
    expect((await check(feedId)).fault?.code).toBe('feed.older');
    expect(await see(installation)).toMatchObject({ update: { version: '1.1.0' } });
    const twin = await updates.twin(old);
    updates.host.instead.set(updates.headPath, twin);
    expect((await check(feedId)).fault?.code).toBe('feed.forked');
    expect((await feedOf(feedId)).forks).toMatchObject([{ other: new TextDecoder().decode(twin) }]);
    expect(await core.fails('downloadUpdate', { feedId, applicationId: ESTATE_ID, version: '1.1.0' })).toBe('feed.forked');
    expect(await sell(core, installation, 'production')).toMatchObject({ isOk: true });
    await check(feedId);
    expect((await feedOf(feedId)).forks).toHaveLength(1);
  });

  it('S46 S48 another author’s bundle is refused, from the feed and as a file', async () => {
    const { feedId, installation } = await startClient();
    const stranger = await makeKey();
    const { text } = await updates.release('1.1.0', stranger);
    await check(feedId);
    expect(await core.fails('downloadUpdate', { feedId, applicationId: ESTATE_ID, version: '1.1.0' })).toBe('feed.author-unknown');
    expect((await core.do('previewBundle', { text })).problems).toMatchObject([{ code: 'install.other-author', isBlocking: true }]);
    expect(await see(installation)).toMatchObject({ version: '1.0.0' });
  });

  it('S50 a key that the publisher replaced by the chain of roots is the same author; one that a feed merely names is not', async () => {
    const { feedId, installation } = await startClient();
    await updates.rotate();
    await updates.release('1.1.0');
    await check(feedId);
    expect(await see(installation)).toMatchObject({ update: { version: '1.1.0' } });
    await upgrade(feedId, '1.1.0');
    expect(await see(installation)).toMatchObject({ version: '1.1.0' });
    expect(await core.ctx.db.installations.count()).toBe(1);
    expect(await production('sandbox_sheet')).toMatchObject({ status: { isConnected: true } });
    // The mark that the older key's versions left holds for the new key (S47).
    const older = await estateBundle(updates.key, '1.0.0');
    expect((await core.do('previewBundle', { text: older })).problems).toMatchObject([{ code: 'install.older' }]);

    const thief = await startUpdates([updates.key.publicKey]);
    const { text } = await thief.release('1.2.0');
    await core.do('followFeed', { address: thief.host.address });
    expect((await core.do('previewBundle', { text })).problems).toMatchObject([{ code: 'install.other-author' }]);
    await thief.host.close();
  });

  it('S54 what is stored of a feed is not trusted anew when it cannot be read', async () => {
    const { feedId, installation } = await startClient();
    await core.ctx.db.feeds.update(feedId, { state: '{"channel":1}' });
    expect(await core.fails('checkFeeds', { feedId })).toBe('feed.state-wrong');
    expect((await feedOf(feedId)).fault?.code).toBe('feed.state-wrong');
    expect(await see(installation)).toMatchObject({ version: '1.0.0', update: null });
  });
});
