import type { IncomingMessage } from 'node:http';

const LIMIT = 64 * 1024;

export const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request) {
    if (!(part instanceof Uint8Array)) continue;
    size += part.byteLength;
    if (size > LIMIT) throw new Error('body too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
};

export const readForm = async (request: IncomingMessage): Promise<URLSearchParams> => new URLSearchParams(await readBody(request));
