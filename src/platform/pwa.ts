import workerUrl from '../host/pwa-worker.ts?sharedworker&url';
import scriptWorkerUrl from '../host/script-worker.ts?worker&url';
import { download, holdWindow, watchOnline } from './files.ts';
import type { Channel, LaunchedFile, Platform, ProviderWindow } from './platform.ts';
import { trustedScript } from './trusted.ts';
import { watchUpdate } from './updates.ts';

/** A browser that blocks site data refuses shared workers, and says so only after the constructor has returned. */
let isSharedRefused = false;

/** The core wants a place to run scripts, and cannot start one itself: this window does, once, and hands it over. */
const offerScripts = (core: MessagePort | Worker): void => {
  let worker: Worker | null = null;
  const hear = (event: Event): void => {
    const data: unknown = event instanceof MessageEvent ? event.data : null;
    if (data === null || typeof data !== 'object' || !('wants' in data) || data.wants !== 'scripts') return;
    worker ??= new Worker(trustedScript(scriptWorkerUrl), { type: 'module', name: 'latchkey-scripts' });
    const { port1, port2 } = new MessageChannel();
    worker.postMessage('serve', [port1]);
    core.postMessage({ place: 'scripts' }, [port2]);
  };
  core.addEventListener('message', hear);
};

const connectShared = (url: string): Channel => {
  const worker = new SharedWorker(url, { type: 'module', name: 'latchkey' });
  const closed = new Promise<void>((resolve) => {
    worker.addEventListener('error', () => {
      isSharedRefused = true;
      resolve();
    });
  });
  offerScripts(worker.port);
  return { endpoint: worker.port, closed };
};

/** One core for all windows; where there is no shared worker, one for this window, which ends with it. */
const connect = (): Channel => {
  const url = trustedScript(workerUrl);
  if ('SharedWorker' in globalThis && !isSharedRefused) return connectShared(url);
  const worker = new Worker(url, { type: 'module', name: 'latchkey' });
  offerScripts(worker);
  return { endpoint: worker, closed: new Promise(() => undefined) };
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
  requestHosts: async () => true,
  keepStorage: () => void navigator.storage?.persist?.().catch(() => undefined),
  takeBack: async () => undefined,
  passkeys: () => import('./passkey.ts'),
  download,
  holdWindow,
  watchOnline,
  watchUpdate,
  watchLaunchedFiles,
  openConsole: (hash) => {
    location.hash = hash;
  },
};
