import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, startExtension, startPwa } from '../support/browser.ts';
import { type Providers, serveProviders } from '../support/providers/serve.ts';
import { createSmsProviders, SMS_KEYS } from '../support/providers/sms.ts';
import { goTo, heldBy, loadSample } from './steps.ts';

describe.each([
  ['web app', startPwa],
  ['extension', (options: Parameters<typeof startPwa>[0]) => startExtension({ ...options, allowedHosts: ['https://*/*'] })],
] as const)('authorizing with what is copied from the service in the built %s', (_, start) => {
  const sms = createSmsProviders();
  let providers: Providers;
  let host: Host;
  beforeAll(async () => {
    providers = await serveProviders(sms.providers);
    host = await start({ providers: { tlsPort: providers.tlsPort, hosts: sms.providers.flatMap(({ hosts }) => hosts) } });
  });
  afterAll(async () => {
    await host.close();
    await providers.close();
  });

  it('R68 S2 asks for what the record names, says what the service refused, and keeps nothing of it in the page', async () => {
    const page = await host.open();
    await loadSample(page);
    await goTo(page, '#/connections/new?connector=twilio&step=3', 'New connection');
    await page.getByRole('button', { name: 'Create, then authorize' }).click();
    const dialog = page.getByRole('dialog', { name: 'Authorize Twilio in Development' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
    await dialog.getByRole('button', { name: 'Authorize Twilio' }).click();
    await dialog.getByText('It is needed.').waitFor();
    await dialog.getByText('It looks like AC').waitFor();
    expect(providers.arrived).toEqual([]);

    const token = dialog.getByLabel('Auth Token', { exact: true });
    const { sid, token: secret } = SMS_KEYS.twilio;
    await dialog.getByLabel('Twilio Account SID').fill(sid);
    await token.fill('not-the-token');
    await page.keyboard.press('Enter');
    await dialog.getByText('The service did not accept the authorization.').waitFor();
    await dialog.getByText('Nothing was stored.').waitFor();
    expect(await token.inputValue()).toBe('');

    expect(await token.getAttribute('type')).toBe('password');
    await token.fill(secret);
    await dialog.getByRole('button', { name: 'Show Auth Token' }).click();
    expect([await token.getAttribute('type'), await token.inputValue()]).toEqual(['text', secret]);
    // What stands in a field is found, so that finding nothing says something.
    expect(await heldBy(page)).toContain(secret);
    await dialog.getByRole('button', { name: 'Authorize Twilio' }).click();
    await page.getByText('Twilio is authorized as Harbour Homes.').waitFor();
    await dialog.waitFor({ state: 'hidden' });
    expect(await heldBy(page)).not.toContain(secret);
    await page.getByRole('button', { name: 'Test Twilio in Development' }).click();
    await page.getByText('Twilio works: Harbour Homes.').waitFor();
  });
});
