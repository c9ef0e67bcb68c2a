import { portEndpoint } from '../wire/endpoint.ts';
import { download, holdWindow, watchOnline } from './files.ts';
import type { Channel, Platform } from './platform.ts';

const connect = (): Channel => {
  const port = chrome.runtime.connect({ name: 'console' });
  const closed = new Promise<void>((resolve) => port.onDisconnect.addListener(() => resolve()));
  return { endpoint: portEndpoint(port), closed };
};

export const platform: Platform = {
  kind: 'extension',
  connect,
  // The background shows the provider's page: it outlives a popup that closes when it loses the focus.
  openProvider: () => ({ isBlocked: false, show: () => undefined, close: () => undefined }),
  updateNow: async () => {
    // A reload takes an update that the browser has fetched already.
    await chrome.runtime.requestUpdateCheck().catch(() => undefined);
    chrome.runtime.reload();
  },
  readHosts: async () => (await chrome.permissions.getAll()).origins ?? [],
  // Nothing is asked, and nothing shown, for what was allowed before.
  requestHosts: async (patterns) => patterns.length === 0 || chrome.permissions.request({ origins: [...patterns] }),
  // `unlimitedStorage` is never evicted.
  keepStorage: () => undefined,
  takeBack: async (hosts) => {
    await chrome.permissions.remove({ origins: [...hosts] });
  },
  passkeys: () => import('./passkey.ts'),
  download,
  holdWindow,
  watchOnline,
  // The browser updates an extension by itself, between two starts.
  watchUpdate: () => undefined,
  watchLaunchedFiles: () => undefined,
  openConsole: (hash) => {
    void chrome.tabs.create({ url: chrome.runtime.getURL(`index.html${hash}`) });
  },
};
