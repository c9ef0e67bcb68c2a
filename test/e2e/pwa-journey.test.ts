import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, startPwa } from '../support/browser.ts';
import { useCase } from './use-case.ts';

describe('the main job in the built web app', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startPwa();
  });
  afterAll(() => host.close());

  it('leads from the first click to the client’s invoice and the user’s own number', async () => {
    await useCase(host);
    expect(host.sandbox.books.invoices).toMatchObject([
      { account: 'adam@harbour.example', customer: 'Robin Reed', amount: 450000, reference: '2 Harbour Road' },
    ]);
  });
});
