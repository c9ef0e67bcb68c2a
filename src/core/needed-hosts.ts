import { connectorToShow } from '../connectors/catalogue.ts';
import { feedHostPatterns } from '../domain/feed.ts';
import { isOpen } from '../domain/flow.ts';
import { hostPatterns, reachOf } from '../domain/host-patterns.ts';
import type { Context } from './context.ts';
import type { Change } from './record.ts';

/** May the change leave hosts that nothing needs any more: a grant goes, or a feed. */
export const mayFreeHosts = ({ put, remove }: Change): boolean =>
  (remove?.authorizations ?? []).length > 0 ||
  (remove?.feeds ?? []).length > 0 ||
  (put?.authorizations ?? []).some(({ grant, revision }) => grant === null && revision > 0);

/**
 * The hosts that this device has to reach, as match patterns: those of every grant and of every feed that is followed, in all workspaces.
 * Null while somebody signs in somewhere, because where that leads is sealed.
 */
export const neededHosts = async ({ db, now }: Pick<Context, 'db' | 'now'>): Promise<ReadonlySet<string> | null> => {
  const [authorizations, feeds, flows] = await Promise.all([
    db.authorizations.filter(({ grant }) => grant !== null).toArray(),
    db.feeds.toArray(),
    db.flows.where('state').anyOf(['waiting', 'parked', 'exchanging']).toArray(),
  ]);
  if (flows.some((flow) => isOpen(flow, now()))) return null;
  return new Set([
    ...authorizations.flatMap(({ connectorId, variables }) => hostPatterns(reachOf(connectorToShow(connectorId)), variables)),
    ...feeds.flatMap(({ address }) => feedHostPatterns(address)),
  ]);
};
