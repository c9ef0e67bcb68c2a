import { platform } from '#platform';
import { Fault } from '../../domain/faults.ts';
import { feedHostPatterns } from '../../domain/feed.ts';
import { core } from '../core.ts';

/** An extension may reach a host that lets no web page read it, once the person allows that host; a click too long ago asks nothing. */
const mayReach = async (address: string): Promise<boolean> => {
  const hosts = feedHostPatterns(address);
  if (platform.kind !== 'extension' || hosts.length === 0) return false;
  return platform.requestHosts(hosts).catch(() => false);
};

/**
 * Follows the feed at this address; call it within a click. A host that every page may read needs no permission, so an extension asks for it
 * only where it could not be reached, and looks once more then (S42). Throws `feed.*`.
 */
export const followAt = async (address: string): ReturnType<typeof core.followFeed> => {
  try {
    return await core.followFeed({ address });
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'feed.unreachable' || !(await mayReach(address))) throw error;
    return core.followFeed({ address });
  }
};
