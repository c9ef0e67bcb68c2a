import { Fault, type FaultCode } from '../domain/faults.ts';
import type { Context } from './context.ts';
import { noteRequest, type RequestNote } from './request-notes.ts';

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

/** What noting a request takes. */
type Noting = Pick<Context, 'fetch' | 'requests' | 'requestsChanged' | 'now'>;

const GUARD = { credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer' } as const satisfies RequestInit;

type Limit = {
  readonly bytes: number;
  readonly tooLarge: FaultCode;
  readonly purpose: RequestNote['purpose'];
  /** The server knows the app by a certificate, which a browser presents only with its credentials (Fetch standard). */
  readonly hasCertificate?: boolean;
};

/**
 * The one way to the network: no cookies (but where a certificate has to go along), no redirects, no cache, no referrer, a time limit and
 * a size limit (S26). Each request is noted, so that a person can see where this device spoke to. Throws what `fetch` throws, or
 * `run.host-not-allowed` where the browser keeps the host from an extension (S42).
 */
export const guardedFetch = async (
  ctx: Noting & Pick<Context, 'mayReach'>,
  url: string,
  init: RequestInit,
  { bytes: most, tooLarge, purpose, hasCertificate = false }: Limit,
): Promise<Response> => {
  const { host } = new URL(url);
  const at = ctx.now();
  const done = (bytes: number, result: string): void =>
    noteRequest(ctx, { host, purpose, at, milliseconds: ctx.now() - at, bytes, result });
  try {
    const guard = hasCertificate ? ({ ...GUARD, credentials: 'include' } as const) : GUARD;
    const response = await ctx.fetch(url, { ...init, ...guard, cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const bytes = await readCapped(response, most, tooLarge, host);
    done(bytes.byteLength, `status ${response.status}`);
    return new Response(BODILESS.has(response.status) ? null : bytes, { status: response.status, headers: response.headers });
  } catch (error) {
    const why = error instanceof Fault || (await ctx.mayReach(url)) ? error : new Fault('run.host-not-allowed', host);
    done(0, why instanceof Fault ? why.code : 'no answer');
    throw why;
  }
};

/** The body as it comes, with `done` told of its size once it ends, whichever way. */
const counted = (body: ReadableStream<Uint8Array>, done: (bytes: number, isWhole: boolean) => void): ReadableStream<Uint8Array> => {
  const reader = body.getReader();
  let size = 0;
  return new ReadableStream<Uint8Array>({
    pull: async (control) => {
      try {
        const { done: isEnd, value } = await reader.read();
        if (isEnd) {
          done(size, true);
          control.close();
          return;
        }
        size += value.byteLength;
        control.enqueue(value);
      } catch (error) {
        done(size, false);
        control.error(error);
      }
    },
    cancel: async (reason) => {
      done(size, false);
      await reader.cancel(reason);
    },
  });
};

/**
 * The same guard for what a feed's reader asks: it limits size, time and pace itself (S52), and lets the browser's own cache ask whether
 * anything is new, which a request without a cache could not.
 */
export const feedFetch =
  (ctx: Noting): typeof fetch =>
  async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const { host } = new URL(url);
    const at = ctx.now();
    let isNoted = false;
    const done = (bytes: number, result: string): void => {
      if (isNoted) return;
      isNoted = true;
      noteRequest(ctx, { host, purpose: 'feed', at, milliseconds: ctx.now() - at, bytes, result });
    };
    try {
      const response = await ctx.fetch(url, { ...init, ...GUARD });
      const { status, headers, body } = response;
      // The body of any other answer is of no use, and nobody would read it to its end.
      if (body === null || status !== 200) {
        await body?.cancel();
        done(0, `status ${status}`);
        return new Response(null, { status, headers });
      }
      return new Response(
        counted(body, (bytes, isWhole) => done(bytes, isWhole ? `status ${status}` : 'given up')),
        { status, headers },
      );
    } catch (error) {
      done(0, 'no answer');
      throw error;
    }
  };
