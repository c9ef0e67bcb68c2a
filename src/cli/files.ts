import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../domain/faults.ts';

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** A file's bytes, read up to a limit: its size as the system says it is not believed (S11). Throws `file.unreadable`, `file.too-large`. */
export const readBytes = async (path: string, most: number): Promise<Uint8Array<ArrayBuffer>> => {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch {
    throw new Fault('file.unreadable', path);
  }
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
    await mkdir(dirname(path), { recursive: true });
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
