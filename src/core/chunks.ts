/** As many rows as are written in a few milliseconds. */
const ROWS = 200;

/**
 * Writes many rows a part at a time: between two parts the worker hears the other windows, which would wait for seconds otherwise. Inside a
 * transaction all of it is still all or nothing.
 */
export const inChunks = async <R>(rows: readonly R[], write: (part: readonly R[]) => PromiseLike<unknown>): Promise<void> => {
  for (let at = 0; at < rows.length; at += ROWS) await write(rows.slice(at, at + ROWS));
};
