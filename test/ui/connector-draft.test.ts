import { describe, expect, it } from 'vitest';
import { allConnectors } from '../../src/connectors/catalogue.ts';
import { startFrom } from '../../src/core/custom-connectors.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { draftFrom, draftText, finished, NEW_DRAFT, rowsAt, textAt, withAt } from '../../src/ui/parts/connector-draft.ts';

describe('a custom connector as it is written', () => {
  it('is the same as fields and as JSON, whatever record it begins with', () => {
    for (const connector of allConnectors()) {
      const draft = { name: connector.name, record: startFrom(connector) };
      expect(draftFrom(draftText(draft))).toEqual(draft);
    }
  });

  it('keeps everything that a field does not say, and the order of what is there', () => {
    const record: JsonObject = {
      auth: { method: 'bearer', fields: [{ name: 'a', label: 'A', placement: { in: 'header', name: 'X', prefix: '' } }, { name: 'b' }] },
      apiHeaders: { accept: 'text/csv' },
    };
    const next = withAt(record, 'auth.fields.0.placement.name', 'Y');
    expect(textAt(next, 'auth.fields.0.placement.name')).toBe('Y');
    expect(JSON.stringify(next)).toBe(JSON.stringify(record).replace('"X"', '"Y"'));
    expect(withAt(withAt(record, 'test', { path: 'me' }), 'test', undefined)).toEqual(record);
    expect(withAt({}, 'test.path', 'me')).toEqual({ test: { path: 'me' } });
    expect(rowsAt({ scopes: 'none' }, 'scopes')).toEqual([]);
    expect(textAt({ auth: 7 }, 'auth.method')).toBe('');
  });

  it('says what cannot be read instead of losing it', () => {
    expect(draftFrom('{"name":')).toMatch(/^This is not JSON: /);
    expect(draftFrom('[]')).toBe('A record is one JSON object, in braces.');
    expect(draftFrom('{"name":7}')).toBe('name: is not a text.');
    expect(draftFrom('{"name":"Acme","x":1}')).toEqual({ name: 'Acme', record: { x: 1 } });
  });

  it('sends a base that ends in a slash and a test path that begins with none', () => {
    const typed = withAt(withAt(NEW_DRAFT.record, 'apiBase', 'https://api.acme.com/v1'), 'test', { method: 'GET', path: '/me' });
    expect(finished(typed)).toMatchObject({ apiBase: 'https://api.acme.com/v1/', test: { method: 'GET', path: 'me' } });
    expect(finished(NEW_DRAFT.record)).toBe(NEW_DRAFT.record);
  });
});
