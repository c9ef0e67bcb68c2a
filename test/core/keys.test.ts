import { beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import { defineConnection, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';

let core: TestCore;
let shop: ApplicationId;
let said: { readonly status: number; readonly body: unknown };

beforeEach(async () => {
  said = { status: 200, body: {} };
  core = await startCore({ fetch: async () => Response.json(said.body, { status: said.status }) });
  shop = await startShop(core);
});

const keysOf = async (connectionId: ConnectionId, variables: Record<string, string> = {}) => {
  const { connectorId } = (await core.ctx.db.connections.get(connectionId)) ?? { connectorId: '' };
  const { keys } = await core.see('connector', { connectorId });
  return {
    connectionId,
    environment: 'development' as const,
    variables,
    keys: Object.fromEntries(keys.map(({ name }) => [name, 'a-key'])),
  };
};

describe('what is authorized with keys', () => {
  it('S37 R67 is forgotten here when it is revoked, and Latchkey does not say that the service was told', async () => {
    const connectionId = await defineConnection(core, shop, 'grafana');
    said = { status: 200, body: { name: 'Harbour' } };
    await core.do('authorizeWithKeys', await keysOf(connectionId, { domain: 'acme.grafana.net' }));
    const [slot] = (await core.see('connection', { connectionId })).slots;
    expect(slot?.ending).toMatchObject({ serviceName: 'Grafana (service account)', canTell: 'no' });
    expect(await core.do('revokeAuthorization', { authorizationId: slot?.authorizationId ?? 'aut_0' })).toEqual({ withdrawal: 'no-way' });
    expect(await core.ctx.db.secrets.where('id').startsWith('tokens:').count()).toBe(0);
  });
});
