import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXTENSION_ID, type Host, popupUrl, startExtension, startPwa } from '../support/browser.ts';
import {
  actAs,
  authorize,
  authorizeButton,
  goTo,
  install,
  loadSample,
  openConnection,
  openProvider,
  publishSample,
  signIn,
  slot,
} from './steps.ts';

describe('flows in the extension', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startExtension();
    const page = await host.open();
    await loadSample(page);
    await page.close();
  });
  afterAll(() => host.close());

  const openPopup = async () => {
    const popup = await host.context.newPage();
    await popup.setViewportSize({ width: 380, height: 600 });
    await popup.goto(popupUrl);
    return popup;
  };

  it('closing the popup in the middle of an authorization loses nothing', async () => {
    const [worker] = host.context.serviceWorkers();
    expect(await worker?.evaluate(() => chrome.action.getBadgeText({}))).toBe('4');
    const popup = await openPopup();
    const provider = await openProvider(host, popup.getByRole('button', { name: 'Authorize Sandbox Books in Development' }));
    await popup.close();
    await signIn(provider, 'Dana Developer');
    await provider.getByRole('button', { name: 'Allow' }).click();
    const again = await openPopup();
    await again.getByRole('region', { name: 'Connected' }).getByText('dana@studio.example').waitFor();
    await again.close();
  });

  it('the popup tests, copies a link name and opens the console', async () => {
    const popup = await openPopup();
    await popup.getByRole('button', { name: 'Test Sandbox Books in Development' }).click();
    await popup.getByText('Sandbox Books works: Dana Developer’s books.').waitFor();
    await popup.getByRole('region', { name: 'Connected' }).getByRole('button', { name: 'Copy link name sandbox_books' }).click();
    expect(await popup.evaluate(() => navigator.clipboard.readText())).toBe('sandbox_books');
    const opening = host.context.waitForEvent('page');
    await popup.getByRole('button', { name: 'Open the console' }).click();
    const console_ = await opening;
    await console_.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    expect(console_.url()).toBe(`chrome-extension://${EXTENSION_ID}/index.html#/`);
    await console_.close();
    await popup.close();
  });

  it('S59 a service worker stopped in the middle shows the window again, and the flow ends well', async () => {
    const page = await host.open();
    const card = await openConnection(page, 'Sandbox Sheet');
    const orphan = await openProvider(host, authorizeButton(card, 'Sandbox Sheet'));
    const reopening = host.context.waitForEvent('page');
    const cdp = await host.context.newCDPSession(page);
    await cdp.send('ServiceWorker.enable');
    await cdp.send('ServiceWorker.stopAllWorkers');
    const provider = await reopening;
    await expect.poll(() => orphan.isClosed()).toBe(true);
    await signIn(provider, 'Dana Developer');
    await provider.getByRole('button', { name: 'Allow' }).click();
    await card.getByText('dana@studio.example').waitFor();
    expect(await page.getByText('Waiting for you').count()).toBe(0);
    await page.close();
  });

  it('a restarted browser still has every authorization', async () => {
    host = await host.restart();
    const page = await host.open();
    const card = await openConnection(page, 'Sandbox Books');
    await card.getByText('dana@studio.example').waitFor();
    await card.getByRole('button', { name: 'Test Sandbox Books in Development' }).click();
    await card.getByText('it works').waitFor();
  });
});

describe('flows in the web app', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startPwa();
  });
  afterAll(() => host.close());

  it('works offline after the first visit, reload included, and says so', async () => {
    const page = await host.open();
    await loadSample(page);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.reload();
    await page.getByText('Acting as Dana').waitFor();
    await host.app?.close();
    await host.context.setOffline(true);
    await page.reload();
    await page.getByText('Acting as Dana').waitFor();
    await page.getByText('Offline: all local work goes on').waitFor();
    const bundle = await publishSample(page);
    await actAs(page, 'Carla');
    await install(page, bundle.name, bundle.text);
    const card = slot(page, 'Sandbox Books', 'production');
    host.sandbox.faults.everythingDown = true;
    await card.getByRole('button', { name: 'Authorize Sandbox Books in Production' }).click();
    await card.getByText('The sandbox does not answer at').waitFor();
    host.sandbox.faults.everythingDown = false;
    await host.context.setOffline(false);
    await page.getByText('Offline: all local work goes on').waitFor({ state: 'hidden' });
    await page.close();
  });

  it('two windows show the same, at once', async () => {
    host = await host.close().then(() => startPwa());
    const [first, second] = [await host.open(), await host.open()];
    await loadSample(first);
    await second.getByText('Acting as Dana').waitFor();
    const card = await openConnection(first, 'Sandbox Books');
    const other = await openConnection(second, 'Sandbox Books');
    await authorize(host, authorizeButton(card), 'Dana Developer');
    await other.getByText('dana@studio.example').waitFor();
    // The callback window goes by itself.
    await expect.poll(() => host.context.pages().filter((one) => one.url().includes('callback')).length, { timeout: 5_000 }).toBe(0);
    await first.close();
    await second.close();
  });

  it('a developer defines an application and a connection from nothing, and authorizes it', async () => {
    const page = await host.open('#/apps');
    await page.getByLabel('Name of the new application').fill('Orders');
    await page.getByRole('button', { name: 'Create application' }).click();
    await page.getByRole('heading', { level: 2, name: 'Orders' }).waitFor();
    await page.getByLabel('Name of the new page').fill('Overview');
    await page.getByRole('button', { name: 'Add page' }).click();
    await page.getByRole('link', { name: 'Open Overview in Development' }).waitFor();

    await page.getByRole('link', { name: 'New connection' }).click();
    await page.getByRole('link', { name: 'Use this connector: Sandbox Sheet' }).click();
    await page.getByRole('radio', { name: /^Logged-in user/ }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    expect(await page.getByLabel('Link name').inputValue()).toBe('sandbox_sheet_2');
    await page.getByLabel('Display name').fill('Order sheet');
    await page.getByLabel('Link name').fill('sandbox_sheet');
    await page.getByLabel('Application').selectOption('Orders');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Create only' }).click();
    await page.getByText('The link name sandbox_sheet is taken in this workspace.').waitFor();
    await page.reload();
    await page.getByText('Step 4 of 4').waitFor();
    await page.getByRole('button', { name: 'Back' }).click();
    expect(await page.getByLabel('Display name').inputValue()).toBe('Order sheet');
    await page.getByLabel('Link name').fill('order_sheet');
    await page.getByRole('button', { name: 'Continue' }).click();
    const provider = await openProvider(host, page.getByRole('button', { name: 'Create and authorize' }));
    await signIn(provider, 'Lee Builder');
    await provider.getByRole('button', { name: 'Allow' }).click();
    await slot(page, 'Order sheet', 'development').getByText('lee@studio.example').waitFor();

    await goTo(page, '#/apps', 'Applications');
    await page.getByRole('link', { name: 'Orders' }).click();
    await page.getByRole('link', { name: 'Add component' }).click();
    await page.getByLabel('Name of the component').fill('Sold');
    await page.getByLabel('Kind').selectOption('Page panel');
    await page.getByLabel('Page', { exact: true }).selectOption('Overview');
    await page.getByLabel('Title').fill('Sold rows');
    await page.getByLabel('Connection', { exact: true }).selectOption('Order sheet');
    await page.getByLabel('Shows', { exact: true }).selectOption('A number');
    await page.getByLabel('From', { exact: true }).selectOption('Count rows');
    await page.getByLabel('Sheet', { exact: true }).fill('Properties');
    await page.getByLabel('Column (optional)').fill('status');
    await page.getByLabel('Equals (optional)').fill('sold');
    await page.getByRole('button', { name: 'Save component' }).click();
    await page.getByText('Shows “Sold rows”: Count rows in Sandbox Sheet').waitFor();
    await page.getByRole('link', { name: 'Back to Orders' }).click();
    await page.getByRole('button', { name: 'Delete Sold' }).click();
    await page.getByText('The component Sold is deleted.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('The component Sold is back.').waitFor();
    await page.getByRole('link', { name: 'Open Overview in Development' }).click();
    await page.getByRole('region', { name: 'Sold' }).getByText('3', { exact: true }).waitFor();

    // A component that names no connection uses the service's system connection, which makes itself.
    await goTo(page, '#/apps', 'Applications');
    await page.getByRole('link', { name: 'Orders' }).click();
    await page.getByRole('link', { name: 'Edit Sold' }).click();
    await page.getByLabel('Connection', { exact: true }).selectOption('Sandbox Sheet: the system connection');
    await page.getByRole('button', { name: 'Save component' }).click();
    await page.getByText('The component Sold is saved.').waitFor();
    await page.getByRole('link', { name: 'Back to Orders' }).click();
    await page.getByRole('link', { name: 'Open Overview in Development' }).click();
    const system = page.getByRole('region', { name: 'Sold' });
    await authorize(host, system.getByRole('button', { name: 'Authorize Sandbox Sheet in Development' }), 'Carla Owner');
    await system.getByText('5', { exact: true }).waitFor();
    await page.close();
  });
});

describe('the life of a definition', () => {
  it('is renamed, widened, duplicated and moved; a locked step says its rule and the way out', async () => {
    const host = await startPwa();
    const page = await host.open();
    await loadSample(page);
    const card = await openConnection(page, 'Sandbox Books');
    await authorize(host, authorizeButton(card), 'Dana Developer');
    await card.getByText('dana@studio.example').waitFor();
    await page.getByText('Change, move, duplicate or retire').click();
    await page
      .getByText(/The connection is in use: Push invoice to Books\. Remove these references first/)
      .first()
      .waitFor();
    await page.getByLabel('Display name').fill('Agency books');
    await page.getByLabel(/^See contacts/).check();
    await page.getByRole('button', { name: 'Save the changes' }).click();
    await page.getByRole('heading', { level: 2, name: 'Agency books' }).waitFor();
    const renamed = slot(page, 'Agency books', 'development');
    await renamed.getByText('Not granted', { exact: true }).waitFor();
    await authorize(host, authorizeButton(renamed, 'Agency books'), 'Dana Developer');
    await renamed.getByText(/● Connected$/).waitFor();
    await page.getByRole('button', { name: 'Duplicate Agency books' }).click();
    await page.getByRole('heading', { level: 2, name: 'Agency books_copy' }).waitFor();
    await page.getByText('Change, move, duplicate or retire').click();
    await page.getByLabel('Enabled for').selectOption('Estate');
    await page.getByText('Access is changed.').waitFor();
    await page.getByRole('button', { name: 'Delete… the connection Agency books_copy' }).click();
    await page.getByRole('button', { name: 'Delete the connection', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Connections' }).waitFor();
    await expect.poll(() => page.getByRole('link', { name: 'Agency books_copy' }).count()).toBe(0);
    await host.close();
  });
});

describe('leaving', () => {
  it('a client uninstalls an application and removes a member, after reading what stops', async () => {
    const host = await startPwa();
    const page = await host.open();
    await loadSample(page);
    const bundle = await publishSample(page);
    await actAs(page, 'Carla');
    await install(page, bundle.name, bundle.text);
    await page.getByRole('button', { name: 'Uninstall… Estate' }).click();
    await page.getByText('Its admin and logged-in user authorizations are deleted here').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Uninstall… Estate' }).click();
    await page.getByRole('button', { name: 'Uninstall Estate' }).click();
    await page.getByText('Nothing is installed.').waitFor();
    await goTo(page, '#/settings', 'Settings');
    await page.getByRole('button', { name: 'Remove… Ben' }).click();
    await page.getByRole('button', { name: 'Remove Ben' }).click();
    await page.getByText('Ben left the workspace.').waitFor();
    await page.getByText('Acting as Carla').click();
    expect(await page.getByRole('button', { name: /^Act as Ben/ }).count()).toBe(0);
    await host.close();
  });
});

describe('a bundle that crosses hosts', () => {
  it('made in the web app it installs in the extension, and the other way round', async () => {
    const web = await startPwa();
    const extension = await startExtension();
    try {
      for (const [from, to] of [
        [web, extension],
        [extension, web],
      ] as const) {
        const author = await from.open();
        if (from === web) await loadSample(author);
        else await actAs(author, 'Dana');
        const bundle = await publishSample(author);
        await author.close();
        const client = await to.open();
        if (to === extension) await loadSample(client);
        await actAs(client, 'Carla');
        await install(client, bundle.name, bundle.text);
        await client.getByText('Signed by Northwind Studio').waitFor();
        await client.close();
      }
    } finally {
      await Promise.all([web.close(), extension.close()]);
    }
  });
});

describe('by keyboard alone', () => {
  it('loads the sample, switches the member and defines a connection', async () => {
    const host = await startPwa();
    const page = await host.open();
    /** Tabs forward until the focus is on the control of this name. */
    const tabTo = async (name: string | RegExp): Promise<void> => {
      for (let step = 0; step < 80; step += 1) {
        await page.keyboard.press('Tab');
        const label = await page.evaluate(() => {
          const focused = document.activeElement;
          const own = focused?.getAttribute('aria-label');
          return own ?? (focused instanceof HTMLInputElement ? focused.labels?.[0]?.textContent : focused?.textContent) ?? '';
        });
        if (typeof name === 'string' ? label.trim() === name : name.test(label.trim())) return;
      }
      throw new Error(`the keyboard does not reach ${name}`);
    };
    await tabTo('Load the sample');
    await page.keyboard.press('Enter');
    await page.getByText('Acting as Dana').waitFor();
    await tabTo(/^Acting as Dana/);
    await page.keyboard.press('Enter');
    await tabTo('Act as Lee, developer');
    await page.keyboard.press('Enter');
    await page.getByText('Acting as Lee').waitFor();
    await tabTo('Connections');
    await page.keyboard.press('Enter');
    /** After a navigation the focus is on the new heading; from there the Tab key goes into the screen. */
    const arrive = (heading: string): Promise<void> =>
      expect.poll(() => page.evaluate(() => document.activeElement?.textContent), { timeout: 10_000 }).toBe(heading);
    await arrive('Connections');
    await tabTo('New connection');
    await page.keyboard.press('Enter');
    await arrive('New connection');
    await tabTo('Use this connector: Sandbox Books');
    for (let step = 0; step < 2; step += 1) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    for (const heading of ['Step 2 of 4', 'Step 3 of 4']) {
      await page.getByText(heading).waitFor();
      await tabTo('Continue');
      await page.keyboard.press('Enter');
    }
    await page.getByText('Step 4 of 4').waitFor();
    await tabTo('Create only');
    await page.keyboard.press('Enter');
    await page.getByText('The connection Sandbox SMS is defined. It is not connected yet.').waitFor();
    await host.close();
  });
});
