import { isNewerVersion } from '../domain/application.ts';
import { ENGINE } from '../domain/engine.ts';
import { choiceFor, type Feed, type FeedChoice } from '../domain/feed.ts';
import type { ApplicationId } from '../domain/ids.ts';
import type { Installation } from '../domain/installation.ts';
import { type Offer, offerFor } from '../sync/apps.ts';
import { appIn, appsOf, speaksOf } from './feeds.ts';
import type { FeedStanding, UpdateOffer } from './views.ts';

const WEEK = 7 * 86_400_000;

export const standingOf = (feed: Feed, now: number): FeedStanding => {
  const { id, address, lastCheckAt, lastGoodAt, nextCheckAt, fault } = feed;
  return { id, host: new URL(address).host, lastCheckAt, lastGoodAt, nextCheckAt, fault, isSilent: now - lastGoodAt >= WEEK };
};

/** What waits in stage or runs in production: what an update is compared with (R115). */
export const currentOf = ({ version, bundleHash, staged }: Installation): Pick<Installation, 'version' | 'bundleHash'> =>
  staged ?? { version, bundleHash };

export type Offered = Offer & { readonly choice: FeedChoice; readonly isDeclined: boolean };

/** What a feed has for this client now, whatever they decided about it; null where it has nothing newer. */
export const offeredBy = async (feed: Feed, applicationId: ApplicationId, installation: Installation | null): Promise<Offered | null> => {
  const app = appIn(appsOf(feed), applicationId);
  if (app === null) return null;
  const installed = installation === null ? null : currentOf(installation).version;
  const offer = await offerFor(app, { clientId: feed.clientId, installed, isPinned: false, engine: ENGINE });
  if (offer === null) return null;
  const choice = choiceFor(feed, applicationId);
  return { ...offer, choice, isDeclined: choice.skipped.includes(offer.version) };
};

export type Updates = {
  readonly update: UpdateOffer | null;
  readonly declined: UpdateOffer | null;
  readonly isPinned: boolean;
  readonly feeds: readonly FeedStanding[];
};

/** What the followed feeds say of one installation. */
export const updatesFor = async (feeds: readonly Feed[], installation: Installation, now: number): Promise<Updates> => {
  const { applicationId } = installation;
  const speaking = feeds.filter((feed) => speaksOf(feed, installation));
  let update: UpdateOffer | null = null;
  let declined: UpdateOffer | null = null;
  for (const feed of speaking) {
    const offered = await offeredBy(feed, applicationId, installation);
    if (offered === null) continue;
    const offer = { feedId: feed.id, applicationId, version: offered.version };
    if (offered.isDeclined) declined = offer;
    else if (!offered.choice.isPinned && (update === null || isNewerVersion(offered.version, update.version))) update = offer;
  }
  return {
    update,
    declined,
    isPinned: speaking.some((feed) => choiceFor(feed, applicationId).isPinned),
    feeds: speaking.map((feed) => standingOf(feed, now)),
  };
};
