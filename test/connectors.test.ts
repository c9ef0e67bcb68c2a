import { describe, expect, it } from 'vitest';
import { allConnectors, connectorById } from '../src/connectors/catalogue.ts';
import { parseConnector } from '../src/connectors/schema.ts';
import { fillVariables, hostTemplates, wrongVariables } from '../src/domain/connector.ts';

describe('connector records', () => {
  it.each(allConnectors().map((connector) => [connector.id, connector] as const))('%s is consistent in itself', (_, connector) => {
    const known = new Set(connector.scopes.map(({ name }) => name));
    const named = [...connector.defaultScopes, ...(connector.test?.scopes ?? []), ...connector.operations.flatMap(({ scopes }) => scopes)];
    expect(named.filter((scope) => !known.has(scope))).toEqual([]);
    const example = Object.fromEntries(connector.variables.map(({ name, example: value }) => [name, value]));
    expect(wrongVariables(connector, example)).toEqual([]);
    for (const template of hostTemplates(connector)) expect(() => new URL(fillVariables(template, example))).not.toThrow();
    for (const operation of connector.operations) expect(operation.path).not.toMatch(/^\//);
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
