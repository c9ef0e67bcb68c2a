import { html } from '../html.ts';
import { created, invalid, missing, ok, type Service, text } from './service.ts';

export type Invoice = {
  readonly id: string;
  readonly account: string;
  readonly customer: string;
  readonly reference: string;
  readonly item: string;
  readonly amount: number;
  readonly date: string;
  readonly at: number;
};
export type Contact = { readonly id: string; readonly account: string; readonly name: string; readonly email: string };

/** Sandbox Books: contacts and invoices, for each account its own. */
export const createBooks = () => {
  const invoices: Invoice[] = [];
  const contacts: Contact[] = [];
  const service: Service = {
    name: 'Sandbox Books',
    prefix: '/books',
    routes: [
      {
        method: 'GET',
        path: 'organization',
        scope: 'books.organization.read',
        run: ({ account }) => ok({ organization: { id: account.email, name: `${account.name}’s books` } }),
      },
      {
        method: 'GET',
        path: 'contacts',
        scope: 'books.contacts.read',
        run: ({ account }) => ok({ contacts: contacts.filter((one) => one.account === account.email) }),
      },
      {
        method: 'POST',
        path: 'contacts',
        scope: 'books.contacts.create',
        run: ({ account, fields }) => {
          const wrong = missing(fields, ['name']);
          if (Object.keys(wrong).length > 0) return invalid(wrong);
          const contact = {
            id: `CON-${String(contacts.length + 1).padStart(4, '0')}`,
            account: account.email,
            name: text(fields, 'name'),
            email: text(fields, 'email'),
          };
          contacts.push(contact);
          return created({ contact });
        },
      },
      {
        method: 'GET',
        path: 'invoices',
        scope: 'books.invoices.read',
        run: ({ account }) => ok({ invoices: invoices.filter((one) => one.account === account.email) }),
      },
      {
        method: 'POST',
        path: 'invoices',
        scope: 'books.invoices.create',
        run: ({ account, fields }) => {
          const wrong = missing(fields, ['customer', 'reference', 'item']);
          const amount = fields['amount'];
          const date = text(fields, 'date');
          if (typeof amount !== 'number' || !(amount > 0)) wrong['amount'] = 'must be a number above 0';
          if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) wrong['date'] = 'must be a date like 2026-01-31';
          if (Object.keys(wrong).length > 0 || typeof amount !== 'number') return invalid(wrong);
          const invoice: Invoice = {
            id: `INV-${String(invoices.length + 1).padStart(4, '0')}`,
            account: account.email,
            customer: text(fields, 'customer'),
            reference: text(fields, 'reference'),
            item: text(fields, 'item'),
            amount,
            date,
            at: Date.now(),
          };
          invoices.push(invoice);
          return created({ invoice });
        },
      },
    ],
    arrived: () =>
      invoices.length === 0
        ? html`<p>Nothing has arrived yet.</p>`
        : html`<table><thead><tr><th>Invoice</th><th>Account</th><th>Customer</th><th>Reference</th><th>Amount</th><th>Date</th></tr></thead><tbody>${[
            ...invoices,
          ]
            .reverse()
            .map(
              (one) =>
                html`<tr><td>${one.id}</td><td>${one.account}</td><td>${one.customer}</td><td>${one.reference}</td><td>${one.amount}</td><td>${one.date}</td></tr>`,
            )}</tbody></table>`,
  };
  return { service, invoices, contacts };
};
