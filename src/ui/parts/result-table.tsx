import type { RunView } from '../../core/views.ts';
import { Scroll } from './basics.tsx';

type Table = NonNullable<NonNullable<RunView['result']>['table']>;

/** The rows that a run found. */
export const ResultTable = ({ table, caption }: { readonly table: Table; readonly caption: string }) => (
  <Scroll>
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {table.columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row, index) => (
          // Rows of an answer have no identity but their place.
          <tr key={index}>
            {row.map((cell, at) =>
              at === 0 ? (
                <th key={at} scope="row">
                  {cell}
                </th>
              ) : (
                <td key={at}>{cell}</td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);
