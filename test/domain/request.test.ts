import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/domain/connector.ts';
import { isAllowed, requestFor, urlBelow } from '../../src/domain/request.ts';

const BASE = 'https://api.example.com/v1/';

describe('S23 where a token may go', () => {
  it.each([
    '//evil.test',
    '\\\\evil.test',
    '/\\evil.test',
    '\t//evil.test',
    '/x',
    '../x',
    'a/../../x',
    '%2e%2e/x',
    'a%2fb',
    'a%5cb',
    'https://evil.test/',
    'a//b',
    'x\n',
  ])('refuses the path %j', (path) => {
    expect(() => urlBelow(BASE, path)).toThrow('run.destination-refused');
  });

  it.each([
    'https://evil.test/v1/x',
    'http://api.example.com/v1/x',
    'https://api.example.com/v2/x',
    'https://u:p@api.example.com/v1/x',
    'https://api.example.com/v1/x#f',
    'https://api.example.com:444/v1/x',
  ])('does not allow %s', (url) => {
    expect(isAllowed(BASE, url)).toBe(false);
  });

  it('never leaves origin and prefix, whatever path and query are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }), (path, query) => {
        let url: string;
        try {
          url = urlBelow(BASE, path, query);
        } catch {
          return;
        }
        expect(new URL(url).origin).toBe('https://api.example.com');
        expect(new URL(url).pathname.startsWith('/v1/')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('requests of operations', () => {
  const operation: Operation = {
    id: 'create',
    label: 'Create',
    does: 'action',
    scopes: [],
    method: 'POST',
    path: 'things',
    encoding: 'json',
    fixed: {},
    inputs: [
      { name: 'name', label: 'Name', type: 'text', required: true, in: 'body', at: null },
      { name: 'amount', label: 'Amount', type: 'number', required: false, in: 'body', at: null },
      { name: 'mode', label: 'Mode', type: 'text', required: false, in: 'query', at: null },
    ],
    result: { path: 'id', label: 'Thing' },
    rows: null,
    idempotencyHeader: 'Idempotency-Key',
    upsertKey: null,
    failure: null,
  };

  it('types the values and puts each where it belongs', () => {
    expect(requestFor(operation, BASE, { name: 'A', amount: '2.5', mode: 'a b' }, 'key')).toEqual({
      method: 'POST',
      url: 'https://api.example.com/v1/things?mode=a+b',
      headers: { 'content-type': 'application/json', 'Idempotency-Key': 'key' },
      body: '{"name":"A","amount":2.5}',
    });
  });

  it.each([[{}], [{ name: '' }], [{ name: 'A', amount: 'x' }]])(
    'names the missing or ill-typed value in %j',
    (values: Record<string, string>) => {
      expect(() => requestFor(operation, BASE, values, null)).toThrow('run.input-missing');
    },
  );
});
