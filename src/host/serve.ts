import { type Endpoint, expose } from 'comlink';
import { COMMANDS } from '../core/api.ts';
import { type AnyCommand, type AnyQuery, execute, toFault } from '../core/command.ts';
import type { Context } from '../core/context.ts';
import { QUERIES } from '../core/queries/index.ts';
import { watchQuery } from '../core/watch.ts';
import { Fault, type Outcome } from '../domain/faults.ts';
import { onlyCalls } from '../wire/endpoint.ts';
import type { WatchApi, WatchMessage } from '../wire/watch.ts';

/** Gives the context, opening it at first need; a failure is not kept, nor one that is forgotten, so that the next call tries again. */
export type OpenContext = () => Promise<Context>;

export const openOnce = (open: (forget: () => void) => Promise<Context>): OpenContext => {
  let opening: Promise<Context> | null = null;
  const forget = (): void => {
    opening = null;
  };
  return () => {
    opening ??= open(forget).catch((error: unknown) => {
      forget();
      throw error;
    });
    return opening;
  };
};

const runCommand = async (open: OpenContext, name: string, command: AnyCommand, input: unknown): Promise<Outcome<unknown>> => {
  let ctx: Context;
  try {
    ctx = await open();
  } catch (error) {
    return { ok: false, fault: toFault(error).toData() };
  }
  // The table's commands have inputs of different shapes; `execute` parses before it runs, so the shape is proven there.
  return execute(ctx, name, command as never, input);
};

const watches = (endpoint: Endpoint, open: OpenContext): WatchApi & { closeAll(): void } => {
  const opened = new Map<number, () => void>();
  const post = (message: WatchMessage): void => endpoint.postMessage(message);
  return {
    openWatch: async (id, name, args) => {
      const table: Readonly<Record<string, AnyQuery>> = QUERIES;
      const query = Object.hasOwn(table, name) ? table[name] : undefined;
      try {
        if (query === undefined) throw new Fault('core.unknown-call');
        const ctx = await open();
        opened.get(id)?.();
        opened.set(
          id,
          watchQuery(ctx, query, args, (seen) => post({ watch: id, ...seen })),
        );
      } catch (error) {
        post({ watch: id, fault: toFault(error).toData() });
      }
      return null;
    },
    closeWatch: async (id) => {
      opened.get(id)?.();
      opened.delete(id);
      return null;
    },
    closeAll: () => {
      for (const stop of opened.values()) stop();
      opened.clear();
    },
  };
};

/** Exposes the core on one endpoint: each command, and the watches. Gives back what to call when the far side is gone. */
export const serve = (endpoint: Endpoint, open: OpenContext): (() => void) => {
  const { closeAll, openWatch, closeWatch } = watches(endpoint, open);
  const commands = Object.entries(COMMANDS).map(([name, command]) => [
    name,
    (input: unknown) => runCommand(open, name, command as AnyCommand, input),
  ]);
  const api = Object.freeze({ ...Object.fromEntries(commands), openWatch, closeWatch });
  expose(api, onlyCalls(endpoint, new Set(Object.keys(api))));
  return closeAll;
};
