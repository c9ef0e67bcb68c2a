import { describe, expect, it } from 'vitest';
import type { BundleContents } from '../../src/domain/bundle.ts';
import type { ConnectionDefinition } from '../../src/domain/connection.ts';
import { splitHost } from '../../src/domain/host.ts';
import { type Reviewing, reviewOf } from '../../src/domain/review.ts';

const connection = (linkName: string, change: Partial<ConnectionDefinition> = {}): ConnectionDefinition => ({
  linkName,
  displayName: linkName.toUpperCase(),
  connectorId: 'books',
  type: 'admin',
  scopes: ['read'],
  environmentPolicy: 'separate',
  ...change,
});

const contents = (connections: readonly ConnectionDefinition[], change: Partial<BundleContents> = {}): BundleContents => ({
  application: { id: 'app_1', version: '1.0.0', name: 'Estate', linkName: 'estate', forms: [], pages: [] },
  connections,
  components: [],
  requirements: { systemConnections: [] },
  ...change,
});

const FACTS: Reviewing = {
  hostsOf: (id) => [`api.${id}.example`],
  serviceName: (id) => id.toUpperCase(),
  scopeSays: (_, scope) => scope,
  factsOf: ({ kind, config }) => ({
    kindLabel: kind,
    uses: [{ id: String(config['connection']), name: String(config['connection']) }],
    says: {},
    texts: {},
    writes: [],
  }),
};

const component = (linkName: string, uses: string, name = linkName) => ({
  linkName,
  name,
  kind: 'form-integration',
  config: { connection: uses },
});

describe('a review of an upgrade', () => {
  it('R116 R117 names what asks for more first, then less, new, removed, changed and components; who consents again only where it grew', () => {
    const before = contents([
      connection('a'),
      connection('b', { scopes: ['read', 'write'] }),
      connection('c'),
      connection('d'),
      connection('e', { type: 'admin' }),
      connection('f'),
      connection('same'),
    ]);
    const after = contents(
      [
        connection('f', { connectorId: 'sheet' }),
        connection('e', { type: 'logged-in-user' }),
        connection('new'),
        connection('d', { displayName: 'Other' }),
        connection('b', { scopes: ['read'] }),
        connection('a', { scopes: ['read', 'write'], displayName: 'A too' }),
        connection('same'),
      ],
      { components: [component('push', 'a')], requirements: { systemConnections: [{ connectorId: 'mail', scopes: ['send'] }] } },
    );
    const withOld = { ...before, components: [component('old', 'c', 'Old push')] };
    const { items, unchanged } = reviewOf(withOld, after, FACTS);
    expect(items.map(({ group, linkName, consent }) => [group, linkName, consent])).toEqual([
      ['more', 'f', 'again'],
      ['more', 'a', 'again'],
      ['less', 'b', null],
      ['new', 'new', 'first'],
      ['new', 'service mail', 'first'],
      ['removed', 'c', null],
      ['changed', 'e', 'again'],
      ['changed', 'd', null],
      ['changed', 'a', null],
      ['components', 'component push', null],
      ['components', 'component old', null],
    ]);
    expect(unchanged).toEqual(['SAME']);
    expect(items[0]).toMatchObject({
      moreScopes: ['read'],
      moreHosts: ['api.sheet.example'],
      says: ['speaks to SHEET and no longer to BOOKS'],
    });
    expect(items[1]).toMatchObject({ moreScopes: ['write'], moreHosts: [] });
    expect(items[2]).toMatchObject({ lessScopes: ['write'] });
    expect(items[5]).toMatchObject({ stops: ['Old push'] });
    expect(items[6]?.says[0]).toContain('each person');
  });

  it('says nothing of a version that changes nothing, and a wider system connection asks again', () => {
    const one = contents([connection('a')]);
    expect(reviewOf(one, one, FACTS)).toEqual({ items: [], unchanged: ['A'] });
    const narrow = contents([], { requirements: { systemConnections: [{ connectorId: 'mail', scopes: ['send'] }] } });
    const wide = contents([], { requirements: { systemConnections: [{ connectorId: 'mail', scopes: ['read', 'send'] }] } });
    expect(reviewOf(narrow, wide, FACTS).items).toMatchObject([
      { group: 'more', linkName: 'service mail', moreScopes: ['read'], consent: 'again' },
    ]);
    expect(reviewOf(wide, narrow, FACTS).items).toEqual([]);
  });
});

describe('a host', () => {
  it.each([
    ['books.zoho.com', 'books.', 'zoho.com'],
    ['zoho.com.evil.example', 'zoho.com.', 'evil.example'],
    ['accounts.shop.co.uk', 'accounts.', 'shop.co.uk'],
    ['localhost:4180', '', 'localhost:4180'],
    ['127.0.0.1:80', '', '127.0.0.1:80'],
    ['me.github.io', '', 'me.github.io'],
  ])('S46 %s says whose it is', (host, before, domain) => {
    expect(splitHost(host)).toEqual({ before, domain });
  });
});
