import { readActor } from '../actor.ts';
import { type Call, query } from '../command.ts';
import { nothing } from '../inputs.ts';
import { readJourney } from '../journey.ts';
import type { HomeView, PopupView } from '../views.ts';
import { ATTENTION_LIMIT, readServing, readWaiting } from './attention.ts';
import { frameOf } from './frame.ts';

const readHome = async (call: Call): Promise<HomeView> => {
  const actor = await readActor(call);
  const workspaces = await call.db.workspaces.count();
  const steps = await readJourney(call);
  if (actor === null) return { isEmpty: workspaces === 0, hasSample: false, steps, attention: [], updates: [] };
  const { attention, updates } = await readWaiting(call);
  return { isEmpty: false, hasSample: steps.some(({ isDone }) => isDone), steps, attention: attention.slice(0, ATTENTION_LIMIT), updates };
};

/** What waits for the acting member, and how far the journey has come. */
export const home = query({ args: nothing, read: readHome });

/** The popup's one screen. */
export const popup = query({
  args: nothing,
  read: async (call): Promise<PopupView> => {
    const waiting = await readWaiting(call);
    const frame = await frameOf(call, waiting);
    if (frame.acting === null) return { frame, attention: [], updates: [], others: [] };
    const { attention, updates } = waiting;
    return { frame, attention: attention.slice(0, ATTENTION_LIMIT), updates, others: await readServing(call) };
  },
});
