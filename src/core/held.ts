import { goesOnByItself, OUTBOX } from '../domain/outbox.ts';
import { next } from '../domain/transition.ts';
import type { Context } from './context.ts';
import { record } from './record.ts';

/** What was held for something that a person has ended elsewhere (unlocked, opened a window where scripts run) waits again and goes out. */
export const resumeHeld = async (ctx: Context): Promise<void> => {
  const held = await ctx.db.outbox.where('[state+nextAt]').between(['held', 0], ['held', Number.MAX_SAFE_INTEGER]).toArray();
  const freed = held.filter(({ fault }) => fault !== null && goesOnByItself(fault.code));
  for (const entry of freed) {
    if (next(OUTBOX, entry.state, 'retry') !== 'waiting') continue;
    await record(ctx, { put: { outbox: [{ ...entry, state: 'waiting', nextAt: ctx.now() }] }, event: null });
  }
  if (freed.length > 0) ctx.wake();
};
