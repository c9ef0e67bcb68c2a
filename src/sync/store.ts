import type { ObjectKind } from './layout.ts';

export type Stored = { readonly bytes: Uint8Array<ArrayBuffer>; readonly etag: string };

/**
 * What came of a conditional write. done: this write is stored. taken: the condition did not hold, and nothing was written. unknown: the
 * answer was lost, or says nothing; whether it was stored has to be read.
 */
export type Put = 'done' | 'taken' | 'unknown';

/** All that a publisher needs of a store. Each conditional write is atomic, or the store must not be used for heads. */
export type Store = {
  /** Throws `feed.store-unreachable`, `feed.too-large`. */
  readonly get: (path: string, limit: number) => Promise<Stored | null>;
  readonly putIfAbsent: (path: string, bytes: Uint8Array<ArrayBuffer>, kind: ObjectKind) => Promise<Put>;
  readonly putIfMatch: (path: string, bytes: Uint8Array<ArrayBuffer>, etag: string, kind: ObjectKind) => Promise<Put>;
};

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const encode = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);

/** The text of bytes, or null where they are no UTF-8. */
export const decode = (bytes: Uint8Array): string | null => {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
};

export const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

export const sha256Hex = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  [...(await sha256(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
