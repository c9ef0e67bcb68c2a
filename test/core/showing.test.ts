import { expect, it } from 'vitest';
import { connectorById } from '../../src/connectors/catalogue.ts';
import { operationOf } from '../../src/core/operations.ts';
import { showAnswer } from '../../src/core/showing.ts';

it('R50 a panel shows each place of a row that is a list in the column of that place', () => {
  const connector = connectorById('google-sheets');
  const rows = connector.operations.find((one) => one.rows?.path === 'values');
  const shown = showAnswer(
    operationOf({ connector }, rows?.id ?? ''),
    {
      values: [
        ['Harbour Road', 450000],
        ['Mill Lane', 1, 'sold'],
      ],
    },
    { shape: 'list', title: 'Sheet', label: '', value: '' },
  );
  expect(shown.table?.rows).toEqual([
    ['Harbour Road', '450000', '', ''],
    ['Mill Lane', '1', 'sold', ''],
  ]);
});
