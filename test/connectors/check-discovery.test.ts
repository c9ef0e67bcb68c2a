import { describe, expect, it } from 'vitest';
import { allConnectors, connectorById } from '../../src/connectors/catalogue.ts';
import { checkDiscovery, unusedDocuments } from '../../src/connectors/check-discovery.ts';
import { type COMPARED, type Discovery, discoveryDocuments, parseDiscovery } from '../../src/connectors/discovery.ts';
import { type Connector, isOauth, type OauthAuth } from '../../src/domain/connector.ts';

const DOCUMENTS = discoveryDocuments();

const oauthOf = ({ auth }: Connector): OauthAuth => {
  if (!isOauth(auth)) throw new TypeError('no OAuth');
  return auth;
};

const withAuth = (id: string, part: Partial<OauthAuth>): Connector => {
  const connector = connectorById(id);
  return { ...connector, auth: { ...oauthOf(connector), ...part } };
};

const withEndpoints = (id: string, part: Partial<NonNullable<OauthAuth['endpoints']>>): Connector => {
  const { endpoints } = oauthOf(connectorById(id));
  if (endpoints === null) throw new TypeError('no endpoints');
  return withAuth(id, { endpoints: { ...endpoints, ...part } });
};

const withScopes = (id: string, names: readonly string[]): Connector => ({
  ...connectorById(id),
  scopes: names.map((name) => ({ name, sentence: 'What it allows', access: 'read' })),
});

/** A record that says otherwise than its issuer, and the row that must see it. */
const WRONG: readonly [string, Connector, (typeof COMPARED)[number]][] = [
  ['another page', withEndpoints('gitlab', { authorization: 'https://gitlab.com/oauth/authorise' }), 'authorization'],
  ['a token endpoint on another host', withEndpoints('google', { token: 'https://www.googleapis.com/oauth2/v4/token' }), 'token'],
  ['another revocation endpoint', withEndpoints('xero', { revocation: 'https://identity.xero.com/connect/revoke' }), 'revocation'],
  ['another device endpoint', withEndpoints('google-device', { device: 'https://oauth2.googleapis.com/device' }), 'device'],
  [
    'a host that the variable allows and the issuer has not',
    withEndpoints('salesforce', { token: 'https://{loginHost}/services/oauth2/tokens' }),
    'token',
  ],
  ['no PKCE where S256 is offered', withAuth('box', { pkce: 'unsupported' }), 'proof key'],
  ['PKCE that nobody looked up', withAuth('jira', { pkce: 'unknown' }), 'proof key'],
  ['a secret in the body where Basic alone is taken', withAuth('ringcentral', { clientAuthentication: 'post' }), 'client authentication'],
  ['a secret that nobody needs', withAuth('airtable', { publicClient: 'no' }), 'public client'],
  ['an API scope that is not listed', withScopes('gitlab', ['read_api', 'write_api']), 'scopes'],
  ['an identity scope that is not listed', withScopes('google', ['phone']), 'scopes'],
];

const rulesOf = (connector: Connector, documents: readonly Discovery[] = DOCUMENTS): string[] =>
  checkDiscovery(connector, documents).map(({ rule }) => rule);

describe('comparing records with discovery documents', () => {
  it('S18 finds no record that contradicts its issuer, and no document that nobody is compared with', () => {
    expect(allConnectors().flatMap((connector) => checkDiscovery(connector, DOCUMENTS))).toEqual([]);
    expect(unusedDocuments(allConnectors(), DOCUMENTS)).toEqual([]);
    // Google's and Microsoft's documents speak of a family of records each.
    const compared = allConnectors().filter((connector) => unusedDocuments([connector], DOCUMENTS).length < DOCUMENTS.length);
    expect(compared.length).toBeGreaterThan(70);
  });

  it.each(WRONG)('S18 sees %s', (_, connector, about) => {
    expect(rulesOf(connector)).toContain(`discovery: ${about}`);
  });

  it('takes a difference that is explained, for the record that it names, and says when it is gone', () => {
    const spotify = DOCUMENTS.filter(({ document }) => document.issuer === 'https://accounts.spotify.com');
    const bare = spotify.map((one) => ({ ...one, differences: [] }));
    expect(rulesOf(connectorById('spotify'), bare)).toEqual(['discovery: authorization']);
    expect(rulesOf({ ...connectorById('spotify'), id: 'another' }, spotify)).toEqual(['discovery: authorization']);
    const agreeing = withEndpoints('spotify', { authorization: 'https://accounts.spotify.com/oauth2/v2/auth' });
    expect(checkDiscovery(agreeing, spotify)).toMatchObject([
      { rule: 'discovery: authorization', detail: expect.stringMatching(/does not differ/) },
    ]);
  });

  it('compares with the documents of a record’s own hosts only, and nothing where no token is fetched', () => {
    expect(rulesOf(withEndpoints('gitlab', { authorization: 'https://gitlab.example/a', token: 'https://gitlab.example/t' }))).toEqual([]);
    expect(rulesOf(connectorById('twilio'))).toEqual([]);
  });

  it('refuses a stored document that does not name its source, or holds more than is compared', () => {
    const [first] = DOCUMENTS;
    expect(() => parseDiscovery({ ...first, source: { repository: 'somebody/something', path: 'x', commit: 'main' } })).toThrow();
    expect(() => parseDiscovery({ ...first, document: { ...first?.document, jwks_uri: 'https://gitlab.com/keys' } })).toThrow();
    expect(() => parseDiscovery({ ...first, document: { ...first?.document, token_endpoint: 'http://gitlab.com/token' } })).toThrow();
  });
});
