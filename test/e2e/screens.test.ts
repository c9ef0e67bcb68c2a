import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findings as axeFindings } from '../support/axe.ts';
import { type Host, popupUrl, startExtension, startPwa } from '../support/browser.ts';
import {
  addScript,
  addScriptPanel,
  beginComponent,
  breakSandbox,
  countsScript,
  openEstate,
  openLive,
  rowsScript,
} from './component-steps.ts';
import { actAs, authorize, authorizeButton, goTo, loadSample, openConnection, sellProperty } from './steps.ts';
import { useCase } from './use-case.ts';

/** Set it to a folder to keep a picture of every screen. */
const PICTURES = process.env['LATCHKEY_PICTURES'];

const overflows = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);

/** Widths at which only the fit can change. */
const isBetween = (label: string): boolean => label === 'tablet' || label === 'small';

const look = async (page: Page, name: string, sizes: readonly (readonly [string, number])[], findings: string[]): Promise<void> => {
  for (const scheme of ['light', 'dark'] as const) {
    // Without motion: a colour half-way through a change is no colour of the design.
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    // A theme changes colours and no width: of the dark one the first width is enough, unless pictures of all are wanted.
    for (const [label, width] of scheme === 'light' || PICTURES !== undefined ? sizes : sizes.slice(0, 1)) {
      await page.setViewportSize({ width, height: 800 });
      await page.waitForTimeout(60);
      if (!isBetween(label)) findings.push(...(await axeFindings(page)).map((one) => `${name} ${scheme} ${width}: ${one}`));
      if (await overflows(page)) findings.push(`${name} ${width}: wider than the window`);
      if (PICTURES !== undefined) {
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({ path: join(PICTURES, `${name}-${label}-${scheme}.png`), fullPage: true });
      }
    }
  }
};

const CONSOLE_SIZES = [
  ['desktop', 1280],
  ['tablet', 768],
  ['phone', 380],
  ['small', 320],
] as const;

describe('every screen of the web app', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startPwa();
  });
  afterAll(() => host.close());

  it('is accessible in both themes and at every width, and fits', { timeout: 300_000 }, async () => {
    const findings: string[] = [];
    const first = await host.open();
    await look(first, 'first-run', CONSOLE_SIZES, findings);
    await first.close();
    const { page, bundle } = await useCase(host);
    const see = async (name: string, hash: string, heading: string): Promise<void> => {
      await goTo(page, hash, heading);
      await page.getByText('Loading…').first().waitFor({ state: 'hidden' });
      await look(page, name, CONSOLE_SIZES, findings);
    };
    const hrefOf = (name: string): Promise<string> =>
      page
        .getByRole('link', { name, exact: true })
        .first()
        .evaluate((link) => (link as HTMLAnchorElement).hash);

    await see('user-home', '#/', 'Home');
    await goTo(page, '#/installed', 'Installed');
    const installation = await hrefOf('Estate');
    await see('installed', '#/installed', 'Installed');
    await see('user-installation', installation, 'Installed application');
    const live = installation.replace('#/installed/', '#/live/');
    await see('form', `${live}/production/forms/properties`, 'Form');
    await see('page', `${live}/production/pages/dashboard`, 'Page');
    await actAs(page, 'Carla');
    await goTo(page, installation, 'Installed application');
    await page.getByRole('button', { name: 'Add to stage' }).click();
    await page.getByText('1.0.0 in stage, 1.0.0 in production.').waitFor();
    await see('client-installation', installation, 'Installed application');
    await see('client-connection', await hrefOf('Sandbox Books'), 'Connection');
    await see('install', '#/install', 'Install');
    await page
      .getByLabel('Bundle file')
      .setInputFiles({ name: bundle.name, mimeType: 'application/json', buffer: Buffer.from(bundle.text) });
    await page.getByText('What it asks for').waitFor();
    // It is installed already, so there is nothing to answer beforehand.
    expect(await page.getByRole('heading', { name: 'Deployment settings' }).count()).toBe(0);
    await look(page, 'install-consent', CONSOLE_SIZES, findings);
    await actAs(page, 'Dana');
    await see('home', '#/', 'Home');
    await see('connections', '#/connections', 'Connections');
    await see('connection', await hrefOf('Sandbox Books'), 'Connection');
    await page.getByText('Change, move, duplicate or retire').click();
    await look(page, 'connection-change', CONSOLE_SIZES, findings);
    await see('catalogue', '#/catalogue', 'Catalogue');
    await see('connector', '#/catalogue/sandbox-books', 'Connector');
    await see('new-connection', '#/connections/new', 'New connection');
    for (const step of [1, 2, 3])
      await see(`new-connection-${step}`, `#/connections/new?connector=sandbox-sheet&step=${step}`, 'New connection');
    await see('applications', '#/apps', 'Applications');
    const application = await hrefOf('Estate');
    await see('application', application, 'Application');
    await page.getByRole('link', { name: 'Edit Push invoice to Books' }).click();
    await page.getByRole('heading', { level: 1, name: 'Component' }).waitFor();
    await look(page, 'component-editor', CONSOLE_SIZES, findings);
    await see('publish', `${application}/publish`, 'Publish');
    await goTo(page, application, 'Application');
    await page.getByText('What 1.0.0 changed').click();
    await look(page, 'application-versions', CONSOLE_SIZES, findings);
    await see('distribute', await hrefOf('Distribute 1.0.0'), 'Distribute');
    await page.getByLabel('Private share: with the clients that you name').check();
    await page.getByLabel('Name of the new client').fill('Harbour Homes');
    await page.getByRole('button', { name: 'Add client' }).click();
    await page.getByRole('checkbox', { name: 'Harbour Homes' }).check();
    await look(page, 'distribute-private', CONSOLE_SIZES, findings);
    await see('clients', '#/clients', 'Clients');
    await goTo(page, '#/oauth-apps', 'OAuth apps');
    await page.getByRole('button', { name: 'Add OAuth app' }).click();
    await page.getByLabel('Name of the OAuth app').fill('Our app');
    await page.getByLabel('Client id').fill('ours');
    await page.getByRole('button', { name: 'Store the OAuth app' }).click();
    await page.getByRole('button', { name: 'Change Our app' }).click();
    await look(page, 'oauth-apps', CONSOLE_SIZES, findings);
    // The bundle that was opened above is still there; this side imports it.
    await goTo(page, '#/install', 'Install');
    await page.getByRole('button', { name: 'Import Estate as a copy' }).waitFor();
    await look(page, 'import', CONSOLE_SIZES, findings);
    await see('activity', '#/activity', 'Activity');
    await see('settings', '#/settings', 'Settings');
    await see('where', '#/where', 'Where is it all?');
    await see('backup', '#/backup', 'Backup and restore');
    await goTo(page, '#/settings', 'Settings');
    await page.getByLabel('New passphrase', { exact: true }).fill('correct horse battery staple');
    await look(page, 'vault-new-passphrase', CONSOLE_SIZES, findings);
    await page.getByRole('button', { name: 'Protect the vault' }).click();
    await page.getByText('The vault is protected by your passphrase.').waitFor();
    await page.getByText('Change the passphrase or the data key').click();
    await look(page, 'vault-protected', CONSOLE_SIZES, findings);
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    await page.getByRole('dialog').getByLabel('Passphrase', { exact: true }).fill('not the right passphrase');
    await page.getByRole('dialog').getByRole('button', { name: 'Unlock', exact: true }).click();
    await page
      .getByRole('dialog')
      .getByText(/The vault did not open/)
      .waitFor();
    await look(page, 'vault-unlock', CONSOLE_SIZES, findings);
    await page.keyboard.press('Escape');
    await see('not-found', '#/nowhere', 'Not found');
    expect([...new Set(findings)]).toEqual([]);
  });
});

describe('the catalogue and what is made from it', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startPwa();
  });
  afterAll(() => host.close());

  it('is accessible in both themes and at every width, and fits', { timeout: 240_000 }, async () => {
    const findings: string[] = [];
    const page = await host.open();
    await loadSample(page);
    const see = async (name: string, hash: string, heading: string): Promise<void> => {
      await goTo(page, hash, heading);
      await page.getByText('Loading…').first().waitFor({ state: 'hidden' });
      await look(page, name, CONSOLE_SIZES, findings);
    };
    await see('catalogue-filtered', '#/catalogue?q=zoho&auth=oauth2-code&own=yes', 'Catalogue');
    await see('catalogue-nothing', '#/catalogue?q=salfrsce', 'Catalogue');
    await see('connector-own-app', '#/catalogue/zoho-books', 'Connector');
    await see('connector-retired', '#/catalogue/clockwork-sms', 'Connector');
    await see('new-connection-refused', '#/connections/new?connector=discogs', 'New connection');
    for (const step of [1, 2, 3])
      await see(`new-connection-own-app-${step}`, `#/connections/new?connector=zoho-books&step=${step}`, 'New connection');
    await page.getByRole('button', { name: 'Create, then authorize' }).click();
    await page.getByRole('dialog').getByLabel('Client id', { exact: true }).waitFor();
    await look(page, 'authorize-own-app', CONSOLE_SIZES, findings);
    await page.keyboard.press('Escape');
    await see('custom-connectors-off', '#/custom-connectors', 'Custom connectors');
    await page.getByRole('button', { name: 'Switch custom connectors on' }).click();
    await page.getByRole('button', { name: 'Make a connector' }).click();
    await page.getByRole('button', { name: 'Add scope' }).click();
    await page.getByLabel('Base address of its API').fill('https://10.0.0.1/');
    await page.getByLabel('Name of the service').fill('Acme');
    await page.getByLabel('What it is for').fill('Orders of Acme.');
    await page.getByLabel('Authorization address').fill('https://login.acme.com/authorize');
    await page.getByLabel('Token address').fill('https://login.acme.com/token');
    await page.getByLabel('Name of scope 1').fill('orders');
    await page.getByLabel('What scope 1 allows, in a sentence').fill('See orders');
    await page.getByRole('button', { name: 'Add operation' }).click();
    await page.getByLabel('What operation 1 is called').fill('List orders');
    await page.getByLabel('Id of operation 1').fill('list-orders');
    await page.getByLabel('Path of operation 1').fill('orders');
    await page.getByRole('button', { name: 'Add variable' }).click();
    await page.getByLabel('Name of variable 1').fill('team');
    await page.getByLabel('What variable 1 is called').fill('Team');
    await page.getByLabel('Example of variable 1').fill('blue');
    await page.getByRole('button', { name: 'Review the connector' }).click();
    await page.getByText(/it names an IP address/).waitFor();
    await look(page, 'custom-connectors-form', CONSOLE_SIZES, findings);
    const ends = [CONSOLE_SIZES[0], CONSOLE_SIZES[2]];
    await page.getByRole('button', { name: 'Write it as JSON' }).click();
    await look(page, 'custom-connectors-json', ends, findings);
    await page.getByRole('button', { name: 'Back to the fields' }).click();
    await page.getByLabel('Base address of its API').fill('https://api.acme.com/{team}/');
    await page.getByRole('button', { name: 'Review the connector' }).click();
    await page.getByRole('dialog').getByText('api.acme.com', { exact: true }).waitFor();
    await look(page, 'custom-connectors-review', ends, findings);
    await page.getByRole('button', { name: 'Store the connector' }).click();
    await page.getByText('Nothing is made from it.').waitFor();
    await look(page, 'custom-connectors', CONSOLE_SIZES, findings);
    await goTo(page, '#/connections/new?connector=airtable&step=3', 'New connection');
    await page.getByRole('button', { name: 'Create only' }).click();
    await page.getByText('Continue in the extension').first().waitFor();
    await look(page, 'connection-extension-only', CONSOLE_SIZES, findings);
    expect([...new Set(findings)]).toEqual([]);
  });
});

describe('components, live mode and the outbox', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startPwa();
  });
  afterAll(() => host.close());

  it('are accessible in both themes and at every width, and fit', { timeout: 240_000 }, async () => {
    const findings: string[] = [];
    const page = await host.open();
    const see = (name: string): Promise<void> => look(page, name, CONSOLE_SIZES, findings);
    await loadSample(page);
    await goTo(page, '#/activity/outbox', 'Outbox');
    await page.getByText('Nothing waits to be sent.').waitFor();
    await see('outbox-empty');
    await openLive(page, 'Dashboard');
    await page.getByText('Sandbox Sheet is not authorized').waitFor();
    await see('live-not-authorized');
    for (const name of ['Sandbox Books', 'Sandbox Sheet']) {
      const card = await openConnection(page, name);
      await authorize(host, authorizeButton(card, name), 'Dana Developer');
      await card.getByText('dana@studio.example').waitFor();
    }
    await beginComponent(page, 'Tell them', 'SMS action');
    await page.getByLabel('Form', { exact: true }).selectOption('Properties');
    await page.getByRole('button', { name: 'Add condition' }).click();
    for (const _ of [1, 2]) await page.getByRole('button', { name: 'Add recipient' }).click();
    await page.getByLabel('Recipient 2', { exact: true }).selectOption('A fixed number');
    await see('component-message');
    await page.getByRole('button', { name: 'Save component' }).click();
    await page.getByText('The component cannot be stored').waitFor();
    await see('component-refused');
    await addScript(page, 'Rows by script', 'Deluge invokeUrl task', `${rowsScript(host)}\ninfo r;\nx = not_there.get("a");\nreturn r;`);
    await page.getByRole('button', { name: 'Run in development' }).click();
    await page.getByText('It stopped at line 3').waitFor();
    await page.getByRole('button', { name: 'Dry run' }).click();
    const dry = page.getByRole('region', { name: 'Dry run' });
    await dry.getByRole('button', { name: 'Run it dry' }).click();
    await dry.getByText('It stopped at line 3').waitFor();
    for (const summary of await page.locator('.run summary').all()) await summary.click();
    await see('component-script');
    await addScriptPanel(page, 'All rows', 'A list', `${rowsScript(host)}\nreturn r.get("rows");`);
    await addScriptPanel(page, 'By status', 'A chart', countsScript(host));
    await see('component-panel');
    await openEstate(page);
    await page.getByRole('link', { name: 'Edit Push invoice to Books' }).click();
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByLabel('Address', { exact: true }).fill('1 Harbour Road');
    await page.getByLabel('Price', { exact: true }).fill('450000');
    await page.getByLabel('Sold on (optional)').fill('2026-11-20');
    await page.getByLabel('Buyer (optional)').fill('Robin Reed');
    await page.getByText('Request 1 of 1').waitFor();
    await see('component-dry-run');
    await openLive(page, 'Dashboard');
    await page.locator('canvas').waitFor();
    await page.getByText('The same as a table').click();
    await see('live-panels');
    await breakSandbox(host, ['everythingDown']);
    await page.getByRole('button', { name: 'Read again: All rows' }).click();
    await page.getByText('Not up to date').first().waitFor();
    await see('live-stale');
    await openLive(page, 'Properties');
    await sellProperty(page, '9 Harbour Road');
    await page.getByText('Waits').first().waitFor();
    await see('live-records');
    await page.getByRole('button', { name: 'Delete… 9 Harbour Road' }).click();
    await see('live-delete');
    await page.keyboard.press('Escape');
    await goTo(page, '#/activity/outbox', 'Outbox');
    await page.getByRole('listitem', { name: 'Push invoice to Books' }).waitFor();
    await see('outbox');
    await page.getByRole('button', { name: 'Do not send it… Push invoice to Books' }).click();
    await see('outbox-take-out');
    await page.keyboard.press('Escape');
    await goTo(page, '#/connections/new?connector=twilio&step=3', 'New connection');
    await page.getByRole('button', { name: 'Create, then authorize' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Authorize Twilio' }).click();
    await page.getByText('It is needed.').waitFor();
    await see('keys-dialog');
    expect([...new Set(findings)]).toEqual([]);
  });
});

describe('the popup of the extension', () => {
  it('is accessible in both themes, and fits', async () => {
    const host = await startExtension();
    const findings: string[] = [];
    const popup = await host.context.newPage();
    await popup.goto(popupUrl);
    await popup.getByText('There is no workspace yet').waitFor();
    await look(popup, 'popup-empty', [['popup', 380]], findings);
    await loadSample(await host.open());
    await popup.getByText('Needs you').waitFor();
    await look(popup, 'popup', [['popup', 380]], findings);
    await host.close();
    expect([...new Set(findings)]).toEqual([]);
  });
});
