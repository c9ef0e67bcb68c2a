import { describe, expect, it } from 'vitest';
import { connectorIndex } from '../../src/connectors/catalogue.ts';
import { entryFrom, type IndexEntry, rowOf } from '../../src/connectors/index-entry.ts';
import { createConnectorSearch, createSearches, type FILTERS } from '../../src/connectors/search.ts';
import { LOGGED_IN_USER_CONNECTORS } from '../../src/domain/connection-type.ts';

const index = connectorIndex();
const search = createConnectorSearch(index);
const firstOf = (query: string): string | undefined => search(query)[0]?.id;

describe('the index of connectors', () => {
  it('knows each of the 431 and the three of the sandbox, by name', () => {
    expect(index).toHaveLength(434);
    expect(index.filter(({ isSandbox }) => isSandbox)).toHaveLength(3);
    const names = index.map(({ name }) => name);
    expect(names).toEqual([...names].sort(new Intl.Collator('en').compare));
  });

  it('travels as rows without losing anything', () => {
    for (const entry of index) expect(entryFrom(rowOf(entry))).toEqual(entry);
  });

  it('R22 R27 says who may be authorized by each person', () => {
    const ids = search('', { loggedInUser: true }).map(({ id }) => id);
    expect(ids.filter((id) => !id.startsWith('sandbox-')).sort()).toEqual([...LOGGED_IN_USER_CONNECTORS].sort());
    expect(ids.filter((id) => id.startsWith('sandbox-')).sort()).toEqual(['sandbox-sheet', 'sandbox-sms']);
  });
});

describe('searching connectors', () => {
  it.each([
    ['twilio', 'twilio'],
    ['Twillio', 'twilio'],
    ['salseforce', 'salesforce'],
    ['quickboks', 'quickbooks'],
    ['zoho crm', 'zoho-crm'],
    ['zoho shet', 'zoho-sheets'],
    ['nexmo', 'vonage'],
    ['Office 365', 'microsoft-graph'],
    ['hubsp', 'hubspot'],
    ['gogle calendar', 'google-calendar'],
    ['mailchmp', 'mailchimp'],
    ['sms-magic', 'sms-magic'],
  ])('finds by %s first %s', (query, id) => {
    expect(firstOf(query)).toBe(id);
  });

  it('finds by category, and nothing by nonsense', () => {
    expect(search('accounting').map(({ id }) => id)).toEqual(expect.arrayContaining(['zoho-books', 'xero', 'quickbooks']));
    expect(search('qqqqzzzz')).toEqual([]);
    expect(search('  ')).toEqual(index);
  });

  it('narrows by each filter, and by several at once', () => {
    const some: Readonly<Record<keyof typeof FILTERS, unknown>> = {
      category: 'SMS',
      method: 'basic',
      verdict: 'both',
      loggedInUser: true,
      worksInPwa: true,
      needsOwnApp: true,
      hasTest: false,
      isRetired: true,
      isVerified: true,
    };
    for (const [name, value] of Object.entries(some)) {
      const left = search('', { [name]: value });
      expect(left.length, name).toBeGreaterThan(0);
      expect(left.length, name).toBeLessThan(index.length);
    }
    expect(search('', { category: 'SMS', loggedInUser: true, isRetired: false, hasTest: true }).map(({ id }) => id)).toEqual([
      'clickatell',
      'hoiio',
      'twilio',
    ]);
  });

  it('is made once over the built-in ones and a workspace’s own, and anew where those are others', () => {
    const [entry] = index;
    if (entry === undefined) throw new TypeError('no index');
    const own = (name: string): IndexEntry[] => [{ ...entry, id: 'custom-1', name }];
    const searchesWith = createSearches(() => index);
    const before = searchesWith(own('Harbour'));
    expect(before.search()('harbour')[0]?.id).toBe('custom-1');
    expect(before.nearest()('harbuor', 1)[0]?.id).toBe('custom-1');
    expect(searchesWith(own('Harbour')).search()).toBe(before.search());
    expect(searchesWith(own('Harbour')).nearest()).toBe(before.nearest());
    const after = searchesWith(own('Quayside'));
    expect(after.search()('quayside')[0]?.id).toBe('custom-1');
    expect(after.search()('harbour')[0]?.id).not.toBe('custom-1');
    expect(searchesWith([]).search()('quayside')).toEqual([]);
    expect(searchesWith([]).index).toBe(index);
  });

  it('answers within 50 ms over 1,000 connectors', () => {
    const many: IndexEntry[] = Array.from({ length: 1_000 }, (_, n) => {
      const entry = index[n % index.length] ?? index[0];
      if (entry === undefined) throw new TypeError('no index');
      return { ...entry, id: `${entry.id}-${n}` };
    });
    const find = createConnectorSearch(many);
    find('warm up');
    const times = ['twillio', 'zoho', 'googel calender', 'a', 'payments', 'microsft'].map((query) => {
      const started = performance.now();
      find(query, { hasTest: true });
      return performance.now() - started;
    });
    expect(Math.max(...times)).toBeLessThan(50);
  });
});
