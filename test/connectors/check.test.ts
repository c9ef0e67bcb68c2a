import { describe, expect, it } from 'vitest';
import { connectorById } from '../../src/connectors/catalogue.ts';
import { checkConnector } from '../../src/connectors/check.ts';
import type { Connector, OauthAuth, Operation } from '../../src/domain/connector.ts';

const NOW = Date.parse('2026-11-26');

const good = connectorById('zoho-crm');

const oauthOf = ({ auth }: Connector): OauthAuth => {
  if (!('answer' in auth)) throw new TypeError('no OAuth');
  return auth;
};

const auth = oauthOf(good);
const endpoints = auth.endpoints;
if (endpoints === null) throw new TypeError('no endpoints');

const [lead] = good.operations;
if (lead === undefined) throw new TypeError('no operation');
const withOperation = (part: Partial<Operation>): Partial<Connector> => ({ operations: [{ ...lead, ...part }] });

/** What is broken, and the check that must see it. */
const BROKEN: readonly [string, Partial<Connector>, string][] = [
  ['a default scope that is not listed', { defaultScopes: ['nobody.knows'] }, 'scopes'],
  [
    'a test scope that is not listed',
    { test: { method: 'GET', path: 'v8/org', body: null, scopes: ['x'], accountField: null, failure: null } },
    'scopes',
  ],
  ['a scope of an operation that is not listed', withOperation({ scopes: ['x'] }), 'scopes'],
  ['a scope twice', { scopes: [...good.scopes, ...good.scopes] }, 'twice'],
  ['an operation twice', { operations: [lead, lead] }, 'twice'],
  ['a placeholder that nobody fills', { apiBase: 'https://www.zohoapis.{dataCentre}/{nobody}/' }, 'placeholders'],
  ['a header that nobody fills', { apiHeaders: { 'x-org': '{orgId}' } }, 'placeholders'],
  [
    'a variable that nobody uses',
    { variables: [...good.variables, { name: 'idle', label: 'Idle', example: 'x', pattern: 'x' }] },
    'unused variables',
  ],
  ['an example that its pattern refuses', { variables: good.variables.map((one) => ({ ...one, example: 'moon' })) }, 'examples'],
  ['an address without TLS', { apiBase: 'http://www.zohoapis.{dataCentre}/' }, 'addresses'],
  ['an address with a password in it', { apiBase: 'https://a:b@www.zohoapis.{dataCentre}/' }, 'addresses'],
  [
    'a test on another host',
    { test: { method: 'GET', path: 'https://evil.test/x', body: null, scopes: [], accountField: null, failure: null } },
    'destinations',
  ],
  [
    'a test that climbs out',
    { test: { method: 'GET', path: '../x', body: null, scopes: [], accountField: null, failure: null } },
    'destinations',
  ],
  [
    'a status for the name of an account',
    { test: { method: 'GET', path: 'v8/org', body: null, scopes: [], accountField: 'result.status', failure: null } },
    'name of the account',
  ],
  [
    'a look-up on another host',
    { variables: good.variables.map((one) => ({ ...one, learned: { from: 'request', at: 'x', url: 'https://evil.test/' } })) },
    'destinations',
  ],
  [
    'a variable from a parameter that is not kept',
    { variables: good.variables.map((one) => ({ ...one, learned: { from: 'callback', at: 'x' } })) },
    'learned variables',
  ],
  ['a parameter that the flow sets', { auth: { ...auth, authorizationParams: { state: 'x' } } }, 'authorization'],
  ['issuer and endpoints', { auth: { ...auth, issuer: 'https://accounts.zoho.com' } }, 'authorization'],
  ['what web pages need where none may', { auth: { ...auth, cors: 'unknown', corsNeeds: 'Ask.' } }, 'authorization'],
  ['no authorization page', { auth: { ...auth, endpoints: { ...endpoints, authorization: null } } }, 'authorization'],
  ['no device endpoint', { auth: { ...auth, method: 'oauth2-device' } }, 'authorization'],
  ['a registration at no address', { auth: { ...auth, dynamicRegistration: true } }, 'authorization'],
  ['a key for a client that has none', { auth: { ...auth, clientId: 'ours', clientAuthentication: 'private-key-jwt' } }, 'authorization'],
  ['a client id at an address that no server fetches', { auth: { ...auth, clientId: 'http://app.acme.com/client.json' } }, 'authorization'],
  [
    'a registration that a known client id makes idle',
    {
      auth: {
        ...auth,
        clientId: 'ours',
        dynamicRegistration: true,
        endpoints: { ...endpoints, registration: 'https://accounts.zoho.{dataCentre}/reg' },
      },
    },
    'authorization',
  ],
  ['a message without its inputs', withOperation({ does: 'message' }), 'operations'],
  [
    'an input for a place that the path has not',
    withOperation({ inputs: [{ name: 'x', label: 'X', type: 'text', required: true, in: 'path', at: null }] }),
    'operations',
  ],
  [
    'a place in a query',
    withOperation({ inputs: [{ name: 'x', label: 'X', type: 'text', required: true, in: 'query', at: 'a.b' }] }),
    'operations',
  ],
  ['a key that is no input', withOperation({ upsertKey: 'nobody' }), 'operations'],
  ['a path that leaves the base', withOperation({ path: '../../x' }), 'operations'],
];

describe('checking a record', () => {
  it.each(BROKEN)('sees %s', (_, part, rule) => {
    expect(checkConnector({ ...good, ...part }, NOW).map((finding) => finding.rule)).toContain(rule);
  });

  it('sees facts that nobody compared for a year', () => {
    expect(checkConnector(good, Date.parse('2027-10-31'))).toEqual([]);
    expect(checkConnector(good, Date.parse('2027-11-03'))).toEqual([
      { id: 'zoho-crm', rule: 'facts older than a year', detail: '2026-11-01' },
    ]);
  });
});
