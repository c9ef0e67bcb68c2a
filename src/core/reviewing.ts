import { verifyBundle } from '../bundle/verify.ts';
import { connectorById, hasConnector } from '../connectors/catalogue.ts';
import { isNewerVersion } from '../domain/application.ts';
import type { BundleContents } from '../domain/bundle.ts';
import { Fault } from '../domain/faults.ts';
import type { Installation } from '../domain/installation.ts';
import { inReviewOrder, type ReviewItem, type Reviewing, reviewOf, serviceItemName } from '../domain/review.ts';
import { tellingBy } from '../runtime/describe.ts';
import type { Context } from './context.ts';
import { standingOf, withNeeds } from './service-needs.ts';
import { readSandboxOrigin } from './services.ts';
import { hostsOf, scopesInWords } from './summaries.ts';
import type { ServiceStanding, UpgradeReview } from './views.ts';

const decoder = new TextDecoder();

/** What a kept bundle holds. Throws `store.missing` where it is not kept. */
export const storedContents = async (ctx: Context, hash: string): Promise<BundleContents> => {
  const stored = await ctx.db.bundles.get(hash);
  if (stored === undefined) throw new Fault('store.missing', 'bundle');
  return (await verifyBundle(decoder.decode(stored.bytes))).payload;
};

/** What tells two versions apart, by the catalogue of this device. */
export const TELLING = tellingBy((id) => (hasConnector(id) ? connectorById(id) : null));

const reviewing = (sandboxOrigin: string): Reviewing => ({
  ...TELLING,
  hostsOf: (id) => (hasConnector(id) ? hostsOf(connectorById(id), sandboxOrigin) : []),
});

/** What a need of a service means here: what is connected already is used at once, so it is agreed to with what asks for more (R108). */
const serviceItem = (item: ReviewItem, { state, says }: ServiceStanding): ReviewItem => {
  if (state === 'unseen') return item;
  const isUsedAtOnce = state === 'connected' || state === 'widened';
  return {
    ...item,
    group: isUsedAtOnce ? 'more' : item.group,
    says: [says],
    consent: state === 'connected' ? null : state === 'widened' ? 'again' : 'first',
  };
};

/**
 * What an installation would change by taking these contents in place of the version whose bundle this is. `seesSystem`: may who asks know
 * how the account's system connections stand (R10).
 */
export const reviewFor = async (
  ctx: Context,
  { id, workspaceId, definition }: Pick<Installation, 'id' | 'workspaceId' | 'definition'>,
  from: { readonly version: string; readonly bundleHash: string },
  contents: BundleContents,
  seesSystem: boolean,
): Promise<UpgradeReview> => {
  const facts = reviewing(await readSandboxOrigin(ctx));
  const after = withNeeds(contents);
  const { items, unchanged } = reviewOf(withNeeds(await storedContents(ctx, from.bundleHash)), after, facts);
  const { version } = after.application;
  const rows = await ctx.db.connections.where('ownerId').equals(id).toArray();
  const kept = new Set(rows.filter(({ isNoLongerUsed }) => isNoLongerUsed).map(({ linkName }) => linkName));
  const standing = await Promise.all(
    items.map(async (item) => {
      const need = after.requirements.systemConnections.find(({ connectorId }) => item.linkName === serviceItemName(connectorId));
      if (need === undefined || !seesSystem) return item;
      return serviceItem(item, await standingOf(ctx, { workspaceId, environment: 'production' }, need));
    }),
  );
  return {
    installationId: id,
    name: definition.name,
    from: from.version,
    to: version,
    isUpgrade: isNewerVersion(version, from.version),
    lines: inReviewOrder(standing).map((item) => ({
      ...item,
      // An earlier version had it: its connection was kept, with what was authorized (R117).
      ...(item.group === 'new' && kept.has(item.linkName)
        ? { says: ['was here before; the connection and its authorization were kept'], consent: null }
        : {}),
      connectorName: item.connectorId === null ? null : facts.serviceName(item.connectorId),
      moreScopes: scopesInWords(item.connectorId ?? '', item.moreScopes),
      lessScopes: scopesInWords(item.connectorId ?? '', item.lessScopes),
    })),
    unchanged,
  };
};
