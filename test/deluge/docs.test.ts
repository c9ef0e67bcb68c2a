import { describe, expect, it } from 'vitest';
import { type Doc, INVOKEAPI_KEYS, INVOKEURL_KEYS, KEY_VALUES, KEYWORD_DOCS, VARIABLE_DOCS } from '../../src/deluge/docs.ts';
import { FUNCTION_DOCS, METHOD_DOCS } from '../../src/deluge/docs-functions.ts';
import { TASK_DOCS } from '../../src/deluge/docs-tasks.ts';
import { FUNCTIONS, systemVariable } from '../../src/deluge/functions.ts';
import { METHOD_NAMES } from '../../src/deluge/methods.ts';
import { parseScript, problemsOf } from '../../src/deluge/parse.ts';
import { taskOf, ZOHO_TASKS } from '../../src/deluge/tasks.ts';

const names = (docs: readonly Doc[]): string[] => docs.map(({ name }) => name.toLowerCase()).sort();

describe('docs of the language', () => {
  it('have every function that runs, and no other', () => {
    expect(names(FUNCTION_DOCS)).toEqual(Object.keys(FUNCTIONS).sort());
  });

  it('have every method that runs, and no other', () => {
    expect(names(METHOD_DOCS)).toEqual([...METHOD_NAMES]);
  });

  it('R53 have every task that is written down, with its connection where the scanner looks for it', () => {
    const zoho = TASK_DOCS.filter(({ name }) => name.startsWith('zoho.')).map(({ name }) => name.slice('zoho.'.length).toLowerCase());
    expect(zoho.sort()).toEqual([...ZOHO_TASKS].sort());
    for (const { name, shape } of TASK_DOCS) {
      const task = taskOf(name.split('.'));
      const given = shape.slice(shape.indexOf('(') + 1, -1).split(', ');
      expect(given.indexOf('connection'), name).toBe(task?.index);
    }
  });

  it('have the keys of invokeurl and invokeapi as they are documented', () => {
    expect(names(INVOKEURL_KEYS).join(' ')).toBe(
      'body connection content-type detailed files headers parameters response-decoding response-format type url',
    );
    expect(names(INVOKEAPI_KEYS).join(' ')).toBe('body connection headers parameters path response-decoding response-format service type');
    expect(Object.keys(KEY_VALUES).filter((key) => !names(INVOKEURL_KEYS).includes(key))).toEqual([]);
    for (const [key, values] of Object.entries(KEY_VALUES))
      for (const value of values)
        expect(problemsOf(parseScript(`x = invokeurl [ url: "u" ${key}: ${value} connection: "c" ];`)), value).toEqual([]);
  });

  it('have the variables of the system', () => {
    expect(VARIABLE_DOCS.filter(({ name }) => systemVariable(name.split('.')) === null)).toEqual([]);
  });

  it('say each in one line what it does', () => {
    for (const { name, shape, text } of [
      ...INVOKEURL_KEYS,
      ...INVOKEAPI_KEYS,
      ...KEYWORD_DOCS,
      ...VARIABLE_DOCS,
      ...FUNCTION_DOCS,
      ...METHOD_DOCS,
      ...TASK_DOCS,
    ]) {
      expect(text, name).toMatch(/^[^\n]{8,110}\.$/);
      expect(shape.toLowerCase(), name).toContain(name.toLowerCase());
    }
  });
});
