import { describe, expect, it } from 'vitest';
import { allKinds, kindByName } from '../../src/runtime/index.ts';
import { isSame, isShown, isStartedByNew, sourceOf, storedConfig } from '../../src/ui/screens/component/config.ts';

const fieldsOf = (kind: string) => kindByName(kind).fields;

/** What somebody entered who looked at every kind. */
const EVERYTHING = {
  form: 'orders',
  trigger: { event: 'create' },
  conditions: [{ field: 'amount', is: 'above', value: '10' }],
  connection: 'books',
  service: '',
  operation: 'send',
  mapping: { to: { from: 'field', field: 'phone' }, note: { from: 'field', field: '' } },
  sender: '',
  recipients: [{ from: 'text', text: '+14155550100' }],
  text: 'Hello',
  page: 'board',
  title: 'Sold',
  values: { sheet: 'Orders', column: '' },
  script: 'return 1;',
  start: { form: 'orders', trigger: { event: 'create' }, conditions: [] },
  shape: 'chart',
  label: 'status',
};

describe('what the component editor stores', () => {
  it.each(allKinds().map(({ name }) => name))('%s: a configuration that the kind takes, out of everything that was entered', (name) => {
    const stored = storedConfig(fieldsOf(name), EVERYTHING, null);
    expect(() => kindByName(name).check(stored)).not.toThrow();
    expect(kindByName(name).check(stored)).toEqual(stored);
  });

  it('a script only by hand, and nothing where nothing was entered', () => {
    expect(storedConfig(fieldsOf('deluge-task'), { script: 'return 1;' }, null)).toEqual({ start: null, script: 'return 1;' });
    expect(storedConfig(fieldsOf('sms-action'), {}, null)).toEqual({
      form: '',
      trigger: { event: 'becomes', field: '', value: '' },
      conditions: [],
      connection: '',
      service: '',
      operation: '',
      sender: '',
      recipients: [],
      text: '',
    });
  });

  it('of a panel, either what a service answers or what a script returns; a column only where something is charted', () => {
    const fields = fieldsOf('page-panel');
    const operation = { ...EVERYTHING, source: 'operation', shape: 'list' };
    expect(sourceOf(fields, EVERYTHING)).toBe('script');
    expect(storedConfig(fields, EVERYTHING, null)).toMatchObject({
      connection: '',
      operation: '',
      values: {},
      script: 'return 1;',
      label: 'status',
    });
    expect(storedConfig(fields, operation, null)).toMatchObject({
      connection: 'books',
      values: { sheet: 'Orders' },
      script: '',
      label: '',
    });
    expect(fields.filter((field) => isShown(field, fields, operation)).map(({ name }) => name)).not.toContain('script');
  });

  it('nothing changed where only the order differs', () => {
    expect(isSame({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
    expect(isSame({ a: 1 }, { a: 1, b: '' })).toBe(false);
    expect(isSame([1, 2], [1])).toBe(false);
  });
});

describe('whether a new entry starts a component', () => {
  it('by its trigger and conditions, as the core decides', () => {
    expect(isStartedByNew(EVERYTHING, 'orders', { amount: '11' })).toBe(true);
    expect(isStartedByNew({ ...EVERYTHING, start: null }, 'orders', { amount: '11' })).toBe(true);
    expect(isStartedByNew({ ...EVERYTHING, start: null }, 'orders', { amount: '9' })).toBe(false);
    expect(isStartedByNew({ ...EVERYTHING, start: null }, 'others', { amount: '11' })).toBe(false);
    const becomes = { form: 'orders', trigger: { event: 'becomes', field: 'status', value: 'sold' } };
    expect(isStartedByNew(becomes, 'orders', { status: 'sold' })).toBe(true);
    expect(isStartedByNew({ ...becomes, trigger: { event: 'delete' } }, 'orders', { status: 'sold' })).toBe(false);
    expect(isStartedByNew({ start: null, script: '' }, 'orders', {})).toBe(false);
  });
});
