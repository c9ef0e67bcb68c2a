import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultCode } from '../../src/domain/faults.ts';
import { Fault } from '../../src/domain/faults.ts';
import type { ConnectionId } from '../../src/domain/ids.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { slotOf } from '../support/estate.ts';
import { type Answer, type Hostile, startHostile } from '../support/hostile.ts';
import { connectionId } from '../support/journey.ts';

let hostile: Hostile;
let core: TestCore;
let books: ConnectionId;
let now = 0;

beforeAll(async () => {
  hostile = await startHostile();
});
afterAll(() => hostile.close());
beforeEach(async () => {
  hostile.reset();
  now = 0;
  core = await startCore({ sandboxOrigin: hostile.origin, now: () => Date.now() + now });
  await core.do('loadSample', {});
  books = await connectionId(core, 'sandbox_books');
});

type Callback = (url: URL) => void;

/** One flow as the person's browser would carry it; gives the code that it failed with, or null. */
const flow = async (callback: Callback = () => undefined): Promise<FaultCode | null> => {
  try {
    const { url, flowId } = await core.do('beginAuthorization', { connectionId: books, environment: 'development' });
    const asked = new URL(url ?? '').searchParams;
    hostile.nonce = asked.get('nonce') ?? '';
    const back = new URL(asked.get('redirect_uri') ?? '');
    back.searchParams.set('code', 'the-code');
    back.searchParams.set('state', asked.get('state') ?? '');
    back.searchParams.set('iss', hostile.origin);
    callback(back);
    await core.do('completeAuthorization', { callbackUrl: back.href });
    return (await core.see('flow', { flowId })).fault?.code ?? null;
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
};

const tokenRequests = (): number => hostile.requests.get('/token') ?? 0;
const body =
  (change: Record<string, unknown>) =>
  (good: Record<string, unknown>): Answer => ({ body: { ...good, ...change } });
const without =
  (name: string) =>
  (good: Record<string, unknown>): Answer => ({ body: Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)) });
const claims = (change: Record<string, unknown>) => (): void => {
  hostile.idToken.claims = (good) => ({ ...good, ...change });
};
const seconds = (): number => Math.floor(Date.now() / 1000);

/** What it does, what the flow ends with, and how often the token endpoint was asked. */
type Row = readonly [name: string, set: () => void, code: FaultCode, requests: number];

const METADATA: readonly Row[] = [
  [
    'another issuer',
    () => {
      hostile.metadata = body({ issuer: 'http://localhost:1' });
    },
    'oauth.issuer-mismatch',
    0,
  ],
  [
    'an issuer with a slash more',
    () => {
      hostile.metadata = body({ issuer: `${hostile.origin}/` });
    },
    'oauth.issuer-mismatch',
    0,
  ],
  [
    'no issuer',
    () => {
      hostile.metadata = without('issuer');
    },
    'oauth.answer-unreadable',
    0,
  ],
  [
    'a token endpoint elsewhere',
    () => {
      hostile.metadata = body({ token_endpoint: 'http://localhost:1/token' });
    },
    'oauth.issuer-mismatch',
    0,
  ],
  [
    'an authorization endpoint elsewhere',
    () => {
      hostile.metadata = body({ authorization_endpoint: 'https://evil.example/auth' });
    },
    'oauth.issuer-mismatch',
    0,
  ],
  [
    'keys elsewhere',
    () => {
      hostile.metadata = body({ jwks_uri: 'https://evil.example/jwks' });
    },
    'oauth.issuer-mismatch',
    0,
  ],
  [
    'userinfo elsewhere',
    () => {
      hostile.metadata = body({ userinfo_endpoint: 'https://evil.example/me' });
    },
    'oauth.issuer-mismatch',
    0,
  ],
  [
    'revocation elsewhere',
    () => {
      hostile.metadata = body({ revocation_endpoint: 'https://evil.example/r' });
    },
    'oauth.issuer-mismatch',
    0,
  ],
  [
    'no S256',
    () => {
      hostile.metadata = body({ code_challenge_methods_supported: ['plain'] });
    },
    'oauth.pkce-missing',
    0,
  ],
  [
    'no word of PKCE',
    () => {
      hostile.metadata = without('code_challenge_methods_supported');
    },
    'oauth.pkce-missing',
    0,
  ],
  [
    'no authorization endpoint',
    () => {
      hostile.metadata = without('authorization_endpoint');
    },
    'oauth.answer-unreadable',
    0,
  ],
  [
    'HTML for metadata',
    () => {
      hostile.metadata = () => ({ body: '<h1>Hello</h1>' });
    },
    'oauth.answer-unreadable',
    0,
  ],
  [
    'a list for metadata',
    () => {
      hostile.metadata = () => ({ body: [] });
    },
    'oauth.answer-unreadable',
    0,
  ],
  [
    'half of the metadata',
    () => {
      hostile.metadata = () => ({ body: '{"issuer":', headers: { 'content-type': 'application/json' } });
    },
    'oauth.answer-unreadable',
    0,
  ],
  [
    'metadata at a redirect',
    () => {
      hostile.metadata = () => ({ status: 302, headers: { location: '/elsewhere' }, body: {} });
    },
    'oauth.sandbox-down',
    0,
  ],
  [
    'a 404 for metadata',
    () => {
      hostile.metadata = () => ({ status: 404, body: {} });
    },
    'oauth.answer-unreadable',
    0,
  ],
  [
    'a 500 for metadata',
    () => {
      hostile.metadata = () => ({ status: 500, body: {} });
    },
    'oauth.sandbox-down',
    0,
  ],
  [
    'metadata without an end',
    () => {
      hostile.metadata = () => ({ act: endless });
    },
    'oauth.answer-unreadable',
    0,
  ],
  [
    'a connection that breaks',
    () => {
      hostile.metadata = () => ({ act: (response) => void response.destroy() });
    },
    'oauth.sandbox-down',
    0,
  ],
];

/** Two megabytes and more, for as long as somebody reads. */
const endless = (response: import('node:http').ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  const write = (): void => {
    while (!response.destroyed && response.write('"aaaaaaaaaaaaaaaa'.repeat(4_000)));
    if (!response.destroyed) response.once('drain', write);
  };
  response.on('error', () => undefined);
  write();
};

const html = (): Answer => ({ body: '<h1>Hello</h1>' });
const asJson = (text: string): Answer => ({ body: text, headers: { 'content-type': 'application/json' } });
const error = (status: number, code: string) => (): Answer => ({ status, body: { error: code } });

const TOKEN: readonly Row[] = [
  [
    'HTML for tokens',
    () => {
      hostile.token = html;
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'an error with status 200',
    () => {
      hostile.token = error(200, 'invalid_grant');
    },
    'oauth.refused',
    1,
  ],
  [
    'invalid_grant',
    () => {
      hostile.token = error(400, 'invalid_grant');
    },
    'oauth.refused',
    1,
  ],
  [
    'invalid_client',
    () => {
      hostile.token = error(401, 'invalid_client');
    },
    'oauth.refused',
    1,
  ],
  [
    'an error that nobody knows',
    () => {
      hostile.token = error(400, 'teapot');
    },
    'oauth.refused',
    1,
  ],
  [
    'invalid JSON',
    () => {
      hostile.token = () => asJson('{"access_token":');
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'a list',
    () => {
      hostile.token = () => ({ body: [] });
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'nothing at all',
    () => {
      hostile.token = () => asJson('');
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'no access token',
    () => {
      hostile.token = without('access_token');
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'an empty access token',
    () => {
      hostile.token = body({ access_token: '' });
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'a number for an access token',
    () => {
      hostile.token = body({ access_token: 7 });
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'an access token with a line end',
    () => {
      hostile.token = body({ access_token: 'a\r\nx-evil: 1' });
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'an access token of 20 KiB',
    () => {
      hostile.token = body({ access_token: 'a'.repeat(20_480) });
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'no token type',
    () => {
      hostile.token = without('token_type');
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'a token type nobody knows',
    () => {
      hostile.token = body({ token_type: 'mac' });
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'a number for a refresh token',
    () => {
      hostile.token = body({ refresh_token: 7 });
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'an end in the past',
    () => {
      hostile.token = body({ expires_in: -1 });
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'an end that is no number',
    () => {
      hostile.token = body({ expires_in: 'soon' });
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'an end beyond all calendars',
    () => {
      hostile.token = body({ expires_in: 1e12 });
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'a scope that is a list',
    () => {
      hostile.token = body({ scope: ['a'] });
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'a redirect',
    () => {
      hostile.token = () => ({ status: 307, headers: { location: 'http://localhost:1/token' }, body: {} });
    },
    'oauth.sandbox-down',
    1,
  ],
  [
    'a 500',
    () => {
      hostile.token = () => ({ status: 500, body: {} });
    },
    'oauth.sandbox-down',
    1,
  ],
  [
    'a 503 with Retry-After in seconds',
    () => {
      hostile.token = () => ({ status: 503, headers: { 'retry-after': '1' }, body: {} });
    },
    'oauth.sandbox-down',
    1,
  ],
  [
    'a 429 with Retry-After as a date',
    () => {
      hostile.token = () => ({ status: 429, headers: { 'retry-after': new Date().toUTCString() }, body: {} });
    },
    'oauth.sandbox-down',
    1,
  ],
  [
    'an answer without an end',
    () => {
      hostile.token = () => ({ act: endless });
    },
    'oauth.answer-unreadable',
    1,
  ],
  [
    'a connection that breaks',
    () => {
      hostile.token = () => ({ act: (response) => void response.destroy() });
    },
    'oauth.sandbox-down',
    1,
  ],
  [
    'prototype games',
    () => {
      hostile.token = () => asJson('{"__proto__":{"access_token":"a","token_type":"Bearer"}}');
    },
    'oauth.answer-unreadable',
    1,
  ],
];

const idKey =
  (key: Hostile['idToken']['key'], header: Record<string, unknown> = {}) =>
  (): void => {
    hostile.idToken = { ...hostile.idToken, key, header };
  };

const ID_TOKEN: readonly Row[] = [
  [
    'no id token',
    () => {
      hostile.token = without('id_token');
    },
    'oauth.id-token-wrong',
    1,
  ],
  [
    'an id token that is none',
    () => {
      hostile.token = body({ id_token: 'x.y.z' });
    },
    'oauth.id-token-wrong',
    1,
  ],
  ['alg none', idKey('none'), 'oauth.id-token-wrong', 1],
  ['HS256 with the public key as secret', idKey('hmac'), 'oauth.id-token-wrong', 1],
  ['a foreign key', idKey('foreign'), 'oauth.id-token-wrong', 1],
  ['a key id nobody has', idKey('own', { kid: 'other' }), 'oauth.id-token-wrong', 1],
  ['critical headers', idKey('own', { crit: ['x'], x: 1 }), 'oauth.id-token-wrong', 1],
  ['another issuer', claims({ iss: 'https://evil.example' }), 'oauth.id-token-wrong', 1],
  ['another audience', claims({ aud: 'other' }), 'oauth.id-token-wrong', 1],
  ['two audiences without azp', claims({ aud: ['latchkey', 'other'] }), 'oauth.id-token-wrong', 1],
  ['another authorized party', claims({ aud: ['latchkey', 'other'], azp: 'other' }), 'oauth.id-token-wrong', 1],
  ['another nonce', claims({ nonce: 'other' }), 'oauth.id-token-wrong', 1],
  ['no nonce', claims({ nonce: undefined }), 'oauth.id-token-wrong', 1],
  ['an end ten minutes ago', () => claims({ exp: seconds() - 600, iat: seconds() - 1200 })(), 'oauth.id-token-wrong', 1],
  ['no end', claims({ exp: undefined }), 'oauth.id-token-wrong', 1],
  ['no issue time', claims({ iat: undefined }), 'oauth.id-token-wrong', 1],
  ['nobody signed in', claims({ sub: undefined }), 'oauth.id-token-wrong', 1],
  ['a subject that is a number', claims({ sub: 7 }), 'oauth.id-token-wrong', 1],
  [
    'no keys',
    () => {
      hostile.jwks = () => ({ body: { keys: [] } });
    },
    'oauth.id-token-wrong',
    1,
  ],
  [
    'HTML for keys',
    () => {
      hostile.jwks = html;
    },
    'oauth.id-token-wrong',
    1,
  ],
  [
    'two keys of one id',
    () => {
      hostile.jwks = ({ keys }) => ({ body: { keys: [...keys, ...keys] } });
    },
    'oauth.id-token-wrong',
    1,
  ],
];

describe.each([
  ['metadata', METADATA],
  ['token answers', TOKEN],
  ['id tokens', ID_TOKEN],
] as const)('hostile %s', (_, rows) => {
  it.each(rows)(
    'S18 S21 S26 S29 S30 %s: nothing is stored, and what was granted before still serves',
    async (_name, set, code, requests) => {
      expect(await flow()).toBeNull();
      const before = await core.ctx.db.authorizations.toArray();
      const secrets = await core.ctx.db.secrets.where('id').startsWith('tokens:').toArray();
      hostile.requests.clear();
      set();
      expect(await flow()).toBe(code);
      expect(tokenRequests()).toBe(requests);
      expect(await core.ctx.db.authorizations.toArray()).toEqual(before);
      expect(await core.ctx.db.secrets.where('id').startsWith('tokens:').toArray()).toEqual(secrets);
      expect(await core.ctx.db.secrets.where('id').startsWith('flow:').count()).toBe(0);
      hostile.reset();
      expect(await core.do('testConnection', { connectionId: books, environment: 'development' })).toMatchObject({ isOk: true });
    },
  );
});

const CALLBACKS: readonly [string, Callback, FaultCode][] = [
  ['no state', (url) => url.searchParams.delete('state'), 'oauth.state-mismatch'],
  ['another state', (url) => url.searchParams.set('state', 'other'), 'oauth.state-mismatch'],
  ['an empty state', (url) => url.searchParams.set('state', ''), 'oauth.state-mismatch'],
  ['another issuer', (url) => url.searchParams.set('iss', 'https://evil.example'), 'oauth.issuer-mismatch'],
  ['an issuer with a slash more', (url) => url.searchParams.set('iss', `${hostile.origin}/`), 'oauth.issuer-mismatch'],
  ['no issuer although it promises one', (url) => url.searchParams.delete('iss'), 'oauth.answer-unreadable'],
  ['no code', (url) => url.searchParams.delete('code'), 'oauth.answer-unreadable'],
  ['two codes', (url) => url.searchParams.append('code', 'other'), 'oauth.answer-unreadable'],
  ['two states', (url) => url.searchParams.append('state', 'other'), 'oauth.answer-unreadable'],
  ['an error and a code', (url) => url.searchParams.set('error', 'access_denied'), 'oauth.access-denied'],
  [
    'an error of another server',
    (url) => {
      url.searchParams.set('error', 'access_denied');
      url.searchParams.set('iss', 'https://evil.example');
    },
    'oauth.issuer-mismatch',
  ],
  [
    'another path',
    (url) => {
      url.pathname = '/elsewhere';
    },
    'oauth.state-mismatch',
  ],
  [
    'another host',
    (url) => {
      url.host = 'evil.example';
    },
    'oauth.state-mismatch',
  ],
];

describe('hostile answers at the callback', () => {
  it.each(CALLBACKS)('S19 S22 %s: no token request, nothing stored', async (_, callback, code) => {
    expect(await flow(callback)).toBe(code);
    expect(tokenRequests()).toBe(0);
    expect(await core.ctx.db.authorizations.count()).toBe(0);
  });

  it('S22 a code is used once, however often its answer comes back', async () => {
    let again = '';
    expect(
      await flow((url) => {
        again = url.href;
      }),
    ).toBeNull();
    expect(await core.fails('completeAuthorization', { callbackUrl: again })).toBe('oauth.state-mismatch');
    expect(tokenRequests()).toBe(1);
  });
});

describe('hostile renewals', () => {
  const test = () => core.do('testConnection', { connectionId: books, environment: 'development' });
  const RENEWALS: readonly [string, () => void, FaultCode, boolean][] = [
    [
      'invalid_grant',
      () => {
        hostile.token = error(400, 'invalid_grant');
      },
      'oauth.grant-ended',
      false,
    ],
    [
      'invalid_grant with status 200',
      () => {
        hostile.token = error(200, 'invalid_grant');
      },
      'oauth.grant-ended',
      false,
    ],
    [
      'an access token with a line end',
      () => {
        hostile.token = body({ access_token: 'a\r\nx-evil: 1' });
      },
      'oauth.renewal-cut',
      false,
    ],
    [
      'a 500',
      () => {
        hostile.token = () => ({ status: 500, body: {} });
      },
      'oauth.sandbox-down',
      true,
    ],
    [
      'HTML',
      () => {
        hostile.token = html;
      },
      'oauth.answer-unreadable',
      true,
    ],
    [
      'invalid JSON',
      () => {
        hostile.token = () => asJson('{');
      },
      'oauth.renewal-cut',
      false,
    ],
    [
      'no access token',
      () => {
        hostile.token = without('access_token');
      },
      'oauth.renewal-cut',
      false,
    ],
    [
      'a connection that breaks',
      () => {
        hostile.token = () => ({ act: (response) => void response.destroy() });
      },
      'oauth.renewal-cut',
      false,
    ],
    [
      'an answer without an end',
      () => {
        hostile.token = () => ({ act: endless });
      },
      'oauth.renewal-cut',
      false,
    ],
  ];

  it.each(RENEWALS)(
    'S31 S33 %s: one request, and the grant is kept unless it is dead or its token may have been used',
    async (_, set, code, isKept) => {
      expect(await flow()).toBeNull();
      now = 2 * 3_600_000;
      hostile.requests.clear();
      set();
      expect(await test()).toMatchObject({ isOk: false, fault: { code } });
      expect(tokenRequests()).toBe(1);
      expect((await slotOf(core, books, 'development')).status.isConnected).toBe(isKept);
      hostile.reset();
      if (isKept) expect(await test()).toMatchObject({ isOk: true });
      else expect(await core.fails('testConnection', { connectionId: books, environment: 'development' })).toBe('run.not-connected');
    },
  );

  it('S31 an answer without a new refresh token keeps the old one', async () => {
    expect(await flow()).toBeNull();
    hostile.token = without('refresh_token');
    now = 2 * 3_600_000;
    expect(await test()).toMatchObject({ isOk: true });
    let used: string | null = null;
    hostile.token = (good, form) => {
      used = form.get('refresh_token');
      return { body: good };
    };
    now = 4 * 3_600_000;
    expect(await test()).toMatchObject({ isOk: true });
    expect(used).toBe('refresh-1');
  });

  it('S33 a clock that is ten minutes off either way asks once more at most', async () => {
    for (const off of [-600_000, 600_000]) {
      hostile.reset();
      now = 0;
      expect(await flow()).toBeNull();
      hostile.requests.clear();
      now = off;
      expect(await test()).toMatchObject({ isOk: true });
      expect(tokenRequests()).toBeLessThanOrEqual(1);
    }
  });

  it('S33 a 401 renews once and repeats once, then says so', async () => {
    expect(await flow()).toBeNull();
    hostile.requests.clear();
    hostile.api = () => ({ status: 401, body: {} });
    expect(await test()).toMatchObject({ isOk: false, fault: { code: 'run.unauthorized' } });
    expect([tokenRequests(), hostile.requests.get('/books/api/organization')]).toEqual([1, 2]);
  });

  it('S26 S2 an API that redirects gets no credential anywhere else, and one that echoes the token is redacted', async () => {
    expect(await flow()).toBeNull();
    hostile.api = () => ({ status: 307, headers: { location: `${hostile.origin}/stolen` }, body: {} });
    expect(await test()).toMatchObject({ isOk: false });
    expect(hostile.requests.get('/stolen')).toBeUndefined();
    hostile.api = (_, request) => ({ body: { organization: { name: `you sent ${request.headers.authorization}` } } });
    const answer = await test();
    expect(answer.account).toBe('you sent Bearer •••');
  });
});
