import type { ApplicationDefinition } from '../domain/application.ts';
import type { ComponentDefinition } from '../domain/component.ts';
import type { ConnectionDefinition } from '../domain/connection.ts';
import type { Role } from '../domain/workspace.ts';

/** The accounts of the sample: who builds Estate, and the agency that installs it. */
export const SAMPLE_WORKSPACES: Record<'developer' | 'client', { name: string; members: readonly { name: string; role: Role }[] }> = {
  developer: {
    name: 'Northwind Studio',
    members: [
      { name: 'Dana', role: 'super-admin' },
      { name: 'Lee', role: 'developer' },
    ],
  },
  client: {
    name: 'Harbour Homes',
    members: [
      { name: 'Carla', role: 'super-admin' },
      { name: 'Adam', role: 'admin' },
      { name: 'Uma', role: 'user' },
      { name: 'Ben', role: 'user' },
    ],
  },
};

type Sample = {
  readonly application: ApplicationDefinition;
  readonly connections: readonly ConnectionDefinition[];
  readonly components: readonly ComponentDefinition[];
};

/** The real-estate application of the model's use case: an admin connection to Books, a logged-in user connection to Sheet. */
export const ESTATE: Sample = {
  application: {
    name: 'Estate',
    linkName: 'estate',
    forms: [
      {
        linkName: 'properties',
        name: 'Properties',
        isPublic: false,
        fields: [
          { name: 'address', label: 'Address', type: 'text', required: true, choices: [] },
          { name: 'price', label: 'Price', type: 'number', required: true, choices: [] },
          { name: 'status', label: 'Status', type: 'choice', required: true, choices: ['for sale', 'reserved', 'sold'] },
          { name: 'sold_on', label: 'Sold on', type: 'date', required: false, choices: [] },
          { name: 'buyer', label: 'Buyer', type: 'text', required: false, choices: [] },
        ],
      },
    ],
    pages: [{ linkName: 'dashboard', name: 'Dashboard' }],
  },
  connections: [
    {
      linkName: 'sandbox_books',
      displayName: 'Sandbox Books',
      connectorId: 'sandbox-books',
      type: 'admin',
      scopes: ['books.invoices.create', 'books.organization.read'],
      environmentPolicy: 'separate',
    },
    {
      linkName: 'sandbox_sheet',
      displayName: 'Sandbox Sheet',
      connectorId: 'sandbox-sheet',
      type: 'logged-in-user',
      scopes: ['sheet.data.read'],
      environmentPolicy: 'separate',
    },
  ],
  components: [
    {
      linkName: 'push_invoice',
      name: 'Push invoice to Books',
      kind: 'form-integration',
      config: {
        form: 'properties',
        trigger: { event: 'becomes', field: 'status', value: 'sold' },
        connection: 'sandbox_books',
        operation: 'create-invoice',
        mapping: {
          customer: { from: 'field', field: 'buyer' },
          reference: { from: 'field', field: 'address' },
          item: { from: 'text', text: 'Sale of a property' },
          amount: { from: 'field', field: 'price' },
          date: { from: 'field', field: 'sold_on' },
        },
      },
    },
    {
      linkName: 'properties_sold',
      name: 'Properties sold',
      kind: 'page-panel',
      config: {
        page: 'dashboard',
        title: 'Properties sold',
        connection: 'sandbox_sheet',
        operation: 'count-rows',
        values: { sheet: 'Properties', column: 'status', equals: 'sold' },
      },
    },
  ],
};
