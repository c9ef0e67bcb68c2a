import { AwsClient } from 'aws4fetch';
import { Fault } from '../domain/faults.ts';
import { CACHE_CONTROL, type ObjectKind } from './layout.ts';
import { type Put, type Store, type Stored, sha256Hex } from './store.ts';

/** How this store wants the ETag in If-Match: Amazon takes it quoted, as RFC 9110 says; radosgw of Ceph 16 only unquoted (measured). */
export type IfMatch = 'quoted' | 'unquoted';

export type S3Options = {
  /** The bucket's address, with the prefix if there is one. */
  readonly base: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly ifMatch: IfMatch;
  readonly fetchOf: typeof fetch;
  /** A store that lost its nodes hangs rather than answers. */
  readonly timeoutMs: number;
};

const isRefusal = (status: number): boolean => status === 400 || status === 401 || status === 403 || status === 404 || status === 411;

/** 412 is the only answer that says that nothing was written; 409, 5xx and silence say nothing (seen at AWS and radosgw). */
const putOf = (status: number): Put => {
  if (status >= 200 && status < 300) return 'done';
  if (status === 412) return 'taken';
  if (isRefusal(status)) throw new Fault('feed.store-refused', String(status));
  return 'unknown';
};

const readUpTo = async (response: Response, limit: number, host: string): Promise<Uint8Array<ArrayBuffer>> => {
  if (Number(response.headers.get('content-length')) > limit) {
    await response.body?.cancel();
    throw new Fault('feed.too-large', host);
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > limit) throw new Fault('feed.too-large', host);
  return bytes;
};

/** A bucket of an S3-compatible store; requests are signed by aws4fetch. Nothing is tried again here: the publisher decides that. */
export const s3Store = (options: S3Options): Store => {
  const { base, region, ifMatch, fetchOf, timeoutMs } = options;
  const root = base.endsWith('/') ? base : `${base}/`;
  const { host } = new URL(root);
  const client = new AwsClient({
    accessKeyId: options.accessKeyId,
    secretAccessKey: options.secretAccessKey,
    ...(options.sessionToken === undefined ? {} : { sessionToken: options.sessionToken }),
    service: 's3',
    region,
    retries: 0,
  });
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const request = await client.sign(new URL(path, root), { ...init, cache: 'no-store', credentials: 'omit' });
    return fetchOf(request, { signal: AbortSignal.timeout(timeoutMs) });
  };
  const put = async (path: string, bytes: Uint8Array<ArrayBuffer>, kind: ObjectKind, condition: Record<string, string>): Promise<Put> => {
    let response: Response;
    try {
      response = await send(path, {
        method: 'PUT',
        body: bytes,
        headers: {
          'content-type': 'application/json',
          'cache-control': CACHE_CONTROL[kind],
          'x-amz-content-sha256': await sha256Hex(bytes),
          ...condition,
        },
      });
    } catch {
      return 'unknown';
    }
    await response.body?.cancel().catch(() => undefined);
    return putOf(response.status);
  };
  return {
    get: async (path, limit): Promise<Stored | null> => {
      let response: Response;
      try {
        response = await send(path, { method: 'GET' });
        if (response.status === 200) return { bytes: await readUpTo(response, limit, host), etag: response.headers.get('etag') ?? '' };
        await response.body?.cancel();
      } catch (error) {
        throw error instanceof Fault ? error : new Fault('feed.store-unreachable', host);
      }
      if (response.status === 404) return null;
      throw isRefusal(response.status)
        ? new Fault('feed.store-refused', `${host} answered ${response.status}`)
        : new Fault('feed.store-unreachable', `${host} answered ${response.status}`);
    },
    putIfAbsent: (path, bytes, kind) => put(path, bytes, kind, { 'if-none-match': '*' }),
    putIfMatch: (path, bytes, etag, kind) =>
      put(path, bytes, kind, { 'if-match': ifMatch === 'unquoted' ? etag.replace(/^(W\/)?"|"$/g, '') : etag }),
  };
};
