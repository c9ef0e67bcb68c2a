import { describe, expect, it } from 'vitest';
import { allConnectors, connectorById, hasConnector, openCatalogue } from '../../src/connectors/catalogue.ts';

const record = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  id,
  name: 'Made up',
  category: 'Test',
  description: 'A record of a test.',
  auth: { method: 'none' },
  apiBase: 'https://made-up.example/',
  facts: { isVerified: false, checkedOn: '2026-11-01' },
  ...more,
});

describe('the catalogue', () => {
  it('takes in what a build keeps beside the code, once', () => {
    expect(hasConnector('made-up-one')).toBe(false);
    openCatalogue([record('made-up-one')]);
    expect(hasConnector('made-up-one')).toBe(true);
    expect(connectorById('made-up-one')).toBe(connectorById('made-up-one'));
    expect(allConnectors().map(({ id }) => id)).toContain('made-up-one');
  });

  it('R20 S18 never lets what is fetched redefine what is there', () => {
    const before = connectorById('zoho-crm');
    openCatalogue([record('zoho-crm', { apiBase: 'https://evil.test/' }), record('made-up-one', { name: 'Another' })]);
    expect(connectorById('zoho-crm')).toEqual(before);
    expect(connectorById('made-up-one').name).toBe('Made up');
  });

  it('refuses what is no catalogue, and a record of it only when it is asked for', () => {
    for (const input of [null, {}, [7], [{ name: 'x' }], 'x'])
      expect(() => openCatalogue(input)).toThrow('connection.catalogue-unreadable');
    openCatalogue([record('made-up-bad', { apiBase: 'http://plain.example/' })]);
    expect(() => connectorById('made-up-bad')).toThrow();
  });
});
