import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, startExtension, startPwa } from '../support/browser.ts';
import { openRemote, remote } from '../support/remote.ts';
import {
  addScript,
  addScriptPanel,
  beginComponent,
  breakSandbox,
  countsScript,
  defineConnection,
  openEstate,
  openLive,
  rowsScript,
  saveComponent,
} from './component-steps.ts';
import { authorize, authorizeButton, goTo, loadSample, openConnection, sellProperty } from './steps.ts';

const TASK = `order = Map();
order.put("customer", "Robin Reed");
order.put("reference", "1 Harbour Road");
order.put("item", "Sale of a property");
order.put("amount", 450000);
order.put("date", "2026-11-20");
info "about to create";
answer = zoho.books.createRecord("invoices", "org", order, "sandbox_books");
return answer.get("invoice").get("id");`;

const fillProperty = async (page: Page, buyer: string): Promise<void> => {
  await page.getByLabel('Address', { exact: true }).fill('1 Harbour Road');
  await page.getByLabel('Price', { exact: true }).fill('450000');
  await page.getByLabel('Status', { exact: true }).selectOption('reserved');
  await page.getByLabel('Buyer (optional)').fill(buyer);
};

describe.each([
  ['web app', startPwa],
  ['extension', startExtension],
] as const)('building and running components in the built %s', (_, start) => {
  let host: Host;
  let page: Page;
  beforeAll(async () => {
    host = await start();
    page = await host.open();
    await loadSample(page);
    for (const name of ['Sandbox Books', 'Sandbox Sheet']) {
      const card = await openConnection(page, name);
      await authorize(host, authorizeButton(card, name), 'Dana Developer');
      await card.getByText('dana@studio.example').waitFor();
    }
  });
  afterAll(() => host.close());

  const run = () => page.getByRole('region', { name: 'Run in development' });

  it('R50 R52 an SMS action for two recipients: a dry run that sends nothing, then a result for each', async () => {
    await defineConnection(page, 'sandbox-sms');
    await beginComponent(page, 'Tell them', 'SMS action');
    await page.getByLabel('Form', { exact: true }).selectOption('Properties');
    await page.getByLabel('What happens').selectOption('an entry is made');
    await page.getByRole('button', { name: 'Add condition' }).click();
    await page.getByLabel('Field of condition 1').selectOption('Price');
    await page.getByLabel('Comparison of condition 1').selectOption('is above');
    await page.getByLabel('Value of condition 1').fill('1000');
    await page.getByLabel('Connection', { exact: true }).selectOption('Sandbox SMS');
    await page.getByLabel('Does', { exact: true }).selectOption('Send a text message');
    await page.getByRole('button', { name: 'Add recipient' }).click();
    await page.getByLabel('Recipient 1', { exact: true }).selectOption('Buyer');
    await page.getByRole('button', { name: 'Add recipient' }).click();
    await page.getByLabel('Recipient 2', { exact: true }).selectOption('A fixed number');
    await page.getByLabel('Number of recipient 2').fill('+14155550100');
    await page.getByLabel('Text', { exact: true }).fill('Sold for ');
    await page.getByRole('button', { name: 'Put in the field Price' }).click();
    expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('Sold for {{price}}');
    await saveComponent(page, 'Tell them');
    const used = page.getByRole('region', { name: 'Connections of this component' });
    await authorize(host, used.getByRole('button', { name: 'Authorize Sandbox SMS in Development' }), 'Dana Developer');
    await used.getByText('Connected', { exact: false }).waitFor();

    await fillProperty(page, '+1 (415) 555-0123');
    await run().getByRole('button', { name: 'Dry run' }).click();
    const dry = page.getByRole('region', { name: 'Dry run' });
    await dry.getByText('Request 2 of 2, +14155550100').waitFor();
    await dry.getByText('Request 1 of 2, +14155550123').waitFor();
    expect(await dry.getByText(`POST ${host.sandbox.origin}/sms/api/messages`).count()).toBe(2);
    await dry.getByText('"body": "Sold for 450000"').first().waitFor();
    await dry.getByText('the service knows it by Idempotency-Key').first().waitFor();
    expect(host.sandbox.sms.messages).toEqual([]);

    await run().getByRole('button', { name: 'Run in development' }).click();
    await run().getByText('Message MSG-0002').waitFor();
    await run().getByText('Message MSG-0001').waitFor();
    expect(host.sandbox.sms.messages.map(({ to, body }) => `${to} ${body}`).sort()).toEqual([
      '+14155550100 Sold for 450000',
      '+14155550123 Sold for 450000',
    ]);
  });

  it('R50 an SMS action that one recipient cannot get says so for that one alone', async () => {
    const sent = host.sandbox.sms.messages.length;
    await page.getByLabel('For which entry').selectOption('Values typed here');
    await fillProperty(page, 'nobody');
    await page.keyboard.press('Control+Enter');
    await run().getByText('Message MSG-0003').waitFor();
    expect(host.sandbox.sms.messages).toHaveLength(sent + 1);
    await goTo(page, '#/activity/outbox', 'Outbox');
    const item = page.getByRole('listitem', { name: 'Tell them, nobody' });
    await item.getByText('“nobody” is no phone number in the international form.').waitFor();
    await item.getByRole('button', { name: 'Do not send it… Tell them, nobody' }).click();
    await page.getByRole('button', { name: 'Take it out' }).click();
    await page.getByText('It is taken out of the outbox: Tell them, nobody.').waitFor();
    await page.getByText('Nothing waits to be sent.').waitFor();
  });

  it('R50 R51 R58 S40 a Deluge task makes an invoice; its steps, requests and references stand beside', async () => {
    await addScript(page, 'Invoice by script', 'Deluge integration task', TASK);
    await page.getByText('Line 8, column').first().waitFor();
    await page.getByLabel('Script', { exact: true }).focus();
    await page.keyboard.press('Control+Enter');
    await run().getByText('Returned INV-').waitFor();
    await run().getByText('about to create').waitFor();
    await run().getByText('Step by step').click();
    await run().getByRole('rowheader', { name: 'answer' }).waitFor();
    await run().getByText('1 request to services').click();
    await run().getByText('status 201').first().waitFor();
    expect(host.sandbox.books.invoices).toMatchObject([
      { account: 'dana@studio.example', customer: 'Robin Reed', amount: 450000, reference: '1 Harbour Road' },
    ]);
  });

  it('R55 R110 an invokeUrl script that names a connection that is not there says so before and where it stops', async () => {
    await addScript(
      page,
      'Rows by script',
      'Deluge invokeUrl task',
      `${rowsScript(host)}\ninfo r.get("total");\nx = invokeurl [ url: "https://example.com/" type: GET connection: "not_there" ];\nreturn 1;`,
    );
    await page.getByText('This application has no connection of that link name.').waitFor();
    await run().getByRole('button', { name: 'Run in development' }).click();
    await run().getByText('It stopped at line 3').waitFor();
    await run().getByText('The component names a connection that does not exist: not_there.').waitFor();
    await page.getByLabel('Script', { exact: true }).fill(`${rowsScript(host)}\nreturn r.get("total");`);
    await page.reload();
    await run().getByRole('button', { name: 'Save and run in development' }).click();
    await run().getByText('Returned 5').waitFor();
    await openLive(page, 'Dashboard');
    await page.getByRole('button', { name: 'Run Rows by script' }).click();
    await page.getByText('Rows by script worked.').waitFor();
  });

  it('R50 R112 panels show a list, a chart with an equal table, nothing, and the last value with its age', async () => {
    await addScriptPanel(page, 'All rows', 'A list', `${rowsScript(host)}\nreturn r.get("rows");`);
    await addScriptPanel(page, 'By status', 'A chart', countsScript(host));
    await addScriptPanel(page, 'No rows', 'A list', 'return List();');
    await openLive(page, 'Dashboard');
    const panel = (name: string) => page.getByRole('region', { name, exact: true });
    await panel('All rows').getByRole('table', { name: '5 rows' }).waitFor();
    await panel('No rows').getByText('Nothing here yet.').waitFor();
    await panel('By status').getByRole('img', { name: 'Chart: By status, 2 bars' }).locator('canvas').waitFor();
    await panel('By status').getByText('The same as a table').click();
    await panel('By status').getByRole('row', { name: 'for sale 3' }).waitFor();
    await breakSandbox(host, ['everythingDown']);
    await page.getByRole('button', { name: 'Read again: All rows' }).click();
    await panel('All rows').getByText('Not up to date: this is from').waitFor();
    await panel('All rows').getByText('The sandbox does not answer').waitFor();
    expect(await panel('All rows').getByRole('table', { name: '5 rows' }).count()).toBe(1);
    await breakSandbox(host, []);
    await page.getByRole('button', { name: 'Read again: All rows' }).click();
    await panel('All rows').getByText('Not up to date').waitFor({ state: 'hidden' });
  });

  it('R110 what cannot be sent waits in the outbox; what nobody knows of is sent again only after a warning', async () => {
    const task = `zoho.books.createRecord("invoices", "org", {"customer": input.buyer, "reference": input.address, "item": "By script", "amount": 1, "date": "2026-11-20"}, "sandbox_books")`;
    await addScript(page, 'Second invoice', 'Deluge integration task', `r = ${task};\nreturn r.get("invoice").get("id");`, 'Properties');
    await breakSandbox(host, ['everythingDown']);
    const { invoices } = host.sandbox.books;
    const before = invoices.length;
    await openLive(page, 'Properties');
    await sellProperty(page, '9 Harbour Road');
    await page.getByText('The entry is saved; what it started did not work.').waitFor();
    await goTo(page, '#/activity/outbox', 'Outbox');
    const item = (name: string) => page.getByRole('listitem', { name });
    await item('Push invoice to Books').getByText('Waits').waitFor();
    await item('Second invoice').getByText('Unknown outcome').waitFor();
    await page.keyboard.press('j');
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('A');

    await breakSandbox(host, []);
    await page.getByRole('button', { name: 'Try again: Push invoice to Books' }).click();
    await item('Push invoice to Books').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Send it again anyway… Second invoice' }).click();
    await page.getByText('It may arrive twice').waitFor();
    await page.getByRole('button', { name: 'Send it again', exact: true }).click();
    await item('Second invoice').waitFor({ state: 'hidden' });
    expect(invoices.slice(before).map(({ reference, item: of }) => `${reference}: ${of}`)).toEqual([
      '9 Harbour Road: Sale of a property',
      '9 Harbour Road: By script',
    ]);
  });

  it('an entry is deleted after reading what that does', async () => {
    await openLive(page, 'Properties');
    await page.getByRole('button', { name: 'Delete… 9 Harbour Road' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the entry' }).click();
    await page.getByText('The entry is deleted.').waitFor();
    await page.getByRole('rowheader', { name: '9 Harbour Road' }).waitFor({ state: 'hidden' });
  });
});

describe('a form with more entries than a page', () => {
  it('goes on to the next page and back, and to the last one that there is when a page gets empty', async () => {
    const host = await startPwa();
    const page = await openRemote(host);
    await loadSample(page);
    await openEstate(page);
    const ownerId = `app_${page.url().split('/app_')[1] ?? ''}` as const;
    const values = { price: '1', status: 'for sale' };
    for (let at = 1; at <= 51; at += 1)
      await remote(host, page, 'saveRecord', {
        ownerId,
        environment: 'development',
        form: 'properties',
        recordId: null,
        values: { ...values, address: `${at} Long Road` },
      });
    await openLive(page, 'Properties');
    await page.getByText('51 entries of Properties, 50 on this page, newest first').waitFor();
    await page.getByText('Page 1 of 2').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2 of 2').waitFor();
    await expect.poll(() => page.url()).toContain('page=2');
    await page.getByRole('button', { name: 'Delete… 1 Long Road' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the entry' }).click();
    await page.getByText('50 entries of Properties, newest first').waitFor();
    await expect.poll(() => page.url()).not.toContain('page=');
    await host.close();
  });
});

describe('a panel that is read every minute', () => {
  it('is read anew by itself while somebody looks, and not while nobody does', async () => {
    const host = await startPwa();
    const page = await host.open();
    await loadSample(page);
    const card = await openConnection(page, 'Sandbox Sheet');
    await authorize(host, authorizeButton(card, 'Sandbox Sheet'), 'Dana Developer');
    await card.getByText('dana@studio.example').waitFor();
    await addScriptPanel(page, 'All rows', 'A list', `${rowsScript(host)}\nreturn r.get("rows");`);
    await page.getByLabel('Is read anew').selectOption('Every minute');
    await page.getByRole('button', { name: 'Save component' }).click();
    await page.getByText('The component All rows is saved.').first().waitFor();
    await page.clock.install();
    await openLive(page, 'Dashboard');
    const panel = page.getByRole('region', { name: 'All rows', exact: true });
    await panel.getByRole('table', { name: '5 rows' }).waitFor();
    const rows = host.sandbox.sheet.rowsOf('dana@studio.example');
    const add = (): void =>
      void rows.push({ account: 'dana@studio.example', sheet: 'Properties', values: { address: 'New', status: 'sold' } });
    const look = (state: 'visible' | 'hidden'): Promise<void> =>
      page.evaluate((seen) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => seen });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);

    add();
    await page.clock.fastForward(61_000);
    await panel.getByRole('table', { name: '6 rows' }).waitFor();
    add();
    await look('hidden');
    await page.clock.fastForward(122_000);
    await page.waitForTimeout(500);
    expect(await panel.getByRole('table', { name: '6 rows' }).count()).toBe(1);
    await look('visible');
    await panel.getByRole('table', { name: '7 rows' }).waitFor();
    await host.close();
  });
});
