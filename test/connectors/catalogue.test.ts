import { describe, expect, it } from 'vitest';
import { allConnectors, connectorById, hasConnector, openCatalogueText } from '../../src/connectors/catalogue.ts';

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

/** As a build writes them. */
const openCatalogue = (records: readonly object[]): void =>
  openCatalogueText(`[\n${records.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`);

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
    for (const text of ['', '<!doctype html>', '{"id":"x"}', '[]'])
      expect(() => openCatalogueText(text)).toThrow('connection.catalogue-unreadable');
    openCatalogueText('[\n7,\n{"name":"x"}\n]\n');
    expect(hasConnector('x')).toBe(false);
    openCatalogue([record('made-up-bad', { apiBase: 'http://plain.example/' })]);
    expect(() => connectorById('made-up-bad')).toThrow();
  });

  it('reads records from lines of text when they are asked for, and never another text for a built-in one', () => {
    const line = (id: string, name: string): string => JSON.stringify({ ...connectorById('twilio'), id, name });
    openCatalogueText(
      `[\n${line('made-up-line', 'Made up by line')},\n${line('twilio', 'Not Twilio')},\n{"id":"made-up-broken","name":}\n]\n`,
    );
    expect(hasConnector('made-up-line')).toBe(true);
    expect(() => connectorById('made-up-broken')).toThrow('connection.catalogue-unreadable');
    expect(connectorById('twilio').name).toBe('Twilio');
  });
});
