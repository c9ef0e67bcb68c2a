import { describe, expect, it } from 'vitest';
import { allConnectors } from '../../src/connectors/catalogue.ts';
import { showAnswer } from '../../src/core/showing.ts';
import { fillVariables } from '../../src/domain/connector.ts';
import { readPath, textOf } from '../../src/domain/json.ts';
import { madeUpAnswer, operationAsked } from '../../src/domain/made-up-answer.ts';
import { requestFor } from '../../src/domain/request.ts';

const EACH = allConnectors().flatMap(({ id, apiBase, variables, operations }) => {
  const examples = Object.fromEntries(variables.map(({ name, example }) => [name, example]));
  const base = fillVariables(apiBase, examples);
  return operations.map((operation) => ({ id, base, examples, operation, operations }));
});

describe('a made-up answer', () => {
  it('is found again by the request of each operation of each record, and is what its run and its panel look for', () => {
    expect(EACH.length).toBeGreaterThan(50);
    for (const { id, base, examples, operation, operations } of EACH) {
      const where = `${id} ${operation.id}`;
      const samples = { text: 'a b', number: '1', date: '2026-01-01' };
      const values = Object.fromEntries(operation.inputs.map(({ name, type }) => [name, samples[type]]));
      const request = requestFor(operation, base, values, null, examples);
      const found = operationAsked(operations, base, request);
      expect([found?.method, found?.path, found?.result], where).toEqual([operation.method, operation.path, operation.result]);
      const answer = madeUpAnswer(operation);
      const { failure, result, rows } = operation;
      expect(textOf(readPath(answer, result.path)), where).not.toBe('');
      if (failure !== null) expect(failure.ok, where).toContain(textOf(readPath(answer, failure.path)));
      if (rows !== null)
        expect(showAnswer(operation, answer, { shape: 'list', title: 'All', label: '', value: '' }), where).toMatchObject({
          value: '2',
          table: { columns: rows.columns.map(({ label }) => label), rows: [rows.columns.map(() => '1'), rows.columns.map(() => '2')] },
        });
      else if (operation.does === 'query')
        expect(showAnswer(operation, answer, { shape: 'number', title: 'All', label: '', value: '' }), where).toMatchObject({ value: '1' });
    }
  });

  it('is of the operation whose path says most, and of none for another method, path or host', () => {
    const [{ operation } = {}] = EACH;
    if (operation === undefined) throw new Error('no operation');
    const open = { ...operation, id: 'open', method: 'GET', path: 'invoices/{id}' } as const;
    const exact = { ...open, id: 'exact', path: 'invoices/summary?full=1' } as const;
    const at = (method: string, url: string) =>
      operationAsked([open, exact], 'https://api.example.com/v1/', { method, url, body: null })?.id;
    expect(at('GET', 'https://api.example.com/v1/invoices/summary?x=1')).toBe('exact');
    expect(at('GET', 'https://api.example.com/v1/invoices/7')).toBe('open');
    expect(at('POST', 'https://api.example.com/v1/invoices/7')).toBe(undefined);
    expect(at('GET', 'https://api.example.com/v1/invoices/7/lines')).toBe(undefined);
    expect(at('GET', 'https://api.example.org/v1/invoices/7')).toBe(undefined);
  });
});
