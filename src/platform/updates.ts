import { Workbox } from 'workbox-window';
import { trustedScript } from './trusted.ts';

/** Registers the service worker and says when a newer version waits. Offers, never forces. */
export const watchUpdate = (tell: (apply: () => void) => void): void => {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  const workbox = new Workbox(trustedScript('./sw.js'));
  workbox.addEventListener('waiting', () => {
    tell(() => {
      workbox.addEventListener('controlling', () => location.reload());
      workbox.messageSkipWaiting();
    });
  });
  // A browser without permission for service workers still runs the app, only not offline.
  void workbox.register().catch(() => undefined);
};
