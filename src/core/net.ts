import { Fault, type FaultCode } from '../domain/faults.ts';
import type { Context } from './context.ts';

/** Below the 30 s after which an extension's worker is killed in a fetch (S26). */
const TIMEOUT_MS = 25_000;

/** Reads at most `limit` bytes, whatever the answer says of its own length. */
const readCapped = async (response: Response, limit: number, tooLarge: FaultCode, host: string): Promise<Uint8Array<ArrayBuffer>> => {
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      throw new Fault(tooLarge, host);
    }
    parts.push(value);
  }
  const whole = new Uint8Array(size);
  parts.reduce((at, part) => {
    whole.set(part, at);
    return at + part.byteLength;
  }, 0);
  return whole;
};

/** Statuses whose Response may not have a body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** The one way to the network: no cookies, no redirects, no cache, no referrer, a time limit and a size limit (S26). */
export const guardedFetch = async (
  ctx: Pick<Context, 'fetch'>,
  url: string,
  init: RequestInit,
  limit: { readonly bytes: number; readonly tooLarge: FaultCode },
): Promise<Response> => {
  const response = await ctx.fetch(url, {
    ...init,
    credentials: 'omit',
    redirect: 'error',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const bytes = await readCapped(response, limit.bytes, limit.tooLarge, new URL(url).host);
  return new Response(BODILESS.has(response.status) ? null : bytes, { status: response.status, headers: response.headers });
};
