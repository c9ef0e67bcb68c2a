import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXTENSION_ID, type Host, startExtension, startPwa } from '../support/browser.ts';
import { type Providers, serveProviders } from '../support/providers/serve.ts';
import { createSmsProviders, SMS_KEYS } from '../support/providers/sms.ts';
import { createZoho, ZOHO_APP } from '../support/providers/zoho.ts';
import { addScript } from './component-steps.ts';
import { actAs, goTo, heldBy, install, loadSample, publishSample, slot } from './steps.ts';

const DANA = 'dana@studio.example';

const cards = (page: Page) => page.getByRole('list', { name: 'Connectors' }).getByRole('listitem');
const search = (page: Page) => page.getByRole('searchbox', { name: 'Search by name, other name or category' });
const hashOf = (page: Page): Promise<string> => page.evaluate(() => location.hash);
const focused = (page: Page): Promise<string | null> => page.evaluate(() => document.activeElement?.textContent ?? null);

/** From step 2 of the wizard to the review. */
const continueTo = async (page: Page, step: number): Promise<void> => {
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: `Step ${step} of 4` }).waitFor();
};

describe.each([
  ['web app', startPwa],
  ['extension', (options: Parameters<typeof startPwa>[0]) => startExtension({ ...options, allowedHosts: ['https://*/*'] })],
] as const)('the catalogue of the built %s', (_, start) => {
  const zoho = createZoho([DANA]);
  const sms = createSmsProviders();
  let providers: Providers;
  let host: Host;
  let page: Page;

  beforeAll(async () => {
    const all = [...zoho.providers, ...sms.providers];
    providers = await serveProviders(all);
    host = await start({ providers: { tlsPort: providers.tlsPort, hosts: all.flatMap(({ hosts }) => hosts) } });
    page = await host.open();
    await loadSample(page);
  });
  afterAll(async () => {
    await host.close();
    await providers.close();
  });

  it('R20 paints thirty first with the sandbox at the head, and more when asked', async () => {
    await goTo(page, '#/catalogue', 'Catalogue');
    await page.getByText('434 connectors').waitFor();
    expect(await cards(page).count()).toBe(30);
    expect(await cards(page).first().textContent()).toContain('sandbox');
    await page.getByRole('button', { name: 'Show 60 more' }).click();
    await expect.poll(() => cards(page).count()).toBe(90);
    const next = await cards(page).nth(30).getByRole('link').textContent();
    await expect.poll(() => focused(page)).toBe(next);
    // Nobody's place is lost: not by Back, not by the link to the catalogue.
    for (const back of [() => page.goBack(), () => page.getByRole('main').getByRole('link', { name: 'Catalogue' }).click()]) {
      const card = cards(page).nth(70).getByRole('link');
      await card.scrollIntoViewIfNeeded();
      const [name, top] = [await card.textContent(), await page.evaluate(() => scrollY)];
      expect(top).toBeGreaterThan(500);
      await card.click();
      await page.getByRole('heading', { level: 1, name: 'Connector', exact: true }).waitFor();
      await page
        .getByRole('heading', { level: 2, name: name ?? '' })
        .first()
        .waitFor();
      await back();
      await expect.poll(() => focused(page)).toBe(name);
      expect(await cards(page).count()).toBe(90);
      await expect.poll(async () => Math.abs((await page.evaluate(() => scrollY)) - top)).toBeLessThan(4);
    }
  });

  it('finds what is mistyped, announces how many, and keeps what is asked in the address', async () => {
    await goTo(page, '#/catalogue', 'Catalogue');
    await search(page).pressSequentially('salseforce');
    await expect.poll(() => cards(page).first().getByRole('link').textContent()).toBe('Salesforce');
    expect(await page.getByRole('status').first().textContent()).toMatch(/^\d+ of 434 connectors fit/);
    await expect.poll(() => hashOf(page)).toBe('#/catalogue?q=salseforce');
    await search(page).fill('salfrsce');
    await page.getByText('No connector fits.').waitFor();
    await page.getByRole('link', { name: 'Salesforce', exact: true }).waitFor();
  });

  it('R22 filters by what the address says, and takes filters back', async () => {
    await goTo(page, '#/catalogue?cat=SMS&type=logged-in-user', 'Catalogue');
    await page.getByText('5 of 434 connectors fit').waitFor();
    expect(await page.getByLabel('Category', { exact: true }).inputValue()).toBe('SMS');
    await page.getByRole('button', { name: 'Has a test request' }).click();
    await expect.poll(() => hashOf(page)).toContain('test=yes');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText('434 connectors').waitFor();
    await expect.poll(() => hashOf(page)).toBe('#/catalogue');
  });

  it('is used by keyboard: type, arrows in the grid, Enter', async () => {
    await goTo(page, '#/catalogue', 'Catalogue');
    await search(page).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('zoho');
    await expect.poll(() => hashOf(page)).toBe('#/catalogue?q=zoho');
    await expect
      .poll(async () => (await cards(page).getByRole('link').allTextContents()).filter((name) => !name.startsWith('Zoho')))
      .toEqual([]);
    await page.keyboard.press('ArrowDown');
    const first = await cards(page).first().getByRole('link').textContent();
    await expect.poll(() => focused(page)).toBe(first);
    await page.keyboard.press('ArrowRight');
    const second = await focused(page);
    expect(second).toBe(await cards(page).nth(1).getByRole('link').textContent());
    // Whatever list comes, the focus stays on the card.
    const ask = (q: string): Promise<void> => page.evaluate((to) => location.replace(to), `#/catalogue?q=${encodeURIComponent(q)}`);
    await ask((second ?? '').toLowerCase());
    await expect.poll(() => cards(page).first().getByRole('link').textContent()).toBe(second);
    expect(await focused(page)).toBe(second);
    await ask('zoho');
    await expect.poll(() => cards(page).first().getByRole('link').textContent()).toBe(first);
    expect(await focused(page)).toBe(second);
    await page.keyboard.press('ArrowLeft');
    expect(await focused(page)).toBe(first);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('End');
    await page.keyboard.type(' books');
    await expect.poll(() => cards(page).first().getByRole('link').textContent()).toBe('Zoho Books');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 2, name: 'Zoho Books' }).waitFor();
    await expect.poll(() => hashOf(page)).toBe('#/catalogue/zoho-books');
    await page.goBack();
    await expect.poll(() => search(page).inputValue()).toBe('zoho books');
    await expect.poll(() => search(page).evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it('says on its page how sure it is of each fact, what is registered where, what it may do, and takes n for a new connection', async () => {
    await goTo(page, '#/catalogue/zoho-books', 'Connector');
    await page.getByText(/Verified on .*2026 against public sources/).waitFor();
    const sure = page.getByRole('region', { name: 'How sure Latchkey is of this' });
    expect(await sure.getByText('not verified', { exact: true }).count()).toBe(9);
    const register = page.getByRole('region', { name: 'What to do at the service first' });
    await register.getByRole('button', { name: 'Copy redirect address for Zoho Books' }).click();
    await register.getByText('Nobody compared these steps with the service: not verified').waitFor();
    const redirect = host.kind === 'pwa' ? `${host.url}callback.html` : `https://${EXTENSION_ID}.chromiumapp.org/cb/accounts.zoho.com`;
    await register.getByText(redirect, { exact: true }).waitFor();
    const scopes = page.getByRole('region', { name: 'What it may be allowed to do' });
    expect(await scopes.getByText('sensitive').count()).toBe(5);
    await page.getByText('that type exists for twelve services only (R22)').waitFor();
    const stays = async (key: string): Promise<void> => {
      await page.keyboard.press(key);
      expect(await hashOf(page), key).toBe('#/catalogue/zoho-books');
    };
    await page.evaluate(() => localStorage.setItem('latchkey.single-keys', 'off'));
    await stays('n');
    await page.evaluate(() => localStorage.removeItem('latchkey.single-keys'));
    await stays('Alt+n');
    await stays('Meta+n');
    await page.keyboard.press('n');
    await page.getByRole('heading', { name: 'Step 2 of 4' }).waitFor();
  });

  it('A18 marks a retired service and refuses a connection to it, and to one that speaks OAuth 1', async () => {
    await goTo(page, '#/catalogue/clockwork-sms', 'Connector');
    await page.getByText('retired', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: /^Create connection to/ }).getAttribute('aria-disabled')).toBe('true');
    await page.getByText(/no longer offered by its makers/).waitFor();
    expect(await page.getByRole('link', { name: 'Begin a custom connector with Clockwork SMS' }).getAttribute('href')).toBe(
      '#/custom-connectors?from=clockwork-sms',
    );
    await goTo(page, '#/connections/new?connector=discogs', 'New connection');
    await page.getByText(/Latchkey cannot authorize this way: Discogs, OAuth 1/).waitFor();
    await page.getByRole('button', { name: 'Choose another connector' }).click();
    await page.getByText('434 connectors').waitFor();
  });

  it('offers in the web app no way that only the extension can go', async () => {
    await goTo(page, '#/connections/new?connector=airtable&step=3', 'New connection');
    await page.getByRole('button', { name: 'Create only' }).waitFor();
    const hint = page.getByText('Continue in the extension.');
    if (host.kind === 'extension') {
      await page.getByRole('button', { name: 'Create, then authorize' }).waitFor();
      expect(await hint.count()).toBe(0);
      return;
    }
    await hint.waitFor();
    expect(await page.getByRole('button', { name: /then authorize|and authorize/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Create only' }).click();
    await slot(page, 'Airtable', 'development')
      .getByText(/Continue in the extension/)
      .waitFor();
    expect(await page.getByRole('button', { name: 'Authorize Airtable in Development' }).count()).toBe(0);
  });

  it('R59 R121 makes a connection whose client brings its own OAuth app, asks for the data centre and signs in with the same click', async () => {
    await goTo(page, '#/connections/new', 'New connection');
    await search(page).fill('zoho book');
    await page.getByRole('link', { name: 'Use this connector: Zoho Books' }).click();
    await page.getByRole('heading', { name: 'Step 2 of 4' }).waitFor();
    await page.getByRole('radio', { name: /^Logged-in user/ }).waitFor();
    expect(await page.getByRole('radio', { name: /^Logged-in user/ }).isDisabled()).toBe(true);
    await continueTo(page, 3);
    await page.getByText(/A bundle carries none: each client is asked for theirs/).waitFor();
    await continueTo(page, 4);
    await page.getByRole('button', { name: 'Create, then authorize' }).click();
    const dialog = page.getByRole('dialog', { name: 'Authorize Zoho Books in Development' });
    await dialog.getByLabel(/^Data centre/).fill('elsewhere');
    await dialog.getByRole('button', { name: 'Authorize Zoho Books' }).click();
    await dialog.getByText('It looks like com.').waitFor();
    await dialog.getByLabel(/^Data centre/).fill('com');
    await dialog.getByLabel('Client id', { exact: true }).fill(ZOHO_APP.clientId);
    await dialog.getByLabel('Client secret', { exact: true }).fill(ZOHO_APP.clientSecret);
    const opening = host.context.waitForEvent('page');
    await dialog.getByRole('button', { name: 'Authorize Zoho Books' }).click();
    const provider = await opening;
    await provider.getByRole('link', { name: `Accept as ${DANA}` }).click();
    const card = slot(page, 'Zoho Books', 'development');
    await card.getByText(DANA, { exact: false }).first().waitFor();
    expect(await heldBy(page)).not.toContain(ZOHO_APP.clientSecret);
    await goTo(page, '#/oauth-apps', 'OAuth apps');
    await page.getByText('Our app at Zoho Books', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Copy redirect address for Our app at Zoho Books' }).waitFor();
  });

  it('R59 makes a connection that is authorized by keys, and asks for them beside it', async () => {
    await goTo(page, '#/connections/new', 'New connection');
    await search(page).fill('twillio');
    await page.getByRole('link', { name: 'Use this connector: Twilio', exact: true }).click();
    await page.getByRole('heading', { name: 'Step 2 of 4' }).waitFor();
    await page.getByRole('radio', { name: /^Logged-in user/ }).check();
    await continueTo(page, 3);
    await continueTo(page, 4);
    await page.getByText(/Whoever authorizes is asked for: Twilio Account SID; Auth Token/).waitFor();
    await page.getByRole('button', { name: 'Create, then authorize' }).click();
    const dialog = page.getByRole('dialog', { name: 'Authorize Twilio in Development' });
    await dialog.getByLabel('Twilio Account SID').fill(SMS_KEYS.twilio.sid);
    await dialog.getByLabel('Auth Token', { exact: true }).fill(SMS_KEYS.twilio.token);
    await dialog.getByRole('button', { name: 'Authorize Twilio' }).click();
    await slot(page, 'Twilio', 'development').getByText('Harbour Homes').waitFor();
    expect(await heldBy(page)).not.toContain(SMS_KEYS.twilio.token);
    await page.getByText('none: what it may do is set at the service', { exact: true }).waitFor();
  });

  it('R20 S18 S25 makes a custom connector only where the workspace says so, marks it everywhere, and refuses other people’s addresses', async () => {
    await goTo(page, '#/catalogue?q=acme', 'Catalogue');
    await page.getByText('Custom connectors can be switched on').waitFor();
    await page.getByRole('link', { name: 'Settings, Custom connectors' }).click();
    await page.getByRole('heading', { level: 2, name: 'Custom connectors are off' }).waitFor();
    expect(await page.getByRole('button', { name: 'Make a connector' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Switch custom connectors on' }).click();
    await page.getByRole('button', { name: 'Make a connector' }).click();
    await page.getByLabel('Name of the service').fill('Acme');
    await page.getByLabel('What it is for').fill('Orders of Acme.');
    await page.getByLabel('Base address of its API').fill('https://api.acme.com/v1');
    await page.getByLabel('Authorization address').fill('https://accounts.google.com/o/oauth2/auth');
    await page.getByLabel('Token address').fill('https://login.acme.com/token');
    await page.getByRole('button', { name: 'Add scope' }).click();
    await page.getByLabel('Name of scope 1').fill('orders');
    await page.getByLabel('What scope 1 allows, in a sentence').fill('See and change everything');
    await page.getByLabel('Access of scope 1').selectOption('changes');
    const review = page.getByRole('button', { name: 'Review the connector' });
    await review.click();
    await page.getByText(/The addresses belong to different domains: google.com, acme.com/).waitFor();
    await page.getByLabel('Authorization address').fill('https://127.1/authorize');
    await review.click();
    await page.getByText(/it names an IP address/).waitFor();
    // The same record by hand: what was entered is there, what is wrong is named, and nothing is lost on the way back.
    await page.getByRole('button', { name: 'Write it as JSON' }).click();
    const json = page.getByLabel('Record as JSON');
    const entered = await json.inputValue();
    await json.fill(entered.slice(0, -1));
    await page.getByRole('button', { name: 'Back to the fields' }).click();
    await page.getByText(/^This is not JSON/).waitFor();
    expect(await json.inputValue()).toBe(entered.slice(0, -1));
    const orders = {
      id: 'list',
      label: 'List orders',
      does: 'query',
      method: 'GET',
      path: '{team}/orders',
      result: { path: 'total', label: 'Orders' },
    };
    const given = { ...JSON.parse(entered.replace('https://127.1/', 'https://login.acme.com/')), operations: [orders] };
    await json.fill(JSON.stringify(given));
    await review.click();
    await page.getByText(/operations\.0\.inputs: is missing/).waitFor();
    await json.fill(JSON.stringify({ ...given, operations: [{ ...orders, inputs: [] }] }));
    await page.getByRole('button', { name: 'Back to the fields' }).click();
    expect(await page.getByLabel('Path of operation 1').inputValue()).toBe('{team}/orders');
    expect(await page.getByLabel('Name of scope 1').inputValue()).toBe('orders');
    await page.getByRole('button', { name: 'Add variable' }).click();
    await page.getByLabel('Name of variable 1').fill('team');
    await page.getByLabel('What variable 1 is called').fill('Team');
    await page.getByLabel('Example of variable 1').fill('blue');
    await review.click();
    const dialog = page.getByRole('dialog', { name: 'Store Acme' });
    for (const host of ['login.acme.com', 'api.acme.com']) await dialog.getByText(host, { exact: true }).waitFor();
    await dialog.getByText('Whoever authorizes is asked for: Team.').waitFor();
    await dialog.getByRole('button', { name: 'Store the connector' }).click();
    await page.getByText('The custom connector Acme is stored.').waitFor();
    await page.getByRole('link', { name: 'Acme', exact: true }).click();
    await page.getByText('custom', { exact: true }).first().waitFor();
    await page.getByText('login.acme.com', { exact: true }).waitFor();
    await page.getByText(/^Not verified: last looked at on/).waitFor();
    await page.getByRole('button', { name: 'Create connection to Acme' }).click();
    await page.getByRole('heading', { name: 'Step 2 of 4' }).waitFor();
    await page.getByText('sensitive').waitFor();
    await continueTo(page, 3);
    await continueTo(page, 4);
    await page.getByRole('button', { name: 'Create only' }).click();
    await page.getByRole('heading', { level: 1, name: 'Connection', exact: true }).waitFor();
    await page.getByText('custom', { exact: true }).first().waitFor();
    await goTo(page, '#/custom-connectors', 'Custom connectors');
    await page.getByText('In use by Acme.').waitFor();
    // Changed where codes go: what ends is said before it is stored.
    await page.getByRole('link', { name: 'Change Acme' }).click();
    await page.getByLabel('Authorization address').fill('https://sso.acme.com/authorize');
    await page.getByRole('button', { name: 'Review the connector' }).click();
    const change = page.getByRole('dialog', { name: 'Change Acme' });
    await change.getByText('This changes the addresses that authorize.').waitFor();
    await change.getByText('sso.acme.com', { exact: true }).waitFor();
    await change.getByRole('button', { name: 'Store the change' }).click();
    await page.getByText('The custom connector Acme is changed.').waitFor();
    await page.reload();
    await goTo(page, '#/catalogue?q=acme', 'Catalogue');
    await page.getByText('1 of 435 connectors fits').waitFor();
  });

  it('R5 R59 R121 asks a client for its own OAuth app too: the bundle brought none', async () => {
    const script =
      'r = invokeurl\n[\n\turl: "https://www.zohoapis.com/books/v3/invoices"\n\ttype: GET\n\tconnection: "zoho_books"\n];\nreturn r;';
    await addScript(page, 'Invoices', 'Deluge invokeUrl task', script);
    const bundle = await publishSample(page);
    expect(bundle.text).not.toContain(ZOHO_APP.clientId);
    await actAs(page, 'Carla');
    await install(page, bundle.name, bundle.text);
    const card = slot(page, 'Zoho Books', 'production');
    await card.getByRole('button', { name: 'Authorize Zoho Books in Production' }).click();
    const dialog = page.getByRole('dialog', { name: 'Authorize Zoho Books in Production' });
    await dialog.getByText(/whoever authorizes brings an OAuth app of their own/).waitFor();
    expect(await dialog.getByLabel('Client id', { exact: true }).inputValue()).toBe('');
    await dialog.getByLabel(/^Data centre/).fill('com');
    await dialog.getByLabel('Client id', { exact: true }).fill(ZOHO_APP.clientId);
    await dialog.getByLabel('Client secret', { exact: true }).fill(ZOHO_APP.clientSecret);
    const opening = host.context.waitForEvent('page');
    await dialog.getByRole('button', { name: 'Authorize Zoho Books' }).click();
    await (await opening).getByRole('link', { name: `Accept as ${DANA}` }).click();
    await card.getByText('Connected').first().waitFor();
  });
});
