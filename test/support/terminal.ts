import type { Io } from '../../src/cli/io.ts';

export type Ran = { readonly code: number; readonly out: string; readonly error: string };

/** Runs a group of the command line and keeps what it wrote. */
export const ran = async (group: (args: readonly string[], io: Io) => Promise<number>, ...args: string[]): Promise<Ran> => {
  let out = '';
  let error = '';
  const code = await group(args, {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
  });
  return { code, out, error };
};
