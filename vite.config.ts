import { fileURLToPath } from 'node:url';
import { crx, type ManifestV3Export } from '@crxjs/vite-plugin';
import { lezer } from '@lezer/generator/rollup';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig, type ViteUserConfig as UserConfig } from 'vitest/config';
import manifest from './manifest.json' with { type: 'json' };
import { connectors } from './src/connectors/vite-plugin.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const platformAlias = (host: 'pwa' | 'extension') => ({ '#platform': at(`./src/platform/${host}.ts`) });

/** What a callback carries in its query; the precached page answers whatever it says, so the code stays in the browser. */
const CALLBACK_PARAMETERS = [/^(i|code|state|iss|error|error_description|error_uri|scope|session_state)$/];

const pwa: UserConfig = {
  root: at('./src'),
  base: './',
  publicDir: at('./public'),
  resolve: { alias: platformAlias('pwa') },
  worker: {
    format: 'es',
    plugins: () => [lezer(), connectors('built-in')],
    rollupOptions: { output: { entryFileNames: 'assets/worker-[hash].js' } },
  },
  build: {
    outDir: at('./dist/pwa'),
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    rollupOptions: { input: { index: at('./src/index.html'), callback: at('./src/callback.html') } },
  },
  plugins: [
    lezer(),
    connectors('built-in'),
    VitePWA({
      registerType: 'prompt',
      injectRegister: null,
      manifestFilename: 'app.webmanifest',
      manifest: {
        id: './',
        name: 'Latchkey',
        short_name: 'Latchkey',
        description: manifest.description,
        start_url: './',
        scope: './',
        display: 'standalone',
        background_color: '#F7F8FA',
        theme_color: '#1F5FD0',
        icons: [
          { src: 'icons/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icons/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: 'icons/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
        screenshots: [
          { src: 'screenshots/journey.png', sizes: '1280x1043', type: 'image/png', form_factor: 'wide', label: 'A form in live mode' },
        ],
        file_handlers: [{ action: './', accept: { 'application/json': ['.latchkey'] } }],
      },
      workbox: {
        globPatterns: ['**/*.{html,js,css,png,svg,webmanifest}', 'connectors.json'],
        globIgnores: ['screenshots/**'],
        navigateFallback: null,
        inlineWorkboxRuntime: true,
        cleanupOutdatedCaches: true,
        ignoreURLParametersMatching: CALLBACK_PARAMETERS,
      },
    }),
  ],
};

const extension: UserConfig = {
  root: at('./src'),
  base: './',
  publicDir: at('./public'),
  resolve: { alias: platformAlias('extension') },
  build: {
    outDir: at('./dist/extension'),
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    rollupOptions: { input: { index: at('./src/index.html'), popup: at('./src/popup.html'), offscreen: at('./src/offscreen.html') } },
  },
  // The manifest is JSON; its literal types are wider than the plugin's.
  plugins: [lezer(), connectors('built-in'), crx({ manifest: manifest as ManifestV3Export })],
};

/** A sandboxed page has an origin of its own and loads no modules: its script is one classic file beside the rest of the extension. */
const scriptSandbox: UserConfig = {
  publicDir: false,
  plugins: [lezer()],
  build: {
    outDir: at('./dist/extension'),
    emptyOutDir: false,
    target: 'es2023',
    rollupOptions: {
      input: { 'script-sandbox': at('./src/host/script-sandbox.ts') },
      output: { format: 'iife', entryFileNames: '[name].js' },
    },
  },
};

const node: UserConfig = {
  publicDir: false,
  build: {
    outDir: at('./dist/node'),
    emptyOutDir: true,
    target: 'node20',
    ssr: true,
    rollupOptions: { input: { start: at('./src/cli/start.ts') } },
  },
};

const project = (name: string, include: string[], timeout: number) => ({
  extends: true as const,
  test: {
    name,
    include,
    exclude: name === 'unit' ? ['test/e2e/**', 'test/bench/**'] : [],
    testTimeout: timeout,
    hookTimeout: timeout,
    // Each in a process of its own, on what a machine with two cores has; browsers, kills and figures want it to themselves.
    maxWorkers: name === 'unit' ? 2 : 1,
    setupFiles: name !== 'e2e' ? [at('./test/support/setup.ts')] : [],
  },
});

const cli: UserConfig = {
  publicDir: false,
  // Everything is bundled: the file runs where nothing is installed.
  ssr: { noExternal: true },
  plugins: [lezer(), connectors('all')],
  build: {
    outDir: at('./dist/cli'),
    emptyOutDir: true,
    target: 'node20',
    ssr: true,
    rollupOptions: { input: { latchkey: at('./src/cli/latchkey.ts') } },
  },
};

const tests: UserConfig = {
  plugins: [lezer(), connectors('all')],
  resolve: { alias: platformAlias('pwa') },
  test: {
    projects: [
      project('unit', ['test/**/*.test.ts'], 20_000),
      project('e2e', ['test/e2e/**/*.test.ts'], 120_000),
      project('soak', ['test/**/*.soak.ts'], 3_600_000),
      project('bench', ['test/bench/**/*.bench.ts'], 600_000),
    ],
  },
};

const TARGETS: Record<string, UserConfig> = { production: pwa, extension, 'script-sandbox': scriptSandbox, node, cli };

export default defineConfig(({ mode }) => (process.env['VITEST'] === undefined ? (TARGETS[mode] ?? pwa) : tests));
