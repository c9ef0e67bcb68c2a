import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Host } from '../support/browser.ts';
import { actAs, authorize, goTo, install, loadSample, openConnection, publish, sellProperty, slot } from './steps.ts';

/** The real-estate use case, from the first click to the invoice and the panel; gives what was published. */
export const useCase = async (host: Host): Promise<{ page: Page; bundle: { name: string; text: string } }> => {
  const page = await host.open();
  await loadSample(page);

  for (const name of ['Sandbox Books', 'Sandbox Sheet']) {
    const card = await openConnection(page, name);
    await authorize(host, card.getByRole('button', { name: `Authorize ${name} in Development` }), 'Dana Developer');
    await card.getByText('dana@studio.example').waitFor();
    await card.getByRole('button', { name: `Test ${name} in Development` }).click();
    await card.getByText('it works').waitFor();
  }

  await goTo(page, '#/apps', 'Applications');
  await page.getByRole('link', { name: 'Estate' }).click();
  await page.getByRole('link', { name: 'Publish Estate' }).click();
  await page.getByText('none was found').waitFor();
  const bundle = await publish(page);
  expect(bundle.name).toBe('estate-1.0.0.latchkey');

  await actAs(page, 'Carla');
  await install(page, bundle.name, bundle.text);

  await actAs(page, 'Uma');
  await goTo(page, '#/installed', 'Installed');
  await page.getByRole('link', { name: 'Estate' }).click();
  await page.getByRole('link', { name: 'Open the form Properties' }).click();
  await sellProperty(page, '1 Harbour Road');
  await page.getByText(/Sandbox Books is not authorized\. Ask a super admin, an admin or a developer of Harbour Homes/).waitFor();

  await actAs(page, 'Adam');
  await goTo(page, '#/installed', 'Installed');
  await page.getByRole('link', { name: 'Estate' }).click();
  const books = slot(page, 'Sandbox Books', 'production');
  await authorize(host, books.getByRole('button', { name: 'Authorize Sandbox Books in Production' }), 'Adam Admin');
  await books.getByText('adam@harbour.example').waitFor();

  await actAs(page, 'Uma');
  await goTo(page, '#/installed', 'Installed');
  await page.getByRole('link', { name: 'Estate' }).click();
  await page.getByRole('link', { name: 'Open the form Properties' }).click();
  await sellProperty(page, '2 Harbour Road');
  await page.getByText('Invoice INV-0001').waitFor();

  await page.getByRole('link', { name: 'Dashboard' }).click();
  const panel = page.getByRole('region', { name: 'Properties sold' });
  await authorize(host, panel.getByRole('button', { name: 'Authorize Sandbox Sheet in Production' }), 'Uma User');
  await panel.getByText('7', { exact: true }).waitFor();

  await goTo(page, '#/', 'Home');
  await page.getByText('9 of 9 steps done.').waitFor();
  return { page, bundle };
};
