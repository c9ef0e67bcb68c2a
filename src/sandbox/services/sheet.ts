import { type Account, accountOf } from '../accounts.ts';
import { html } from '../html.ts';
import { created, invalid, ok, type Service, text } from './service.ts';

export type Row = { readonly account: string; readonly sheet: string; readonly values: Readonly<Record<string, string>> };

/** Deterministic, and different for each account, so that a number tells whose sheet it came from. */
const seedRows = (account: Account): Row[] =>
  Array.from({ length: account.soldProperties + 3 }, (_, index) => ({
    account: account.email,
    sheet: 'Properties',
    values: { address: `${index + 1} Harbour Road`, status: index < account.soldProperties ? 'sold' : 'for sale' },
  }));

const isTextRecord = (value: unknown): value is Record<string, string> =>
  value !== null && typeof value === 'object' && Object.values(value).every((entry) => typeof entry === 'string');

/** Sandbox Sheet: rows and a count query, for each account its own. */
export const createSheet = () => {
  const byAccount = new Map<string, Row[]>();
  const rowsOf = (email: string): Row[] => {
    const found = byAccount.get(email) ?? seedRows(accountOf(email));
    byAccount.set(email, found);
    return found;
  };
  const written: Row[] = [];
  const service: Service = {
    name: 'Sandbox Sheet',
    prefix: '/sheet',
    routes: [
      {
        method: 'GET',
        path: 'sheets',
        scope: 'sheet.data.read',
        run: ({ account }) => ok({ account: { name: account.name }, sheets: [{ name: 'Properties', rows: rowsOf(account.email).length }] }),
      },
      {
        method: 'GET',
        path: 'rows',
        scope: 'sheet.data.read',
        run: ({ account, query }) => {
          const offset = Number(query.get('offset') ?? 0);
          const limit = Math.min(Number(query.get('limit') ?? 100), 500);
          const rows = rowsOf(account.email).filter(({ sheet }) => sheet === query.get('sheet'));
          return ok({ rows: rows.slice(offset, offset + limit).map(({ values }) => values), total: rows.length });
        },
      },
      {
        method: 'POST',
        path: 'rows',
        scope: 'sheet.data.write',
        run: ({ account, fields }) => {
          const values = fields['values'];
          if (text(fields, 'sheet') === '' || !isTextRecord(values)) return invalid({ values: 'must be texts, and sheet a name' });
          const row = { account: account.email, sheet: text(fields, 'sheet'), values };
          rowsOf(account.email).push(row);
          written.push(row);
          return created({ row: values });
        },
      },
      {
        method: 'GET',
        path: 'count',
        scope: 'sheet.data.read',
        run: ({ account, query }) => {
          const column = query.get('column');
          const rows = rowsOf(account.email).filter(({ sheet }) => sheet === query.get('sheet'));
          return ok({ count: column === null ? rows.length : rows.filter(({ values }) => values[column] === query.get('equals')).length });
        },
      },
    ],
    arrived: () =>
      written.length === 0
        ? html`<p>Nothing has arrived yet.</p>`
        : html`<table><thead><tr><th>Account</th><th>Sheet</th><th>Row</th></tr></thead><tbody>${[...written]
            .reverse()
            .map(
              ({ account, sheet, values }) => html`<tr><td>${account}</td><td>${sheet}</td><td>${JSON.stringify(values)}</td></tr>`,
            )}</tbody></table>`,
  };
  return { service, rowsOf, written };
};
