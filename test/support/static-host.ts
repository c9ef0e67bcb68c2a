import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { closeNow, listen } from '../../src/sandbox/listen.ts';

export type StaticHost = {
  /** Ends in a slash. */
  readonly address: string;
  readonly asked: { method: string; path: string; status: number }[];
  /** Whether it answers; a host that is down closes the connection. */
  isDown: boolean;
  /** What it serves in place of a file, by path. */
  readonly instead: Map<string, Uint8Array>;
  close(): Promise<void>;
};

/** Any static host: the files of a folder, their ETags, readable by every page, and nothing else. */
export const startStaticHost = async (folder: string): Promise<StaticHost> => {
  const asked: StaticHost['asked'] = [];
  const instead = new Map<string, Uint8Array>();
  const server = createServer((request, response) => {
    const path = decodeURI((request.url ?? '/').split('?')[0] ?? '/').slice(1);
    const answer = (status: number, headers: Record<string, string> = {}, bytes?: Uint8Array): void => {
      asked.push({ method: request.method ?? '', path, status });
      response.writeHead(status, { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'etag', ...headers }).end(bytes);
    };
    if (host.isDown) {
      asked.push({ method: request.method ?? '', path, status: 0 });
      request.socket.destroy();
      return;
    }
    if (path.includes('..') || path.includes('.latchkey')) {
      answer(404);
      return;
    }
    const given = instead.get(path);
    (given === undefined ? readFile(join(folder, path)) : Promise.resolve(given)).then(
      (bytes) => {
        const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
        const headers = { etag, 'cache-control': 'public, max-age=60' };
        if (request.headers['if-none-match'] === etag) answer(304, headers);
        else answer(200, headers, bytes);
      },
      () => answer(404),
    );
  });
  const address = `http://localhost:${await listen(server, 0)}/`;
  const host: StaticHost = { address, asked, isDown: false, instead, close: () => closeNow(server) };
  return host;
};
