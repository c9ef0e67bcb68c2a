import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findings } from '../support/axe.ts';
import { type Host, startExtension } from '../support/browser.ts';
import { createOtherWays, OTHER_WAYS, SERVICE_ACCOUNT } from '../support/providers/other-ways.ts';
import { type Providers, serveProviders } from '../support/providers/serve.ts';
import { goTo, heldBy, loadSample } from './steps.ts';

describe('authorizing without the service’s page in the built extension', () => {
  const { state, github, twilio, huggingface, google } = createOtherWays();
  let providers: Providers;
  let host: Host;
  let page: Page;
  beforeAll(async () => {
    providers = await serveProviders([github, twilio, huggingface, google]);
    const hosts = [github, twilio, huggingface, google].flatMap((provider) => provider.hosts);
    host = await startExtension({ providers: { tlsPort: providers.tlsPort, hosts }, allowedHosts: ['https://*/*'] });
    page = await host.open();
    await loadSample(page);
  });
  afterAll(async () => {
    await host.close();
    await providers.close();
  });

  it('R59 R66 shows the code for another device with how long it is good, and goes on by itself (RFC 8628)', async () => {
    await goTo(page, '#/connections/new?connector=github-device&step=4', 'New connection');
    await page.getByRole('button', { name: 'Create, then authorize' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Client id', { exact: true }).fill('our-client');
    await dialog.getByRole('button', { name: /^Authorize/ }).click();
    const code = page.getByLabel(/^Code for/);
    await code.waitFor();
    expect(await code.textContent()).toBe(OTHER_WAYS.userCode);
    await page.getByText(/^The code is good for 1[45]:\d\d more minutes/).waitFor();
    await page.getByRole('img', { name: 'QR code of https://github.com/login/device' }).waitFor();
    expect(await page.getByRole('link', { name: 'https://github.com/login/device' }).getAttribute('href')).toBe(
      'https://github.com/login/device',
    );
    expect(await findings(page)).toEqual([]);
    // It goes on although the worker is stopped in between.
    const alarms = () => page.evaluate(async () => (await chrome.alarms.getAll()).map(({ name }) => name));
    expect(await alarms()).toContain('flows');
    state.device = '';
    await page.getByText('octocat').first().waitFor();
    await expect.poll(alarms).not.toContain('flows');
    await code.waitFor({ state: 'hidden' });
    expect(await heldBy(page)).not.toContain(OTHER_WAYS.deviceToken);
  });

  it('R59 R66 lets an app of the account sign in for itself (RFC 6749 section 4.4)', async () => {
    await goTo(page, '#/connections/new?connector=twilio-oauth&step=4', 'New connection');
    await page.getByRole('button', { name: 'Create, then authorize' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/Account SID/i).fill(`AC${'0'.repeat(32)}`);
    await dialog.getByLabel('Client id', { exact: true }).fill('our-client');
    await dialog.getByLabel('Client secret', { exact: true }).fill(OTHER_WAYS.appSecret);
    await dialog.getByRole('button', { name: /^Authorize/ }).click();
    await page
      .getByRole('region', { name: /, development/ })
      .getByText('Harbour Homes')
      .waitFor();
    expect(await heldBy(page)).not.toContain(OTHER_WAYS.appSecret);
  });

  it('R59 R66 R121 registers itself where the service lets anybody (RFC 7591), and keeps a secret that is entered for an app in use', async () => {
    await goTo(page, '#/connections/new?connector=huggingface&step=2', 'New connection');
    await page.getByText(/^Latchkey registers itself at this service, Hugging Face/).waitFor();
    expect(await page.getByLabel('Client id', { exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Create and authorize' }).click();
    await page
      .getByRole('region', { name: /, development/ })
      .getByText('Grace Hopper')
      .waitFor();
    expect(state.registrations).toBe(1);
    await goTo(page, '#/oauth-apps', 'OAuth apps');
    await page.getByText('Latchkey registered itself here').waitFor();
    const device = page.getByRole('listitem').filter({ hasText: 'GitHub' });
    await device.getByText('public, without a secret').waitFor();
    await device.getByRole('button', { name: /^Change/ }).click();
    await device.getByLabel(/^Client secret/).fill('a-secret-of-later');
    await device.getByRole('button', { name: /^Store/ }).click();
    await device.getByText('Changing this OAuth app affects').waitFor();
    await device.getByRole('checkbox').check();
    await device.getByRole('button', { name: /^Store/ }).click();
    await device.getByText('with a sealed secret').waitFor();
    await page.getByRole('button', { name: 'Add OAuth app' }).click();
    await page.getByLabel('Service', { exact: true }).selectOption('huggingface');
    await page.getByLabel('Name of the OAuth app').fill('Our app');
    await page.getByLabel('Client id', { exact: true }).fill('https://app.acme.com/oauth/latchkey.json');
    await page.getByRole('button', { name: 'Show the document to host' }).click();
    await page.getByText('"token_endpoint_auth_method": "none"').waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it('R59 R66 reads the key file of a service account, says what it is, and signs with it (RFC 7523)', async () => {
    await goTo(page, '#/connections/new?connector=google-service-account&step=4', 'New connection');
    await page.getByRole('button', { name: 'Create, then authorize' }).click();
    const dialog = page.getByRole('dialog');
    const file = { name: 'key.json', mimeType: 'application/json', buffer: Buffer.from(SERVICE_ACCOUNT.keyFile()) };
    await dialog.getByLabel(/^Key file of/).setInputFiles(file);
    await dialog.getByText(`Read: a private key of ${SERVICE_ACCOUNT.email} that signs with RS256, key id k9f3.`).waitFor();
    expect(await findings(page)).toEqual([]);
    await dialog.getByRole('button', { name: /^Authorize/ }).click();
    await page
      .getByRole('region', { name: /, development/ })
      .getByText('Harbour project')
      .waitFor();
    expect(await heldBy(page)).not.toContain(SERVICE_ACCOUNT.pem.slice(40, 90));
  });
});
