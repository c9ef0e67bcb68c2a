/** The extension's core: the background service worker. Every wake is a cold start, so every listener stands at the top. */
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

const openPage = async (url: string): Promise<string> => {
  let redirected: string | undefined;
  try {
    redirected = await chrome.identity.launchWebAuthFlow({ url, interactive: true });
  } catch (error) {
    throw flowFault(error);
  }
  if (redirected === undefined) throw new Fault('oauth.window-closed');
  return redirected;
};

const open = openOnce(() =>
  openContext({
    redirectUri: chrome.identity.getRedirectURL('cb'),
    openPage,
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
