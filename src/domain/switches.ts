/** What a workspace may do that the model product does not do, each with what the audit says of it: off, until somebody says otherwise. */
export const SWITCHES = {
  'custom-connectors': { on: 'custom connectors, on', off: 'custom connectors, off' },
  'type-limit-lifted': { on: 'limit of the logged-in user type, lifted', off: 'limit of the logged-in user type, on' },
} as const satisfies Readonly<Record<string, { readonly on: string; readonly off: string }>>;

export type Switch = keyof typeof SWITCHES;
