/** Where a command writes; a test gives its own. */
export type Io = { readonly out: (text: string) => void; readonly error: (text: string) => void };

/** fine: nothing to say. findings: something is wrong with what was read. usage: the command itself is wrong. */
export const EXIT = { fine: 0, findings: 1, usage: 2 } as const;
