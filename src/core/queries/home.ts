import { readActor } from '../actor.ts';
import { type Call, query } from '../command.ts';
import { nothing } from '../inputs.ts';
import { readJourney } from '../journey.ts';
import type { HomeView, PopupView } from '../views.ts';
import { ATTENTION_LIMIT, readAttention, readServing, readUpdates } from './attention.ts';
import { readFrame } from './frame.ts';

const readHome = async (call: Call): Promise<HomeView> => {
  const actor = await readActor(call);
  const workspaces = await call.db.workspaces.count();
  const steps = await readJourney(call);
  if (actor === null) return { isEmpty: workspaces === 0, hasSample: false, steps, attention: [], updates: [] };
  return {
    isEmpty: false,
    hasSample: steps.some(({ isDone }) => isDone),
    steps,
    attention: (await readAttention(call)).slice(0, ATTENTION_LIMIT),
    updates: await readUpdates(call),
  };
};

/** What waits for the acting member, and how far the journey has come. */
export const home = query({ args: nothing, read: readHome });

/** The popup's one screen. */
export const popup = query({
  args: nothing,
  read: async (call): Promise<PopupView> => {
    const frame = await readFrame(call);
    if (frame.acting === null) return { frame, attention: [], updates: [], others: [] };
    const attention = (await readAttention(call)).slice(0, ATTENTION_LIMIT);
    return { frame, attention, updates: await readUpdates(call), others: await readServing(call) };
  },
});
