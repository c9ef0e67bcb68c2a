import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { accountOf } from './accounts.ts';
import { readBody } from './serve-body.ts';
import type { Answer, Fields, Service } from './services/service.ts';

const CORS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key',
  'access-control-allow-methods': 'GET, POST',
  'access-control-max-age': '600',
  // The app isolates itself (COEP), so what it loads has to say that it may be loaded.
  'cross-origin-resource-policy': 'cross-origin',
};

const send = (response: ServerResponse, { status, json }: Answer, headers: Readonly<Record<string, string>> = {}): void => {
  response.writeHead(status, { ...CORS, 'content-type': 'application/json', 'cache-control': 'no-store', ...headers });
  response.end(JSON.stringify(json));
};

const readFields = async (request: IncomingMessage): Promise<Fields | null> => {
  try {
    const value: unknown = JSON.parse(await readBody(request));
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
};

/** Answers of requests that carried an idempotency key, for each account: the same key gives the same answer and does nothing twice. */
type Remembered = Map<string, Answer>;

/** The services' JSON APIs: a token that lives, with the scope of the route, or 401 and 403 (RFC 6750 section 3). */
export const createApi = (provider: Provider, services: readonly Service[], isDown: () => boolean) => {
  const remembered: Remembered = new Map();
  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, CORS);
      response.end();
      return;
    }
    if (isDown()) return send(response, { status: 503, json: { error: 'unavailable' } });
    const service = services.find(({ prefix }) => url.pathname.startsWith(`${prefix}/api/`));
    const path = url.pathname.slice(`${service?.prefix ?? ''}/api/`.length);
    const route = service?.routes.find((one) => one.path === path && one.method === request.method);
    if (route === undefined) return send(response, { status: 404, json: { error: 'not_found' } });
    const value = /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const token =
      value === undefined ? undefined : ((await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value)));
    if (token === undefined || token.isExpired)
      return send(response, { status: 401, json: { error: 'invalid_token' } }, { 'www-authenticate': 'Bearer error="invalid_token"' });
    if (!(token.scope ?? '').split(' ').includes(route.scope))
      return send(
        response,
        { status: 403, json: { error: 'insufficient_scope', scope: route.scope } },
        { 'www-authenticate': `Bearer error="insufficient_scope", scope="${route.scope}"` },
      );
    const account = accountOf('accountId' in token && typeof token.accountId === 'string' ? token.accountId : 'server@sandbox.example');
    const fields = route.method === 'POST' ? await readFields(request) : {};
    if (fields === null) return send(response, { status: 400, json: { error: 'not_json' } });
    const key = request.headers['idempotency-key'];
    const slot = typeof key === 'string' ? `${account.email} ${url.pathname} ${key}` : null;
    const before = slot === null ? undefined : remembered.get(slot);
    const answer = before ?? route.run({ account, query: url.searchParams, fields });
    if (slot !== null && answer.status < 400) remembered.set(slot, answer);
    send(response, answer);
  };
};
