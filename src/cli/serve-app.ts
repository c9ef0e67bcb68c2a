import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { closeNow, isLoopback, listen } from '../sandbox/listen.ts';

export type AppServer = { readonly origin: string; readonly port: number; close(): Promise<void> };

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

const COMMON = "default-src 'none'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'none'";

/** Documents reach nothing but their own origin; only the core's worker may speak to services (S39). */
const POLICIES = {
  document: `${COMMON}; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; require-trusted-types-for 'script'; trusted-types latchkey`,
  // Argon2id is WebAssembly; no other code is compiled (S39).
  core: `${COMMON}; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' https: http://localhost:*`,
  serviceWorker: `${COMMON}; script-src 'self'; connect-src 'self'`,
} as const;

const policyFor = (path: string): string => {
  if (/^\/assets\/worker-[^/]+\.js$/.test(path)) return POLICIES.core;
  return path === '/sw.js' ? POLICIES.serviceWorker : POLICIES.document;
};

/** What a deployment should send with every file (S34, S39, S41). */
export const headersFor = (path: string): Record<string, string> => ({
  'content-security-policy': policyFor(path),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'cache-control': path.startsWith('/assets/')
    ? 'public, max-age=31536000, immutable'
    : path === '/callback.html'
      ? 'no-store'
      : 'no-cache',
});

const sendText = (response: ServerResponse, status: number, type: string, text: string, path: string): void => {
  response.writeHead(status, { ...headersFor(path), 'content-type': type });
  response.end(text);
};

const sendFile = async (response: ServerResponse, folder: string, path: string, withBody: boolean): Promise<void> => {
  const file = normalize(join(folder, path));
  const type = TYPES[extname(file)];
  const found = file.startsWith(folder + sep) && type !== undefined ? await stat(file).catch(() => null) : null;
  if (type === undefined || found === null || !found.isFile()) return sendText(response, 404, 'text/plain', 'Not found', path);
  response.writeHead(200, { ...headersFor(path), 'content-type': type, 'content-length': found.size });
  if (withBody) createReadStream(file).pipe(response);
  else response.end();
};

/** Serves the built web app on loopback with the headers it needs, and tells it where its sandbox is. Rejects for a taken port. */
export const serveApp = async (options: {
  readonly folder: string;
  readonly port: number;
  readonly sandboxOrigin: string;
}): Promise<AppServer> => {
  const folder = normalize(options.folder);
  const server = createServer((request, response) => {
    const path = decodeURI(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (!isLoopback(request.socket.remoteAddress)) return sendText(response, 403, 'text/plain', 'Only from this machine', path);
    if (request.method !== 'GET' && request.method !== 'HEAD') return sendText(response, 405, 'text/plain', 'Only GET', path);
    if (path === '/deployment.json')
      return sendText(response, 200, 'application/json', JSON.stringify({ sandboxOrigin: options.sandboxOrigin }), path);
    return void sendFile(response, folder, path === '/' ? '/index.html' : path, request.method === 'GET');
  });
  const port = await listen(server, options.port);
  return {
    origin: `http://localhost:${port}`,
    port,
    close: () => closeNow(server),
  };
};
