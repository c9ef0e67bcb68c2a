import type { FaultData } from '../domain/faults.ts';

/** The core posts each result of a watched query whole, on the endpoint that carries the commands too. */
export type WatchMessage = { readonly watch: number; readonly value: unknown } | { readonly watch: number; readonly fault: FaultData };

/** Opening and closing watches: the reader owns the ids, so that it can open them again on any core. */
export type WatchApi = {
  openWatch(id: number, query: string, args: unknown): Promise<null>;
  closeWatch(id: number): Promise<null>;
};

export const isWatchMessage = (data: unknown): data is WatchMessage =>
  data !== null && typeof data === 'object' && 'watch' in data && typeof data.watch === 'number' && ('value' in data || 'fault' in data);
