import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Net } from '../../../src/oauth/client.ts';
import { closeNow, listen } from '../../../src/sandbox/listen.ts';

export type Reply = { readonly status: number; readonly type: string; readonly body: string; readonly location?: string };

export const json = (body: unknown, status = 200): Reply => ({ status, type: 'application/json', body: JSON.stringify(body) });
export const form = (body: Readonly<Record<string, string>>, type = 'application/x-www-form-urlencoded', status = 200): Reply => ({
  status,
  type,
  body: new URLSearchParams(body).toString(),
});

/** What the provider has just given. */
export type Given = { readonly access: string; readonly refresh: string; readonly scope: string; readonly scopes: readonly string[] };

/** A provider as its documentation has it. Written from that, not from our record: the record is what is tried. */
export type Profile = {
  readonly id: string;
  /** What a person types before authorizing. */
  readonly typed?: Readonly<Record<string, string>>;
  readonly authorize: string;
  readonly token: string;
  /** Where refreshing goes; null where the provider gives no refresh token. */
  readonly refresh?: string | null;
  readonly revoke?: string;
  readonly client: 'none' | 'basic' | 'post' | 'basic-empty';
  readonly isPkceChecked?: boolean;
  /** May a page of another origin read the token answer. */
  readonly isCorsOpen?: boolean;
  /**
   * What the redirect address is registered as where the token endpoint minds who asks: pages alone, which the request's Origin shows, or
   * programs alone (Microsoft Entra: AADSTS9002326, AADSTS9002327).
   */
  readonly registeredAs?: 'single-page' | 'native';
  readonly separator?: string;
  readonly body?: 'json';
  /** The provider's own names of parameters. */
  readonly names?: Readonly<Record<string, string>>;
  readonly codeParam?: string;
  /** Parameters it insists on at the authorization page and at the token endpoint. */
  readonly wants?: Readonly<Record<string, string>>;
  readonly tokenWants?: Readonly<Record<string, string>>;
  readonly callback?: (given: { readonly scope: string }) => Readonly<Record<string, string>>;
  readonly rotates?: boolean;
  readonly answer: (given: Given) => Reply;
  readonly again?: (given: Given) => Reply;
  readonly wrongCode: Reply;
  readonly ended?: Reply;
  readonly account: {
    readonly url: string;
    readonly header?: string;
    readonly prefix?: string;
    readonly body: unknown;
    readonly name: string;
  };
  /** Requests after the token that say who the tenant is, by address. */
  readonly lookups?: Readonly<Record<string, unknown>>;
  readonly learned?: Readonly<Record<string, string>>;
  readonly scopes?: readonly string[];
  readonly life?: number | null;
};

export type Heard = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
};

type Grant = { readonly challenge: string | null; readonly redirectUri: string; readonly scope: string };

/** Its secret has what RFC 6749 section 2.3.1 wants form-encoded before it stands in a Basic header. */
const CLIENT = { id: 'client-1', secret: 'se+cret/one&=%' };
export const clientOf = (profile: Profile) => ({
  id: CLIENT.id,
  secret: profile.client === 'none' || profile.client === 'basic-empty' ? null : CLIENT.secret,
});

const paramsOf = (profile: Profile, heard: Heard): Record<string, string> => {
  const isJson = heard.headers['content-type']?.startsWith('application/json') === true;
  if (isJson !== (profile.body === 'json')) throw new Error(`the body is ${isJson ? 'JSON' : 'a form'}`);
  const parsed: unknown = isJson ? JSON.parse(heard.text) : Object.fromEntries(new URLSearchParams(heard.text));
  if (parsed === null || typeof parsed !== 'object') throw new Error('the body is no object');
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]));
};

const isSame = (url: URL, documented: string): boolean => url.origin + url.pathname === documented;

/** One provider: its authorization page, token endpoint, revocation, test request and look-ups, strict in what it takes. */
export class Provider {
  readonly profile: Profile;
  readonly #codes = new Map<string, Grant>();
  readonly #refresh = new Map<string, string>();
  readonly #access = new Set<string>();
  /** What was wrong with requests, for a test to show. */
  readonly complaints: string[] = [];
  readonly reused: string[] = [];
  revoked = 0;

  constructor(profile: Profile) {
    this.profile = profile;
  }

  #name(standard: string): string {
    return this.profile.names?.[standard] ?? standard;
  }

  #authorize(url: URL): Reply {
    const get = (name: string): string | null => url.searchParams.get(this.#name(name));
    for (const [name, value] of Object.entries({ ...this.profile.wants, [this.#name('client_id')]: CLIENT.id }))
      if (url.searchParams.get(name) !== value) throw new Error(`${name} is ${url.searchParams.get(name)}`);
    if (this.profile.isPkceChecked === true && get('code_challenge_method') !== 'S256') throw new Error('no PKCE S256');
    const code = randomBytes(12).toString('hex');
    const redirectUri = get('redirect_uri') ?? '';
    this.#codes.set(code, { challenge: get('code_challenge'), redirectUri, scope: get('scope') ?? '' });
    const back = new URL(redirectUri);
    const params = {
      [this.profile.codeParam ?? 'code']: code,
      state: get('state') ?? '',
      ...this.profile.callback?.({ scope: get('scope') ?? '' }),
    };
    for (const [name, value] of Object.entries(params)) back.searchParams.set(name, value);
    return { status: 302, type: 'text/plain', body: '', location: back.href };
  }

  #requireClient(heard: Heard, params: Readonly<Record<string, string>>): void {
    const basic = /^Basic (.+)$/.exec(heard.headers['authorization'] ?? '')?.[1];
    const inBody = params[this.#name('client_secret')];
    if (this.profile.client === 'basic' || this.profile.client === 'basic-empty') {
      const expected = this.profile.client === 'basic' ? CLIENT.secret : '';
      // RFC 6749 section 2.3.1: form-encoded before base64.
      const said = basic === undefined ? '' : Buffer.from(basic, 'base64').toString('utf8');
      const [id = '', secret = ''] = said.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
      if (id !== CLIENT.id || secret !== expected) throw new Error('client authentication is not Basic');
      return;
    }
    if (basic !== undefined) throw new Error('client authentication is Basic');
    if (params[this.#name('client_id')] !== CLIENT.id) throw new Error('no client id');
    if (inBody !== (this.profile.client === 'post' ? CLIENT.secret : undefined)) throw new Error('client secret');
  }

  #give(scope: string, template: (given: Given) => Reply, kept: string | null): Reply {
    const access = `at_${randomBytes(8).toString('hex')}`;
    const refresh = kept ?? `rt_${randomBytes(8).toString('hex')}`;
    this.#access.add(access);
    this.#refresh.set(refresh, scope);
    const scopes = scope.split(this.profile.separator ?? ' ').filter((one) => one !== '');
    return template({ access, refresh, scope, scopes });
  }

  #token(heard: Heard): Reply {
    const { profile } = this;
    const isPage = heard.headers['origin'] !== undefined;
    if (profile.registeredAs === 'native' && isPage)
      throw new Error('AADSTS9002326: only a single-page application may ask across origins');
    if (profile.registeredAs === 'single-page' && !isPage) throw new Error('AADSTS9002327: only across origins');
    const params = paramsOf(profile, heard);
    this.#requireClient(heard, params);
    for (const [name, value] of Object.entries(profile.tokenWants ?? {}))
      if (params[name] !== value) throw new Error(`${name} is ${params[name]}`);
    if (params['grant_type'] === 'refresh_token') return this.#again(params);
    const code = params[this.#name('code')] ?? '';
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    if (grant === undefined || grant.redirectUri !== params['redirect_uri']) return profile.wrongCode;
    if (profile.isPkceChecked === true) {
      const challenge = createHash('sha256')
        .update(params['code_verifier'] ?? '')
        .digest('base64url');
      if (challenge !== grant.challenge) throw new Error('code verifier');
    }
    return this.#give(grant.scope, profile.answer, null);
  }

  #again(params: Readonly<Record<string, string>>): Reply {
    const { profile } = this;
    const old = params['refresh_token'] ?? '';
    const scope = this.#refresh.get(old);
    if (scope === undefined) {
      this.reused.push(old);
      return profile.ended ?? profile.wrongCode;
    }
    if (profile.rotates === true) this.#refresh.delete(old);
    return this.#give(scope, profile.again ?? profile.answer, profile.rotates === true ? null : old);
  }

  #isAuthorized(heard: Heard): boolean {
    const { header = 'authorization', prefix = 'Bearer ' } = this.profile.account;
    const value = heard.headers[header.toLowerCase()] ?? '';
    return value.startsWith(prefix) && this.#access.has(value.slice(prefix.length));
  }

  /** Ends every access token that was given; refresh tokens stay good. */
  expire(): void {
    this.#access.clear();
  }

  /** What the provider answers; a request that its documentation does not allow is a complaint. */
  answer(heard: Heard): Reply {
    const { profile } = this;
    try {
      if (isSame(heard.url, profile.authorize)) return this.#authorize(heard.url);
      const isRefresh = typeof profile.refresh === 'string' && isSame(heard.url, profile.refresh);
      if (isSame(heard.url, profile.token) || isRefresh) return this.#token(heard);
      if (profile.revoke !== undefined && isSame(heard.url, profile.revoke)) {
        this.revoked += 1;
        const token = new URLSearchParams(heard.text).get('token') ?? '';
        this.#access.delete(token);
        this.#refresh.delete(token);
        return { status: 200, type: 'text/plain', body: '' };
      }
      const lookup = profile.lookups?.[heard.url.href];
      if (heard.url.href !== profile.account.url && lookup === undefined) throw new Error(`no such address: ${heard.url.href}`);
      if (!this.#isAuthorized(heard)) return json({ message: 'no token' }, 401);
      return json(lookup ?? profile.account.body);
    } catch (error) {
      this.complaints.push(error instanceof Error ? error.message : 'odd');
      return json({ error: 'invalid_request' }, 400);
    }
  }
}

/** A request's body as text. */
export const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += String(part);
  return text;
};

/** The hosts that a provider answers at. */
export const hostsOf = ({ authorize, token, refresh, revoke, account, lookups }: Profile): string[] => [
  ...new Set(
    [authorize, token, refresh, revoke, account.url, ...Object.keys(lookups ?? {})].flatMap((url) =>
      typeof url === 'string' ? [new URL(url).host] : [],
    ),
  ),
];

/** Serves what answers for other hosts on a real socket: the address that was meant travels in the path. */
export const serveAs = async (
  answer: (heard: Heard) => Reply,
): Promise<{ net: Net; fetch: (url: string, init?: RequestInit) => Promise<Response>; close: () => Promise<void> }> => {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    void bodyOf(request).then((text) => {
      const [, host = '', ...rest] = (request.url ?? '').split('/');
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const url = new URL(`https://${host}/${rest.join('/')}`);
      const { status, type, body, location } = answer({ method: request.method ?? '', url, headers, text });
      response.writeHead(status, { 'content-type': type, ...(location === undefined ? {} : { location }) });
      response.end(status === 204 ? undefined : body);
    });
  });
  const port = await listen(server, 0);
  const reach = (url: string, init: RequestInit = {}): Promise<Response> => {
    const { host, pathname, search } = new URL(url);
    const headers = new Headers(init.headers);
    // Every browser says it of a request that is no plain reading, a worker's too (Fetch section 3.1).
    if (init.method === 'POST') headers.set('origin', 'https://latchkey.example');
    return fetch(`http://localhost:${port}/${host}${pathname}${search}`, { ...init, headers, redirect: 'manual' });
  };
  return { net: { fetch: reach, isInsecureAllowed: false }, fetch: reach, close: () => closeNow(server) };
};
