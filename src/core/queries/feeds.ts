import * as v from 'valibot';
import { Fault } from '../../domain/faults.ts';
import { choiceFor, type Feed, revocationIn } from '../../domain/feed.ts';
import { isId } from '../../domain/ids.ts';
import type { Installation } from '../../domain/installation.ts';
import { reopenRoot } from '../../sync/root.ts';
import { parseState } from '../../sync/state.ts';
import { type Call, query } from '../command.ts';
import { feedsOf, speaksFor } from '../feeds.ts';
import { idInput, nothing } from '../inputs.ts';
import { currentOf, offeredBy, standingOf } from '../offers.ts';
import { reviewFor, storedContents } from '../reviewing.ts';
import { seesSystemConnections } from '../service-needs.ts';
import { permission } from '../slots.ts';
import { keyWords } from '../summaries.ts';
import type { FeedAppView, FeedsView, FeedView, UpgradeReview } from '../views.ts';

const appView = async (feed: Feed, applicationId: string, latest: string, installed: readonly Installation[]): Promise<FeedAppView[]> => {
  if (!isId('app', applicationId)) return [];
  const installation = installed.find((one) => one.applicationId === applicationId && speaksFor(feed, one)) ?? null;
  const offered = await offeredBy(feed, applicationId, installation);
  const version = installation === null ? null : currentOf(installation).version;
  return [
    {
      applicationId,
      name: installation?.definition.name ?? null,
      installationId: installation?.id ?? null,
      installed: version,
      latest,
      offer: offered === null || offered.isDeclined ? null : offered.version,
      declined: offered?.isDeclined === true ? offered.version : null,
      isPinned: choiceFor(feed, applicationId).isPinned,
      revoked: version === null ? null : revocationIn(installation?.revocations ?? [], version),
    },
  ];
};

const feedView = async (call: Call, feed: Feed, installed: readonly Installation[]): Promise<FeedView> => {
  const state = parseState(feed.state);
  const head = state?.head ?? null;
  const apps = Object.entries(head?.apps ?? {});
  return {
    ...standingOf(feed, call.now()),
    address: feed.address,
    channel: feed.channel,
    signers: state === null ? [] : [...(await reopenRoot(state.root)).channelKeys.keys()].map(keyWords),
    signedAt: head?.iat ?? null,
    expiresAt: head?.exp ?? null,
    forks: feed.forks,
    apps: (await Promise.all(apps.map(([id, { latest }]) => appView(feed, id, latest, installed)))).flat(),
  };
};

/** The feeds that the acting workspace follows. */
export const feeds = query({
  args: nothing,
  read: async (call): Promise<FeedsView> => {
    const { workspace } = call.acting();
    const installed = await call.db.installations.where('workspaceId').equals(workspace.id).toArray();
    const rows = (await feedsOf(call, workspace.id)).sort((a, b) => a.createdAt - b.createdAt);
    return {
      feeds: await Promise.all(rows.map((feed) => feedView(call, feed, installed))),
      follow: permission(call, 'application.install'),
    };
  },
});

/** What going back to the version before would change. Throws `install.no-previous`. */
export const rollbackReview = query({
  args: v.strictObject({ installationId: idInput('ins') }),
  read: async (call, { installationId }): Promise<UpgradeReview> => {
    const found = await call.db.installations.get(installationId);
    if (found === undefined || found.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'installation');
    if (found.previous === null) throw new Fault('install.no-previous', found.definition.name);
    const before = await storedContents(call, found.previous.bundleHash);
    return reviewFor(call, found, found, before, seesSystemConnections(call.acting()));
  },
});
