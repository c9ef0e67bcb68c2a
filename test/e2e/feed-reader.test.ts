import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeNow, listen } from '../../src/sandbox/listen.ts';
import type { Check } from '../../src/sync/check.ts';
import { type Feed, START, startFeed } from '../support/feed.ts';

const SYNC = fileURLToPath(new URL('../../src/sync', import.meta.url));

/** What runs in the page: the client's own modules over the browser's own fetch. */
const ENTRY = `
import { checkFeed } from '${SYNC}/check.ts';
import { httpReader } from '${SYNC}/reader.ts';
globalThis.checkInPage = (base, channel, state, now) => checkFeed({ channel, state, now, read: httpReader(fetch, base, 'browser') });
`;

let feed: Feed;
let host: Server;
let page: Server;
let base = '';
let address = '';
let browser: Browser;
const heard: { method: string; path: string; condition: boolean; status: number; bytes: number }[] = [];

beforeAll(async () => {
  feed = await startFeed();
  await feed.release('1.0.0');
  host = createServer((request, response) => {
    const path = (request.url ?? '').slice(1);
    const bytes = feed.memory.files.get(path);
    const etag = feed.memory.etags.get(path) ?? '';
    const isSame = bytes !== undefined && request.headers['if-none-match'] === etag;
    const status = request.method === 'OPTIONS' ? 204 : bytes === undefined ? 404 : isSame ? 304 : 200;
    const before = request.socket.bytesWritten;
    response.on('finish', () =>
      heard.push({
        method: request.method ?? '',
        path,
        condition: request.headers['if-none-match'] !== undefined,
        status,
        bytes: request.socket.bytesWritten - before,
      }),
    );
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'etag',
      etag,
      'cache-control': 'public, max-age=60',
    };
    response.writeHead(status, headers).end(status === 200 ? bytes : undefined);
  });
  base = `http://localhost:${await listen(host, 0)}/`;
  const entry = join(await mkdtemp(join(tmpdir(), 'latchkey-reader-')), 'entry.js');
  await writeFile(entry, ENTRY);
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    root: fileURLToPath(new URL('../..', import.meta.url)),
    build: { write: false, lib: { entry, formats: ['es'], fileName: 'entry' } },
  });
  const [output] = Array.isArray(built) ? built : [built];
  const code = output !== undefined && 'output' in output ? output.output[0].code : '';
  page = createServer((request, response) => {
    const isCode = request.url === '/entry.js';
    response.writeHead(200, { 'content-type': isCode ? 'text/javascript' : 'text/html' });
    response.end(isCode ? code : '<!doctype html><script type="module" src="/entry.js"></script>');
  });
  address = `http://localhost:${await listen(page, 0)}/`;
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
});
afterAll(async () => {
  await browser.close();
  await Promise.all([closeNow(host), closeNow(page)]);
});

describe('a feed in a real browser, from a page of another origin', () => {
  it('an unchanged check is one request that the browser makes conditional by itself: 304, at most 300 bytes, no preflight', async () => {
    const tab = await browser.newPage();
    await tab.goto(address);
    await tab.waitForFunction('globalThis.checkInPage !== undefined');
    const check = (state: Check['state']): Promise<Check> =>
      tab.evaluate(`globalThis.checkInPage(${JSON.stringify(base)}, '${feed.channel.id}', ${JSON.stringify(state)}, ${START})`);
    const first = await check(null);
    expect(first).toMatchObject({ news: 'newer', mayInstall: true, state: { head: { epoch: 1, n: 1 } } });
    heard.length = 0;
    for (let round = 0; round < 3; round += 1) expect(await check(first.state)).toMatchObject({ news: 'same', mayInstall: true });
    expect(heard.map(({ method, path, condition, status }) => ({ method, path, condition, status }))).toEqual(
      Array.from({ length: 3 }, () => ({ method: 'GET', path: feed.headPath, condition: true, status: 304 })),
    );
    for (const { bytes } of heard) expect(bytes).toBeLessThanOrEqual(300);
    console.log(`an unchanged check from Chromium: 1 request, ${heard[0]?.bytes} bytes`);

    await feed.release('1.1.0');
    heard.length = 0;
    const second = await check(first.state);
    expect(second).toMatchObject({ news: 'newer', state: { head: { n: 2 } } });
    expect(heard.every(({ method }) => method === 'GET')).toBe(true);
    // What the browser's own cryptography refuses is refused as it is in Node.
    feed.memory.force(feed.headPath, feed.memory.text(feed.headPath).replace(/.{8}$/, 'AAAAAAAA'));
    expect(await check(second.state)).toMatchObject({ news: 'refused', problems: [{ code: 'feed.signature-wrong' }], state: second.state });
  });
});
