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
            access_token: 'a',
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
    answer = () => ({ access_token: 'a', token_type: 'Bearer', scope: 'https://other.crm4.dynamics.com/user_impersonation' });
    const connectionId = await connect('dynamics-365', [SCOPE]);
    await authorize(connectionId, TYPED);
    const [slot] = (await core.see('connection', { connectionId })).slots;
    expect(slot).toMatchObject({ status: { reason: { code: 'oauth.scope-missing' } }, grantedScopes: [], missingScopes: [SCOPE] });
  });
});
