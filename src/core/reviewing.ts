import { verifyBundle } from '../bundle/verify.ts';
import { connectorById, hasConnector } from '../connectors/catalogue.ts';
import { isNewerVersion } from '../domain/application.ts';
import type { BundleContents } from '../domain/bundle.ts';
import { Fault } from '../domain/faults.ts';
import type { Installation } from '../domain/installation.ts';
import { type Reviewing, reviewOf } from '../domain/review.ts';
import { tellingBy } from '../runtime/describe.ts';
import type { Context } from './context.ts';
import { readSandboxOrigin } from './services.ts';
import { hostsOf, scopesInWords } from './summaries.ts';
import type { UpgradeReview } from './views.ts';

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

/** What an installation would change by taking these contents in place of the version whose bundle this is. */
export const reviewFor = async (
  ctx: Context,
  { id, definition }: Pick<Installation, 'id' | 'definition'>,
  from: { readonly version: string; readonly bundleHash: string },
  after: BundleContents,
): Promise<UpgradeReview> => {
  const facts = reviewing(await readSandboxOrigin(ctx));
  const { items, unchanged } = reviewOf(await storedContents(ctx, from.bundleHash), after, facts);
  const { version } = after.application;
  const rows = await ctx.db.connections.where('ownerId').equals(id).toArray();
  const kept = new Set(rows.filter(({ isNoLongerUsed }) => isNoLongerUsed).map(({ linkName }) => linkName));
  return {
    installationId: id,
    name: definition.name,
    from: from.version,
    to: version,
    isUpgrade: isNewerVersion(version, from.version),
    lines: items.map((item) => ({
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
