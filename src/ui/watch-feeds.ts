import { core } from './core.ts';

/** Looks at the feeds that are due when somebody comes back to this window: a sleeping device misses its timers. What it finds stands at the feed. */
export const watchFeeds = (): void => {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void core.checkFeeds({ feedId: null }).catch(() => undefined);
  });
};
