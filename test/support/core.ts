import { COMMANDS, type CommandName, type Input, type Queries, type QueryName, type Result } from '../../src/core/api.ts';
import { type AnyCommand, execute, readQuery } from '../../src/core/command.ts';
import type { Context } from '../../src/core/context.ts';
import { parkedInMemory } from '../../src/core/parked.ts';
import { QUERIES } from '../../src/core/queries/index.ts';
import { openDb } from '../../src/db/open.ts';
import { localRunner } from '../../src/deluge/runner.ts';
import type { FaultCode } from '../../src/domain/faults.ts';
import { Fault, type Outcome } from '../../src/domain/faults.ts';
import { argon2id } from '../../src/vault/argon2id.ts';
import { createVault, type KeySession } from '../../src/vault/seal.ts';
import { TEST_REDIRECT } from './sandbox.ts';

/** Locks of one process, with the same meaning as Web Locks: first come, first served. */
export const createLocks = () => {
  const queues = new Map<string, Promise<unknown>>();
  const lock = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    const before = queues.get(name) ?? Promise.resolve();
    const mine = before.then(act, act);
    const settled = mine.catch(() => undefined);
    queues.set(name, settled);
    try {
      return await mine;
    } finally {
      if (queues.get(name) === settled) queues.delete(name);
    }
  };
  return {
    lock,
    lockOrWait: async <T>(name: string, act: () => Promise<T>): Promise<{ readonly value: T } | null> => {
      const held = queues.get(name);
      if (held === undefined) return { value: await lock(name, act) };
      await held;
      return null;
    },
    isFree: async (name: string): Promise<boolean> => !queues.has(name),
  };
};

/** A database of its own for each test. */
export const freshName = (): string => `latchkey-test-${crypto.randomUUID()}`;

export type TestCore = {
  readonly ctx: Context;
  /** Runs a command as the wire does and gives its value; throws the fault. */
  do<N extends CommandName>(name: N, input: Input<N>): Promise<Result<N>>;
  /** The code of the fault that the command is refused with. */
  fails<N extends CommandName>(name: N, input: Input<N>): Promise<FaultCode>;
  see<N extends QueryName>(name: N, args: Queries[N]['args']): Promise<Queries[N]['value']>;
  /** Every row of every table, to show that nothing changed. */
  dump(): Promise<Record<string, unknown[]>>;
};

/** A core on fake-indexeddb with real WebCrypto and real HTTP. Two of them on one name are two workers on one database. */
export const startCore = async (options: Partial<Context> & { name?: string; session?: KeySession } = {}): Promise<TestCore> => {
  const db = options.db ?? (await openDb(options.name ?? freshName()));
  const locks = createLocks();
  const ctx: Context = {
    db,
    vault: createVault(db, argon2id, options.session),
    parked: parkedInMemory(),
    isReadOnly: false,
    requests: [],
    requestsChanged: () => undefined,
    metadata: new Map(),
    fetch: (url, init) => fetch(url, init),
    mayReach: async () => true,
    hostsFreed: () => undefined,
    now: () => Date.now(),
    newId: (prefix) => `${prefix}_${crypto.randomUUID().replaceAll('-', '')}`,
    ...locks,
    isOnline: () => true,
    redirectUri: TEST_REDIRECT,
    hasRedirectPaths: false,
    openPage: null,
    closePage: async () => undefined,
    sandboxOrigin: 'http://localhost:4180',
    wake: () => undefined,
    scripts: async () => localRunner,
    isPersistent: async () => null,
    freeBytes: async () => null,
    ...options,
  };
  const run = async <N extends CommandName>(name: N, input: Input<N>): Promise<Outcome<Result<N>>> => {
    const command = COMMANDS[name] as unknown as AnyCommand;
    return (await execute(ctx, name, command as never, input)) as Outcome<Result<N>>;
  };
  return {
    ctx,
    do: async <N extends CommandName>(name: N, input: Input<N>): Promise<Result<N>> => {
      const outcome: Outcome<Result<N>> = await run(name, input);
      if (outcome.ok) return outcome.value as Result<N>;
      throw new Fault(outcome.fault.code, outcome.fault.detail);
    },
    fails: async (name, input) => {
      const outcome = await run(name, input);
      if (outcome.ok) throw new Error(`${name} was not refused`);
      return outcome.fault.code;
    },
    see: (name, args) => readQuery(ctx, QUERIES[name] as never, args) as Promise<never>,
    dump: async () => Object.fromEntries(await Promise.all(db.tables.map(async (table) => [table.name, await table.toArray()] as const))),
  };
};
