import { describe, expect, it } from 'vitest';
import { allConnectors, connectorById } from '../../src/connectors/catalogue.ts';
import { checkConnector } from '../../src/connectors/check.ts';
import { parseConnector } from '../../src/connectors/schema.ts';
import { LOGGED_IN_USER_CONNECTORS } from '../../src/domain/connection-type.ts';
import { wrongVariables } from '../../src/domain/connector.ts';

const NOW = Date.parse('2026-11-26');

describe('connector records', () => {
  it.each(allConnectors().map((connector) => [connector.id, connector] as const))('%s is consistent in itself', (_, connector) => {
    expect(checkConnector(connector, NOW)).toEqual([]);
  });

  const FAMILIES =
    /^(google|gmail|youtube|microsoft|outlook|onedrive|onenote|sharepoint|power-bi|dynamics|business-central|azure|entra|github|gitlab|slack|salesforce|hubspot|quickbooks|xero|stripe|twilio|notion|atlassian|jira|confluence|dropbox|shopify|zoom|mailchimp|aws|zoho)/;
  const written = allConnectors().filter(({ id }) => FAMILIES.test(id) || LOGGED_IN_USER_CONNECTORS.has(id));

  it.each(written.map((connector) => [connector.id, connector] as const))('%s was written down in full', (id, connector) => {
    expect(connector.registration.length).toBeGreaterThan(0);
    // No cheap read is known of these: the first documents none, the others want more than the token.
    expect(connector.test === null).toBe(['sms-magic', 'azure-blob-storage', 'microsoft-ads'].includes(id));
    expect(connector.description).toMatch(/^[A-Z].+\.$/);
    expect(connector.facts.docsUrl).not.toBe(null);
    for (const { sentence } of connector.scopes) expect(sentence).not.toMatch(/what the service calls/);
    const message = connector.operations.find(({ does }) => does === 'message');
    if (message !== undefined) expect(message.inputs.map(({ name }) => name).sort()).toEqual(['from', 'text', 'to']);
  });

  it('says of every record how sure it is', () => {
    for (const { facts, id } of allConnectors()) {
      expect(facts.note.length, id).toBeGreaterThan(10);
      expect(facts.checkedOn, id).toMatch(/^2026-11-/);
    }
  });

  it('R20 knows built-in connectors only', () => {
    expect(() => connectorById('made-up')).toThrow('connection.connector-unknown');
  });

  it('refuses a record with a misspelt field', () => {
    expect(() => parseConnector({ ...connectorById('sandbox-books'), scope: [] })).toThrow();
  });

  it('keeps sandbox variables on this device', () => {
    const books = connectorById('sandbox-books');
    for (const sandboxOrigin of [
      'https://evil.test',
      'http://localhost:4180.evil.test',
      'http://localhost:4180/x',
      'http://127.0.0.1:4180',
      '',
    ])
      expect(wrongVariables(books, { sandboxOrigin })).toHaveLength(1);
  });
});
