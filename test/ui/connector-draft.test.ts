import { describe, expect, it } from 'vitest';
import { allConnectors } from '../../src/connectors/catalogue.ts';
import { startFrom } from '../../src/core/custom-connectors.ts';
import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import {
  draftFrom,
  draftText,
  finished,
  NEW_DRAFT,
  objectAt,
  rowsAt,
  textAt,
  withAt,
  withoutRow,
  withRow,
} from '../../src/ui/parts/connector-draft.ts';
import {
  FIELDS,
  isMethod,
  PLACEMENT,
  placementAt,
  ROWS,
  withCell,
  withField,
  withPlacement,
} from '../../src/ui/parts/custom-connector-fields.ts';

/** The record after each field of the form has been given what it shows. */
const saidAgain = (record: JsonObject): JsonObject => {
  let said = record;
  for (const table of Object.values(ROWS))
    for (const { at, row } of rowsAt(said, table.at))
      for (const column of table.columns) said = withCell(said, table, at, column.at, textAt(row, column.at));
  let auth = objectAt(said, 'auth');
  const method = textAt(auth, 'method');
  if (!isMethod(method)) return said;
  for (const row of FIELDS[method]) auth = withField(auth, row, textAt(auth, row.at));
  const place = PLACEMENT[method];
  const shown = place === undefined ? [] : Object.entries(placementAt(auth, place));
  for (const [name, value] of shown) if (typeof value === 'string') auth = withPlacement(auth, place ?? '', name, value);
  return withAt(said, 'auth', auth);
};

const rest = ({ scopes = null }: JsonObject): readonly JsonValue[] => (Array.isArray(scopes) ? scopes : []);

describe('a custom connector as it is written', () => {
  it('is the same as JSON, and after every field has said again what it shows, whatever record it begins with', () => {
    for (const connector of allConnectors()) {
      const draft = { name: connector.name, record: startFrom(connector) };
      expect(draftFrom(draftText(draft))).toEqual(draft);
      expect(saidAgain(draft.record), connector.id).toEqual(draft.record);
    }
  });

  it('takes what is typed into a field of each table, and gives it back', () => {
    for (const connector of allConnectors()) {
      const record = startFrom(connector);
      for (const table of Object.values(ROWS))
        for (const { at } of rowsAt(record, table.at).slice(0, 1))
          for (const column of table.columns) {
            const typed = withCell(record, table, at, column.at, 'typed');
            expect(textAt(typed, `${table.at}.${at}.${column.at}`), `${connector.id} ${column.at}`).toBe('typed');
            expect(withCell(typed, table, at, column.at, textAt(record, `${table.at}.${at}.${column.at}`))).toEqual(record);
          }
      const auth = objectAt(record, 'auth');
      const method = textAt(auth, 'method');
      for (const row of isMethod(method) ? FIELDS[method] : [])
        expect(textAt(withField(auth, row, 'typed'), row.at), `${connector.id} ${row.at}`).toBe('typed');
    }
  });

  it('keeps in a list what is no row, whatever is done to the rows', () => {
    const record: JsonObject = { scopes: ['a word', { name: 'read', sentence: 'See', access: 'read' }, 7] };
    expect(rowsAt(record, 'scopes')).toEqual([{ at: 1, row: { name: 'read', sentence: 'See', access: 'read' } }]);
    expect(withCell(record, ROWS.scopes, 1, 'name', 'write')).toEqual({
      scopes: ['a word', { name: 'write', sentence: 'See', access: 'read' }, 7],
    });
    expect(withoutRow(record, 'scopes', 1)).toEqual({ scopes: ['a word', 7] });
    expect(withRow(record, 'scopes', { name: 'x' })).toEqual({ scopes: [...rest(record), { name: 'x' }] });
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
