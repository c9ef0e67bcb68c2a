import type { Store } from '../../src/sync/store.ts';

/** before: it dies, and what it was about to do is not done. after: it is done, and it dies before it learns so. */
export type Fate = 'runs' | 'before' | 'after';

type Pending = { readonly run: (fate: Fate) => void };

/**
 * Runs several tasks over one store, one store operation at a time, in an order that the caller chooses. A task that dies stops for
 * ever where it was.
 */
export const scheduler = () => {
  const pending = new Map<number, Pending>();
  const over = new Set<number>();
  let wake: () => void = () => undefined;
  const changed = (): void => wake();

  const gate = <T>(task: number, act: () => Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      pending.set(task, {
        run: (fate) => {
          pending.delete(task);
          if (fate === 'before') {
            over.add(task);
            changed();
            return;
          }
          act().then(
            (value) => {
              if (fate === 'runs') resolve(value);
              else {
                over.add(task);
                changed();
              }
            },
            (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
          );
        },
      });
      changed();
    });

  /** The store as one task sees it. */
  const storeFor = (task: number, store: Store): Store => ({
    get: (path, limit) => gate(task, () => store.get(path, limit)),
    putIfAbsent: (path, bytes, kind) => gate(task, () => store.putIfAbsent(path, bytes, kind)),
    putIfMatch: (path, bytes, etag, kind) => gate(task, () => store.putIfMatch(path, bytes, etag, kind)),
  });

  /** Waits until each task that lives is about to do something, or has ended. */
  const settle = async (tasks: number): Promise<void> => {
    while (pending.size + over.size < tasks)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };

  /** Runs the tasks to their ends; `choose` says who goes next, and how it goes with it. */
  const run = async (
    tasks: readonly (() => Promise<void>)[],
    choose: (ready: readonly number[], step: number) => { task: number; fate: Fate },
  ): Promise<number> => {
    const failures: unknown[] = [];
    for (const [index, task] of tasks.entries())
      void task()
        .catch((error: unknown) => failures.push(error))
        .then(() => {
          over.add(index);
          changed();
        });
    let step = 0;
    for (await settle(tasks.length); pending.size > 0; await settle(tasks.length)) {
      const { task, fate } = choose([...pending.keys()].sort(), step);
      step += 1;
      pending.get(task)?.run(fate);
    }
    if (failures.length > 0) throw failures[0];
    return step;
  };

  return { storeFor, run };
};
