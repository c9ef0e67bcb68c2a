import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Queries, QueryName } from '../core/api.ts';
import type { FaultData } from '../domain/faults.ts';
import { isWatchMessage } from '../wire/watch.ts';
import { onConnected, watches } from './core.ts';

export type Live<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly fault: FaultData };

type Watch = { readonly name: string; readonly args: unknown; readonly tell: (live: Live<unknown>) => void };

const open = new Map<number, Watch>();
let lastId = 0;
let isListening = false;

const hear = (event: Event): void => {
  const data: unknown = event instanceof MessageEvent ? event.data : null;
  if (!isWatchMessage(data)) return;
  open.get(data.watch)?.tell('fault' in data ? { state: 'failed', fault: data.fault } : { state: 'ready', value: data.value });
};

const listen = (): void => {
  if (isListening) return;
  isListening = true;
  onConnected((endpoint) => {
    endpoint.addEventListener('message', hear);
    // A new core knows no watch: open every one of them on it.
    queueMicrotask(() => {
      for (const [id, { name, args }] of open) void watches().openWatch(id, name, args);
    });
  });
};

/** A query watched in the core: its signal takes each whole result. `close` ends it. */
export const live = <N extends QueryName>(
  name: N,
  args: Queries[N]['args'],
): { signal: ReadonlySignal<Live<Queries[N]['value']>>; close: () => void } => {
  const result = signal<Live<Queries[N]['value']>>({ state: 'loading' });
  const id = ++lastId;
  open.set(id, {
    name,
    args,
    tell: (next) => {
      // The value is what the query of this name returned; the wire carries it as JSON.
      result.value = next as Live<Queries[N]['value']>;
    },
  });
  if (isListening) void watches().openWatch(id, name, args);
  else listen();
  return {
    signal: result,
    close: () => {
      open.delete(id);
      void watches().closeWatch(id);
    },
  };
};

/** The same for a component: opens with it, opens anew when the arguments change, closes with it. */
export const useLive = <N extends QueryName>(name: N, args: Queries[N]['args']): Live<Queries[N]['value']> => {
  const key = JSON.stringify([name, args]);
  // The key stands for name and arguments by value: an equal object must not open the watch anew.
  const watch = useMemo(() => live(name, args), [key]);
  useEffect(() => watch.close, [watch]);
  return watch.signal.value;
};
