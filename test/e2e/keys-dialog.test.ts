import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, startExtension, startPwa } from '../support/browser.ts';
import type { Provider } from '../support/providers/provider.ts';
import { type Providers, serveProviders } from '../support/providers/serve.ts';
import { createSmsProviders, SMS_KEYS } from '../support/providers/sms.ts';
import { goTo, heldBy, loadSample, openConnection } from './steps.ts';

const ALLOWED = ['https://api.twilio.com/*', 'https://acme.grafana.net/*'];

/** Its answers may be read by its own pages alone, as most services have it: nobody else reads them whom the browser was not told to let. */
const grafana: Provider = {
  hosts: ['acme.grafana.net'],
  answer: () => ({ status: 200, headers: { 'access-control-allow-origin': 'https://acme.grafana.net' }, body: { id: 1, name: 'Harbour' } }),
};

describe.each([
  ['web app', startPwa],
  ['extension', (options: Parameters<typeof startPwa>[0]) => startExtension({ ...options, allowedHosts: ALLOWED })],
] as const)('authorizing with what is copied from the service in the built %s', (kind, start) => {
  const sms = createSmsProviders();
  let providers: Providers;
  let host: Host;
  beforeAll(async () => {
    providers = await serveProviders([...sms.providers, grafana]);
    const hosts = [...sms.providers, grafana].flatMap((provider) => provider.hosts);
    host = await start({ providers: { tlsPort: providers.tlsPort, hosts } });
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

  it.runIf(kind === 'extension')(
    'S42 asks within the click for the host that was typed, sends nothing where it is refused, and says later that it was taken back',
    async () => {
      const page = await host.open('#/connections/new?connector=grafana&step=3');
      await page.getByRole('button', { name: 'Create, then authorize' }).click();
      // Nobody can answer the browser's question here. What was allowed before is allowed again.
      await page.evaluate(() => {
        const { request } = chrome.permissions;
        const asked: unknown[] = [];
        Object.assign(globalThis, { asked });
        chrome.permissions.request = async (hosts) => asked.push(hosts.origins) > 1 && navigator.userActivation.isActive && request(hosts);
      });
      const dialog = page.getByRole('dialog', { name: /^Authorize Grafana/ });
      await dialog.getByLabel('Server domain').fill('acme.grafana.net:443');
      const token = dialog.getByLabel('Access token', { exact: true });
      const before = providers.arrived.length;
      await token.fill('grafana-token');
      await dialog.getByRole('button', { name: /^Authorize Grafana/ }).click();
      await dialog.getByText('This browser does not let Latchkey reach https://acme.grafana.net/*.').waitFor();
      expect(providers.arrived.length).toBe(before);
      await dialog.getByRole('button', { name: /^Authorize Grafana/ }).click();
      await page.getByText('is authorized as Harbour.').waitFor();
      expect(await page.evaluate(() => Reflect.get(globalThis, 'asked'))).toEqual([
        ['https://acme.grafana.net/*'],
        ['https://acme.grafana.net/*'],
      ]);
      await page.evaluate(() => chrome.permissions.remove({ origins: ['https://acme.grafana.net/*'] }));
      await page.getByRole('button', { name: /^Test Grafana/ }).click();
      await page.getByText('This browser does not let Latchkey reach acme.grafana.net').first().waitFor();

      // Twilio's stays for as long as something is authorized there.
      const mayReach = (origin: string): Promise<boolean> =>
        page.evaluate((one) => chrome.permissions.contains({ origins: [one] }), origin);
      expect(await mayReach('https://api.twilio.com/*')).toBe(true);
      await openConnection(page, 'Twilio');
      await page.getByRole('button', { name: 'Revoke the authorization of Twilio' }).click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Revoke/ })
        .click();
      await expect.poll(() => mayReach('https://api.twilio.com/*')).toBe(false);
    },
  );
});
