import { Fault } from '../domain/faults.ts';
import type { Flow } from '../domain/flow.ts';
import type { FlowId } from '../domain/ids.ts';
import type { Context, ParkedAnswers } from './context.ts';
import { completeFlow } from './flows.ts';
import { record } from './record.ts';

/** Answers in this worker's own memory: they end with it. */
export const parkedInMemory = (): ParkedAnswers => {
  const answers = new Map<FlowId, string>();
  return {
    list: async () => [...answers],
    put: async (flowId, callbackUrl) => void answers.set(flowId, callbackUrl),
    remove: async (flowId) => void answers.delete(flowId),
    clear: async () => answers.clear(),
  };
};

/** Sees through the answers that came back while the vault was locked; one that took too long says so. */
export const resumeParked = async (ctx: Context): Promise<void> => {
  for (const [flowId, callbackUrl] of await ctx.parked.list()) {
    await ctx.parked.remove(flowId);
    const flow = await ctx.db.flows.get(flowId);
    if (flow?.state !== 'parked') continue;
    const waiting: Flow = { ...flow, state: 'waiting' };
    try {
      await record(ctx, { put: { flows: [waiting] }, event: null });
      await completeFlow(ctx, callbackUrl);
    } catch (error) {
      // The flow's own row says that it took too long, was cancelled or is seen through elsewhere; nothing else can be wrong with an answer
      // that was looked at before.
      if (!(error instanceof Fault)) throw error;
    }
  }
};

/** Forgets the answers that nobody waits for any more: each holds a code. */
export const dropParked = async (ctx: Context): Promise<void> => {
  for (const [flowId] of await ctx.parked.list()) if ((await ctx.db.flows.get(flowId))?.state !== 'parked') await ctx.parked.remove(flowId);
};
