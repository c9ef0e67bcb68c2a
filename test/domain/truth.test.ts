import { describe, expect, it } from 'vitest';
import { allConnectors, connectorById } from '../../src/connectors/catalogue.ts';
import { type Connector, isSandbox, type OauthAuth } from '../../src/domain/connector.ts';
import { truthOf, VERDICTS, type Verdict, worksIn } from '../../src/domain/truth.ts';

const real = allConnectors().filter((connector) => !isSandbox(connector));
const oauthOf = ({ auth }: Connector): OauthAuth | null => ('answer' in auth ? auth : null);
const idsOf = (verdict: Verdict): string[] =>
  real
    .filter((connector) => truthOf(connector).verdict === verdict)
    .map(({ id }) => id)
    .sort();

describe('what is true of a connector', () => {
  it.each(allConnectors().map((connector) => [connector.id, connector] as const))(
    '%s is told in words that its record bears',
    (_, connector) => {
      const truth = truthOf(connector);
      const auth = oauthOf(connector);
      expect(truth.words).toBe(VERDICTS[truth.verdict]);
      expect(truth.reason).toMatch(/^[A-Z].+\.$/);
      if (truth.verdict === 'both') {
        expect(auth).toMatchObject(truth.registersItself ? { cors: 'yes' } : { publicClient: 'yes', cors: 'yes' });
        expect(auth?.pkce === 'unsupported' && auth.method === 'oauth2-code').toBe(false);
      }
      if (truth.verdict === 'extension' && !truth.registersItself) expect(auth?.publicClient).toBe('yes');
      if (truth.inWebApp === 'yes') expect(auth?.cors).toBe('yes');
      if (truth.needsSecret) expect(auth).not.toBe(null);
      expect(truth.needsOwnApp).toBe(auth !== null && auth.clientId === null && !truth.registersItself);
      const isKey = auth === null ? !['oauth1', 'none'].includes(connector.auth.method) : auth.method === 'oauth2-jwt-bearer';
      expect(truth.verdict === 'key').toBe(isKey && !connector.isRetired);
    },
  );

  it('names those that need neither secret nor extension', () => {
    expect(idsOf('both')).toEqual(
      [
        ...['amazon-cognito', 'arcgis', 'azure-blob-storage', 'azure-devops', 'azure-resource-manager', 'business-central', 'dropbox'],
        ...[
          'dynamics-365',
          'entra-id',
          'gitlab',
          'gitlab-device',
          'keycloak',
          'lichess',
          'microsoft-ads',
          'microsoft-excel',
          'microsoft-graph',
        ],
        ...['microsoft-planner', 'microsoft-teams', 'microsoft-todo', 'onedrive', 'onenote', 'openstreetmap', 'outlook-calendar'],
        ...['outlook-contacts', 'outlook-mail', 'power-bi', 'sharepoint', 'spotify', 'wikimedia'],
      ].sort(),
    );
  });

  it('says of some, one by one, what they are', () => {
    const rows: readonly [string, Verdict, string][] = [
      ['zoho-crm', 'own-app', 'unknown'],
      ['google-drive', 'own-app', 'yes'],
      ['github', 'own-app', 'no'],
      ['github-device', 'extension', 'no'],
      ['slack', 'extension', 'unknown'],
      ['xero', 'extension', 'unknown'],
      ['huggingface', 'extension', 'unknown'],
      ['gitlab', 'both', 'yes'],
      ['salesforce', 'settings', 'unknown'],
      ['okta', 'settings', 'unknown'],
      ['twilio', 'key', 'unknown'],
      ['stripe', 'key', 'unknown'],
      ['aws', 'key', 'unknown'],
      ['zoom-s2s', 'own-app', 'unknown'],
      ['google-service-account', 'key', 'yes'],
      ['discogs', 'oauth1', 'no'],
      ['clockwork-sms', 'retired', 'no'],
      ['sandbox-books', 'both', 'yes'],
    ];
    for (const [id, verdict, inWebApp] of rows) expect(truthOf(connectorById(id)), id).toMatchObject({ verdict, inWebApp });
  });

  it('says what has to be set at the service before the web app may, where the record says so', () => {
    for (const connector of real) {
      const { needsForWebApp, verdict, inWebApp } = truthOf(connector);
      expect(needsForWebApp, connector.id).toBe(oauthOf(connector)?.corsNeeds ?? null);
      expect(verdict === 'settings', connector.id).toBe(needsForWebApp !== null);
      if (needsForWebApp !== null) expect(inWebApp, connector.id).toBe('unknown');
    }
    expect(idsOf('settings')).toEqual(['auth0', 'okta', 'salesforce', 'salesforce-sandbox']);
    expect(truthOf(connectorById('salesforce')).needsForWebApp).toMatch(/My Domain host.*Enable CORS for OAuth endpoints/);
  });

  it('says where it works: what nobody looked up is a no in the web app where the verdict takes it for one', () => {
    const rows: readonly [string, string, string][] = [
      ['gitlab', 'yes', 'yes'],
      ['github', 'yes', 'no'],
      ['slack', 'yes', 'no'],
      ['zoho-crm', 'yes', 'unknown'],
      ['clockwork-sms', 'no', 'no'],
    ];
    for (const [id, inExtension, inWebApp] of rows) {
      const truth = truthOf(connectorById(id));
      expect([worksIn(truth, 'extension'), worksIn(truth, 'web-app')], id).toEqual([inExtension, inWebApp]);
    }
  });

  it('A18 says that a service has ended before it says anything else', () => {
    const ended = { ...connectorById('gitlab'), isRetired: true };
    expect(truthOf(ended)).toMatchObject({ verdict: 'retired', inExtension: 'no', inWebApp: 'no' });
  });

  it('takes what nobody looked up for the harder case, and calls it not confirmed', () => {
    const { auth, ...rest } = connectorById('gitlab');
    if (!('answer' in auth)) throw new TypeError('gitlab');
    expect(truthOf({ ...rest, auth: { ...auth, publicClient: 'unknown' } })).toMatchObject({ verdict: 'own-app', needsSecret: true });
    expect(truthOf({ ...rest, auth: { ...auth, cors: 'unknown' } })).toMatchObject({ verdict: 'extension', inWebApp: 'unknown' });
    expect(truthOf({ ...rest, auth: { ...auth, pkce: 'unsupported' } })).toMatchObject({ verdict: 'own-app' });
    const itself = { ...auth, dynamicRegistration: true, publicClient: 'unknown' } as const;
    expect(truthOf({ ...rest, auth: itself })).toMatchObject({ verdict: 'both', needsOwnApp: false, registersItself: true });
    expect(truthOf({ ...rest, auth: { ...itself, cors: 'unknown' } })).toMatchObject({ verdict: 'extension', needsOwnApp: false });
    expect(truthOf(connectorById('microsoft-graph')).isConfirmed).toBe(false);
    expect(truthOf(connectorById('gitlab')).isConfirmed).toBe(true);
  });
});
