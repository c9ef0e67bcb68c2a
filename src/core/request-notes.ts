import * as v from 'valibot';
import type { Context } from './context.ts';

export const PURPOSES = ['sign-in', 'service', 'feed'] as const;

const noteSchema = v.strictObject({
  host: v.string(),
  purpose: v.picklist(PURPOSES),
  /** Epoch milliseconds. */
  at: v.number(),
  milliseconds: v.number(),
  bytes: v.number(),
  /** The status, or the fault that it ended with. */
  result: v.string(),
});

/** One request that left this device: where to, what for, how it went. No path, no query, no header: those may hold what is secret. */
export type RequestNote = Readonly<v.InferOutput<typeof noteSchema>>;

/** How many requests are remembered. */
const REMEMBERED = 200;

/** What a host kept of an earlier worker's notes; none where it is not what was kept. */
export const readRequestNotes = (kept: unknown): RequestNote[] => {
  const parsed = v.safeParse(v.array(noteSchema), kept);
  return parsed.success ? parsed.output.slice(0, REMEMBERED) : [];
};

/** Notes one more request, the newest first. */
export const noteRequest = (ctx: Pick<Context, 'requests' | 'requestsChanged'>, note: RequestNote): void => {
  ctx.requests.unshift(note);
  ctx.requests.length = Math.min(ctx.requests.length, REMEMBERED);
  ctx.requestsChanged();
};

export const forgetRequests = (ctx: Pick<Context, 'requests' | 'requestsChanged'>): void => {
  ctx.requests.length = 0;
  ctx.requestsChanged();
};
