import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../domain/faults.ts';

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

type Handle = Awaited<ReturnType<typeof open>>;

const readHandle = async (file: Handle, path: string, most: number): Promise<Uint8Array<ArrayBuffer>> => {
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of file.createReadStream({ highWaterMark: 256 * 1024, autoClose: false })) {
      size += chunk.length;
      if (size > most) throw new Fault('file.too-large', path);
      chunks.push(chunk);
    }
    return new Uint8Array(Buffer.concat(chunks));
  } catch (error) {
    throw error instanceof Fault ? error : new Fault('file.unreadable', path);
  } finally {
    await file.close();
  }
};

const NOT_THERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/** A file's bytes, or null where there is no such file. Throws `file.unreadable`, `file.too-large`. */
export const readIfThere = async (path: string, most: number): Promise<Uint8Array<ArrayBuffer> | null> => {
  let file: Handle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (NOT_THERE.has(codeOf(error))) return null;
    throw new Fault('file.unreadable', path);
  }
  return readHandle(file, path, most);
};

/** A file's bytes, read up to a limit: its size as the system says it is not believed (S11). Throws `file.unreadable`, `file.too-large`. */
const readBytes = async (path: string, most: number): Promise<Uint8Array<ArrayBuffer>> => {
  const bytes = await readIfThere(path, most);
  if (bytes === null) throw new Fault('file.unreadable', path);
  return bytes;
};

/** Makes a folder and those above it. Node's own way to do so never ends in a place where nothing can be made, such as below /proc. */
export const makeFolder = async (path: string): Promise<void> => {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path).catch((again: unknown) => {
      if (codeOf(again) !== 'EEXIST') throw again;
    });
  }
};

/** A file's text. A byte-order mark stays in it, so that whoever parses it can refuse it. Throws `file.not-text` too. */
export const readText = async (path: string, most: number): Promise<string> => {
  const bytes = await readBytes(path, most);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault('file.not-text', path);
  }
};

/** Writes a file whole or not at all, over one that may be there. Throws `file.unwritable`. */
export const writeWhole = async (path: string, content: string | Uint8Array): Promise<void> => {
  const beside = `${path}.${process.pid}.part`;
  try {
    await makeFolder(dirname(path));
    await writeFile(beside, content);
    await rename(beside, path);
  } catch {
    await rm(beside, { force: true }).catch(() => undefined);
    throw new Fault('file.unwritable', path);
  }
};

/** Writes a file that only its owner reads, and never over another one. Throws `key.exists`, `file.unwritable`. */
export const writeKey = async (path: string, text: string): Promise<void> => {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new Fault(codeOf(error) === 'EEXIST' ? 'key.exists' : 'file.unwritable', path);
  }
};
