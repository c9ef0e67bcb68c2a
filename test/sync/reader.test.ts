import { createServer, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeNow, listen } from '../../src/sandbox/listen.ts';
import { httpReader, type Patience, type Read, SMALL, waitOf } from '../../src/sync/reader.ts';

let server: Server;
let base = '';
let read: Read;
let sent = 0;
const heard: { path: string; condition: string | undefined }[] = [];

/** 256 MiB of zeros in a quarter of a megabyte. */
const BOMB = gzipSync(Buffer.alloc(256 * 1024 * 1024));

const PATIENCE: Patience = { totalMs: 2_000, stretchMs: 200, leastBytes: 200 };

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    heard.push({ path, condition: request.headers['if-none-match'] });
    if (path === '/feed/endless') {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) {
            response.once('drain', more);
            return;
          }
        }
      };
      more();
    } else if (path === '/feed/drip') {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    } else if (path === '/feed/steady') {
      response.writeHead(200);
      let left = 20;
      const timer = setInterval(() => {
        left -= 1;
        if (left > 0) response.write(Buffer.alloc(100));
        else response.end(Buffer.alloc(100));
      }, 30);
      response.on('close', () => clearInterval(timer));
    } else if (path === '/feed/silent') {
      // Nothing, for as long as the other side waits.
    } else if (path === '/feed/cut') {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    } else if (path === '/feed/busy') response.writeHead(503, { 'retry-after': '120' }).end();
    else if (path === '/feed/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMB);
    else if (path === '/feed/packed') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000)));
    else if (path === '/feed/hidden') response.writeHead(403).end();
    else if (path === '/feed/broken') response.writeHead(500).end();
    else if (path === '/feed/there' && request.headers['if-none-match'] === '"1"') response.writeHead(304, { etag: '"1"' }).end();
    else if (path === '/feed/there') response.writeHead(200, { etag: '"1"' }).end('hello');
    else response.writeHead(404).end();
  });
  base = `http://localhost:${await listen(server, 0)}/feed`;
  read = httpReader(fetch, base, 'header');
});
afterAll(() => closeNow(server));

const want = { limit: 100_000, patience: PATIENCE, etag: null };
const codeOf = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => 'good',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );

describe('reading a feed over HTTP', () => {
  it('reads what is there, and asks with a condition where it has a copy', async () => {
    const found = await read('there', want);
    expect(found).toEqual({ kind: 'found', bytes: new TextEncoder().encode('hello'), etag: '"1"' });
    expect(await read('there', { ...want, etag: '"1"' })).toEqual({ kind: 'same' });
    expect(heard.slice(-2).map(({ condition }) => condition)).toEqual([undefined, '"1"']);
    expect(await read('nothing', want)).toEqual({ kind: 'absent' });
    expect(await read('hidden', want)).toEqual({ kind: 'absent' });
    expect(await read('busy', want)).toEqual({ kind: 'busy', waitMs: 120_000 });
  });

  it('leaves the condition to the browser’s own cache in a browser, because one set by hand costs a preflight', async () => {
    let seen: RequestInit | undefined;
    const inBrowser = httpReader(
      (input, init) => {
        seen = init;
        return fetch(input, init);
      },
      base,
      'browser',
    );
    await inBrowser('there', { ...want, etag: '"1"' });
    expect(seen).toMatchObject({ cache: 'no-cache', credentials: 'omit', referrerPolicy: 'no-referrer' });
    expect(seen?.headers).toBeUndefined();
    expect(heard.at(-1)?.condition).toBeUndefined();
  });

  it('S11 endless data: stops at the limit, having read little more than that', async () => {
    expect(await codeOf(read('endless', want))).toBe('feed.too-large');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sent).toBeLessThan(8 * 1024 * 1024);
    const stopped = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sent).toBe(stopped);
  });

  it('S12 compressed data: a bomb is stopped at the limit, having been read hardly at all', async () => {
    const rss = process.memoryUsage().rss;
    expect(await codeOf(read('bomb', want))).toBe('feed.too-large');
    expect(process.memoryUsage().rss - rss).toBeLessThan(64 * 1024 * 1024);
    expect(await read('packed', want)).toMatchObject({ kind: 'found', bytes: new Uint8Array(50_000) });
  });

  it('S52 slow retrieval: gives up on a drip, on silence, and after the whole time; and has patience with what is slow but steady', async () => {
    const since = performance.now();
    expect(await codeOf(read('drip', want))).toBe('feed.too-slow');
    expect(performance.now() - since).toBeLessThan(1_500);
    expect(await codeOf(read('silent', { ...want, patience: { ...PATIENCE, totalMs: 300 } }))).toBe('feed.too-slow');
    expect(await codeOf(read('steady', { ...want, patience: { ...PATIENCE, totalMs: 250 } }))).toBe('feed.too-slow');
    expect(await codeOf(read('steady', want))).toBe('good');
  });

  it('says that a feed cannot be reached, and never throws anything else', async () => {
    expect(await codeOf(read('cut', want))).toBe('feed.unreachable');
    expect(await codeOf(read('broken', want))).toBe('feed.unreachable');
    expect(await codeOf(httpReader(fetch, 'http://localhost:1/', 'header')('head', want))).toBe('feed.unreachable');
    expect(SMALL.totalMs).toBeLessThanOrEqual(10_000);
  });

  it('reads Retry-After as seconds and as a time', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(waitOf('120', now)).toBe(120_000);
    expect(waitOf('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
    expect(waitOf('Thu, 01 Jan 2020 00:01:00 GMT', now)).toBe(0);
    for (const odd of [null, '', 'soon', '-5']) expect(waitOf(odd, now) ?? 0).toBe(0);
  });
});
