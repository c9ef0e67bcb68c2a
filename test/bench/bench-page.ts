/** Builds the page of what is measured in Chromium, and opens it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lezer } from '@lezer/generator/rollup';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { connectors } from '../../src/connectors/vite-plugin.ts';
import { closeNow, listen } from '../../src/sandbox/listen.ts';
import { EXECUTABLE } from '../support/browser.ts';
import type { BenchFunctions } from './page.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html' };

/** Runs one of the page's functions there. */
type CallPage = <N extends keyof BenchFunctions>(
  name: N,
  ...args: Parameters<BenchFunctions[N]>
) => Promise<Awaited<ReturnType<BenchFunctions[N]>>>;

export type BenchPage = {
  readonly call: CallPage;
  readonly port: number;
  /** Another page of the same browser, which shares its workers. */
  another(): Promise<CallPage>;
  close(): Promise<void>;
};

type Answers = Readonly<Record<string, (...args: readonly unknown[]) => Promise<never>>>;

declare global {
  /** What `page.ts` puts into its page, and nowhere else. */
  var bench: Answers | undefined;
}

const callOn =
  (page: Page): CallPage =>
  (name, ...args) =>
    page.evaluate(
      ([asked, given]) => {
        const answer = globalThis.bench?.[asked];
        if (answer === undefined) throw new Error(`the page has no ${asked}`);
        return answer(...given);
      },
      [name, args] as const,
    );

export const openBench = async (): Promise<BenchPage> => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-bench-'));
  await build({
    configFile: false,
    logLevel: 'error',
    root: at('.'),
    base: './',
    plugins: [lezer(), connectors('built-in')],
    worker: { format: 'es', plugins: () => [lezer(), connectors('built-in')] },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: false,
      rollupOptions: { input: at('./page.ts'), output: { entryFileNames: 'page.js' } },
    },
  });
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>bench</title><script type="module" src="./page.js"></script>');
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    readFile(join(folder, path === '/' ? 'index.html' : path)).then(
      (body) => response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/html' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  const port = await listen(server, 0);
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox', '--disable-gpu'] });
  const context = await browser.newContext();
  const another = async (): Promise<CallPage> => {
    const page = await context.newPage();
    await page.goto(`http://localhost:${port}/`);
    await page.waitForFunction(() => 'bench' in globalThis);
    return callOn(page);
  };
  return {
    call: await another(),
    port,
    another,
    close: async () => {
      await browser.close();
      await closeNow(server);
      await rm(folder, { recursive: true });
    },
  };
};
