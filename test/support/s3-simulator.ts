import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeNow, listen } from '../../src/sandbox/listen.ts';

export type S3Options = {
  /** In which form If-Match is understood; the other one never matches. */
  readonly ifMatch?: 'quoted' | 'unquoted';
  /** false: the condition is looked at, and the write happens a moment later, as at a store that is not atomic. */
  readonly isAtomic?: boolean;
  /** Says what goes wrong with a request: it is not done, or it is done and the answer is lost or is a 500. */
  readonly mishap?: (method: string, path: string) => 'refused' | 'lost' | 'done-500' | 'conflict' | null;
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

const answer = (response: ServerResponse, status: number, headers: Record<string, string> = {}, body?: Buffer): void => {
  response.writeHead(status, headers);
  response.end(body);
};

/** A bucket as an S3-compatible store answers for it: conditional writes, ETags of the content, signed writes, no listing. */
export const startS3 = async ({ ifMatch = 'quoted', isAtomic = true, mishap = () => null }: S3Options = {}) => {
  const files = new Map<string, Buffer>();
  const controls = new Map<string, string>();
  const seen: string[] = [];
  const etagOf = (body: Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`;

  const holds = (request: IncomingMessage, path: string): boolean => {
    const there = files.get(path);
    if (request.headers['if-none-match'] === '*') return there === undefined;
    const given = request.headers['if-match'];
    if (given === undefined) return true;
    if (there === undefined) return false;
    const etag = etagOf(there);
    return given === (ifMatch === 'quoted' ? etag : etag.replaceAll('"', ''));
  };

  const put = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const body = await bodyOf(request);
    const { authorization = '', 'x-amz-content-sha256': said } = request.headers;
    if (!/^AWS4-HMAC-SHA256 Credential=KEY\/\d{8}\/us-east-1\/s3\/aws4_request, ?SignedHeaders=/.test(authorization))
      return answer(response, 403);
    if (said !== createHash('sha256').update(body).digest('hex')) return answer(response, 400);
    const wrong = mishap('PUT', path);
    if (wrong === 'refused') return answer(response, 500);
    if (wrong === 'conflict') return answer(response, 409);
    const isHeld = holds(request, path);
    if (!isAtomic) await new Promise((resolve) => setTimeout(resolve, 5));
    if (isHeld) {
      files.set(path, body);
      controls.set(path, String(request.headers['cache-control']));
    }
    if (wrong === 'lost') response.destroy();
    else answer(response, wrong === 'done-500' ? 500 : isHeld ? 200 : 412, isHeld ? { etag: etagOf(body) } : {});
  };

  const get = (request: IncomingMessage, response: ServerResponse, path: string): void => {
    const wrong = mishap('GET', path);
    // A store says who may read only to whom asks from somewhere.
    const cors: Record<string, string> = request.headers.origin === undefined ? {} : { 'access-control-allow-origin': '*' };
    const body = files.get(path);
    const etag = body === undefined ? '' : etagOf(body);
    if (wrong === 'lost') response.destroy();
    else if (wrong !== null) answer(response, 500);
    else if (body === undefined) answer(response, 404, cors);
    else if (request.headers['if-none-match'] === etag) answer(response, 304, { etag, ...cors });
    else answer(response, 200, { etag, 'cache-control': controls.get(path) ?? '', ...cors }, body);
  };

  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/bucket\//, '');
    seen.push(`${request.method} ${path}`);
    if (request.method === 'PUT') put(request, response, path).catch(() => response.destroy());
    else if (request.method === 'GET') get(request, response, path);
    else answer(response, 405);
  });
  const port = await listen(server, 0);
  return { base: `http://localhost:${port}/bucket`, files, controls, seen, close: () => closeNow(server) };
};

export const CREDENTIALS = {
  accessKeyId: 'KEY',
  secretAccessKey: 'secret',
  region: 'us-east-1',
  fetchOf: fetch,
  timeoutMs: 5_000,
} as const;
