/** The extension's core: the background service worker. Every wake is a cold start, so every listener stands at the top. */
import { QUERIES } from '../core/queries/index.ts';
import { watchQuery } from '../core/watch.ts';
import { Fault } from '../domain/faults.ts';
import { portEndpoint } from '../wire/endpoint.ts';
import { DEFAULT_SANDBOX_ORIGIN, openContext } from './context.ts';
import { openOnce, serve } from './serve.ts';

Object.freeze(Object.prototype);

/** The browser's own words, told apart as measured in Chromium. */
const flowFault = (error: unknown): Fault => {
  const message = error instanceof Error ? error.message : '';
  if (message.includes('did not approve')) return new Fault('oauth.window-closed');
  if (message.includes('could not be loaded')) return new Fault('oauth.page-unreachable');
  return new Fault('oauth.cancelled');
};

/** The provider's windows that this worker waits for. After a restart it is empty, though a window may still be open. */
let waiting = 0;

const WINDOW_KEY = 'providerWindow';

chrome.windows.onCreated.addListener((opened) => {
  if (waiting > 0 && opened.type === 'popup' && opened.id !== undefined) void chrome.storage.session.set({ [WINDOW_KEY]: opened.id });
});

/** Closes the provider's window: it was cancelled or replaced, or its worker died and it could hand nothing over any more. */
const closePage = async (): Promise<void> => {
  const { [WINDOW_KEY]: opened } = await chrome.storage.session.get(WINDOW_KEY);
  await chrome.storage.session.remove(WINDOW_KEY);
  // It may be gone already, closed by the person or by the provider's redirect.
  if (typeof opened === 'number') await chrome.windows.remove(opened).catch(() => undefined);
};

const openPage = async (url: string): Promise<string> => {
  if (waiting === 0) await closePage();
  waiting += 1;
  let redirected: string | undefined;
  try {
    redirected = await chrome.identity.launchWebAuthFlow({ url, interactive: true });
  } catch (error) {
    throw flowFault(error);
  } finally {
    waiting -= 1;
    if (waiting === 0) await chrome.storage.session.remove(WINDOW_KEY);
  }
  if (redirected === undefined) throw new Fault('oauth.window-closed');
  return redirected;
};

const open = openOnce(() =>
  openContext({
    redirectUri: chrome.identity.getRedirectURL('cb'),
    openPage,
    closePage,
    sandboxOrigin: DEFAULT_SANDBOX_ORIGIN,
    onVersionChange: () => undefined,
  }),
);

chrome.runtime.onConnect.addListener((port) => {
  const isOwnPage = port.sender?.id === chrome.runtime.id && port.sender.origin === new URL(chrome.runtime.getURL('')).origin;
  if (!isOwnPage) {
    port.disconnect();
    return;
  }
  port.onDisconnect.addListener(serve(portEndpoint(port), open));
});

/** The badge says how many authorizations wait for the acting member, while the worker lives; each start says it anew. */
const showBadge = (waitingForYou: number): void => {
  void chrome.action.setBadgeText({ text: waitingForYou === 0 ? '' : String(waitingForYou) });
  void chrome.action.setTitle({ title: waitingForYou === 0 ? 'Latchkey' : `Latchkey: ${waitingForYou} waiting for you` });
};

void open()
  .then((ctx) =>
    watchQuery(ctx, QUERIES.frame, {}, (seen) => {
      const frame = 'value' in seen ? seen.value : null;
      if (frame !== null && typeof frame === 'object' && 'attention' in frame && typeof frame.attention === 'number')
        showBadge(frame.attention);
    }),
  )
  // Without storage there is nothing to count; the console says why.
  .catch(() => showBadge(0));
