import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import * as v from 'valibot';
import manifest from '../../manifest.json' with { type: 'json' };
import { extensionIdOf } from '../../src/cli/extension-id.ts';
import { type AppServer, serveApp } from '../../src/cli/serve-app.ts';
import { closeNow, listen } from '../../src/sandbox/listen.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/serve.ts';
import { TEST_SPKI } from './providers/certificate.ts';

export const EXECUTABLE = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const dist = (target: string): string => fileURLToPath(new URL(`../../dist/${target}`, import.meta.url));

export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

export const EXTENSION_ID = extensionIdOf(manifest.key);

const freePort = async (): Promise<number> => {
  const server = createServer();
  const port = await listen(server, 0);
  await closeNow(server);
  return port;
};

export type Host = {
  readonly kind: 'pwa' | 'extension';
  readonly context: BrowserContext;
  /** The console's address. */
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly profile: string;
  /** Absent for the extension, which needs no server. */
  readonly app: AppServer | null;
  /** A page that shows the console. */
  open(hash?: string): Promise<Page>;
  /** Closes the browser and starts it again on the same profile, with other preferences where given. */
  restart(preferences?: object): Promise<Host>;
  close(): Promise<void>;
};

type Options = {
  readonly accessTokenSeconds?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly preferences?: object;
  /** The folder of another unpacked extension, loaded beside ours. */
  readonly beside?: string;
  /** Simulators that answer for providers' real host names. */
  readonly providers?: { readonly tlsPort: number; readonly hosts: readonly string[] };
  /** More of the browser's flags. */
  readonly flags?: readonly string[];
};

type ExtensionOptions = Options & {
  /** Match patterns of hosts that the person has allowed the extension to reach: nobody can answer the browser's question here. */
  readonly allowedHosts?: readonly string[];
};

type Parts = Omit<Host, 'context' | 'open' | 'restart' | 'close'> & {
  readonly colorScheme: 'light' | 'dark';
  readonly beside?: string;
  readonly providers?: Options['providers'];
  readonly flags?: Options['flags'];
};

/** The browser resolves these hosts to the simulators, and takes their one certificate; every other host stays out of reach. */
const providerFlags = (providers: Options['providers']): string[] =>
  providers === undefined
    ? []
    : [
        `--host-resolver-rules=${providers.hosts.map((host) => `MAP ${host}:443 127.0.0.1:${providers.tlsPort}`).join(',')}`,
        `--ignore-certificate-errors-spki-list=${TEST_SPKI}`,
      ];

const launch = async ({ kind, profile, colorScheme, beside, providers, flags = [] }: Parts): Promise<BrowserContext> => {
  const shared = { executablePath: EXECUTABLE, viewport: { width: 1280, height: 900 }, acceptDownloads: true, colorScheme };
  if (kind === 'pwa')
    return chromium.launchPersistentContext(profile, { ...shared, args: [...BROWSER_FLAGS, ...providerFlags(providers), ...flags] });
  const folders = [dist('extension'), ...(beside === undefined ? [] : [beside])].join(',');
  return chromium.launchPersistentContext(profile, {
    ...shared,
    headless: false,
    ignoreDefaultArgs: ['--headless', '--disable-extensions'],
    args: [
      '--headless=new',
      ...BROWSER_FLAGS,
      ...providerFlags(providers),
      ...flags,
      `--disable-extensions-except=${folders}`,
      `--load-extension=${folders}`,
    ],
  });
};

const hostOn = async (parts: Parts): Promise<Host> => {
  const { kind, profile, sandbox, app, url } = parts;
  const context = await launch(parts);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']).catch(() => undefined);
  context.setDefaultTimeout(15_000);
  if (kind === 'extension' && context.serviceWorkers().length === 0) await context.waitForEvent('serviceworker');
  return {
    ...parts,
    context,
    open: async (hash = '#/') => {
      const page = await context.newPage();
      await page.goto(`${url}${hash}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      return page;
    },
    restart: async (preferences) => {
      // A browser that a test has killed is closed already.
      await context.close().catch(() => undefined);
      if (preferences !== undefined) await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
      return hostOn(parts);
    },
    close: async () => {
      await context.close();
      await Promise.all([sandbox.close(), app?.close()]);
      await rm(profile, { recursive: true, force: true });
    },
  };
};

/** The built web app in a real browser, with its sandbox. */
export const startPwa = async ({
  accessTokenSeconds = 3_600,
  colorScheme = 'light',
  preferences,
  providers,
  flags,
}: Options = {}): Promise<Host> => {
  const port = await freePort();
  const sandbox = await startSandbox({ port: 0, redirectUris: [`http://localhost:${port}/callback.html`], accessTokenSeconds });
  const app = await serveApp({ folder: dist('pwa'), port, sandboxOrigin: sandbox.origin });
  const profile = await mkdtemp(join(tmpdir(), 'latchkey-pwa-'));
  if (preferences !== undefined) {
    await mkdir(join(profile, 'Default'));
    await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  }
  const also = { ...(providers === undefined ? {} : { providers }), ...(flags === undefined ? {} : { flags }) };
  return hostOn({ kind: 'pwa', profile, sandbox, app, url: `${app.origin}/`, colorScheme, ...also });
};

const PreferencesSchema = v.looseObject({
  extensions: v.looseObject({ settings: v.record(v.string(), v.looseObject({})) }),
});

/** The profile's preferences with these hosts among what the person granted the extension. The browser is closed before they are read. */
const allowing = async (host: Host, hosts: readonly string[]): Promise<object> => {
  await host.context.close();
  const path = join(host.profile, 'Default', 'Preferences');
  const preferences = v.parse(PreferencesSchema, JSON.parse(await readFile(path, 'utf8')));
  const ours = preferences.extensions.settings[EXTENSION_ID];
  if (ours === undefined) throw new TypeError('the extension has no settings in this profile');
  for (const name of ['granted_permissions', 'runtime_granted_permissions'])
    ours[name] = {
      api: [],
      manifest_permissions: [],
      scriptable_host: [],
      ...v.parse(v.optional(v.looseObject({}), {}), ours[name]),
      explicit_host: hosts,
    };
  return preferences;
};

/** The built extension in a real browser, with its sandbox, whose address is set in Settings as a person would. */
export const startExtension = async ({
  accessTokenSeconds = 3_600,
  colorScheme = 'light',
  beside,
  providers,
  flags,
  allowedHosts,
}: ExtensionOptions = {}): Promise<Host> => {
  const redirectUris = [`https://${EXTENSION_ID}.chromiumapp.org/cb`];
  const sandbox = await startSandbox({ port: 0, redirectUris, accessTokenSeconds });
  const profile = await mkdtemp(join(tmpdir(), 'latchkey-ext-'));
  const host = await hostOn({
    kind: 'extension',
    profile,
    sandbox,
    app: null,
    url: `chrome-extension://${EXTENSION_ID}/index.html`,
    colorScheme,
    ...(beside === undefined ? {} : { beside }),
    ...(providers === undefined ? {} : { providers }),
    ...(flags === undefined ? {} : { flags }),
  });
  const page = await host.open('#/settings');
  await page.getByLabel('Address of the sandbox').fill(sandbox.origin);
  await page.getByRole('button', { name: 'Save the address' }).click();
  await page.getByText('The address of the sandbox is saved.').waitFor();
  await page.close();
  if (allowedHosts === undefined) return host;
  const again = await host.restart(await allowing(host, allowedHosts));
  const asking = await again.open();
  // What was granted once is granted again without a question.
  if (!(await asking.evaluate((origins) => chrome.permissions.request({ origins: [...origins] }), allowedHosts)))
    throw new Error('the browser did not grant the hosts');
  await asking.close();
  return again;
};

export const popupUrl = `chrome-extension://${EXTENSION_ID}/popup.html`;
