import { type Endpoint, wrap } from 'comlink';
import { platform } from '#platform';
import type { Core, Remote } from '../core/api.ts';
import { Fault, type Outcome } from '../domain/faults.ts';
import type { WatchApi } from '../wire/watch.ts';

type Commands = Readonly<Record<string, (input: unknown) => Promise<Outcome<unknown>>>>;
type Link = { readonly commands: Commands; readonly watches: WatchApi; readonly closed: Promise<void> };

let link: Link | null = null;
const listeners = new Set<(endpoint: Endpoint) => void>();

const connect = (): Link => {
  const { endpoint, closed } = platform.connect();
  const remote: unknown = wrap<Remote & WatchApi>(endpoint);
  // Comlink's proxy answers to any name; the core refuses the names that it does not have.
  link = { commands: remote as Commands, watches: remote as WatchApi, closed };
  for (const listen of listeners) listen(endpoint);
  void closed.then(() => {
    link = null;
    // The worker was stopped; while somebody looks, the next one starts and the watches open again.
    if (document.visibilityState === 'visible' && listeners.size > 0) connect();
  });
  return link;
};

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && link === null && listeners.size > 0) connect();
});

/** Hears of each connection to a core, the present one included. */
export const onConnected = (listen: (endpoint: Endpoint) => void): void => {
  listeners.add(listen);
  // Connecting tells every listener, so a first one is not told twice.
  if (link === null) connect();
};

export const watches = (): WatchApi => (link ?? connect()).watches;

const callCore = async (name: string, input: unknown): Promise<unknown> => {
  const { commands, closed } = link ?? connect();
  const method = commands[name];
  if (method === undefined) throw new Fault('core.unknown-call');
  // A call whose worker dies would wait for ever; it is never sent again, because it may have been carried out.
  const outcome = await Promise.race([
    method(input),
    closed.then((): Outcome<unknown> => ({ ok: false, fault: { code: 'core.unavailable', detail: null } })),
  ]);
  if (outcome.ok) return outcome.value;
  throw new Fault(outcome.fault.code, outcome.fault.detail);
};

/** The core's commands. Each rejects with a Fault and nothing else. */
export const core = new Proxy({} as Core, {
  get: (_, name) => (typeof name === 'string' ? (input: unknown) => callCore(name, input) : undefined),
});
