import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import type { Host } from '../support/browser.ts';

/** Steps of the journey in terms of what a person sees: roles and labels, the same in both hosts. */

export const loadSample = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Load the sample' }).click();
  await page.getByText('Acting as Dana').waitFor();
};

export const actAs = async (page: Page, name: string): Promise<void> => {
  await page.getByText(/^Acting as/).click();
  await page.getByRole('button', { name: new RegExp(`^Act as ${name},`) }).click();
  await page.getByText(`Acting as ${name}`).waitFor();
};

export const goTo = async (page: Page, hash: string, heading: string): Promise<void> => {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
};

/** All that a page holds: what it draws, what stands in its fields, which its HTML does not say, and what it stored in the window. */
export const heldBy = (page: Page): Promise<string> =>
  page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      ...[...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')].map(({ value }) => value),
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
    ].join('\n'),
  );

/** Presses the button, and gives the service's page that opens. */
export const openProvider = async (host: Host, press: Locator): Promise<Page> => {
  const opening = host.context.waitForEvent('page');
  await press.click();
  const provider = await opening;
  await provider.getByRole('heading', { level: 1, name: 'Sandbox sign-in' }).waitFor();
  return provider;
};

export const signIn = async (provider: Page, person: string): Promise<void> => {
  await provider.getByRole('button', { name: `Continue as ${person}` }).click();
  await provider.getByRole('heading', { level: 1, name: 'Latchkey asks for access' }).waitFor();
};

/** The whole way through the service's pages. */
export const authorize = async (host: Host, press: Locator, person: string): Promise<void> => {
  const provider = await openProvider(host, press);
  await signIn(provider, person);
  await provider.getByRole('button', { name: 'Allow' }).click();
};

/** The card of one connection in one environment. */
export const slot = (page: Page, connection: string, environment: string): Locator =>
  page.getByRole('region', { name: new RegExp(`^${connection}, ${environment}`) });

/** From the review to stage, and from there over the Marketplace channel to a signed file. */
export const publish = async (page: Page): Promise<{ name: string; text: string }> => {
  await page.getByRole('button', { name: /^Publish .* to stage/ }).click();
  return distribute(page);
};

/** Signs the version on screen; where connections were not tested, that is confirmed. */
export const distribute = async (page: Page): Promise<{ name: string; text: string }> => {
  await page.getByRole('heading', { level: 1, name: 'Distribute' }).waitFor();
  const button = page.getByRole('button', { name: /^Sign and export/ });
  await button.waitFor();
  const untested = page.getByLabel('Distribute although a connection was not tested');
  if (await untested.isVisible()) await untested.check();
  const downloading = page.waitForEvent('download');
  await button.click();
  const download = await downloading;
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
};

export const openBundle = async (page: Page, name: string, text: string): Promise<void> => {
  await goTo(page, '#/install', 'Install');
  await page.getByLabel('Bundle file').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
};

export const install = async (page: Page, name: string, text: string): Promise<void> => {
  await openBundle(page, name, text);
  await page.getByRole('button', { name: /^Install Estate/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Installed application' }).waitFor();
};

/** Enters a property that is sold. */
export const sellProperty = async (page: Page, address: string): Promise<void> => {
  await page.getByLabel('Address', { exact: true }).fill(address);
  await page.getByLabel('Price').fill('450000');
  await page.getByLabel('Status').selectOption('sold');
  await page.getByLabel('Sold on (optional)').fill('2026-11-20');
  await page.getByLabel('Buyer (optional)').fill('Robin Reed');
  await page.getByRole('button', { name: 'Save entry' }).click();
};

/** The page of the sample's connection on the developer side. */
export const openConnection = async (page: Page, name: string): Promise<Locator> => {
  await goTo(page, '#/connections', 'Connections');
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 2, name: 'Authorizations' }).waitFor();
  return slot(page, name, 'development');
};

export const authorizeButton = (card: Locator, name = 'Sandbox Books'): Locator =>
  card.getByRole('button', { name: new RegExp(`^(Authorize|Reconnect) ${name} in`) });

/** Publishes the sample without testing it first, and gives the bundle. */
export const publishSample = async (page: Page): Promise<{ name: string; text: string }> => {
  await goTo(page, '#/apps', 'Applications');
  await page.getByRole('link', { name: 'Estate' }).click();
  await page.getByRole('link', { name: 'Publish Estate' }).click();
  return publish(page);
};
