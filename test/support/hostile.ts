import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { closeNow, listen } from '../../src/sandbox/listen.ts';

/** What one endpoint answers: a status, headers and a body; or it does something else with the connection. */
export type Answer =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown }
  | { readonly act: (response: ServerResponse) => void };

type Claims = Record<string, unknown>;

/** An authorization server whose every answer is data. As it starts, it behaves well. */
export type Hostile = {
  readonly origin: string;
  /** Requests by path. */
  readonly requests: Map<string, number>;
  metadata: (good: Record<string, unknown>) => Answer;
  token: (good: Record<string, unknown>, form: URLSearchParams, n: number) => Answer;
  jwks: (good: { keys: JWK[] }) => Answer;
  userinfo: (good: Record<string, unknown>) => Answer;
  /** Changes the id token's claims and header before it is signed. */
  idToken: { claims: (good: Claims) => Claims; header: Record<string, unknown>; key: 'own' | 'foreign' | 'none' | 'hmac' };
  nonce: string;
  /** What the API under `/books/api/` answers. */
  api: (path: string, request: IncomingMessage) => Answer;
  reset(): void;
  close(): Promise<void>;
};

const json = (body: unknown): Answer => ({ body });

const readBody = async (request: IncomingMessage): Promise<URLSearchParams> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return new URLSearchParams(Buffer.concat(parts).toString());
};

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
};

const send = (response: ServerResponse, answer: Answer): void => {
  if ('act' in answer) {
    answer.act(response);
    return;
  }
  const isText = typeof answer.body === 'string';
  response.writeHead(answer.status ?? 200, { ...CORS, 'content-type': isText ? 'text/html' : 'application/json', ...answer.headers });
  response.end(isText ? answer.body : JSON.stringify(answer.body));
};

/** Starts it on a free port of this machine. */
export const startHostile = async (): Promise<Hostile> => {
  const own = await generateKeyPair('RS256', { extractable: true });
  const foreign = await generateKeyPair('RS256', { extractable: true });
  const publicJwk: JWK = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'RS256', use: 'sig' };
  let origin = '';
  let tokens = 0;

  const good = (): Pick<Hostile, 'metadata' | 'token' | 'jwks' | 'userinfo' | 'idToken' | 'api'> => ({
    metadata: json,
    token: (answer) => json(answer),
    jwks: json,
    userinfo: json,
    idToken: { claims: (claims) => claims, header: {}, key: 'own' },
    api: () => json({ organization: { name: 'Books' } }),
  });

  const idToken = async (): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const claims = hostile.idToken.claims({
      iss: origin,
      sub: 'somebody',
      aud: 'latchkey',
      exp: now + 3600,
      iat: now,
      nonce: hostile.nonce,
    });
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    if (hostile.idToken.key === 'none') return `${part({ alg: 'none', ...hostile.idToken.header })}.${part(claims)}.`;
    if (hostile.idToken.key === 'hmac')
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', ...hostile.idToken.header })
        .sign(new TextEncoder().encode(JSON.stringify(publicJwk)));
    const key = hostile.idToken.key === 'own' ? own.privateKey : foreign.privateKey;
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'own', ...hostile.idToken.header }).sign(key, { crit: { x: true } });
  };

  const answer = async (request: IncomingMessage, path: string): Promise<Answer> => {
    if (path === '/.well-known/openid-configuration')
      return hostile.metadata({
        issuer: origin,
        authorization_endpoint: `${origin}/auth`,
        token_endpoint: `${origin}/token`,
        jwks_uri: `${origin}/jwks`,
        userinfo_endpoint: `${origin}/me`,
        revocation_endpoint: `${origin}/revoke`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      });
    if (path === '/token') {
      const form = await readBody(request);
      tokens += 1;
      const body = {
        access_token: `access-${tokens}`,
        refresh_token: `refresh-${tokens}`,
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'openid profile email offline_access books.invoices.create books.organization.read',
        ...(form.get('grant_type') === 'authorization_code' ? { id_token: await idToken() } : {}),
      };
      return hostile.token(body, form, tokens);
    }
    if (path === '/jwks') return hostile.jwks({ keys: [publicJwk] });
    if (path === '/me') return hostile.userinfo({ sub: 'somebody', email: 'somebody@hostile.example' });
    if (path === '/revoke') return json({});
    if (path.startsWith('/books/api/')) return hostile.api(path, request);
    return { status: 404, body: { error: 'not_found' } };
  };

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    hostile.requests.set(path, (hostile.requests.get(path) ?? 0) + 1);
    answer(request, path).then(
      (one) => send(response, one),
      () => response.destroy(),
    );
  });
  const hostile: Hostile = {
    ...good(),
    origin: '',
    requests: new Map(),
    nonce: '',
    reset: () => {
      tokens = 0;
      hostile.requests.clear();
      Object.assign(hostile, good());
    },
    close: () => closeNow(server),
  };
  const port = await listen(server, 0);
  origin = `http://localhost:${port}`;
  return Object.assign(hostile, { origin });
};
