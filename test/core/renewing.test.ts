import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../src/core/context.ts';
import { openDb } from '../../src/db/open.ts';
import type { ConnectionId } from '../../src/domain/ids.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { createVault } from '../../src/vault/seal.ts';
import { answerTo, chooseOwnApp, defineConnection, startShop } from '../support/builders.ts';
import { createLocks, freshName, startCore, type TestCore } from '../support/core.ts';
import { authorize, connectionId } from '../support/journey.ts';
import { startTestSandbox } from '../support/sandbox.ts';

const PASSPHRASE = 'correct horse battery staple';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ accessTokenSeconds: 100 });
});
afterAll(() => sandbox.close());

/** What a renewal meets on its way: the service's answer, one that it is busy, or one that never arrives. */
type Ending = 'answered' | 'busy' | 'lost';

let core: TestCore;
let books: ConnectionId;
let ahead = 0;
/** What happens while the next renewal is under way, and how that ends. */
let next: { readonly act: () => Promise<unknown>; readonly ending: Ending } | null = null;
/** What happens while the code of a sign-in is being exchanged. */
let duringSignIn: (() => Promise<unknown>) | null = null;
/** The refresh tokens that were sent to be renewed, and those that were sent to be revoked, in their order. */
let renewed: string[] = [];
let revoked: string[] = [];

const fetchWith = async (url: string, init: RequestInit): Promise<Response> => {
  const form = new URLSearchParams(String(init.body ?? ''));
  if (url.endsWith('/revocation')) revoked.push(form.get('token') ?? '');
  const refreshToken = form.get('refresh_token');
  if (refreshToken === null) {
    const answer = await fetch(url, init);
    if (form.get('grant_type') === 'authorization_code') await duringSignIn?.();
    return answer;
  }
  renewed.push(refreshToken);
  if (next === null) return fetch(url, init);
  const { act, ending } = next;
  next = null;
  const answer = ending === 'busy' ? new Response('busy', { status: 503 }) : await fetch(url, init);
  await act();
  if (ending === 'lost') throw new TypeError('Failed to fetch');
  return answer;
};

const locks = createLocks();
beforeEach(async () => {
  Object.assign(sandbox.faults, { tokenDown: false });
  [next, duringSignIn, renewed, revoked, ahead] = [null, null, [], [], 0];
  const db = await openDb(freshName());
  // PBKDF2, as where WebAssembly is refused: it is the quicker of the two.
  const vault = createVault(db, () => Promise.reject(new Error('refused')));
  core = await startCore({ sandboxOrigin: sandbox.origin, db, vault, now: () => Date.now() + ahead, fetch: fetchWith, ...locks });
  await core.do('loadSample', {});
  books = await connectionId(core, 'sandbox_books');
  await signIn();
});

const signIn = () => authorize(core, books, 'development', { email: 'dana@studio.example' });
const row = async () => {
  const [found] = await core.ctx.db.authorizations.toArray();
  if (found === undefined) throw new Error('no authorization');
  return found;
};
const seals = () => core.ctx.db.secrets.where('id').startsWith('tokens:').count();
/** Asks for what needs a token that has ended, and says how that went. */
const ask = async (act: () => Promise<unknown> = async () => undefined, ending: Ending = 'answered'): Promise<string> => {
  ahead += 95_000;
  next = { act, ending };
  return askAgain();
};
const askAgain = (): Promise<string> =>
  core.do('testConnection', { connectionId: books, environment: 'development' }).then(
    ({ fault }) => fault?.code ?? 'works',
    (error: Error) => error.message,
  );

describe('a renewal while something else happens', () => {
  it('S31 does not put its old tokens over those of a sign-in, whichever way it ends', async () => {
    for (const ending of ['busy', 'answered', 'lost'] as const) {
      expect([ending, await ask(signIn, ending)]).toEqual([ending, 'works']);
      expect(await row()).toMatchObject({ state: 'connected', reason: null });
      expect((await row()).grant).not.toHaveProperty('renewingSince');
      // The tokens of the sign-in are the ones that are there: they can be renewed.
      expect([ending, await ask()]).toEqual([ending, 'works']);
    }
    expect(new Set(renewed).size).toBe(renewed.length);
  });

  it('S31 S37 brings back nothing that was disconnected, and what the service gives then is revoked', async () => {
    for (const ending of ['busy', 'answered', 'lost'] as const) {
      revoked = [];
      const disconnect = async () => core.do('revokeAuthorization', { authorizationId: (await row()).id });
      expect([ending, await ask(disconnect, ending)]).toEqual([ending, 'run.unauthorized']);
      expect([ending, await seals()]).toEqual([ending, 0]);
      expect(await row()).toMatchObject({ state: 'not-connected', grant: null });
      const given = ending === 'answered' ? revoked.slice(2) : [];
      expect(given).toHaveLength(ending === 'answered' ? 2 : 0);
      for (const token of given) expect(sandbox.issued()).toContain(token);
      await signIn();
    }
  });

  it('S31 keeps the new tokens when the account is renamed meanwhile, and the name with them', async () => {
    const rename = async () => core.do('renameAccount', { authorizationId: (await row()).id, account: 'Our books' });
    expect(await ask(rename)).toBe('works');
    expect((await row()).grant?.account).toBe('Our books');
    expect(await ask()).toBe('works');
  });

  it('S8 S31 keeps the new tokens when the vault is locked or its data key replaced meanwhile, and uses none of them', async () => {
    await core.do('protectVault', { passphrase: PASSPHRASE });
    const lock = () => core.do('lockVault', {});
    const unlock = () => core.do('unlockVault', { passphrase: PASSPHRASE });
    expect(await ask(lock)).toBe('vault.locked');
    await unlock();
    expect(await askAgain()).toBe('works');
    expect(renewed).toHaveLength(1);
    // The passing trouble is what is said, and no mark is left.
    expect(await ask(lock, 'busy')).toBe('oauth.sandbox-down');
    await unlock();
    expect(await askAgain()).toBe('works');
    expect(await ask(() => core.do('rotateDataKey', { passphrase: PASSPHRASE }))).toBe('works');
    expect(await ask()).toBe('works');
  });
});

describe('a sign-in whose code is being exchanged', () => {
  it('S8 S22 is stored although the vault is locked meanwhile: the code is answered once', async () => {
    await core.do('protectVault', { passphrase: PASSPHRASE });
    duringSignIn = () => core.do('lockVault', {});
    await signIn();
    expect([(await core.see('vault', {})).state, (await core.ctx.db.flows.orderBy('id').toArray()).map(({ state }) => state)]).toEqual([
      'locked',
      ['done', 'done'],
    ]);
    await core.do('unlockVault', { passphrase: PASSPHRASE });
    expect(await ask()).toBe('works');
  });
});

describe('a renewal whose answer never arrives', () => {
  it('S31 ends the grant where the service rotates: its token is not sent again, whoever asks', async () => {
    ahead += 95_000;
    next = { act: async () => undefined, ending: 'lost' };
    expect(await Promise.all([askAgain(), askAgain(), askAgain()])).toEqual(Array(3).fill('oauth.renewal-cut'));
    expect(await row()).toMatchObject({ state: 'needs-reauthorization', reason: 'oauth.renewal-cut' });
    expect(renewed).toHaveLength(1);
    await signIn();
    expect(await ask()).toBe('works');
  });

  it('S31 is told from a refusal, which everybody who waited hears as it is', async () => {
    sandbox.revokeAll('dana@studio.example');
    ahead += 95_000;
    expect(await Promise.all([askAgain(), askAgain(), askAgain()])).toEqual(Array(3).fill('oauth.grant-ended'));
    expect(await row()).toMatchObject({ reason: 'oauth.grant-ended' });
    expect(renewed).toHaveLength(1);
  });

  it('S31 and one that an earlier program marked in its sealed tokens is not sent again either', async () => {
    const { id } = await row();
    const tokens = (await core.ctx.vault.open('tokens', id)) as { accessToken: string; refreshToken: string };
    await core.ctx.db.secrets.put(await core.ctx.vault.seal('tokens', id, { ...tokens, isSpent: true }));
    expect(await ask()).toBe('oauth.renewal-cut');
    expect(renewed).toEqual([]);
  });
});

describe('a renewal of a service that is reached over a network', () => {
  const HTML = { 'content-type': 'text/html; charset=utf-8' };
  let isOnline = true;
  let answer: (() => Promise<Response>) | null = null;
  let asked = 0;
  const given = { access_token: 'acme-access-0123', refresh_token: 'acme-refresh-0123', token_type: 'Bearer', expires_in: 100 };
  /** A service whose record says this about rotation, signed in at. */
  const start = async (rotates: 'yes' | 'no' | 'unknown'): Promise<void> => {
    [isOnline, answer, asked] = [true, null, 0];
    const fetchFrom: Context['fetch'] = async (_, init) => {
      if (!String(init.body).includes('grant_type=refresh_token')) return Response.json(given);
      asked += 1;
      return answer === null ? Response.json(given) : answer();
    };
    core = await startCore({ name: freshName(), now: () => Date.now() + ahead, fetch: fetchFrom, isOnline: () => isOnline });
    const shop = await startShop(core);
    await core.do('allowCustomConnectors', { isAllowed: true });
    const endpoints = { authorization: 'https://login.acme.com/authorize', token: 'https://login.acme.com/token' };
    const { connectorId } = await core.do('addConnector', {
      name: 'Acme',
      record: {
        category: 'Custom',
        description: 'Acme: what Acme does.',
        auth: { method: 'oauth2-code', endpoints, publicClient: 'yes', rotates },
        scopes: [{ name: 'read', sentence: 'See everything', access: 'read' }],
        apiBase: 'https://api.acme.com/v1/',
        test: { method: 'GET', path: 'me' },
      },
    });
    books = await defineConnection(core, shop, connectorId, { linkName: 'acme', scopes: ['read'] });
    await chooseOwnApp(core, books, { connectorId });
    const { url } = await core.do('beginAuthorization', { connectionId: books, environment: 'development' });
    await core.do('completeAuthorization', { callbackUrl: answerTo(url) });
    ahead += 95_000;
  };

  it('S31 does not leave a device that is offline: nothing is lost, and it goes through later', async () => {
    await start('yes');
    isOnline = false;
    expect(await askAgain()).toBe('oauth.offline');
    expect(asked).toBe(0);
    isOnline = true;
    expect(await askAgain()).toBe('works');
  });

  it.each([
    ['yes', 'no answer', () => Promise.reject(new TypeError('Failed to fetch')), 'oauth.renewal-cut', false],
    ['yes', 'an answer nobody can read', async () => new Response('{', { status: 200 }), 'oauth.renewal-cut', false],
    ['yes', 'a page for people', async () => new Response('<p>', { headers: HTML }), 'oauth.answer-unreadable', true],
    ['yes', 'an answer that it is busy', async () => new Response('', { status: 503 }), 'oauth.provider-down', true],
    ['yes', 'a refusal', async () => Response.json({ error: 'temporarily_unavailable' }, { status: 400 }), 'oauth.refused', true],
    ['no', 'no answer', () => Promise.reject(new TypeError('Failed to fetch')), 'oauth.provider-down', true],
    ['unknown', 'no answer', () => Promise.reject(new TypeError('Failed to fetch')), 'oauth.provider-down', true],
  ] as const)(
    'S31 where the service rotates: %s, after %s, says so and is tried again or not',
    async (rotates, _, said, code, isGoodLater) => {
      await start(rotates);
      answer = said;
      expect(await askAgain()).toBe(code);
      answer = null;
      expect(await askAgain()).toBe(isGoodLater ? 'works' : 'run.not-connected: acme');
      expect(asked).toBe(isGoodLater ? 2 : 1);
    },
  );
});
