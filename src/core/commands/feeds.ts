import * as v from 'valibot';
import { ENGINE } from '../../domain/engine.ts';
import { Fault } from '../../domain/faults.ts';
import { type Feed, withChoice, withSkipped } from '../../domain/feed.ts';
import type { FeedId, InstallationId } from '../../domain/ids.ts';
import type { Installation } from '../../domain/installation.ts';
import { offerFor } from '../../sync/apps.ts';
import { checkFeed } from '../../sync/check.ts';
import { checkAndFetch, checkDue } from '../checking.ts';
import { type Call, command } from '../command.ts';
import { fetchOffer, fetchOffers, installationFor, sweepDownloads } from '../downloads.ts';
import { hintedChannel, parseFeedAddress } from '../feed-address.ts';
import { appIn, checkNow, feedsOf, firstState, readerOf, requireNotBlocked, revokedBy, speaksOf } from '../feeds.ts';
import { idInput, versionInput } from '../inputs.ts';
import { marksAfter, marksIn } from '../marks.ts';
import { currentOf } from '../offers.ts';
import type { NewEvent } from '../record.ts';
import { record } from '../record.ts';

const addressInput = v.pipe(v.string(), v.maxLength(2_000));

const loadFeed = async (call: Call, id: FeedId): Promise<Feed> => {
  const feed = await call.db.feeds.get(id);
  if (feed === undefined || feed.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'feed');
  return feed;
};

const feedEvent = (call: Call, name: NewEvent['name'], { id, address }: Pick<Feed, 'id' | 'address'>): NewEvent => {
  const { workspace, member } = call.acting();
  return { name, workspaceId: workspace.id, actor: member.id, subject: id, fields: { name: new URL(address).host } };
};

const freshFeed = (call: Call, address: string, channel: string): Omit<Feed, 'state'> => ({
  id: call.newId('fed'),
  workspaceId: call.acting().workspace.id,
  address,
  channel,
  clientId: call.newId('fed'),
  signers: [],
  authors: [],
  choices: {},
  forks: [],
  lastCheckAt: 0,
  lastGoodAt: 0,
  nextCheckAt: 0,
  failures: 0,
  fault: null,
  lastBlockAt: null,
  createdAt: call.now(),
  revision: 0,
});

/**
 * Follows the feed at this address from now on; its channel is pinned by that. A channel that is followed already is read at the new
 * address, with what was trusted of it. Throws `feed.*` where there is nothing to trust; nothing is stored then.
 */
export const followFeed = command({
  allow: 'application.install',
  input: v.strictObject({ address: addressInput }),
  run: async (call, { address: given }) => {
    const { address, channel: named } = parseFeedAddress(given);
    const read = readerOf(call, address);
    const channel = named ?? (await hintedChannel(read));
    return call.lock(`follow:${call.acting().workspace.id}`, async () => {
      const known = (await feedsOf(call, call.acting().workspace.id)).find((feed) => feed.channel === channel);
      if (known !== undefined) {
        await record(call, {
          put: { feeds: [{ ...known, address, nextCheckAt: 0 }] },
          event: feedEvent(call, 'feed.moved', { ...known, address }),
        });
        call.wake();
        return { feedId: known.id, isNew: false };
      }
      const check = await checkFeed({ channel, state: null, read, now: call.now() });
      const feed = await firstState(freshFeed(call, address, channel), check, call.now());
      const installations = await revokedBy(call, feed);
      await record(call, { put: { feeds: [feed], installations }, event: feedEvent(call, 'feed.followed', feed) });
      await fetchOffers(call, feed);
      call.wake();
      return { feedId: feed.id, isNew: true };
    });
  },
});

/** Stops looking at a feed. What is installed stays as it is, and what was said against versions and keys stays said (S51). */
export const unfollowFeed = command({
  allow: 'application.install',
  input: v.strictObject({ feedId: idInput('fed') }),
  run: async (call, { feedId }) => {
    const feed = await loadFeed(call, feedId);
    const installed = await call.db.installations.where('workspaceId').equals(feed.workspaceId).toArray();
    await record(call, {
      put: { trust: await marksAfter(await marksIn(call, feed.workspaceId), [feed], installed) },
      remove: { feeds: [feed.id] },
      event: feedEvent(call, 'feed.unfollowed', feed),
    });
    await sweepDownloads(call, feed.workspaceId);
    call.wake();
    return {};
  },
});

/** Looks at one feed now, or at all that are due. What went wrong stands at the feed and is no failure of this. */
export const checkFeeds = command({
  allow: 'application.use',
  input: v.strictObject({ feedId: v.nullable(idInput('fed')) }),
  run: async (call, { feedId }) => {
    if (feedId === null) {
      await checkDue(call, () => undefined);
      return { fault: null };
    }
    const feed = await loadFeed(call, feedId);
    const checked = await checkAndFetch(call, feed.id);
    return { fault: checked?.check.problems[0] ?? null };
  },
});

/**
 * The bundle that a feed offers, verified, as text: it goes on through the preview like any file. The feed is checked first, so nothing is
 * taken from one that is stale or forked; what was downloaded before is kept, and not downloaded again. Whoever installs it says that it came
 * by this feed. Throws `feed.*`, `bundle.*`, `install.revoked`.
 */
export const downloadUpdate = command({
  allow: 'application.use',
  input: v.strictObject({ feedId: idInput('fed'), applicationId: idInput('app'), version: versionInput }),
  run: async (call, { feedId, applicationId, version }) => {
    const checked = await checkNow(call, (await loadFeed(call, feedId)).id);
    if (checked === null) throw new Fault('store.missing', 'feed');
    const { feed, check } = checked;
    const [problem] = check.problems;
    if (!check.mayInstall || check.state === null) throw new Fault(problem?.code ?? 'feed.missing', problem?.detail ?? null);
    const app = appIn(check.state.head?.apps ?? {}, applicationId);
    if (app === null) throw new Fault('feed.version-unknown', `${applicationId} ${version}`);
    requireNotBlocked(app, version);
    const installed = await installationFor(call, feed, applicationId);
    // Asked for by a person, so a pinned version is no reason; a staged roll-out is.
    const offer = await offerFor(app, {
      clientId: feed.clientId,
      installed: installed === null ? null : currentOf(installed).version,
      isPinned: false,
      engine: ENGINE,
    });
    if (offer?.version !== version) throw new Fault('feed.not-offered', version);
    const bundle = await fetchOffer(call, feed, check.state, applicationId, offer);
    return { text: new TextDecoder().decode(bundle.bytes), hash: bundle.hash, feedId };
  },
});

const loadFollowed = async (call: Call, id: InstallationId): Promise<{ installation: Installation; feeds: Feed[] }> => {
  const { workspace } = call.acting();
  const installation = await call.db.installations.get(id);
  if (installation === undefined || installation.workspaceId !== workspace.id) throw new Fault('store.missing', 'installation');
  const feeds = (await feedsOf(call, workspace.id)).filter((feed) => speaksOf(feed, installation));
  if (feeds.length === 0) throw new Fault('feed.none', installation.definition.name);
  return { installation, feeds };
};

/** Declines a version, which is remembered, or lets it be offered again. Throws `feed.none`. */
export const skipVersion = command({
  allow: 'application.install',
  input: v.strictObject({ installationId: idInput('ins'), version: versionInput, isSkipped: v.boolean() }),
  run: async (call, { installationId, version, isSkipped }) => {
    const { installation, feeds } = await loadFollowed(call, installationId);
    const { workspace, member } = call.acting();
    await record(call, {
      put: { feeds: feeds.map((feed) => withSkipped(feed, installation.applicationId, version, isSkipped)) },
      event: {
        name: isSkipped ? 'installation.version-skipped' : 'installation.version-unskipped',
        workspaceId: workspace.id,
        actor: member.id,
        subject: installationId,
        fields: { name: installation.definition.name, version },
      },
    });
    await sweepDownloads(call, workspace.id);
    return {};
  },
});

/** Keeps an application on its version, or lets updates be offered again. A version that is stopped stops all the same. Throws `feed.none`. */
export const pinVersion = command({
  allow: 'application.install',
  input: v.strictObject({ installationId: idInput('ins'), isPinned: v.boolean() }),
  run: async (call, { installationId, isPinned }) => {
    const { installation, feeds } = await loadFollowed(call, installationId);
    const { workspace, member } = call.acting();
    await record(call, {
      put: { feeds: feeds.map((feed) => withChoice(feed, installation.applicationId, (before) => ({ ...before, isPinned }))) },
      event: {
        name: isPinned ? 'installation.pinned' : 'installation.unpinned',
        workspaceId: workspace.id,
        actor: member.id,
        subject: installationId,
        fields: { name: installation.definition.name, version: installation.version },
      },
    });
    return {};
  },
});
