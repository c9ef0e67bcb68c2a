import { describe, expect, it } from 'vitest';
import { allConnectors, connectorById } from '../../src/connectors/catalogue.ts';
import { type ConnectorVariable, fillVariables, isOauth, typedVariables } from '../../src/domain/connector.ts';
import { feedHostPatterns } from '../../src/domain/feed.ts';
import { hostPatterns, reachOf } from '../../src/domain/host-patterns.ts';
import { registrableDomain } from '../../src/domain/public-address.ts';

const asked = (id: string, values?: Record<string, string>): string[] => hostPatterns(reachOf(connectorById(id)), values);

const examplesOf = (variables: readonly ConnectorVariable[]): Record<string, string> =>
  Object.fromEntries(variables.map(({ name, example }) => [name, example]));

/** As the browser reads a match pattern: `*.` stands for the domain and everything below it. */
const isCovered = (host: string, pattern: string): boolean => {
  const named = pattern.slice('https://'.length, -'/*'.length);
  return named.startsWith('*.') ? host === named.slice(2) || host.endsWith(named.slice(1)) : host === named;
};

describe('the hosts that an extension asks for', () => {
  it('S42 R59 are all that it needs, by what a person types before', () => {
    const missed = allConnectors().flatMap((connector) => {
      const { addresses } = reachOf(connector);
      const typed = isOauth(connector.auth) ? typedVariables(connector) : connector.variables;
      const patterns = hostPatterns(reachOf(connector), examplesOf(typed));
      const hosts = addresses.map((address) => {
        const filled = fillVariables(address, examplesOf(connector.variables));
        return new URL(filled.startsWith('https://') ? filled : `https://${filled}`).hostname;
      });
      return hosts.filter((host) => !patterns.some((pattern) => isCovered(host, pattern))).map((host) => `${connector.id}: ${host}`);
    });
    expect(missed).toEqual([]);
  });

  it('S42 are those of the service alone, never all, with or without what a person types', () => {
    for (const connector of allConnectors())
      for (const pattern of [...hostPatterns(reachOf(connector)), ...hostPatterns(reachOf(connector), examplesOf(connector.variables))]) {
        expect(pattern, connector.id).toMatch(/^https:\/\/(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+\/\*$/);
        const named = pattern.slice('https://'.length, -'/*'.length);
        const domain = registrableDomain(`https://${named.replace('*.', 'any.')}`);
        expect(domain, `${connector.id}: ${pattern}`).not.toMatch(/^any\./);
      }
  });

  it.each([
    ['sandbox-books', {}, []],
    ['twilio', {}, ['https://api.twilio.com/*']],
    ['github', {}, ['https://api.github.com/*', 'https://github.com/*']],
    ['shopify', { subdomain: 'acme' }, ['https://acme.myshopify.com/*']],
    // Every shop has another owner, so none is asked for before it is known which.
    ['shopify', {}, []],
    ['keycloak', { host: 'id.acme.example:8443', realm: 'main' }, ['https://id.acme.example/*']],
    ['keycloak', { host: '*', realm: 'main' }, []],
    ['keycloak', {}, []],
    ['meilisearch', { instanceUrl: 'https://Search.acme.example:7700' }, ['https://search.acme.example/*']],
    ['freshsales', { bundleAlias: 'acme.myfreshworks.com/crm/sales' }, ['https://acme.myfreshworks.com/*']],
    ['datadog', { site: 'us5.datadoghq.com' }, ['https://api.us5.datadoghq.com/*']],
    [
      'datadog',
      {},
      [
        'https://*.datadoghq.com/*',
        'https://*.datadoghq.eu/*',
        'https://*.ddog-gov.com/*',
        'https://api.datadoghq.com/*',
        'https://api.datadoghq.eu/*',
        'https://api.ddog-gov.com/*',
      ],
    ],
    ['deepl', {}, ['https://api-free.deepl.com/*', 'https://api.deepl.com/*']],
    ['mailgun', { region: 'api.eu' }, ['https://api.eu.mailgun.net/*']],
    [
      'salesforce',
      { loginHost: 'login.salesforce.com' },
      ['https://*.force.com/*', 'https://*.salesforce.com/*', 'https://*.site.com/*', 'https://login.salesforce.com/*'],
    ],
    // What the token answer said once it may say otherwise another time.
    ['pipedrive', { api_domain: 'https://acme.pipedrive.com' }, ['https://*.pipedrive.com/*', 'https://oauth.pipedrive.com/*']],
  ])('S42 %s with %j', (id, values, expected) => {
    expect(asked(id, values)).toEqual(expected);
  });

  it.each([
    ['https://updates.example/feed', ['https://updates.example/*']],
    [' https://updates.example:8443/feed/c/abc/head ', ['https://updates.example:8443/*']],
    ['http://localhost:4180/', []],
    ['updates.example', []],
  ])('S42 of a feed at %s', (address, expected) => {
    expect(feedHostPatterns(address)).toEqual(expected);
  });

  it('S42 name every region of a service that says only later which it is', () => {
    const patterns = asked('zoho-books', { dataCentre: 'com' });
    for (const end of ['com', 'eu', 'in', 'com.au', 'jp']) expect(patterns).toContain(`https://www.zohoapis.${end}/*`);
  });

  it.each([
    ['[a-z]+asana\\.com', []],
    ['.+', []],
    ['[a-z]+\\.co\\.uk', []],
    ['(?:[a-z-]+\\.){1,2}asana\\.(?:com|de)', ['https://*.asana.com/*', 'https://*.asana.de/*']],
    ['(?!evil)(eu|us)[0-9]?\\.asana\\.com', ['https://*.asana.com/*', 'https://eu.asana.com/*', 'https://us.asana.com/*']],
    ['[|)]+\\.asana\\.com', ['https://*.asana.com/*']],
  ])('S42 a host held to %s is asked for as %j', (pattern, expected) => {
    const learned = { from: 'answer', at: 'host' } as const;
    expect(hostPatterns({ addresses: ['https://{host}/v1/'], variables: [{ name: 'host', pattern, learned }] })).toEqual(expected);
  });

  it('S42 a host that no pattern bounds is asked for once it is known', () => {
    const variables = [{ name: 'host', pattern: '.+', learned: { from: 'answer', at: 'host' } }] as const;
    expect(hostPatterns({ addresses: ['https://{host}/v1/'], variables }, { host: 'api.acme.example' })).toEqual([
      'https://api.acme.example/*',
    ]);
  });
});
