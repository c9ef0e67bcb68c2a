import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type Host, popupUrl, startExtension, startPwa } from '../support/browser.ts';
import { actAs, goTo, heldBy } from './steps.ts';
import { useCase } from './use-case.ts';

/** A secret as it could hide: raw, base64, base64url, hex, percent-encoded (byte by byte, and as a browser does it). */
const spellings = (secret: string): string[] => {
  const bytes = Buffer.from(secret);
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  return [
    secret,
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    percent,
    percent.toUpperCase(),
    encodeURIComponent(secret),
  ];
};

/** Where a spelling of a secret stands in the text; names the place, never the secret. */
const findIn = (place: string, text: string | Buffer, secrets: readonly string[]): string[] =>
  secrets.flatMap((secret, index) =>
    spellings(secret).some((spelling) => text.includes(spelling)) ? [`secret ${index} in ${place}`] : [],
  );

type Sink = { readonly place: string; readonly text: string };

/** Everything that crosses to or from a page's core, its console, and the page itself. Installed before any script of the page. */
const listenTo = async (context: BrowserContext, sinks: Sink[]): Promise<void> => {
  await context.exposeFunction('heard', (place: string, text: string) => void sinks.push({ place, text }));
  await context.addInitScript(() => {
    const scope = globalThis as unknown as { heard(place: string, text: string): void };
    const note = (place: string, data: unknown): void => {
      let text: string;
      try {
        text = JSON.stringify(data) ?? '';
      } catch {
        text = String(data);
      }
      scope.heard(place, text);
    };
    const post = MessagePort.prototype.postMessage;
    MessagePort.prototype.postMessage = function (this: MessagePort, ...args: Parameters<typeof post>) {
      note('message to the core', args[0]);
      return post.apply(this, args);
    } as typeof post;
    const listen = MessagePort.prototype.addEventListener;
    MessagePort.prototype.addEventListener = function (
      this: MessagePort,
      type: string,
      listener: EventListenerOrEventListenerObject,
      options?: boolean | AddEventListenerOptions,
    ) {
      if (type === 'message') listen.call(this, type, (event: Event) => note('message from the core', (event as MessageEvent).data));
      return listen.call(this, type, listener, options);
    } as typeof listen;
    if ('chrome' in globalThis && chrome.runtime?.connect !== undefined) {
      const connect = chrome.runtime.connect.bind(chrome.runtime) as (options: object) => chrome.runtime.Port;
      chrome.runtime.connect = ((options: object) => {
        const port = connect(options);
        port.onMessage.addListener((message: unknown) => note('message from the core', message));
        const send = port.postMessage.bind(port);
        port.postMessage = (message: unknown) => {
          note('message to the core', message);
          send(message);
        };
        return port;
      }) as typeof chrome.runtime.connect;
    }
  });
  const watchPage = (page: Page): void => {
    page.on('console', (message) => sinks.push({ place: 'console', text: message.text() }));
    page.on('pageerror', (error) => sinks.push({ place: 'page error', text: String(error.stack) }));
  };
  context.on('page', watchPage);
  context.on('serviceworker', (worker) => worker.on('console', (message) => sinks.push({ place: 'worker console', text: message.text() })));
};

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : entry.isFile() ? [join(folder, entry.name)] : [],
  );

/** What a person types into the vault. */
const TYPED = {
  first: 'canary passphrase the first of two',
  second: 'canary passphrase the second of two',
  clientSecret: 'canary-client-secret-0f3b9d1a77',
  backup: 'canary passphrase of the backup',
} as const;

/** Protects, locks, unlocks, changes the passphrase and stores a client secret; gives the unlocked data key where it can be read. */
const useVault = async (page: Page, kind: 'pwa' | 'extension'): Promise<Buffer | null> => {
  await actAs(page, 'Dana');
  await goTo(page, '#/settings', 'Settings');
  await page.getByLabel('New passphrase', { exact: true }).fill(TYPED.first);
  await page.getByRole('button', { name: 'Protect the vault' }).click();
  await page.getByText('The vault is protected by your passphrase.').waitFor();
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await page.getByRole('button', { name: 'Unlock', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Unlock the vault' });
  await dialog.getByLabel('Passphrase', { exact: true }).fill(TYPED.first);
  await dialog.getByRole('button', { name: 'Unlock', exact: true }).click();
  await page.getByText('Change the passphrase or the data key').click();
  await page.getByLabel('Current passphrase', { exact: true }).fill(TYPED.first);
  await page.getByLabel('New passphrase', { exact: true }).fill(TYPED.second);
  await page.getByRole('button', { name: 'Change the passphrase', exact: true }).click();
  await page.getByText('The passphrase is changed.').waitFor();
  await goTo(page, '#/oauth-apps', 'OAuth apps');
  await page.getByRole('button', { name: 'Add OAuth app' }).click();
  await page.getByLabel('Name of the OAuth app').fill('Our app');
  await page.getByLabel('Client id').fill('ours');
  await page.getByLabel(/^Client secret/).fill(TYPED.clientSecret);
  await page.getByRole('button', { name: 'Store the OAuth app' }).click();
  await page.getByText('with a sealed secret').waitFor();
  if (kind === 'pwa') return null;
  const kept = await page.evaluate(() => chrome.storage.session.get('dataKey'));
  const { raw } = kept['dataKey'] as { raw: string };
  return Buffer.from(raw, 'base64');
};

/** Saves a backup of the acting workspace, and gives the file's text. */
const saveBackup = async (page: Page, how: RegExp, passphrase: string | null): Promise<string> => {
  await goTo(page, '#/backup', 'Backup and restore');
  await page.getByRole('radio', { name: how }).check();
  if (passphrase !== null) await page.getByLabel('Passphrase of the backup', { exact: true }).fill(passphrase);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the backup' }).click();
  return readFileSync(await (await saved).path(), 'utf8');
};

const STARTS = { pwa: startPwa, extension: startExtension } as const;

describe.each(['pwa', 'extension'] as const)('S1 S2 S3 secrets in the %s', (kind) => {
  it('stand in no bundle, no message, no page, no console, and not in plain on disk', async () => {
    const host: Host = await STARTS[kind]({ accessTokenSeconds: 3 });
    const sinks: Sink[] = [];
    await listenTo(host.context, sinks);
    const { page, bundle } = await useCase(host);
    // A renewal as well: rotated tokens are secrets of their own.
    await page.waitForTimeout(3_000);
    const asked = host.sandbox.tokenRequests();
    await goTo(page, '#/installed', 'Installed');
    await page.getByRole('link', { name: 'Estate' }).click();
    await page.getByRole('link', { name: 'Open the page Dashboard' }).click();
    await expect.poll(() => host.sandbox.tokenRequests(), { timeout: 10_000 }).toBeGreaterThan(asked);
    await page.getByRole('region', { name: 'Properties sold' }).getByText('7', { exact: true }).waitFor();
    for (const hash of ['#/connections', '#/activity', '#/settings', '#/installed', '#/']) {
      await page.evaluate((to) => {
        location.hash = to;
      }, hash);
      await page.waitForTimeout(150);
      sinks.push({ place: `the page ${hash}`, text: await heldBy(page) });
    }
    if (kind === 'extension') {
      const popup = await host.context.newPage();
      await popup.goto(popupUrl);
      await popup.getByText('Harbour Homes').waitFor();
      sinks.push({ place: 'the popup', text: await heldBy(popup) });
    }
    sinks.push({ place: 'the bundle', text: bundle.text });
    const rawKey = await useVault(page, kind);
    sinks.push({ place: 'the backup', text: await saveBackup(page, /^Everything/, TYPED.backup) });
    await actAs(page, 'Carla');
    const readable = await saveBackup(page, /readable/, null);
    expect(readable).toContain('Harbour Homes');
    sinks.push({ place: 'the readable backup', text: readable });
    sinks.push({ place: 'the page after the vault', text: await heldBy(page) });
    const secrets = host.sandbox.issued();
    // Handed over when they were typed, each time once, and found nowhere else.
    for (const [typed, times] of [
      [TYPED.first, 3],
      [TYPED.second, 1],
      [TYPED.clientSecret, 1],
      [TYPED.backup, 1],
    ] as const) {
      const heard = sinks.filter(({ text }) => text.includes(typed));
      expect(heard.map(({ place }) => place)).toEqual(Array(times).fill('message to the core'));
    }
    expect(secrets.length).toBeGreaterThan(10);
    expect(sinks.filter(({ place }) => place === 'message from the core').length).toBeGreaterThan(20);
    expect(sinks.filter(({ place }) => place === 'message to the core').length).toBeGreaterThan(20);
    // What must be heard and what must be on disk is: a search that sees nothing would find nothing.
    if (kind === 'pwa') expect(sinks.some(({ place, text }) => place === 'message to the core' && text.includes('code='))).toBe(true);
    const violations = sinks.filter(({ place, text }) => place !== 'the bundle' && /Content Security Policy|Trusted ?Type/i.test(text));
    expect(violations.filter(({ place }) => place.includes('console') || place === 'page error')).toEqual([]);
    const found = sinks.flatMap(({ place, text }) => findIn(place, text, secrets));
    expect([...new Set(found)]).toEqual([]);

    await host.context.close();
    const files = filesBelow(host.profile);
    expect(files.some((file) => readFileSync(file).includes('adam@harbour.example'))).toBe(true);
    const typed = Object.values(TYPED);
    for (const file of files) {
      const bytes = readFileSync(file);
      const name = file.slice(host.profile.length);
      expect(findIn(name, bytes, [...secrets, ...typed])).toEqual([]);
      if (rawKey !== null)
        expect(
          [rawKey, rawKey.toString('base64'), rawKey.toString('hex')].some((one) => bytes.includes(one)),
          name,
        ).toBe(false);
    }
    await host.close();
  });
});
