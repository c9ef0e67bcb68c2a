import type { Context } from '../core/context.ts';

/** The core's locks as Web Locks, which hold over all windows and workers of the origin and end with whoever held them. */
export const webLocks: Pick<Context, 'lock' | 'lockOrWait' | 'isFree'> = {
  lock: (name, act) => navigator.locks.request(name, act),
  lockOrWait: async (name, act) => {
    const ran = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => (lock === null ? null : { value: await act() }));
    if (ran === null) await navigator.locks.request(name, { mode: 'shared' }, () => undefined);
    return ran;
  },
  isFree: async (name) => !(await navigator.locks.query()).held?.some((held) => held.name === name),
};
