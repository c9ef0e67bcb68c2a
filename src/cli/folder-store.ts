import { createHash, randomUUID } from 'node:crypto';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../domain/faults.ts';
import type { Put, Store, Stored } from '../sync/store.ts';
import { makeFolder, readIfThere } from './files.ts';

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
const etagOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Nobody serves this folder: it holds who came after which head. */
const SUCCESSORS = '.latchkey';

/**
 * A folder of plain files as a store. A file comes into being whole, by a hard link, which has one winner. A head is replaced without a
 * lock: the one successor of a head is a file under that head's hash, made by the same kind of link, and whoever comes by finishes the
 * replacement. So no crash leaves a lock behind; heads never come back to bytes that they had, because they are numbered.
 */
export const folderStore = (folder: string): Store => {
  const at = (path: string): string => join(folder, path);

  const read = (file: string, limit: number): Promise<Uint8Array<ArrayBuffer> | null> =>
    readIfThere(file, limit).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      throw new Fault(error.code === 'file.too-large' ? 'feed.too-large' : 'feed.store-refused', file);
    });

  /** Makes a file with these bytes, or says that there is one. */
  const create = async (file: string, bytes: Uint8Array): Promise<Put> => {
    const beside = join(dirname(file), `.${randomUUID()}.part`);
    try {
      await makeFolder(dirname(file));
      await writeFile(beside, bytes, { flush: true });
      await link(beside, file);
      return 'done';
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return 'taken';
      throw new Fault('feed.store-refused', codeOf(error) || file);
    } finally {
      await rm(beside, { force: true }).catch(() => undefined);
    }
  };

  const successorOf = (file: string, etag: string): string => join(dirname(file), SUCCESSORS, basename(file), etag);

  /** A copy and no link: whoever writes into the head in place must not change what is known of its history. */
  const replace = async (file: string, bytes: Uint8Array): Promise<void> => {
    const beside = join(dirname(file), `.${randomUUID()}.part`);
    try {
      await writeFile(beside, bytes, { flush: true });
      await rename(beside, file);
    } catch {
      // A folder that may only be read is read all the same: what follows is known.
      await rm(beside, { force: true }).catch(() => undefined);
    }
  };

  /** The file as it stands, once every replacement that was begun is finished. */
  const settled = async (path: string, limit: number): Promise<Stored | null> => {
    const file = at(path);
    const seen = new Set<string>();
    let bytes = await read(file, limit);
    for (; bytes !== null; ) {
      const etag = etagOf(bytes);
      const next: Uint8Array<ArrayBuffer> | null = await read(successorOf(file, etag), limit);
      if (next === null) return { bytes, etag };
      if (seen.has(etag)) throw new Fault('feed.store-refused', `${path} follows itself`);
      seen.add(etag);
      await replace(file, next);
      bytes = next;
    }
    return null;
  };

  return {
    get: settled,
    putIfAbsent: (path, bytes) => create(at(path), bytes),
    putIfMatch: async (path, bytes, etag) => {
      const there = await settled(path, Number.MAX_SAFE_INTEGER);
      if (there?.etag !== etag) return 'taken';
      const made = await create(successorOf(at(path), etag), bytes);
      await settled(path, Number.MAX_SAFE_INTEGER);
      return made;
    },
  };
};
