import type { JsonObject } from '../../domain/json.ts';
import { SelectField, TextField } from './basics.tsx';
import { rowsAt, textAt, withoutRow, withRow } from './connector-draft.ts';
import { type Table, withCell } from './custom-connector-fields.ts';
import { RowList } from './row-list.tsx';

type Props = { readonly table: Table; readonly record: JsonObject; readonly onChange: (record: JsonObject) => void };

/** One list of the record as rows of fields. */
export const ConnectorRows = ({ table, record, onChange }: Props) => {
  const rows = rowsAt(record, table.at);
  return (
    <RowList
      legend={table.legend}
      {...(table.hint === undefined ? {} : { hint: table.hint })}
      what={table.what}
      count={rows.length}
      most={table.most}
      onAdd={() => onChange(withRow(record, table.at, table.start))}
      onRemove={(index) => onChange(withoutRow(record, table.at, rows[index]?.at ?? -1))}
    >
      {(index) =>
        table.columns.map(({ at, label, hint, options }) => {
          const shared = {
            label: label.replace('#', String(index + 1)),
            value: textAt(rows[index]?.row ?? {}, at),
            onChange: (value: string) => onChange(withCell(record, table, rows[index]?.at ?? -1, at, value)),
            ...(hint === undefined ? {} : { hint }),
          };
          return options === undefined ? (
            <TextField key={at} {...shared} required />
          ) : (
            <SelectField key={at} {...shared} options={options} />
          );
        })
      }
    </RowList>
  );
};
