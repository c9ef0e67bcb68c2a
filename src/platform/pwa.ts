import type { Endpoint } from 'comlink';
import workerUrl from '../host/pwa-worker.ts?sharedworker&url';
import { download, watchOnline } from './files.ts';
import type { LaunchedFile, Platform, ProviderWindow } from './platform.ts';
import { trustedScript } from './trusted.ts';
import { watchUpdate } from './updates.ts';

/** A worker of the page's own life never closes its channel before the page does. */
const never = new Promise<void>(() => undefined);

const connectWorker = (): Endpoint => {
  const url = trustedScript(workerUrl);
  if ('SharedWorker' in globalThis) return new SharedWorker(url, { type: 'module', name: 'latchkey' }).port;
  return new Worker(url, { type: 'module', name: 'latchkey' });
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
  connect: () => ({ endpoint: connectWorker(), closed: never }),
  openProvider,
  download,
  watchOnline,
  watchUpdate,
  watchLaunchedFiles,
  openConsole: (hash) => {
    location.hash = hash;
  },
};
