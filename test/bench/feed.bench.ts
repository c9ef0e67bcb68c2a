import { mkdtemp } from 'node:fs/promises';
import { Agent, createServer, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { folderStore } from '../../src/cli/folder-store.ts';
import { ENGINE } from '../../src/domain/engine.ts';
import { closeNow, listen } from '../../src/sandbox/listen.ts';
import { offerFor, withRelease } from '../../src/sync/apps.ts';
import { checkFeed } from '../../src/sync/check.ts';
import { downloadBundle } from '../../src/sync/download.ts';
import { openHead } from '../../src/sync/head.ts';
import { PATHS } from '../../src/sync/layout.ts';
import { publishChange } from '../../src/sync/publish.ts';
import { httpReader } from '../../src/sync/reader.ts';
import { nextCheck } from '../../src/sync/schedule.ts';
import { encode, sha256Hex } from '../../src/sync/store.ts';
import { BROWSER_FLAGS, EXECUTABLE } from '../support/browser.ts';
import { type Counted, startByteMeter } from '../support/byte-meter.ts';
import { hasEdge, startEdge } from '../support/engine/engine.ts';
import { makeKey, publisherOf, seeded, startChannel, startFeed, trusted } from '../support/feed.ts';
import { startStaticHost } from '../support/static-host.ts';
import { ESTATE_ID, estateBundle } from '../support/updates.ts';

const DAY = 86_400_000;
const ROUNDS = 200;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const measure = async (act: () => Promise<unknown>): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    await act();
    times.push(performance.now() - startedAt);
  }
  return median(times);
};
const say = (what: string, value: string): void => console.log(`${what.padEnd(78)} ${value}`);

/** Requests in each second of three days, for clients that check by this rule. */
const perSecond = (clients: number, next: (client: string, now: number, random: number) => number): { mean: number; peak: number } => {
  const random = seeded(1);
  const seconds = new Uint32Array((3 * DAY) / 1_000);
  for (let client = 0; client < clients; client += 1) {
    const id = `client-${client}`;
    for (let at = next(id, Math.floor(random() * DAY), random()); at < 5 * DAY; at = next(id, at, random()))
      if (at >= 2 * DAY) seconds[Math.floor((at - 2 * DAY) / 1_000)] = (seconds[Math.floor((at - 2 * DAY) / 1_000)] ?? 0) + 1;
  }
  return {
    mean: seconds.reduce((sum, count) => sum + count, 0) / seconds.length,
    peak: seconds.reduce((most, count) => Math.max(most, count), 0),
  };
};

/** Unchanged answers in each second, over connections that stay open; the load comes from the same machine. */
const capacityOf = async (url: string, etag: string): Promise<number> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const until = performance.now() + 3_000;
  let answers = 0;
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      get(url, { agent, headers: { 'if-none-match': etag } }, (response) => {
        response.resume();
        if (response.statusCode === 304) answers += 1;
        response.on('end', resolve);
      }).on('error', reject);
    });
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      while (performance.now() < until) await ask();
    }),
  );
  agent.destroy();
  return answers / 3;
};

/** How clients choose when to check: the product's own rule, at two paces, and what happens without one. */
const RULES: readonly [string, (client: string, now: number, random: number) => number][] = [
  ['own phase, a day ± 10 %', (clientId, now, random) => nextCheck({ clientId, now, interval: DAY, random })],
  ['own phase, six hours ± 10 %', (clientId, now, random) => nextCheck({ clientId, now, interval: DAY / 4, random })],
  ['at nine in the zone, no jitter', (id, now) => (Math.floor(now / DAY) + 1) * DAY + (Number(id.slice(7)) % 24) * 3_600_000],
];

/** nginx where it is installed, else a static host in this process; its address ends in a slash. */
const startHost = async () => {
  if (hasEdge()) {
    const { root, host, close } = await startEdge();
    return { name: 'nginx', root, address: `${host}/`, close };
  }
  const root = await mkdtemp(join(tmpdir(), 'latchkey-host-'));
  const { address, close } = await startStaticHost(root);
  return { name: 'a static host in Node', root, address, close };
};

/** Assumed list prices in dollars, of a large content network: a million requests, and a gigabyte. */
const PRICE = { million: 0.75, gigabyte: 0.085 } as const;

describe('the feed against its floors', () => {
  it('G10 a check with nothing new, and with something new', async () => {
    const feed = await startFeed();
    await feed.release('1.0.0');
    let requests = 0;
    const server = createServer((request, response) => {
      requests += 1;
      const bytes = feed.memory.files.get((request.url ?? '').slice(1));
      const etag = feed.memory.etags.get((request.url ?? '').slice(1)) ?? '';
      if (bytes === undefined) response.writeHead(404).end();
      else if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
      else response.writeHead(200, { etag }).end(bytes);
    });
    const base = `http://localhost:${await listen(server, 0)}`;
    const read = httpReader(fetch, base, 'header');
    const check = (state: Parameters<typeof checkFeed>[0]['state']) =>
      checkFeed({ channel: feed.channel.id, state, read, now: Date.now() });
    const state = await trusted(check(null));
    const key = feed.key.publicKey;
    const floor = async (): Promise<void> => {
      const response = await fetch(`${base}/${feed.headPath}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      await sha256Hex(bytes);
      await openHead(new TextDecoder().decode(bytes), key, feed.channel.id);
    };
    await measure(floor);
    const bare = await measure(floor);
    requests = 0;
    const unchanged = await measure(() => check(state));
    say('requests for an unchanged check', (requests / ROUNDS).toFixed(2));
    say(
      'G10 unchanged check / fetch + digest + verify',
      `${unchanged.toFixed(2)} ms / ${bare.toFixed(2)} ms = ${(unchanged / bare).toFixed(2)}`,
    );
    const first = await measure(() => check(null));
    say(
      'first check of a channel / fetch + digest + verify',
      `${first.toFixed(2)} ms / ${bare.toFixed(2)} ms = ${(first / bare).toFixed(2)}`,
    );
    expect(requests).toBeGreaterThan(ROUNDS);
    await closeNow(server);
  });

  it('bytes on the wire, and a million clients that check daily', async () => {
    const host = await startHost();
    const store = folderStore(host.root);
    const key = await makeKey();
    const channel = await startChannel(store, key);
    const release = async (version: string): Promise<void> => {
      const bytes = encode(await estateBundle(key, version));
      const sha256 = await sha256Hex(bytes);
      await store.putIfAbsent(PATHS.object(sha256), bytes, 'immutable');
      await publishChange(publisherOf(store, channel, key, { now: Date.now }), (apps) =>
        withRelease(apps, ESTATE_ID, version, { sha256, size: bytes.length }),
      );
    };
    const meter = await startByteMeter(Number(new URL(host.address).port));
    const read = httpReader(fetch, meter.address, 'header');
    const check = (state: Parameters<typeof checkFeed>[0]['state']) => checkFeed({ channel: channel.id, state, read, now: Date.now() });
    const wire = async (what: string, act: () => Promise<unknown>): Promise<Counted> => {
      const counted = await meter.during(act);
      say(`bytes: ${what}`, `${counted.sent} sent + ${counted.received} received = ${counted.sent + counted.received}`);
      return counted;
    };
    await release('1.0.0');
    await wire('first check of a channel', () => check(null));
    const state = await trusted(check(null));
    const same = await wire('unchanged check (304)', () => check(state));
    await release('1.1.0');
    const changed = await wire('check with a new head', () => check(state));
    const newer = await trusted(check(state));
    const bundle = await wire('the bundle of the sample', async () => {
      const app = newer.head?.apps[ESTATE_ID];
      const offer = app === undefined ? null : await offerFor(app, { clientId: 'c', installed: '1.0.0', isPinned: false, engine: ENGINE });
      if (offer === null) throw new Error('nothing is offered');
      await downloadBundle(read, newer, ESTATE_ID, offer);
    });
    say('bytes: an update (head and bundle)', `${[changed, bundle].reduce((sum, one) => sum + one.sent + one.received, 0)}`);
    const head = `${meter.address}${PATHS.head(channel.id)}`;
    const browser = await chromium.launch({ executablePath: EXECUTABLE, args: BROWSER_FLAGS });
    const page = await browser.newPage();
    const pages = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'));
    await page.goto(`http://localhost:${await listen(pages, 0)}/`);
    const ask = (): Promise<number> =>
      page.evaluate(
        async (url) =>
          (await (await fetch(url, { cache: 'no-cache', credentials: 'omit', referrerPolicy: 'no-referrer' })).arrayBuffer()).byteLength,
        head,
      );
    await ask();
    await wire('unchanged check (304) from Chromium', ask);
    await browser.close();
    await closeNow(pages);
    for (let minor = 2; minor < 12; minor += 1) await release(`1.${minor}.0`);
    await wire('check with a new head and an index (twelve versions)', () => check(newer));
    await meter.close();

    const direct = checkFeed({ channel: channel.id, state: null, read: httpReader(fetch, host.address, 'header'), now: Date.now() });
    const capacity = await capacityOf(`${host.address}${PATHS.head(channel.id)}`, (await trusted(direct)).head?.etag ?? '');
    await host.close();
    say(`unchanged answers of ${host.name} on this machine`, `${capacity.toFixed(0)}/s, with the load from here too`);
    for (const [name, next] of RULES) {
      const { mean, peak } = perSecond(1_000_000, next);
      const load = `${((100 * peak) / capacity).toFixed(1)} % of the capacity`;
      say(`1,000,000 clients, ${name}`, `mean ${mean.toFixed(2)}/s, peak ${peak}/s = ${(peak / mean).toFixed(1)} × mean, ${load}`);
    }
    // 365 checks a year, of which 24 find a head that was signed anew.
    const bytes = (341 * same.received + 24 * changed.received) * 1e6;
    const cost = 365 * PRICE.million + (bytes / 1e9) * PRICE.gigabyte;
    say('a million clients in a year', `${(bytes / 1e9).toFixed(0)} GB, about $${cost.toFixed(0)} at assumed list prices`);
    const { mean, peak } = perSecond(1_000_000, RULES[0]?.[1] ?? (() => 5 * DAY));
    expect(peak).toBeLessThan(4 * mean);
    expect(peak).toBeLessThan(capacity);
  });
});
