import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveApp } from '../../src/cli/serve-app.ts';
import { browseConnectors } from '../../src/connectors/browse.ts';
import { connectorIndex } from '../../src/connectors/catalogue.ts';
import { entryFrom, type IndexEntry, type IndexRow, rowOf } from '../../src/connectors/index-entry.ts';
import { createConnectorSearch } from '../../src/connectors/search.ts';
import { BROWSER_FLAGS, EXECUTABLE } from '../support/browser.ts';

const DIST = fileURLToPath(new URL('../../dist/pwa', import.meta.url));
const SIZES = [250, 1_000, 2_500] as const;
const ROUNDS = 9;

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const at = (values: readonly number[], part: number): number =>
  sorted(values)[Math.min(Math.floor(values.length * part), values.length - 1)] ?? Number.NaN;
const median = (values: readonly number[]): number => at(values, 0.5);
const say = (what: string, value: string): void => console.log(`${what.padEnd(78)} ${value}`);
const timed = (act: () => unknown): number => {
  const startedAt = performance.now();
  act();
  return performance.now() - startedAt;
};
const kilobytes = (bytes: number): string => `${(bytes / 1_024).toFixed(1)} KB`;

/** The shipped records over and over, each with an id and a name of its own. */
const repeated = <T extends { readonly id: string; readonly name: string }>(shipped: readonly T[], count: number): T[] =>
  Array.from({ length: count }, (_, n) => {
    const one = shipped[n % shipped.length];
    if (one === undefined) throw new Error('no records');
    return n < shipped.length ? one : { ...one, id: `${one.id}-${n}`, name: `${one.name} ${n}` };
  });

const indexOf = (count: number): IndexEntry[] => repeated(connectorIndex(), count);

const QUERIES = ['twillio', 'zoho', 'googel calender', 'a', 'payments', 'microsft', 'sms', 'qqqq', 'sales force', 'mail'];

describe('the catalogue in memory', () => {
  it('bytes and milliseconds of the index, the search and a page of thirty', () => {
    const pages: number[] = [];
    for (const count of SIZES) {
      const index = indexOf(count);
      const text = JSON.stringify(index.map(rowOf));
      const read = median(Array.from({ length: ROUNDS }, () => timed(() => (JSON.parse(text) as IndexRow[]).map(entryFrom))));
      const built = median(Array.from({ length: ROUNDS }, () => timed(() => createConnectorSearch(index))));
      const search = createConnectorSearch(index);
      const page = median(Array.from({ length: 200 }, () => timed(() => browseConnectors(index, () => search, '', {}))));
      pages.push(page);
      const keys = QUERIES.flatMap((query) =>
        Array.from({ length: 20 }, () => timed(() => browseConnectors(index, () => search, query, { hasTest: true }))),
      );
      say(
        `index of ${count} connectors`,
        `${kilobytes(text.length)}, gzip ${kilobytes(gzipSync(text).length)}, read in ${read.toFixed(2)} ms`,
      );
      say(`search of ${count} connectors, made once for each worker`, `${built.toFixed(1)} ms`);
      say(`a page of thirty and all filter counts of ${count}, nothing asked`, `${page.toFixed(2)} ms`);
      say(`search of ${count}, median · p95`, `${median(keys).toFixed(2)} ms · ${at(keys, 0.95).toFixed(2)} ms`);
      expect(at(keys, 0.95)).toBeLessThan(50);
    }
    say('a page of thirty, 2,500 ÷ 250, in memory', `${((pages.at(-1) ?? 0) / (pages[0] ?? 1)).toFixed(2)} ×`);
  });
});

/** The built web app with that many connectors in its index and its records. */
const appWith = (count: number): string => {
  const folder = mkdtempSync(join(tmpdir(), `latchkey-catalogue-${count}-`));
  cpSync(DIST, folder, { recursive: true });
  const records = JSON.parse(readFileSync(join(DIST, 'connectors.json'), 'utf8')) as { id: string; name: string }[];
  const lines = repeated(records, count).map((record) => JSON.stringify(record));
  writeFileSync(join(folder, 'connectors.json'), `[\n${lines.join(',\n')}\n]\n`);
  const rows = JSON.stringify(indexOf(count).map(rowOf));
  for (const name of readdirSync(join(folder, 'assets')).filter((one) => one.startsWith('worker-'))) {
    const file = join(folder, 'assets', name);
    const code = readFileSync(file, 'utf8');
    // The one literal that begins with the first row of the index.
    const start = code.indexOf('JSON.parse(`[["8x8"');
    if (start === -1) continue;
    const end = code.indexOf('`)', start) + 2;
    writeFileSync(file, `${code.slice(0, start)}JSON.parse(${JSON.stringify(rows)})${code.slice(end)}`);
    return folder;
  }
  throw new Error('the built worker has no index');
};

describe('the catalogue on screen, in the built web app', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: BROWSER_FLAGS });
  });
  afterAll(() => browser.close());

  /** From the navigation of an empty profile to thirty cards painted, and from each key to the last change that it brings. */
  const measure = async (url: string): Promise<{ first: number; keys: number[] }> => {
    const context = await browser.newContext({ serviceWorkers: 'block' });
    const page = await context.newPage();
    await page.addInitScript(() => {
      const marks = { painted: 0, typed: 0, changed: 0 };
      Object.assign(globalThis, { marks });
      const look = (): void => {
        if (document.querySelectorAll('[aria-label="Connectors"] > li').length >= 30) marks.painted = performance.now();
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
      addEventListener(
        'input',
        () => {
          marks.typed = performance.now();
          marks.changed = 0;
        },
        true,
      );
      new MutationObserver(() => {
        marks.changed = performance.now();
      }).observe(document, { subtree: true, childList: true, characterData: true });
    });
    type Marks = { marks: { painted: number; typed: number; changed: number } };
    const marks = (): Promise<Marks['marks']> => page.evaluate(() => ({ ...(globalThis as unknown as Marks).marks }));
    await page.goto(`${url}#/catalogue`);
    await expect.poll(async () => (await marks()).painted, { timeout: 10_000, interval: 20 }).toBeGreaterThan(0);
    const { painted } = await marks();
    const keys: number[] = [];
    await page.getByRole('searchbox').focus();
    for (const key of 'googel calender') {
      await page.keyboard.press(key);
      await page.waitForTimeout(120);
      const { typed, changed } = await marks();
      if (changed > typed) keys.push(changed - typed);
    }
    await context.close();
    return { first: painted, keys };
  };

  it('thirty cards cost with 2,500 connectors what they cost with 250', { timeout: 300_000 }, async () => {
    const apps = await Promise.all(
      SIZES.map(async (count) => {
        const folder = appWith(count);
        return {
          count,
          folder,
          app: await serveApp({ folder, port: 0, sandboxOrigin: 'http://localhost:4180' }),
          first: [] as number[],
          keys: [] as number[],
        };
      }),
    );
    // In turns, so that what the machine does meanwhile meets both alike; the first round warms.
    for (let round = 0; round <= ROUNDS; round += 1)
      for (const one of apps) {
        const { first, keys } = await measure(one.app.origin);
        if (round === 0) continue;
        one.first.push(first);
        one.keys.push(...keys);
      }
    for (const { count, folder, app, first, keys } of apps) {
      const records = readFileSync(join(folder, 'connectors.json'));
      say(
        `full records of ${count} connectors, beside the code`,
        `${kilobytes(records.length)}, gzip ${kilobytes(gzipSync(records).length)}`,
      );
      say(
        `thirty cards painted, ${count} connectors, cold start, median · p95`,
        `${median(first).toFixed(0)} ms · ${at(first, 0.95).toFixed(0)} ms`,
      );
      say(
        `a key to its last change on screen, ${count} connectors, median · p95`,
        `${median(keys).toFixed(1)} ms · ${at(keys, 0.95).toFixed(1)} ms`,
      );
      if (count <= 1_000) expect(at(keys, 0.95)).toBeLessThan(50);
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    }
    const [few, many] = [apps[0], apps.at(-1)].map((one) => median(one?.first ?? []));
    const ratio = (many ?? Number.NaN) / (few ?? Number.NaN);
    say('thirty cards painted, 2,500 ÷ 250', `${ratio.toFixed(2)} ×`);
    expect(ratio).toBeLessThan(1.25);
  });
});
