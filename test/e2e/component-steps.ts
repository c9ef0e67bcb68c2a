import type { Page } from 'playwright-core';
import type { FaultName } from '../../src/sandbox/switchboard.ts';
import type { Host } from '../support/browser.ts';
import { goTo } from './steps.ts';

/** Steps of a builder on an application's components, by what stands on the screen. */

export const openEstate = async (page: Page): Promise<void> => {
  await goTo(page, '#/apps', 'Applications');
  await page.getByRole('link', { name: 'Estate' }).click();
  await page.getByRole('heading', { level: 2, name: 'Components' }).waitFor();
};

export const openLive = async (page: Page, part: string): Promise<void> => {
  await openEstate(page);
  await page.getByRole('link', { name: `Open ${part} in Development` }).click();
  await page.getByRole('heading', { level: 1, name: /^(Form|Page)$/ }).waitFor();
};

/** A connection of Estate that is defined and not authorized. */
export const defineConnection = async (page: Page, connectorId: string): Promise<void> => {
  await goTo(page, `#/connections/new?connector=${connectorId}&step=2`, 'New connection');
  await page.getByLabel('Application').selectOption('Estate');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Create only' }).click();
  await page.getByRole('heading', { level: 1, name: 'Connection', exact: true }).waitFor();
};

export const beginComponent = async (page: Page, name: string, kind: string): Promise<void> => {
  await openEstate(page);
  await page.getByRole('link', { name: 'Add component' }).click();
  await page.getByLabel('Name of the component').fill(name);
  await page.getByLabel('Kind', { exact: true }).selectOption(kind);
};

/** Ends on the page of the component that is stored. */
export const saveComponent = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: 'Save component' }).click();
  await page.getByRole('heading', { level: 2, name, exact: true }).waitFor();
};

export const addScript = async (page: Page, name: string, kind: string, script: string, form?: string): Promise<void> => {
  await beginComponent(page, name, kind);
  if (form !== undefined) await page.getByLabel('Started').selectOption(`By the form ${form}`);
  await page.getByLabel('Script', { exact: true }).fill(script);
  await saveComponent(page, name);
};

/** A panel of the dashboard that shows what a script returns. */
export const addScriptPanel = async (page: Page, name: string, shape: string, script: string): Promise<void> => {
  await beginComponent(page, name, 'Page panel');
  await page.getByLabel('Page', { exact: true }).selectOption('Dashboard');
  await page.getByLabel('Title').fill(name);
  await page.getByLabel('Shows', { exact: true }).selectOption(shape);
  await page.getByLabel('What it shows comes from').selectOption('What a script returns');
  await page.getByLabel('Or what this script returns').fill(script);
  await saveComponent(page, name);
};

/** A script's way to the rows of the sandbox's sheet. */
export const rowsScript = ({ sandbox }: Host): string =>
  `r = invokeurl [ url: "${sandbox.origin}/sheet/api/rows?sheet=Properties" type: GET connection: "sandbox_sheet" ];`;

/** Counts the rows of each status. */
export const countsScript = (host: Host): string => `${rowsScript(host)}
counts = Map();
for each row in r.get("rows")
{
  status = row.get("status");
  if (counts.get(status) == null) { counts.put(status, 0); }
  counts.put(status, counts.get(status) + 1);
}
return counts;`;

/** Flips the sandbox's own switches, as its page does; those not named are off. */
export const breakSandbox = async ({ sandbox }: Host, faults: readonly FaultName[]): Promise<void> => {
  const body = new URLSearchParams(faults.map((name): [string, string] => ['fault', name]));
  await fetch(`${sandbox.origin}/control`, { method: 'POST', body });
};
