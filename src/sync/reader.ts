import { Fault } from '../domain/faults.ts';

/** What a client got for one path. busy: the server asked to wait, for so long where it said so. */
export type Answer =
  | { readonly kind: 'same' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'busy'; readonly waitMs: number | null }
  | { readonly kind: 'found'; readonly bytes: Uint8Array<ArrayBuffer>; readonly etag: string | null };

/** How long a client waits: in all, and for at least so much in each stretch of time (S52). */
export type Patience = { readonly totalMs: number; readonly stretchMs: number; readonly leastBytes: number };

/** A head or a root is small: ten seconds. */
export const SMALL: Patience = { totalMs: 10_000, stretchMs: 10_000, leastBytes: 0 };
/** Less than 1 kB in each second for 20 s, or 60 s in all, is given up. */
export const LARGE: Patience = { totalMs: 60_000, stretchMs: 20_000, leastBytes: 20 * 1_024 };

type Want = {
  readonly limit: number;
  readonly patience: Patience;
  /** Of the copy that is here; null asks for the whole. */
  readonly etag: string | null;
};

/** Reads one path of a feed. Throws `feed.unreachable`, `feed.too-slow`, `feed.too-large`. */
export type Read = (path: string, want: Want) => Promise<Answer>;

/**
 * browser: `cache: 'no-cache'` makes the browser's own cache revalidate; a condition that is set by hand would cost a preflight.
 * header: there is no such cache, so the condition is set by hand.
 */
type Revalidation = 'browser' | 'header';

/** Retry-After as milliseconds from now (RFC 9110 section 10.2.3), or null. */
export const waitOf = (header: string | null, now: number): number | null => {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
};

const MISSING: ReadonlySet<number> = new Set([403, 404, 410]);
const BUSY: ReadonlySet<number> = new Set([429, 503]);

/** Reads a body up to a limit, whatever its length is said to be, and gives up where it comes too slowly. */
const readBody = async (
  response: Response,
  { limit, patience }: Want,
  host: string,
  abort: () => void,
): Promise<Uint8Array<ArrayBuffer>> => {
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let since = performance.now();
  let atStart = 0;
  let isSlow = false;
  const watch = setInterval(
    () => {
      if (performance.now() - since < patience.stretchMs) return;
      if (size - atStart < patience.leastBytes) {
        isSlow = true;
        abort();
      }
      since = performance.now();
      atStart = size;
    },
    Math.min(1_000, patience.stretchMs / 4),
  );
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > limit) {
        abort();
        throw new Fault('feed.too-large', host);
      }
      chunks.push(value);
    }
  } catch (error) {
    if (isSlow) throw new Fault('feed.too-slow', host);
    throw error;
  } finally {
    clearInterval(watch);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
};

/** A reader over HTTP. `base` is the feed's address. Sends nothing that tells clients apart. */
export const httpReader = (fetchOf: typeof fetch, base: string, revalidation: Revalidation, now: () => number = Date.now): Read => {
  const root = base.endsWith('/') ? base : `${base}/`;
  return async (path, want) => {
    const url = new URL(path, root);
    const control = new AbortController();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      control.abort();
    }, want.patience.totalMs);
    try {
      const response = await fetchOf(url, {
        cache: revalidation === 'browser' ? 'no-cache' : 'no-store',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        signal: control.signal,
        ...(revalidation === 'header' && want.etag !== null ? { headers: { 'if-none-match': want.etag } } : {}),
      });
      if (response.status === 304) return { kind: 'same' };
      if (MISSING.has(response.status)) return { kind: 'absent' };
      if (BUSY.has(response.status)) return { kind: 'busy', waitMs: waitOf(response.headers.get('retry-after'), now()) };
      if (response.status !== 200) throw new Fault('feed.unreachable', `${url.host} answered ${response.status}`);
      return { kind: 'found', bytes: await readBody(response, want, url.host, () => control.abort()), etag: response.headers.get('etag') };
    } catch (error) {
      if (error instanceof Fault) throw error;
      throw isLate ? new Fault('feed.too-slow', url.host) : new Fault('feed.unreachable', url.host);
    } finally {
      clearTimeout(timer);
    }
  };
};
