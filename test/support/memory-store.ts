import { Fault } from '../../src/domain/faults.ts';
import type { Put, Store } from '../../src/sync/store.ts';

/** What a store is asked for, before it does it. */
export type Operation = { readonly does: 'get' | 'create' | 'replace'; readonly path: string };
/** lost: it is done, and the answer says nothing. failed: it is not done, and the answer says nothing. */
export type Mishap = 'lost' | 'failed' | null;

/** A store in memory with atomic conditional writes; `around` may wait, or say that an answer goes wrong. */
export const memoryStore = (around: (operation: Operation) => Promise<Mishap> | Mishap = () => null) => {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const etags = new Map<string, string>();
  let writes = 0;
  const write = (path: string, bytes: Uint8Array<ArrayBuffer>): void => {
    writes += 1;
    files.set(path, bytes.slice());
    etags.set(path, `"${writes}"`);
  };
  const put = async (does: 'create' | 'replace', path: string, bytes: Uint8Array<ArrayBuffer>, mayWrite: () => boolean): Promise<Put> => {
    const mishap = await around({ does, path });
    if (mishap === 'failed') return 'unknown';
    const isWritten = mayWrite();
    if (isWritten) write(path, bytes);
    return mishap === 'lost' ? 'unknown' : isWritten ? 'done' : 'taken';
  };
  const store: Store = {
    get: async (path, limit) => {
      if ((await around({ does: 'get', path })) !== null) throw new Fault('feed.store-unreachable', 'memory');
      const bytes = files.get(path);
      if (bytes === undefined) return null;
      if (bytes.length > limit) throw new Fault('feed.too-large', 'memory');
      return { bytes: bytes.slice(), etag: etags.get(path) ?? '' };
    },
    putIfAbsent: (path, bytes) => put('create', path, bytes, () => !files.has(path)),
    putIfMatch: (path, bytes, etag) => put('replace', path, bytes, () => etags.get(path) === etag),
  };
  return {
    store,
    files,
    etags,
    /** Puts bytes where no condition would let anybody: what somebody who holds the store can do. */
    force: (path: string, bytes: Uint8Array<ArrayBuffer> | string): void =>
      write(path, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes),
    text: (path: string): string => new TextDecoder().decode(files.get(path) ?? new Uint8Array()),
    /** Everything that is there, to go back to. */
    snapshot: (): ReadonlyMap<string, Uint8Array<ArrayBuffer>> => new Map(files),
  };
};

export type MemoryStore = ReturnType<typeof memoryStore>;
