import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordsOf } from '../../src/bundle/fingerprint.ts';
import { readKeyFile } from '../../src/bundle/key-file.ts';
import { findings } from '../support/axe.ts';
import { type Host, popupUrl, startExtension, startPwa } from '../support/browser.ts';
import { makeKey } from '../support/feed.ts';
import { startUpdates, type Updates } from '../support/updates.ts';
import { actAs, authorize, goTo, loadSample, sellProperty, slot } from './steps.ts';

/** Set it to a folder to keep a picture of every screen. */
const PICTURES = process.env['LATCHKEY_PICTURES'];

const WEEK = 7 * 86_400_000;

/** Puts the last good look at every feed a while back, as if time had gone by. */
const letTimePass = (page: Page, milliseconds: number): Promise<void> =>
  page.evaluate(
    (ago) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open('latchkey');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const transaction = request.result.transaction('feeds', 'readwrite');
          const feeds = transaction.objectStore('feeds');
          const all = feeds.getAll();
          all.onsuccess = () => {
            for (const feed of all.result) feeds.put({ ...feed, lastGoodAt: feed.lastGoodAt - ago });
          };
          transaction.oncomplete = () => {
            request.result.close();
            resolve();
          };
        };
      }),
    milliseconds,
  );

describe.each(['pwa', 'extension'] as const)('updates in the %s', (kind) => {
  let host: Host;
  let updates: Updates;
  let page: Page;
  beforeAll(async () => {
    updates = await startUpdates();
    host = await (kind === 'pwa' ? startPwa() : startExtension());
    page = await host.open();
  });
  afterAll(() => Promise.all([host.close(), updates.host.close()]));

  /** Each screen of this journey in both themes, on a desktop and on a phone: accessible, and no wider than the window. */
  const look = async (name: string): Promise<void> => {
    if (kind !== 'pwa') return;
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [380, 1280]) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: 800 });
        await page.waitForTimeout(60);
        found.push(...(await findings(page)).map((one) => `${name} ${colorScheme} ${width}: ${one}`));
        if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1)) found.push(`${name} ${width}: too wide`);
        if (PICTURES === undefined) continue;
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({ path: join(PICTURES, `updates-${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(found).toEqual([]);
  };

  const needsYou = () => page.getByRole('region', { name: 'Needs you' });

  /** The popup tells of the update as Home does, and the badge counts it. */
  const lookAtPopup = async (): Promise<void> => {
    if (kind !== 'extension') return;
    const popup = await host.context.newPage();
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await popup.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await popup.setViewportSize({ width: 380, height: 600 });
      await popup.goto(popupUrl);
      await popup.getByText(/1 connection has to be authorized again\./).waitFor();
      found.push(...(await findings(popup)).map((one) => `popup ${colorScheme}: ${one}`));
      if (PICTURES !== undefined) await popup.screenshot({ path: join(PICTURES, `updates-popup-${colorScheme}.png`), fullPage: true });
    }
    expect(found).toEqual([]);
    const badge = () => chrome.action.getBadgeText({}).then(async (text) => [text, await chrome.action.getTitle({})]);
    const [worker] = host.context.serviceWorkers();
    expect(await worker?.evaluate(badge)).toEqual(['1', 'Latchkey: 1 update waits for you']);
    const opening = host.context.waitForEvent('page');
    await popup.getByRole('button', { name: 'Review 1.1.0: Estate' }).click();
    const review = await opening;
    await review.getByRole('heading', { level: 2, name: 'Estate 1.0.0 → 1.1.0' }).waitFor();
    await review.close();
    await popup.close();
  };

  const checkFeed = async (said: RegExp = /was checked\.\s*$/): Promise<void> => {
    await goTo(page, '#/updates', 'Updates');
    await page.getByRole('button', { name: /^Check now/ }).click();
    await page.getByRole('status').getByText(said).waitFor();
  };

  const openEstate = async (): Promise<void> => {
    await goTo(page, '#/installed', 'Installed');
    await page.getByRole('link', { name: 'Estate' }).click();
    await page.getByRole('heading', { level: 1, name: 'Installed application' }).waitFor();
    await page.getByRole('heading', { level: 2, name: 'Versions' }).waitFor();
  };

  const sell = async (address: string): Promise<void> => {
    await openEstate();
    await page.getByRole('link', { name: 'Open the form Properties' }).click();
    await sellProperty(page, address);
  };

  it('follows a feed, shows whose key it is, and installs what it offers', async () => {
    await updates.release('1.0.0');
    await loadSample(page);
    await actAs(page, 'Carla');
    await goTo(page, '#/installed', 'Installed');
    await page.getByRole('link', { name: 'follow a publisher’s feed' }).click();
    await page.getByLabel('Address of the feed').fill(updates.host.address);
    await page.getByRole('button', { name: 'Follow the feed' }).click();
    await page.getByText('Who signs it, and when it is looked at').click();
    await page.getByText(wordsOf(updates.key.keyId)).waitFor();
    await look('follow');
    await page.getByRole('button', { name: 'See 1.0.0' }).click();
    await page.getByRole('heading', { level: 2, name: 'Who made it' }).waitFor();
    expect(await page.getByText(wordsOf(updates.key.keyId)).count()).toBe(1);
    await page.getByText(/whose key is seen here for the first time/).waitFor();
    await page.getByRole('button', { name: 'Run it dry' }).click();
    const dry = page.getByRole('region', { name: 'Dry run of Push invoice to Books' });
    expect(await dry.textContent()).toContain(`POST ${host.sandbox.origin}/books/api/invoices`);
    await page.getByText('It was installed with 3 connections and 2 components, and is gone again.').waitFor();
    // The sandbox was asked by a client that was registered for it, and nobody's grant was needed.
    await page.getByText('2 requests went to the sandbox on this device, under an account made for it.').waitFor();
    await dry.getByText('Invoice INV-0001').waitFor();
    expect(host.sandbox.books.invoices.splice(0).map(({ account }) => account)).toEqual(['server@sandbox.example']);
    await look('install');
    await page.getByRole('button', { name: 'Install Estate 1.0.0' }).click();
    await page.getByRole('heading', { level: 2, name: 'Versions' }).waitFor();
    for (const name of ['Sandbox Books', 'Sandbox SMS', 'Sandbox Sheet']) {
      const card = slot(page, name, 'production');
      await authorize(host, card.getByRole('button', { name: `Authorize ${name} in Production` }), 'Carla Owner');
      await card.getByText('carla@harbour.example').waitFor();
    }
  });

  it('R116 R117 offers the next version, remembers that it was declined, and says what it changes, what asks for more first', async () => {
    await updates.release('1.1.0');
    await checkFeed();
    await goTo(page, '#/', 'Home');
    await page.getByText('1 update waits for you.').waitFor();
    expect(await needsYou().textContent()).toMatch(/In place of 1\.0\.0, from localhost:\d+\. 1 connection has to be authorized again\./);
    await look('home');
    await lookAtPopup();
    await page.getByRole('link', { name: 'Review 1.1.0: Estate' }).click();
    await page.getByRole('heading', { level: 2, name: 'Estate 1.0.0 → 1.1.0' }).waitFor();
    const groups = await page.getByRole('heading', { level: 3 }).allTextContents();
    expect(groups).toEqual(['▲ More access', '− Removed', '~ Type or name changed']);
    const more = page.getByRole('region', { name: 'More access' });
    expect(await more.textContent()).toContain('See contacts');
    expect(await page.getByRole('region', { name: 'Removed' }).textContent()).toContain('Sandbox SMS');
    expect(await page.getByRole('region', { name: 'Type or name changed' }).textContent()).toContain('was called Sandbox Sheet');
    await look('upgrade');
    // Nothing happens before what asks for more is ticked.
    const take = page.getByRole('button', { name: 'Upgrade and approve 1' });
    expect(await take.getAttribute('aria-disabled')).toBe('true');
    await page.getByText('Tick the one that asks for more.').waitFor();

    await page.getByRole('button', { name: 'Stay on 1.0.0' }).click();
    await page.getByText('You stayed on 1.0.0; 1.1.0 is not offered again.').waitFor();
    await goTo(page, '#/where', 'Where is it all?');
    await page.getByRole('region', { name: 'Feeds' }).getByRole('cell', { name: 'Harbour Homes' }).waitFor();
    await goTo(page, '#/', 'Home');
    await needsYou().getByText('Nothing waits for you.').waitFor();
    await checkFeed();
    expect(await page.getByRole('link', { name: 'Review 1.1.0' }).count()).toBe(0);
    await openEstate();
    await page.getByRole('link', { name: 'Review 1.1.0 after all' }).click();
    await more.getByRole('checkbox', { name: /^Sandbox Books/ }).check();
    await take.click();
    await page.getByRole('heading', { level: 2, name: 'Estate 1.1.0' }).waitFor();
  });

  it('R116 only what grew asks again; the rest stays connected, under its new name', async () => {
    const books = slot(page, 'Sandbox Books', 'production');
    await books.getByText('Not granted', { exact: true }).waitFor();
    expect(await page.getByText('Not granted', { exact: true }).count()).toBe(1);
    await slot(page, 'Harbour Sheet', 'production').getByText('carla@harbour.example').waitFor();
    await page.getByText('no longer used').waitFor();
    await look('upgraded');
    await sell('1 Harbour Road');
    await page.getByText('Invoice INV-0001').waitFor();
  });

  it('S47 goes back to the version before, only when that is ticked, and nothing asks for anything', async () => {
    await openEstate();
    await page.getByRole('link', { name: 'Return to 1.0.0' }).click();
    await page.getByRole('heading', { level: 2, name: 'Estate 1.1.0 → 1.0.0' }).waitFor();
    await look('roll-back');
    const back = page.getByRole('button', { name: 'Go back to 1.0.0' });
    expect(await back.getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('checkbox', { name: /^Run 1\.0\.0, although 1\.1\.0 is newer/ }).check();
    await back.click();
    await page.getByRole('heading', { level: 2, name: 'Estate 1.0.0' }).waitFor();
    for (const name of ['Sandbox Books', 'Sandbox SMS', 'Sandbox Sheet'])
      await slot(page, name, 'production').getByText('carla@harbour.example').waitFor();
    expect(await page.getByText('Not granted', { exact: true }).count()).toBe(0);
    await page.getByRole('link', { name: 'Open the form Properties' }).click();
    await page.getByText('1 Harbour Road').first().waitFor();
  });

  it('S46 another author’s version is refused, and the one that runs goes on', async () => {
    await updates.release('1.2.0', await makeKey());
    await checkFeed();
    await page.getByRole('link', { name: 'Review 1.2.0' }).click();
    await page.getByText('feed.author-unknown').waitFor();
    await look('refused');
    expect(await page.getByRole('button', { name: /^Upgrade/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Stay on 1.0.0' }).click();
    await page.getByRole('heading', { level: 2, name: 'Estate 1.0.0' }).waitFor();
  });

  it('S49 S52 a feed that was not reached for a week says so, and what is installed works on', async () => {
    updates.host.isDown = true;
    await letTimePass(page, WEEK + 86_400_000);
    await checkFeed(/it says why it was not believed/);
    await page.getByText(/was last reached .* What is installed goes on working\./).waitFor();
    await page.getByText('The feed could not be reached').first().waitFor();
    await look('silent');
    await sell('2 Harbour Road');
    await page.getByText('Invoice INV-0002').waitFor();
    updates.host.isDown = false;
    await checkFeed();
    await page.getByText(/was last reached/).waitFor({ state: 'detached' });
    await page.getByText(/last reached/).waitFor();
  });

  it('S51 a version that its publisher stopped runs no more, and says why', async () => {
    await updates.revoke('1.0.0', 'block', 'It sends invoices twice');
    await checkFeed();
    await openEstate();
    await page.getByText('Reason: It sends invoices twice.').waitFor();
    await look('stopped');
    await sell('3 Harbour Road');
    await page.getByText('run.version-revoked').first().waitFor();
    expect(host.sandbox.books.invoices).toHaveLength(2);
    await openEstate();
    await page.getByRole('link', { name: 'Return to 1.1.0' }).click();
    await page.getByRole('checkbox', { name: /^Sandbox Books/ }).check();
    await page.getByRole('checkbox', { name: /^Run 1\.1\.0 again/ }).check();
    await page.getByRole('button', { name: 'Go forward to 1.1.0' }).click();
    await page.getByRole('heading', { level: 2, name: 'Estate 1.1.0' }).waitFor();
    await sell('4 Harbour Road');
    await page.getByText('Invoice INV-0003').waitFor();
  });

  it('R118 uninstalling says that its feed is not looked at any more, and it is not', async () => {
    await openEstate();
    await page.getByRole('button', { name: 'Uninstall… Estate' }).click();
    await page.getByText(/^The feed at localhost:\d+ is not looked at any more/).waitFor();
    await look('uninstall');
    await page.getByRole('button', { name: 'Uninstall Estate' }).click();
    await page.getByText('Estate is uninstalled.').waitFor();
    await goTo(page, '#/updates', 'Updates');
    await page.getByRole('button', { name: 'Follow the feed' }).waitFor();
    expect(await page.getByRole('button', { name: /^Check now/ }).count()).toBe(0);
    const [worker] = kind === 'extension' ? host.context.serviceWorkers() : [];
    expect((await worker?.evaluate(() => chrome.alarms.getAll()))?.filter(({ name }) => name === 'feed') ?? []).toEqual([]);
  });

  it('S60 shows the key that signs, and saves it only encrypted', async () => {
    await actAs(page, 'Dana');
    await goTo(page, '#/settings', 'Settings');
    await page.getByRole('heading', { level: 2, name: 'Signing' }).waitFor();
    await page.getByText('Export the key').click();
    await page.getByLabel('Passphrase of the key file', { exact: true }).fill('four quiet random words');
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the key file' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('northwind-studio-author.key');
    const key = await readKeyFile(await readFile(await download.path(), 'utf8'), 'four quiet random words');
    await page.getByText(wordsOf(key.keyId)).waitFor();
    await page.getByText('Import a key').click();
    await look('settings');
  });
});
