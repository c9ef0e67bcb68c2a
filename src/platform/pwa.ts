import workerUrl from '../host/pwa-worker.ts?sharedworker&url';
import { download, watchOnline } from './files.ts';
import type { Channel, LaunchedFile, Platform, ProviderWindow } from './platform.ts';
import { trustedScript } from './trusted.ts';
import { watchUpdate } from './updates.ts';

/** A browser that blocks site data refuses shared workers, and says so only after the constructor has returned. */
let isSharedRefused = false;

const connectShared = (url: string): Channel => {
  const worker = new SharedWorker(url, { type: 'module', name: 'latchkey' });
  const closed = new Promise<void>((resolve) => {
    worker.addEventListener('error', () => {
      isSharedRefused = true;
      resolve();
    });
  });
  return { endpoint: worker.port, closed };
};

/** One core for all windows; where there is no shared worker, one for this window, which ends with it. */
const connect = (): Channel => {
  const url = trustedScript(workerUrl);
  if ('SharedWorker' in globalThis && !isSharedRefused) return connectShared(url);
  return { endpoint: new Worker(url, { type: 'module', name: 'latchkey' }), closed: new Promise(() => undefined) };
};

const openProvider = (): ProviderWindow => {
  const opened = window.open('about:blank', '_blank', 'popup,width=520,height=720');
  return {
    isBlocked: opened === null,
    show: (url) => {
      if (opened !== null) opened.location.href = url;
    },
    close: () => opened?.close(),
  };
};

type LaunchQueue = { setConsumer(consume: (launch: { files?: readonly { getFile(): Promise<File> }[] }) => void): void };
const scope: object = globalThis;
const hasLaunchQueue = (candidate: object): candidate is { launchQueue: LaunchQueue } => 'launchQueue' in candidate;

const watchLaunchedFiles = (tell: (file: LaunchedFile) => void): void => {
  if (!hasLaunchQueue(scope)) return;
  scope.launchQueue.setConsumer(({ files }) => {
    for (const handle of files ?? []) void handle.getFile().then(tell);
  });
};

export const platform: Platform = {
  kind: 'pwa',
  connect,
  openProvider,
  updateNow: async () => {
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.update().catch(() => undefined);
    const fresh = registration?.waiting ?? registration?.installing;
    if (fresh === null || fresh === undefined) return location.reload();
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
    fresh.postMessage({ type: 'SKIP_WAITING' });
  },
  readHosts: async () => [],
  takeBack: async () => undefined,
  passkeys: () => import('./passkey.ts'),
  download,
  watchOnline,
  watchUpdate,
  watchLaunchedFiles,
  openConsole: (hash) => {
    location.hash = hash;
  },
};
