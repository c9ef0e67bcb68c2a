import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recoverFlows } from '../../src/core/flow-start.ts';
import type { ConnectionId } from '../../src/domain/ids.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { allWell, type FaultName } from '../../src/sandbox/switchboard.ts';
import { createLocks, freshName, startCore, type TestCore } from '../support/core.ts';
import { actAs, authorize, connectionId } from '../support/journey.ts';
import { authorizeAt, startTestSandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let core: TestCore;
let books: ConnectionId;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
afterEach(() => {
  Object.assign(sandbox.faults, allWell());
});
beforeEach(async () => {
  core = await startCore({ sandboxOrigin: sandbox.origin });
  await core.do('loadSample', {});
  books = await connectionId(core, 'sandbox_books');
});

const DANA = { email: 'dana@studio.example' };
const DEVELOPMENT = 'development' as const;

const slot = async (core_: TestCore = core) => {
  const view = await core_.see('connection', { connectionId: books });
  const found = view.slots.find(({ environment }) => environment === 'development');
  if (found === undefined) throw new Error('no slot');
  return found;
};

describe('authorizing', () => {
  it('R69 R76 stores what was granted, with the account’s own name', async () => {
    expect((await slot()).status).toMatchObject({ isConnected: false, reason: null, flow: null });
    await authorize(core, books, DEVELOPMENT, DANA);
    expect(await slot()).toMatchObject({
      status: { isConnected: true, reason: null, flow: null },
      account: 'dana@studio.example',
      grantedByName: 'Dana',
      canRenew: true,
      grantedScopes: ['books.invoices.create', 'books.organization.read'],
      missingScopes: [],
    });
  });

  it('shows a flow that is open, and ends the older one when another begins', async () => {
    const first = await core.do('beginAuthorization', { connectionId: books, environment: DEVELOPMENT });
    expect((await slot()).status.flow).toMatchObject({ id: first.flowId, state: 'waiting' });
    const second = await core.do('beginAuthorization', { connectionId: books, environment: DEVELOPMENT });
    expect((await slot()).status.flow).toMatchObject({ id: second.flowId });
    expect(await core.see('flow', { flowId: first.flowId })).toMatchObject({ state: 'failed', fault: { code: 'oauth.cancelled' } });
    const late = await authorizeAt(first.url ?? '', DANA);
    expect(await core.fails('completeAuthorization', { callbackUrl: late })).toBe('oauth.state-mismatch');
  });

  it('R79 S28 keeps a grant with less than was asked, and names what is missing', async () => {
    await authorize(core, books, DEVELOPMENT, { ...DANA, untick: ['books.invoices.create'] });
    expect(await slot()).toMatchObject({
      missingScopes: ['books.invoices.create'],
      status: { isConnected: true, reason: { code: 'oauth.scope-missing' } },
    });
  });

  it('S22 takes an answer once: a replayed or foreign state is refused', async () => {
    const { url } = await core.do('beginAuthorization', { connectionId: books, environment: DEVELOPMENT });
    const callbackUrl = await authorizeAt(url ?? '', DANA);
    await core.do('completeAuthorization', { callbackUrl });
    expect(await core.fails('completeAuthorization', { callbackUrl })).toBe('oauth.state-mismatch');
    expect(await core.fails('completeAuthorization', { callbackUrl: 'http://localhost/callback.html?code=x&state=y' })).toBe(
      'oauth.state-mismatch',
    );
    expect(await core.fails('completeAuthorization', { callbackUrl: 'not a url' })).toBe('oauth.state-mismatch');
    expect((await slot()).status.isConnected).toBe(true);
  });

  it('R66 ends a flow that takes too long, and stores nothing', async () => {
    let now = Date.now();
    core = await startCore({ sandboxOrigin: sandbox.origin, now: () => now });
    await core.do('loadSample', {});
    books = await connectionId(core, 'sandbox_books');
    const { url } = await core.do('beginAuthorization', { connectionId: books, environment: DEVELOPMENT });
    const callbackUrl = await authorizeAt(url ?? '', DANA);
    now += 11 * 60_000;
    expect(await core.fails('completeAuthorization', { callbackUrl })).toBe('oauth.expired');
    expect((await slot()).status.isConnected).toBe(false);
  });

  it('cancels a flow, whose answer then changes nothing', async () => {
    const { flowId, url } = await core.do('beginAuthorization', { connectionId: books, environment: DEVELOPMENT });
    await core.do('cancelAuthorization', { flowId });
    expect(await core.fails('completeAuthorization', { callbackUrl: await authorizeAt(url ?? '', DANA) })).toBe('oauth.state-mismatch');
    expect((await slot()).lastFailure?.fault.code).toBe('oauth.cancelled');
  });

  it.each<[string, FaultName | 'deny', string]>([
    ['the person refuses', 'deny', 'oauth.access-denied'],
    ['the token endpoint answers HTML', 'tokenHtml', 'oauth.answer-unreadable'],
    ['the token endpoint is down', 'tokenDown', 'oauth.sandbox-down'],
    ['the answer names another server', 'wrongIss', 'oauth.issuer-mismatch'],
    ['everything is down after consent', 'everythingDown', 'oauth.sandbox-down'],
  ])('R68 keeps the earlier grant when %s, and the next try works', async (_, what, code) => {
    await authorize(core, books, DEVELOPMENT, DANA);
    const before = await core.ctx.db.authorizations.toArray();
    const { url } = await core.do('beginAuthorization', { connectionId: books, environment: DEVELOPMENT });
    if (what === 'wrongIss') sandbox.faults.wrongIss = true;
    const callbackUrl = await authorizeAt(url ?? '', { email: 'lee@studio.example', deny: what === 'deny' });
    if (what !== 'deny') sandbox.faults[what] = true;
    await core.do('completeAuthorization', { callbackUrl });
    expect((await slot()).lastFailure?.fault.code).toBe(code);
    expect(await core.ctx.db.authorizations.toArray()).toEqual(before);
    Object.assign(sandbox.faults, allWell());
    await authorize(core, books, DEVELOPMENT, { email: 'lee@studio.example' });
    expect((await slot()).account).toBe('lee@studio.example');
  });

  it('refuses an altered state, and leaves the flow to its own answer', async () => {
    const { url } = await core.do('beginAuthorization', { connectionId: books, environment: DEVELOPMENT });
    sandbox.faults.wrongState = true;
    expect(await core.fails('completeAuthorization', { callbackUrl: await authorizeAt(url ?? '', DANA) })).toBe('oauth.state-mismatch');
    expect((await slot()).status.isConnected).toBe(false);
  });

  it('says that the sandbox is not running before any window is needed', async () => {
    const elsewhere = await startCore({ sandboxOrigin: 'http://localhost:9' });
    await elsewhere.do('loadSample', {});
    const connection = await connectionId(elsewhere, 'sandbox_books');
    const before = await elsewhere.ctx.db.flows.count();
    expect(await elsewhere.fails('beginAuthorization', { connectionId: connection, environment: DEVELOPMENT })).toBe('oauth.sandbox-down');
    expect(await elsewhere.ctx.db.flows.count()).toBe(before);
  });

  it('R4 has no production on the developer side', async () => {
    expect(await core.fails('beginAuthorization', { connectionId: books, environment: 'production' })).toBe('state.forbidden');
  });

  it('R67 S37 revokes at the service and deletes here; the definition stays', async () => {
    await authorize(core, books, DEVELOPMENT, DANA);
    const { authorizationId } = await slot();
    if (authorizationId === null) throw new Error('no authorization');
    expect(await core.do('revokeAuthorization', { authorizationId })).toEqual({ withdrawal: 'told' });
    expect(await slot()).toMatchObject({ authorizationId: null, status: { isConnected: false } });
    expect(await core.ctx.db.secrets.get(`tokens:${authorizationId}`)).toBeUndefined();
    expect(await core.fails('testConnection', { connectionId: books, environment: DEVELOPMENT })).toBe('run.not-connected');
  });

  it('R63 S37 deletes here even when the service cannot be told', async () => {
    await authorize(core, books, DEVELOPMENT, DANA);
    const { authorizationId } = await slot();
    sandbox.faults.everythingDown = true;
    expect(await core.do('revokeAuthorization', { authorizationId: authorizationId ?? 'aut_0' })).toEqual({ withdrawal: 'failed' });
    expect((await slot()).authorizationId).toBeNull();
  });
});

describe('a worker that dies', () => {
  const name = freshName();

  it('while the person is at the service: another worker takes the answer', async () => {
    const first = await startCore({ sandboxOrigin: sandbox.origin, name });
    await first.do('loadSample', {});
    books = await connectionId(first, 'sandbox_books');
    const { url } = await first.do('beginAuthorization', { connectionId: books, environment: DEVELOPMENT });
    const second = await startCore({ sandboxOrigin: sandbox.origin, name });
    await recoverFlows(second.ctx);
    await second.do('completeAuthorization', { callbackUrl: await authorizeAt(url ?? '', DANA) });
    expect((await slot(second)).status.isConnected).toBe(true);
  });

  it('in the middle of the exchange: the flow fails closed, and the next try works', async () => {
    const second = await startCore({ sandboxOrigin: sandbox.origin, name });
    books = await connectionId(second, 'sandbox_books');
    const { flowId, url } = await second.do('beginAuthorization', { connectionId: books, environment: DEVELOPMENT });
    const flow = await second.ctx.db.flows.get(flowId);
    if (flow === undefined) throw new Error('no flow');
    await second.ctx.db.flows.put({ ...flow, state: 'exchanging' });
    const third = await startCore({ sandboxOrigin: sandbox.origin, name });
    await recoverFlows(third.ctx);
    expect(await third.see('flow', { flowId })).toMatchObject({ state: 'failed', fault: { code: 'core.unavailable' } });
    expect(await third.fails('completeAuthorization', { callbackUrl: await authorizeAt(url ?? '', DANA) })).toBe('oauth.state-mismatch');
    await authorize(third, books, DEVELOPMENT, DANA);
  });

  it('with a window of the host’s own: the next worker shows it again, once', async () => {
    const pages: string[] = [];
    const never = createLocks();
    const openPage = (url: string): Promise<string> => {
      pages.push(url);
      return pages.length === 1 ? new Promise(() => undefined) : authorizeAt(url, DANA);
    };
    const extension = { sandboxOrigin: sandbox.origin, name, openPage };
    const first = await startCore({ ...extension, ...never });
    books = await connectionId(first, 'sandbox_books');
    const { flowId, url } = await first.do('beginAuthorization', { connectionId: books, environment: DEVELOPMENT });
    expect(url).toBeNull();
    await recoverFlows(first.ctx);
    expect(pages).toHaveLength(1);
    const second = await startCore(extension);
    await recoverFlows(second.ctx);
    await expect.poll(async () => (await slot(second)).grantedAt !== null && (await slot(second)).status.flow === null).toBe(true);
    expect(pages).toHaveLength(2);
    expect(await second.see('flow', { flowId })).toMatchObject({ state: 'failed' });
  });
});

describe('at the client', () => {
  it('R7 nobody sees or authorizes for another person', async () => {
    await authorize(core, books, DEVELOPMENT, DANA);
    await actAs(core, 'Carla');
    expect(await core.fails('testConnection', { connectionId: books, environment: 'production' })).toBe('store.missing');
  });
});
