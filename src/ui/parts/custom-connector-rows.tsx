import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { ACCESS_WORDS } from '../../domain/scope-words.ts';
import { SelectField, TextField } from './basics.tsx';
import { rowsAt, textAt, withAt } from './connector-draft.ts';
import { RowList } from './row-list.tsx';

type Column = {
  readonly at: string;
  /** With the number of its row behind `#`. */
  readonly label: string;
  readonly hint?: string;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
};

type Table = {
  readonly at: string;
  readonly legend: string;
  readonly what: string;
  readonly hint?: string;
  readonly most: number;
  readonly start: JsonObject;
  readonly columns: readonly Column[];
};

const choices = (words: Readonly<Record<string, string>>): { value: string; label: string }[] =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

const METHODS = choices({ GET: 'GET', POST: 'POST', PUT: 'PUT', PATCH: 'PATCH', DELETE: 'DELETE' });
const DOES = choices({ query: 'Only reads', action: 'Changes something', message: 'Sends a message' });

/** The lists of a record that the form shows, each a row of what it asks for. */
export const ROWS: Readonly<Record<'variables' | 'scopes' | 'operations', Table>> = {
  variables: {
    at: 'variables',
    legend: 'Variables: what belongs to each account',
    what: 'variable',
    hint: 'Whoever authorizes types the value. It stands in addresses as its name in braces, like https://api.service.com/{team}/; never in the host.',
    most: 8,
    start: { name: '', label: '', example: '', pattern: '[\\w-]+' },
    columns: [
      { at: 'name', label: 'Name of variable #', hint: 'Like team' },
      { at: 'label', label: 'What variable # is called', hint: 'Like Team' },
      { at: 'example', label: 'Example of variable #', hint: 'Like blue' },
      { at: 'pattern', label: 'Pattern of variable #', hint: 'A regular expression that the whole value fits' },
    ],
  },
  scopes: {
    at: 'scopes',
    legend: 'Scopes: what it may be asked for',
    what: 'scope',
    most: 100,
    start: { name: '', sentence: '', access: 'read' },
    columns: [
      { at: 'name', label: 'Name of scope #' },
      { at: 'sentence', label: 'What scope # allows, in a sentence' },
      { at: 'access', label: 'Access of scope #', options: choices(ACCESS_WORDS) },
    ],
  },
  operations: {
    at: 'operations',
    legend: 'Operations: requests that components can be pointed at',
    what: 'operation',
    hint: 'Inputs of an operation, and what else the record can say of it, are written in the JSON.',
    most: 100,
    start: { id: '', label: '', does: 'query', method: 'GET', path: '', inputs: [], result: { path: 'id', label: 'Id' } },
    columns: [
      { at: 'label', label: 'What operation # is called', hint: 'Like Create an order' },
      { at: 'id', label: 'Id of operation #', hint: 'Like create-order' },
      { at: 'does', label: 'What operation # does', options: DOES },
      { at: 'method', label: 'Method of operation #', options: METHODS },
      { at: 'path', label: 'Path of operation #', hint: 'Below the base address, like orders' },
      { at: 'result.path', label: 'Result of operation #, in the answer', hint: 'Like data.id' },
      { at: 'result.label', label: 'What that result of operation # is called', hint: 'Like Order number' },
    ],
  },
};

type Props = { readonly table: Table; readonly record: JsonObject; readonly onChange: (record: JsonObject) => void };

/** One list of the record as rows of fields. */
export const ConnectorRows = ({ table, record, onChange }: Props) => {
  const rows = rowsAt(record, table.at);
  const put = (next: readonly JsonValue[]): void => onChange(withAt(record, table.at, next));
  return (
    <RowList
      legend={table.legend}
      {...(table.hint === undefined ? {} : { hint: table.hint })}
      what={table.what}
      count={rows.length}
      most={table.most}
      onAdd={() => put([...rows, table.start])}
      onRemove={(index) => put(rows.filter((_, at) => at !== index))}
    >
      {(index) =>
        table.columns.map(({ at, label, hint, options }) => {
          const shared = {
            label: label.replace('#', String(index + 1)),
            value: textAt(rows[index] ?? {}, at),
            onChange: (value: string) => put(rows.map((row, here) => (here === index ? withAt(row, at, value) : row))),
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
