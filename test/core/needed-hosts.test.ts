import { beforeEach, describe, expect, it } from 'vitest';
import { neededHosts } from '../../src/core/needed-hosts.ts';
import type { ApplicationId, AuthorizationId, ConnectionId } from '../../src/domain/ids.ts';
import { chooseOwnApp, defineConnection, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';

let core: TestCore;
let shop: ApplicationId;
let freed = 0;

beforeEach(async () => {
  freed = 0;
  core = await startCore({
    fetch: async () => Response.json({ id: 1, name: 'Harbour', friendly_name: 'Harbour' }),
    hostsFreed: () => {
      freed += 1;
    },
  });
  shop = await startShop(core);
});

const authorize = async (connectionId: ConnectionId, variables: Record<string, string>): Promise<AuthorizationId> => {
  await core.do('authorizeWithKeys', { connectionId, environment: 'development', variables, keys: { token: 'a-token-of-grafana' } });
  const row = await core.ctx.db.authorizations.where('connectionId').equals(connectionId).first();
  if (row === undefined) throw new Error('not authorized');
  return row.id;
};

describe('the hosts that are still needed', () => {
  it('S42 are those of every grant, and one that goes says so', async () => {
    expect(await neededHosts(core.ctx)).toEqual(new Set());
    const [one, two] = [
      await defineConnection(core, shop, 'grafana', { linkName: 'one' }),
      await defineConnection(core, shop, 'grafana', { linkName: 'two' }),
    ];
    const first = await authorize(one, { domain: 'acme.grafana.net' });
    const second = await authorize(two, { domain: 'other.grafana.net' });
    expect(await neededHosts(core.ctx)).toEqual(new Set(['https://acme.grafana.net/*', 'https://other.grafana.net/*']));
    expect(freed).toBe(0);
    await core.do('revokeAuthorization', { authorizationId: first });
    expect(freed).toBe(1);
    expect(await neededHosts(core.ctx)).toEqual(new Set(['https://other.grafana.net/*']));
    await core.do('revokeAuthorization', { authorizationId: second });
    expect([freed, await neededHosts(core.ctx)]).toEqual([2, new Set()]);
  });

  it('S42 are not judged while somebody signs in', async () => {
    const connectionId = await defineConnection(core, shop, 'asana');
    await chooseOwnApp(core, connectionId, { connectorId: 'asana', clientSecret: 'a-secret' });
    await core.do('beginAuthorization', { connectionId, environment: 'development' });
    expect(await neededHosts(core.ctx)).toBeNull();
  });
});
