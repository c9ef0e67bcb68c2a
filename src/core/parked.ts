import { Fault } from '../domain/faults.ts';
import type { Flow } from '../domain/flow.ts';
import type { Context } from './context.ts';
import { completeFlow } from './flows.ts';
import { record } from './record.ts';

/** Sees through the answers that came back while the vault was locked; one that took too long says so. */
export const resumeParked = async (ctx: Context): Promise<void> => {
  for (const [flowId, callbackUrl] of [...ctx.parked]) {
    ctx.parked.delete(flowId);
    const flow = await ctx.db.flows.get(flowId);
    if (flow?.state !== 'parked') continue;
    const waiting: Flow = { ...flow, state: 'waiting' };
    await record(ctx, { put: { flows: [waiting] }, event: null });
    try {
      await completeFlow(ctx, callbackUrl);
    } catch (error) {
      // The flow's own row says that it took too long; nothing else can be wrong with an answer that was looked at before.
      if (!(error instanceof Fault)) throw error;
    }
  }
};
