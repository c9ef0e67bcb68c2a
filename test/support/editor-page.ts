import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lezer } from '@lezer/generator/rollup';
import { type BrowserContext, chromium } from 'playwright-core';
import { build } from 'vite';
import { serveApp } from '../../src/cli/serve-app.ts';
import { BROWSER_FLAGS, EXECUTABLE } from './browser.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export type EditorPage = { readonly context: BrowserContext; readonly url: string; close(): Promise<void> };

/** The product's own page with another script in it: its policy, and so its Trusted Types, stay what they are. */
const pageHtml = async (): Promise<string> => {
  const html = await readFile(at('../../src/index.html'), 'utf8');
  return html.replace('./main.tsx', './page.tsx').replace(/<link rel="icon"[^>]*>/, '<link rel="icon" href="data:," />');
};

/** Builds a page with nothing but the script editor on it, serves it as the product is served, and opens a browser. */
export const startEditorPage = async (): Promise<EditorPage> => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-editor-'));
  const root = at('./editor-page');
  await build({
    configFile: false,
    root,
    base: './',
    logLevel: 'error',
    plugins: [lezer(), { name: 'product-page', transformIndexHtml: { order: 'pre', handler: pageHtml } }],
    build: { outDir: join(folder, 'site'), emptyOutDir: true, target: 'es2023', modulePreload: { polyfill: false } },
  });
  const app = await serveApp({ folder: join(folder, 'site'), port: 0, sandboxOrigin: 'http://localhost:1' });
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: EXECUTABLE,
    viewport: { width: 1280, height: 900 },
    args: [...BROWSER_FLAGS],
  });
  context.setDefaultTimeout(10_000);
  return {
    context,
    url: `${app.origin}/`,
    close: async () => {
      await context.close();
      await app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
