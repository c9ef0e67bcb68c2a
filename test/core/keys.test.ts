import { beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import { defineConnection, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';

let core: TestCore;
let shop: ApplicationId;
let said: { readonly status: number; readonly body: unknown };

let sent: Request[] = [];

beforeEach(async () => {
  sent = [];
  said = { status: 200, body: {} };
  core = await startCore({
    fetch: async (url, init) => {
      sent.push(
        new Request(url, {
          method: init.method ?? 'GET',
          headers: new Headers(init.headers),
          ...(init.body == null ? {} : { body: init.body }),
        }),
      );
      return Response.json(said.body, { status: said.status });
    },
  });
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

describe('a key that goes into the body', () => {
  it('is sent in a body that says what it is', async () => {
    const connectionId = await defineConnection(core, shop, 'uptimerobot');
    said = { status: 200, body: { stat: 'ok', account: { email: 'dana@harbour.example' } } };
    await core.do('authorizeWithKeys', await keysOf(connectionId));
    expect(sent.map((request) => request.headers.get('content-type'))).toEqual(['application/json']);
    expect(await sent[0]?.json()).toEqual({ api_key: 'a-key' });
  });
});

describe('a key that the service refuses', () => {
  it.each<[string, string, Record<string, string>, number, unknown, string]>([
    ['in the status', 'grafana', { domain: 'acme.grafana.net' }, 401, { message: 'Invalid API key' }, 'run.unauthorized'],
    [
      'in a good answer',
      'google-maps',
      {},
      200,
      { status: 'REQUEST_DENIED', error_message: 'The provided API key is invalid.', results: [] },
      'run.refused',
    ],
    ['in a good answer', 'slack-bot-token', {}, 200, { ok: false, error: 'invalid_auth' }, 'run.refused'],
    [
      'in a good answer',
      'uptimerobot',
      {},
      200,
      { stat: 'fail', error: { type: 'invalid_parameter', message: 'api_key is invalid.' } },
      'run.refused',
    ],
    ['in a good answer', 'mapbox', {}, 200, { code: 'TokenInvalid' }, 'run.refused'],
    ['in a good answer', 'apollo', {}, 200, { healthy: true, is_logged_in: false }, 'run.refused'],
    ['by saying nothing of the account', 'linear-key', {}, 200, { errors: [{ message: 'Authentication required' }] }, 'run.answer-wrong'],
  ])('R68 %s is not stored: %s', async (_, connectorId, variables, status, body, code) => {
    const connectionId = await defineConnection(core, shop, connectorId);
    said = { status, body };
    expect(await core.fails('authorizeWithKeys', await keysOf(connectionId, variables))).toBe(code);
    expect(await core.ctx.db.authorizations.count()).toBe(0);
    expect(await core.ctx.db.secrets.where('id').startsWith('tokens:').count()).toBe(0);
  });

  it('R84 later fails the test in the service’s own words', async () => {
    const connectionId = await defineConnection(core, shop, 'google-maps');
    said = { status: 200, body: { status: 'OK', results: [] } };
    expect(await core.do('authorizeWithKeys', await keysOf(connectionId))).toEqual({
      account: 'Google Maps Platform Account 1',
      isTried: true,
    });
    said = { status: 200, body: { status: 'REQUEST_DENIED', error_message: 'The provided API key is invalid.' } };
    expect(await core.do('testConnection', { connectionId, environment: 'development' })).toMatchObject({
      isOk: false,
      account: null,
      fault: { code: 'run.refused', detail: 'The provided API key is invalid.' },
    });
  });
});
