import { describe, expect, it } from 'vitest';
import { allConnectors, connectorById } from '../../src/connectors/catalogue.ts';
import { checkConnector } from '../../src/connectors/check.ts';
import { parseConnector } from '../../src/connectors/schema.ts';
import { wrongVariables } from '../../src/domain/connector.ts';

const NOW = Date.parse('2026-11-26');

describe('connector records', () => {
  it.each(allConnectors().map((connector) => [connector.id, connector] as const))('%s is consistent in itself', (_, connector) => {
    expect(checkConnector(connector, NOW)).toEqual([]);
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
