/** Tables that version 3 added, as the versions before it had them: connectors that a workspace made itself. */
export const BEFORE_CONNECTORS = { connectors: null } as const;
