import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { allWell } from '../../src/sandbox/switchboard.ts';
import { type Host, startExtension, startPwa } from '../support/browser.ts';
import {
  actAs,
  authorize,
  authorizeButton,
  goTo,
  install,
  loadSample,
  openBundle,
  openConnection,
  openProvider,
  publishSample,
  signIn,
} from './steps.ts';

const STARTS = { pwa: startPwa, extension: startExtension } as const;

describe.each(['pwa', 'extension'] as const)('bad inputs in the %s', (kind) => {
  let host: Host;
  let page: Page;
  let card: Locator;

  beforeAll(async () => {
    host = await STARTS[kind]();
    page = await host.open();
    await loadSample(page);
    card = await openConnection(page, 'Sandbox Books');
    await authorize(host, authorizeButton(card), 'Dana Developer');
    await card.getByText('dana@studio.example').waitFor();
  });
  afterAll(() => host.close());
  afterEach(() => void Object.assign(host.sandbox.faults, allWell()));

  /** The earlier grant is still there, and the next try works. */
  const isAsBefore = async (): Promise<void> => {
    await card.getByText('dana@studio.example').waitFor();
    await card.getByText(/● Connected$/).waitFor();
    await authorize(host, authorizeButton(card), 'Dana Developer');
    await card.getByText('Authorizing').waitFor({ state: 'hidden' });
    await card.getByRole('alert').waitFor({ state: 'hidden' });
  };

  it('authorization denied', async () => {
    const provider = await openProvider(host, authorizeButton(card));
    await signIn(provider, 'Lee Builder');
    await provider.getByRole('button', { name: 'Deny' }).click();
    await card.getByText('Access was refused on the service’s page').waitFor();
    await isAsBefore();
  });

  it('window closed', async () => {
    const provider = await openProvider(host, authorizeButton(card));
    await provider.close();
    if (kind === 'extension') await card.getByText('window was closed before it was done').waitFor();
    else {
      // A web page cannot tell: it offers the way out instead.
      await card.getByRole('button', { name: 'Cancel authorizing Sandbox Books in Development' }).click();
      await card.getByText('The authorization was cancelled').waitFor();
    }
    await isAsBefore();
  });

  it('wrong state', async () => {
    host.sandbox.faults.wrongState = true;
    const provider = await openProvider(host, authorizeButton(card));
    await signIn(provider, 'Lee Builder');
    await provider.getByRole('button', { name: 'Allow' }).click();
    if (kind === 'pwa') {
      await provider.getByText('An answer came back that belongs to no open authorization').waitFor();
      await provider.close();
      await card.getByRole('button', { name: 'Cancel authorizing Sandbox Books in Development' }).click();
    } else await card.getByText('An answer came back that belongs to no open authorization').waitFor();
    host.sandbox.faults.wrongState = false;
    await isAsBefore();
  });

  it('token endpoint answering HTML', async () => {
    const provider = await openProvider(host, authorizeButton(card));
    await signIn(provider, 'Lee Builder');
    host.sandbox.faults.tokenHtml = true;
    await provider.getByRole('button', { name: 'Allow' }).click();
    await card.getByText('answered with something that is not an OAuth answer').waitFor();
    host.sandbox.faults.tokenHtml = false;
    await isAsBefore();
  });

  it('provider down after consent', async () => {
    const provider = await openProvider(host, authorizeButton(card));
    await signIn(provider, 'Lee Builder');
    host.sandbox.faults.tokenDown = true;
    await provider.getByRole('button', { name: 'Allow' }).click();
    await card.getByText('The sandbox does not answer at').waitFor();
    host.sandbox.faults.tokenDown = false;
    await isAsBefore();
  });

  it('sandbox not running', async () => {
    host.sandbox.faults.everythingDown = true;
    await authorizeButton(card).click();
    await card.getByText('Start it with npm start').waitFor();
    host.sandbox.faults.everythingDown = false;
    await isAsBefore();
  });

  it('popup blocked', async () => {
    if (kind === 'extension') {
      // The browser itself opens the extension's window; no page asks for it, so nothing can block it.
      expect(await page.evaluate(() => typeof chrome.identity.launchWebAuthFlow)).toBe('function');
      return;
    }
    await page.evaluate(() => {
      window.open = () => null;
    });
    await authorizeButton(card).click();
    await card.getByText('The browser blocked the window of the service').waitFor();
    const opening = host.context.waitForEvent('page');
    await card.getByRole('link', { name: 'Open the sign-in page' }).click();
    const provider = await opening;
    await signIn(provider, 'Dana Developer');
    await provider.getByRole('button', { name: 'Allow' }).click();
    await card.getByText('Authorizing').waitFor({ state: 'hidden' });
    await page.reload();
    await isAsBefore();
  });

  it('bundles of another format, tampered with, cut short, and installed twice', async () => {
    const bundle = await publishSample(page);
    await actAs(page, 'Carla');
    const wrong: [string, string][] = [
      ['{"hello":"world"}', 'it is not a Latchkey bundle'],
      ['not json', 'it does not hold JSON'],
      [bundle.text.slice(0, 500), 'This file ends too early'],
      [bundle.text.replace('"Estate"', '"Estaten"'), 'This file was changed after it was signed'],
      [bundle.text.replace('latchkey.bundle/1', 'latchkey.bundle/2'), 'made by a newer Latchkey'],
    ];
    for (const [text, says] of wrong) {
      await openBundle(page, 'wrong.latchkey', text);
      await page.getByText(says).waitFor();
      expect(await page.getByRole('button', { name: /^Install Estate/ }).count()).toBe(0);
    }
    await goTo(page, '#/installed', 'Installed');
    await page.getByText('Nothing is installed.').waitFor();
    await install(page, bundle.name, bundle.text);
    await openBundle(page, bundle.name, bundle.text);
    await page.getByText('Version 1.0.0 is installed already').waitFor();
    expect(await page.getByRole('button', { name: /^Install Estate/ }).count()).toBe(0);
    await goTo(page, '#/installed', 'Installed');
    await expect.poll(() => page.getByRole('link', { name: 'Estate' }).count()).toBe(1);
  });
});

describe('data of a newer program', () => {
  it('S54 is not touched, and an update is offered', async () => {
    const host = await startPwa();
    const page = await host.context.newPage();
    await page.goto(`${host.url}deployment.json`);
    const version = (to?: number) =>
      page.evaluate(
        (wanted) =>
          new Promise<number>((resolve) => {
            const request = indexedDB.open('latchkey', wanted);
            request.onsuccess = () => {
              resolve(request.result.version);
              request.result.close();
            };
          }),
        to,
      );
    expect(await version(9_990)).toBe(9_990);
    const console = await host.open();
    await console.getByText('was written by a newer Latchkey').waitFor();
    await console.getByRole('button', { name: 'Update Latchkey' }).click();
    // There is none here: it looks for one, and says the same again.
    await console.getByText('was written by a newer Latchkey').waitFor();
    expect(await version()).toBe(9_990);
    await host.close();
  });

  it('S54 can be looked at, and saved as a backup', async () => {
    const host = await startPwa();
    const page = await host.open();
    await loadSample(page);
    await page.close();
    const raise = await host.context.newPage();
    await raise.goto(`${host.url}deployment.json`);
    await raise.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const request = indexedDB.open('latchkey', 9_990);
          request.onsuccess = () => {
            request.result.close();
            resolve();
          };
        }),
    );
    const later = await host.open();
    await later.getByRole('region', { name: 'Read only' }).getByRole('button', { name: 'Update Latchkey' }).waitFor();
    await goTo(later, '#/connections', 'Connections');
    await later.getByRole('link', { name: 'Sandbox Books' }).first().waitFor();
    await goTo(later, '#/apps', 'Applications');
    await later.getByLabel('Name of the new application').fill('Another');
    await later.getByRole('button', { name: 'Create application' }).click();
    await later.getByText('was written by a newer Latchkey').nth(1).waitFor();
    await goTo(later, '#/backup', 'Backup and restore');
    await later.getByLabel('Without authorizations, readable').check();
    const [download] = await Promise.all([later.waitForEvent('download'), later.getByRole('button', { name: 'Save the backup' }).click()]);
    expect(await readFile(await download.path(), 'utf8')).toContain('Sandbox Books');
    await host.close();
  });
});

describe('a browser that stores nothing', () => {
  it('IndexedDB unavailable: says so, and works after it is allowed', async () => {
    const host = await startPwa({ preferences: { profile: { default_content_setting_values: { cookies: 2 } } } });
    const page = await host.open();
    await page.getByRole('heading', { level: 1, name: 'Latchkey cannot start' }).waitFor();
    await page.getByText('does not let Latchkey store anything').waitFor();
    await page.getByText('allow site data for this address').waitFor();
    const allowed = await host.restart({});
    await loadSample(await allowed.open());
    await allowed.close();
  });
});
