import { beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import { chooseOwnApp, defineConnection, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';

type Answer = (url: URL, body: string) => unknown;

let core: TestCore;
let shop: ApplicationId;
let answer: Answer;

beforeEach(async () => {
  answer = () => ({});
  core = await startCore({ fetch: async (url, init) => Response.json(answer(new URL(url), String(init.body ?? ''))) });
  shop = await startShop(core);
});

const connect = async (connectorId: string, scopes: string[] = []): Promise<ConnectionId> => {
  const connectionId = await defineConnection(core, shop, connectorId, { scopes });
  await chooseOwnApp(core, connectionId, { connectorId, name: connectorId });
  return connectionId;
};

/** The person agrees at the service's page; gives what the page was asked. */
const authorize = async (
  connectionId: ConnectionId,
  variables: Record<string, string>,
  more: { command?: 'beginAuthorization' | 'switchAuthorization'; callback?: Record<string, string> } = {},
): Promise<URLSearchParams> => {
  const { url, flowId } = await core.do(more.command ?? 'beginAuthorization', { connectionId, environment: 'development', variables });
  const asked = new URL(url ?? '').searchParams;
  const back = new URL(asked.get('redirect_uri') ?? '');
  for (const [name, value] of Object.entries({ code: 'the-code', state: asked.get('state') ?? '', ...more.callback }))
    back.searchParams.set(name, value);
  await core.do('completeAuthorization', { callbackUrl: back.href });
  expect((await core.see('flow', { flowId })).fault).toBeNull();
  return asked;
};

describe('a scope that names the account’s own host', () => {
  const SCOPE = 'https://{orgHost}/user_impersonation';
  const TYPED = { orgHost: 'harbour.crm4.dynamics.com', tenant: 'common' };

  it('S28 R79 is asked for, and compared with what was granted, with the host in it', async () => {
    answer = (url) =>
      url.pathname.endsWith('/token')
        ? {
            access_token: 'token-7f3a',
            refresh_token: 'r',
            token_type: 'Bearer',
            scope: 'openid https://harbour.crm4.dynamics.com/user_impersonation',
          }
        : { UserId: 'u-1' };
    const connectionId = await connect('dynamics-365', [SCOPE]);
    const asked = await authorize(connectionId, TYPED);
    expect(asked.get('scope')).toBe('openid profile offline_access https://harbour.crm4.dynamics.com/user_impersonation');
    const [slot] = (await core.see('connection', { connectionId })).slots;
    expect(slot).toMatchObject({ status: { isConnected: true, reason: null }, grantedScopes: [SCOPE], missingScopes: [] });
  });

  it('R79 is missed where another host’s was granted', async () => {
    answer = () => ({ access_token: 'token-7f3a', token_type: 'Bearer', scope: 'https://other.crm4.dynamics.com/user_impersonation' });
    const connectionId = await connect('dynamics-365', [SCOPE]);
    await authorize(connectionId, TYPED);
    const [slot] = (await core.see('connection', { connectionId })).slots;
    expect(slot).toMatchObject({ status: { reason: { code: 'oauth.scope-missing' } }, grantedScopes: [], missingScopes: [SCOPE] });
  });
});

describe('an account with several organizations', () => {
  const idOf = (digit: string): string => `${digit.repeat(8)}-2222-4333-8444-555555555555`;
  const [FIRST, SECOND, THIRD] = [idOf('1'), idOf('2'), idOf('3')];
  const listing =
    (...ids: string[]): Answer =>
    (url) =>
      url.pathname === '/connections'
        ? ids.map((tenantId) => ({ tenantId, tenantName: `Organization ${tenantId[0]}` }))
        : { access_token: 'token-7f3a', refresh_token: 'r', token_type: 'Bearer', expires_in: 1_800 };
  const stored = async () =>
    (await core.ctx.db.authorizations.toArray()).map(({ variables, grant }) => [variables['tenantId'], grant?.account]);

  it('quirk V3 R59 gets the first that the service names, and keeps it however they are listed later', async () => {
    const connectionId = await connect('xero');
    answer = listing(FIRST, SECOND);
    await authorize(connectionId, {});
    expect(await stored()).toEqual([[FIRST, 'Organization 1']]);
    answer = listing(SECOND, THIRD, FIRST);
    await authorize(connectionId, {});
    expect(await stored()).toEqual([[FIRST, 'Organization 1']]);
    answer = listing(SECOND, THIRD);
    await authorize(connectionId, {});
    expect(await stored()).toEqual([[SECOND, 'Organization 2']]);
  });

  it('quirk V3 R59 gets the one that was named', async () => {
    const connectionId = await connect('xero');
    answer = listing(FIRST, SECOND);
    await authorize(connectionId, { tenantId: SECOND });
    expect(await stored()).toEqual([[SECOND, 'Organization 2']]);
  });

  it('R77 another account gets its own, even where the old one’s is in its list', async () => {
    const connectionId = await connect('xero');
    answer = listing(SECOND);
    await authorize(connectionId, {});
    answer = listing(FIRST, SECOND);
    await authorize(connectionId, {}, { command: 'switchAuthorization' });
    expect(await stored()).toEqual([[FIRST, 'Organization 1']]);
  });
});

describe('what the service said of the account before', () => {
  const token = { access_token: 'token-7f3a', refresh_token: 'r', token_type: 'Bearer', expires_in: 3_600 };

  it('R77 S23 is not taken for another account’s where its answer is silent', async () => {
    answer = () => token;
    const connectionId = await connect('quickbooks');
    await authorize(connectionId, {}, { callback: { realmId: '1111111111' } });
    const { url, flowId } = await core.do('switchAuthorization', { connectionId, environment: 'development' });
    const asked = new URL(url ?? '').searchParams;
    const back = new URL(asked.get('redirect_uri') ?? '');
    back.searchParams.set('code', 'c');
    back.searchParams.set('state', asked.get('state') ?? '');
    await core.do('completeAuthorization', { callbackUrl: back.href });
    expect((await core.see('flow', { flowId })).fault?.code).toBe('oauth.tenant-refused');
    expect((await core.ctx.db.authorizations.toArray()).map(({ variables }) => variables['realmId'])).toEqual(['1111111111']);
    await authorize(connectionId, {}, { command: 'switchAuthorization', callback: { realmId: '2222222222' } });
    expect((await core.ctx.db.authorizations.toArray()).map(({ variables }) => variables['realmId'])).toEqual(['2222222222']);
  });
});
