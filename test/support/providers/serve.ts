import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { closeNow, listen } from '../../../src/sandbox/listen.ts';
import { testCertificate } from './certificate.ts';
import type { Arrived, Provider, Said } from './provider.ts';

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, authorization',
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-expose-headers': '*',
  'cross-origin-resource-policy': 'cross-origin',
};

/** How many bytes of trouble: what the network does instead of answering. */
export type Trouble = 'cut-before' | 'cut-after' | null;

export type Providers = {
  /** Every request that arrived, in order. */
  readonly arrived: Arrived[];
  /** Called for each request; what it says happens to the connection. */
  trouble: (request: Arrived) => Trouble;
  /** Plain http, for a fetch that maps host names to it. */
  readonly port: number;
  /** TLS, for a browser that maps host names to it. */
  readonly tlsPort: number;
  close(): Promise<void>;
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

/** A path of the plain server names the host first: `/@api.example.com/v1/things`. */
const splitHost = (request: IncomingMessage): { host: string; url: URL } => {
  const url = new URL(request.url ?? '/', 'http://provider.invalid');
  const named = /^\/@([^/]+)(\/.*)?$/.exec(url.pathname);
  if (named !== null) url.pathname = named[2] ?? '/';
  return { host: named?.[1] ?? (request.headers.host ?? '').split(':')[0] ?? '', url };
};

const flat = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));

/** Answers for every host of these providers, on loopback only. */
export const serveProviders = async (providers: readonly Provider[]): Promise<Providers> => {
  const byHost = new Map(providers.flatMap((provider) => provider.hosts.map((host) => [host, provider] as const)));
  const state: { arrived: Arrived[]; trouble: Providers['trouble'] } = { arrived: [], trouble: () => null };
  const handle: RequestListener = (request, response) => {
    void (async () => {
      const { host, url } = splitHost(request);
      if (request.method === 'OPTIONS') {
        response.writeHead(204, { ...CORS, 'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*' });
        return response.end();
      }
      const arrived: Arrived = {
        host,
        method: request.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        headers: flat(request.headers),
        body: await bodyOf(request),
      };
      const trouble = state.trouble(arrived);
      if (trouble === 'cut-before') return response.destroy();
      state.arrived.push(arrived);
      const provider = byHost.get(host);
      const said: Said = provider?.answer(arrived) ?? { status: 404, body: { error: 'not found' } };
      if (trouble === 'cut-after') return response.destroy();
      const isText = typeof said.body === 'string';
      response.writeHead(said.status, { ...CORS, 'content-type': isText ? 'text/html' : 'application/json', ...said.headers });
      response.end(isText ? said.body : JSON.stringify(said.body));
    })();
  };
  const plain: Server = createServer(handle);
  const tls = createTlsServer(testCertificate(), handle);
  const port = await listen(plain, 0);
  const tlsPort = await listen(tls, 0);
  return {
    get arrived() {
      return state.arrived;
    },
    get trouble() {
      return state.trouble;
    },
    set trouble(act) {
      state.trouble = act;
    },
    port,
    tlsPort,
    close: async () => {
      await closeNow(plain);
      await closeNow(tls);
    },
  };
};

/** A fetch whose https requests reach the providers on this device: the transport is mapped, nothing else. */
export const mappedFetch =
  ({ port }: Providers) =>
  (address: string, init: RequestInit): Promise<Response> => {
    const url = new URL(address);
    if (url.protocol !== 'https:') return fetch(address, init);
    return fetch(`http://localhost:${port}/@${url.host}${url.pathname}${url.search}`, init);
  };
