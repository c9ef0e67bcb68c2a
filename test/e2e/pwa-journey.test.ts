import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, startPwa } from '../support/browser.ts';
import { useCase } from './use-case.ts';

describe('the main job in the built web app', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startPwa();
  });
  afterAll(() => host.close());

  it('S57 leads from the first click to the client’s invoice and the user’s own number', async () => {
    await host.context.addInitScript(() => {
      const persist = navigator.storage.persist.bind(navigator.storage);
      navigator.storage.persist = () => {
        localStorage.setItem('asked-to-persist', 'yes');
        return persist();
      };
    });
    await useCase(host);
    expect(host.sandbox.books.invoices).toMatchObject([
      { account: 'adam@harbour.example', customer: 'Robin Reed', amount: 450000, reference: '2 Harbour Road' },
    ]);
    const page = await host.open();
    expect(await page.evaluate(() => localStorage.getItem('asked-to-persist'))).toBe('yes');
  });
});
