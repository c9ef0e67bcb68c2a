import { beforeEach, describe, expect, it } from 'vitest';
import { allConnectors } from '../../src/connectors/catalogue.ts';
import { LOGGED_IN_USER_CONNECTORS } from '../../src/domain/connection-type.ts';
import { isSandbox } from '../../src/domain/connector.ts';
import { startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';

let core: TestCore;
beforeEach(async () => {
  core = await startCore();
  await startShop(core);
});

const ask = (q: string, filters: object = {}, limit = 30, offset = 0) => core.see('catalogue', { q, filters, offset, limit });

describe('the catalogue as a list', () => {
  it('gives a page at a time, the sandbox first, and how many there are', async () => {
    const first = await ask('');
    expect(first.cards).toHaveLength(30);
    expect(first).toMatchObject({ total: 434, all: 434, nearest: [] });
    expect(first.cards.slice(0, 3).every((card) => card.isSandbox)).toBe(true);
    const second = await ask('', {}, 30, 30);
    const ids = [...first.cards, ...second.cards].map(({ id }) => id);
    expect(new Set(ids).size).toBe(60);
    expect((await ask('', {}, 30, 420)).cards).toHaveLength(14);
  });

  it('can be looked through before there is a workspace', async () => {
    const first = await startCore();
    expect(await first.see('catalogue', { q: 'zoho books', filters: {}, offset: 0, limit: 1 })).toMatchObject({
      cards: [{ id: 'zoho-books' }],
    });
  });

  it('says of each how and where it works, in words', async () => {
    const [twilio] = (await ask('twilio')).cards;
    expect(twilio).toMatchObject({
      id: 'twilio',
      category: 'SMS',
      method: 'User name and password',
      words: 'Key only',
      types: ['admin', 'logged-in-user'],
      isOffered: true,
    });
    expect((await ask('discogs')).cards[0]).toMatchObject({ words: 'Cannot be used: OAuth 1', isOffered: false });
  });

  it('finds what was mistyped, and names what is alike where nothing is found', async () => {
    expect((await ask('salseforce')).cards[0]?.id).toBe('salesforce');
    expect((await ask('qqqqzzzz')).total).toBe(0);
    const nothing = await ask('salfrsce');
    expect(nothing.total).toBe(0);
    expect(nothing.nearest.map(({ id }) => id)).toContain('salesforce');
  });

  it('R22 counts for each filter what choosing it would leave, with the others as they are', async () => {
    const page = await ask('', { category: 'SMS', loggedInUser: true });
    const optionsOf = (filter: string) => page.facets.find((one) => one.filter === filter)?.options ?? [];
    // Beside the sandbox's, which stands for Twilio.
    expect(page.cards.map(({ id }) => id).filter((id) => !id.startsWith('sandbox-'))).toEqual(
      ['clickatell', 'clockwork-sms', 'hoiio', 'sms-magic', 'twilio'].filter((id) => LOGGED_IN_USER_CONNECTORS.has(id)),
    );
    expect(optionsOf('category').find(({ value }) => value === 'SMS')?.count).toBe(page.total);
    expect(optionsOf('category').length).toBeGreaterThan(3);
    for (const { value, count } of optionsOf('method'))
      expect((await ask('', { category: 'SMS', loggedInUser: true, method: value })).total, value).toBe(count);
  });

  it('refuses a question that it cannot mean', async () => {
    await expect(ask('', { method: 'magic' })).rejects.toThrow('core.input-invalid');
    await expect(ask('', {}, 5_000)).rejects.toThrow('core.input-invalid');
  });

  it('A18 names to choose from leave out what no connection can be made from', async () => {
    const ids = (await core.see('connectorNames', { isUsable: true })).map(({ id }) => id);
    const all = (await core.see('connectorNames', { isUsable: false })).map(({ id }) => id);
    expect(all).toHaveLength(434);
    expect(ids).not.toContain('clockwork-sms');
    expect(ids).not.toContain('discogs');
    expect(ids).toContain('zoho-books');
  });
});

describe('the page of a connector', () => {
  const page = (connectorId: string) => core.see('connector', { connectorId });

  it('says of each fact whether anybody verified it', async () => {
    for (const connector of allConnectors()) {
      const { facts } = await page(connector.id);
      for (const row of facts.rows) {
        expect(row.says, `${connector.id} ${row.name}`).not.toBe('');
        expect(row.isConfirmed, `${connector.id} ${row.name}`).toBe(isSandbox(connector) || connector.facts.confirmed.includes(row.name));
      }
      const shown = facts.rows.map(({ name }) => name);
      expect(connector.facts.confirmed.filter((name) => connector.auth.method !== 'oauth1' && !shown.includes(name))).toEqual([]);
    }
  });

  it('says how sure it is of addresses, headers, what belongs to the account, and the steps', async () => {
    const twilio = (await page('twilio')).facts.rows.filter(({ name }) => ['apiBase', 'variables', 'registration'].includes(name));
    expect(twilio).toEqual([
      { name: 'apiBase', label: 'Where requests go', says: 'https://api.twilio.com/', isConfirmed: false },
      {
        name: 'variables',
        label: 'What belongs to the account',
        says: 'Twilio Account SID, written as AC[0-9a-fA-F]{32}',
        isConfirmed: false,
      },
      { name: 'registration', label: 'Steps at the service', says: '3 steps', isConfirmed: false },
    ]);
    const books = (await page('zoho-books')).facts.rows.find(({ name }) => name === 'variables');
    expect(books?.says).toMatch(/; the service says it when it sends people back, as accounts-server$/);
    const asana = await page('asana');
    expect(asana.isRegistrationGeneral).toBe(true);
    expect(asana.facts.rows.find(({ name }) => name === 'registration')?.says).toBe('General steps, not from this service');
    const headers = (await page('github')).facts.rows.find(({ name }) => name === 'apiHeaders');
    expect(headers?.says).toBe('Accept: application/vnd.github+json');
  });

  it('marks the scopes that somebody would want to know of, with why, and says what is asked for beside them', async () => {
    const { scopes } = await page('zoho-books');
    const marked = scopes.filter(({ sensitivity }) => sensitivity !== null);
    expect(marked.map(({ name, sensitivity }) => [name, sensitivity])).toEqual([
      ['ZohoBooks.invoices.ALL', 'deletes'],
      ['ZohoBooks.bills.ALL', 'deletes'],
      ['ZohoBooks.expenses.ALL', 'deletes'],
      ['ZohoBooks.banking.READ', 'about money'],
      ['ZohoBooks.fullaccess.all', 'administers'],
    ]);
    expect((await page('hubspot')).identity).toEqual([{ sentence: 'Sign in at the account', names: ['oauth'] }]);
  });

  it('S19 S35 R59 has the redirect address of this host, the steps, and what whoever authorizes types', async () => {
    const books = await page('zoho-books');
    expect(books.hosts).toContain('accounts.zoho.{dataCentre}');
    expect(books.redirectUri).toBe('http://localhost/callback.html');
    expect(books.registration[0]).toBe(
      'Open the Zoho API console of your data centre and choose Add Client, then Server-based Applications.',
    );
    expect(books.typed).toEqual(['dataCentre']);
    expect(await page('stripe')).toMatchObject({
      redirectUri: null,
      keys: [{ name: 'token', label: 'Secret or restricted key' }],
      typed: [],
    });
    const own = await startCore({ hasRedirectPaths: true, redirectUri: 'https://latchkey.example/cb' });
    await startShop(own);
    const { redirectUri } = await own.see('connector', { connectorId: 'zoho-books' });
    expect(redirectUri).toBe('https://latchkey.example/cb/accounts.zoho.com');
  });

  it('A18 R20 refuses a connection to a service that has ended, and to one that cannot be authorized, with the reason', async () => {
    expect((await page('clockwork-sms')).creation).toMatchObject({ allowed: false, says: expect.stringContaining('A18') });
    expect((await page('discogs')).creation).toMatchObject({ allowed: false, says: expect.stringContaining('OAuth 1') });
    expect((await page('zoho-books')).creation).toEqual({ allowed: true, says: null });
    const define = (connectorId: string) =>
      core.fails('defineConnection', {
        connectorId,
        displayName: connectorId,
        linkName: connectorId.replaceAll('-', '_'),
        type: 'admin',
        scopes: [],
        environmentPolicy: 'separate',
        applicationId: null,
      });
    expect(await define('clockwork-sms')).toBe('connection.connector-retired');
    expect(await define('discogs')).toBe('connection.way-missing');
    expect(await define('no-such-thing')).toBe('connection.connector-unknown');
    expect(await core.ctx.db.connections.count()).toBe(0);
  });
});
