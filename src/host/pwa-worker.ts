/** The web app's core: a SharedWorker for all tabs, or a dedicated worker for one where the browser has no SharedWorker. */
import type { Endpoint } from 'comlink';
import { lockWhenIdle } from '../core/locking.ts';
import { parkedInMemory } from '../core/parked.ts';
import { memorySession } from '../vault/seal.ts';
import { DEFAULT_SANDBOX_ORIGIN, openContext } from './context.ts';
import { scriptPorts } from './script-ports.ts';
import { openOnce, serve } from './serve.ts';

// A polluted prototype would reach every parsed value (S14).
Object.freeze(Object.prototype);

const SETTINGS_TIMEOUT_MS = 2_000;

/** The deployment may say where its sandbox is; a plain static host has no such file. */
const readSandboxOrigin = async (): Promise<string> => {
  try {
    const response = await fetch(new URL('../deployment.json', self.location.href), { signal: AbortSignal.timeout(SETTINGS_TIMEOUT_MS) });
    const deployment: unknown = await response.json();
    if (
      deployment !== null &&
      typeof deployment === 'object' &&
      'sandboxOrigin' in deployment &&
      typeof deployment.sandboxOrigin === 'string'
    )
      return deployment.sandboxOrigin;
    return DEFAULT_SANDBOX_ORIGIN;
  } catch {
    // Offline, or no such file: the default stands, and a person can set another address in Settings.
    return DEFAULT_SANDBOX_ORIGIN;
  }
};

const places = scriptPorts();

let timer: ReturnType<typeof setTimeout> | undefined;
/** One timer for whatever is due first; it ends with the last window, and the next start looks again. */
const wakeIn = (milliseconds: number): void => {
  clearTimeout(timer);
  timer = setTimeout(() => void open().then(({ wake }) => wake()), milliseconds);
};

/** A timer can wait for no more than this. */
const LONGEST_MS = 2 ** 31 - 1;
let feedTimer: ReturnType<typeof setTimeout> | undefined;
const checkIn = (milliseconds: number | null): void => {
  clearTimeout(feedTimer);
  if (milliseconds === null) return;
  feedTimer = setTimeout(() => void open().then(({ wake }) => wake()), Math.min(milliseconds, LONGEST_MS));
};

/** A window hands over a place for scripts beside its calls. */
const takePlace = (event: Event): void => {
  if (!(event instanceof MessageEvent)) return;
  const data: unknown = event.data;
  const [port] = event.ports;
  if (data !== null && typeof data === 'object' && 'place' in data && data.place === 'scripts' && port !== undefined) places.addPlace(port);
};

const open = openOnce(async (forget) =>
  openContext({
    redirectUri: new URL('../callback.html', self.location.href).href,
    hasRedirectPaths: false,
    openPage: null,
    closePage: async () => undefined,
    mayReach: async () => true,
    giveBack: null,
    sandboxOrigin: await readSandboxOrigin(),
    // Loaded when a passphrase is first used: nobody else needs it.
    argon2id: async (input) => (await import('../vault/argon2id.ts')).argon2id(input),
    // The worker's own memory: it ends with the last window, and with it what was unlocked.
    session: memorySession(),
    notes: null,
    parked: parkedInMemory(),
    // The next call finds the newer database, says so and offers the update.
    onVersionChange: forget,
    scripts: places.scripts,
    wakeIn,
    checkIn,
  }),
);

const IDLE_CHECK_MS = 10_000;
setInterval(
  () =>
    void open()
      .then(lockWhenIdle)
      .catch(() => undefined),
  IDLE_CHECK_MS,
);

if ('onconnect' in self) {
  self.addEventListener('connect', (event) => {
    const port = event instanceof MessageEvent ? event.ports[0] : undefined;
    if (port === undefined) return;
    places.addWindow(port);
    port.addEventListener('message', takePlace);
    serve(port, open);
  });
} else {
  const scope: Endpoint = self;
  places.addWindow(self);
  self.addEventListener('message', takePlace);
  serve(scope, open);
}

self.addEventListener('online', () => void open().then(({ wake }) => wake()));
