import type { BrowserContext, Page } from 'playwright-core';
import type { CommandName, Input, Result } from '../../src/core/api.ts';
import type { Outcome } from '../../src/domain/faults.ts';

type Scope = { corePort?: MessagePort };

/** Keeps hold of the web app's port to its core, so that a test can call commands without the interface. Before any page is opened. */
export const keepPort = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    const Native = globalThis.SharedWorker;
    if (Native === undefined) return;
    globalThis.SharedWorker = class extends Native {
      constructor(...args: ConstructorParameters<typeof Native>) {
        super(...args);
        (globalThis as unknown as Scope).corePort = this.port;
      }
    };
  });

/** One command, as the interface would call it over Comlink. */
export const call = async <N extends CommandName>(page: Page, name: N, input: Input<N>): Promise<Outcome<Result<N>>> => {
  const outcome: unknown = await page.evaluate(
    ([command, given]) =>
      new Promise((resolve) => {
        const port = (globalThis as unknown as Scope).corePort;
        if (port === undefined) throw new Error('no port to the core');
        const id = crypto.randomUUID();
        port.addEventListener('message', (event) => {
          if (event.data?.id === id) resolve(event.data.value);
        });
        port.postMessage({ id, type: 'APPLY', path: [command], argumentList: [{ type: 'RAW', value: given }] });
      }),
    [name, input as unknown] as const,
  );
  return outcome as Outcome<Result<N>>;
};

/** The command's value; throws with the fault's code. */
export const must = async <N extends CommandName>(page: Page, name: N, input: Input<N>): Promise<Result<N>> => {
  const outcome = await call(page, name, input);
  if (outcome.ok) return outcome.value;
  throw new Error(`${name}: ${outcome.fault.code} ${outcome.fault.detail ?? ''}`);
};

export type Stored = Readonly<Record<string, readonly Record<string, unknown>[]>>;

/** Every row of these tables, as they lie in the browser's storage. Bytes come as lists of numbers. */
export const readTables = (page: Page, names: readonly string[]): Promise<Stored> =>
  page.evaluate(
    (tables) =>
      new Promise<Stored>((resolve, reject) => {
        const request = indexedDB.open('latchkey');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const db = request.result;
          const transaction = db.transaction([...tables]);
          const found: Record<string, Record<string, unknown>[]> = {};
          for (const name of tables) {
            const all = transaction.objectStore(name).getAll();
            all.onsuccess = () => {
              found[name] = all.result.map(({ deviceKey: _, ...row }) =>
                Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value instanceof Uint8Array ? [...value] : value])),
              );
            };
          }
          transaction.oncomplete = () => {
            db.close();
            resolve(found);
          };
        };
      }),
    names,
  );

/** Deletes rows as they lie in the browser's storage, past every rule of ours. */
export const deleteRows = (page: Page, table: string, keys: readonly string[]): Promise<void> =>
  page.evaluate(
    ([name, gone]) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open('latchkey');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const transaction = request.result.transaction(name, 'readwrite');
          for (const key of gone) transaction.objectStore(name).delete(key);
          transaction.oncomplete = () => {
            request.result.close();
            resolve();
          };
        };
      }),
    [table, keys] as const,
  );
