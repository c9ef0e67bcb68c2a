import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import { defineConnection, order, saveComponent, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { mappedFetch, type Providers, serveProviders } from '../support/providers/serve.ts';
import { createSmsProviders, SMS_KEYS } from '../support/providers/sms.ts';

let sms: ReturnType<typeof createSmsProviders>;
let providers: Providers;
let core: TestCore;
let shop: ApplicationId;
let now = Date.now();

beforeAll(async () => {
  sms = createSmsProviders();
  providers = await serveProviders(sms.providers);
});
afterAll(() => providers.close());
beforeEach(async () => {
  now = Date.now();
  sms.delivered.length = 0;
  sms.limits.clear();
  providers.arrived.length = 0;
  providers.trouble = () => null;
  core = await startCore({ fetch: mappedFetch(providers), now: () => now });
  shop = await startShop(core);
});

type Service = {
  readonly connectorId: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly keys: Readonly<Record<string, string>>;
  readonly account: string | null;
  /** The request that its documentation shows, for one message. */
  readonly documented: {
    readonly method: string;
    readonly path: string;
    readonly type: string;
    readonly body: unknown;
    readonly header: readonly [string, string] | null;
  };
};

const TO = '+14155550123';
const TEXT = 'Order of Robin Reed: 12';

const SERVICES: readonly Service[] = [
  {
    connectorId: 'twilio',
    variables: { account_sid: SMS_KEYS.twilio.sid },
    keys: { password: SMS_KEYS.twilio.token },
    account: 'Harbour Homes',
    documented: {
      method: 'POST',
      path: `/2010-04-01/Accounts/${SMS_KEYS.twilio.sid}/Messages.json`,
      type: 'application/x-www-form-urlencoded',
      body: { To: TO, From: '+14155550100', Body: TEXT },
      header: ['authorization', `Basic ${Buffer.from(`${SMS_KEYS.twilio.sid}:${SMS_KEYS.twilio.token}`).toString('base64')}`],
    },
  },
  {
    connectorId: 'clickatell',
    variables: {},
    keys: { key: SMS_KEYS.clickatell.key },
    account: null,
    documented: {
      method: 'POST',
      path: '/v1/message',
      type: 'application/json',
      body: { messages: [{ channel: 'sms', to: TO, content: TEXT, from: '+14155550100' }] },
      header: ['authorization', SMS_KEYS.clickatell.key],
    },
  },
  {
    connectorId: 'sms-magic',
    variables: {},
    keys: { key: SMS_KEYS.smsMagic.key },
    account: null,
    documented: {
      method: 'POST',
      path: '/v1/sms/send',
      type: 'application/json',
      body: { mobile_number: TO, sms_text: TEXT, sender_id: '+14155550100' },
      header: ['apikey', SMS_KEYS.smsMagic.key],
    },
  },
  {
    connectorId: 'vonage',
    variables: {},
    keys: { api_key: SMS_KEYS.vonage.key, api_secret: SMS_KEYS.vonage.secret },
    account: null,
    documented: {
      method: 'POST',
      path: '/sms/json',
      type: 'application/x-www-form-urlencoded',
      body: { to: TO, from: '+14155550100', text: TEXT },
      header: null,
    },
  },
  {
    connectorId: 'messagebird',
    variables: {},
    keys: { key: SMS_KEYS.messagebird.key },
    account: null,
    documented: {
      method: 'POST',
      path: '/messages',
      type: 'application/json',
      body: { recipients: [TO], originator: '+14155550100', body: TEXT },
      header: ['authorization', `AccessKey ${SMS_KEYS.messagebird.key}`],
    },
  },
];

const action = (linkName: string, recipients: readonly Record<string, string>[] = [{ from: 'field', field: 'phone' }]) => ({
  form: 'orders',
  trigger: { event: 'create' },
  conditions: [],
  connection: linkName,
  operation: 'send-message',
  sender: '+14155550100',
  recipients: [...recipients],
  text: 'Order of {{customer}}: {{amount}}',
});

const connect = async ({ connectorId, variables, keys }: Pick<Service, 'connectorId' | 'variables' | 'keys'>): Promise<ConnectionId> => {
  const connectionId = await defineConnection(core, shop, connectorId);
  await core.do('authorizeWithKeys', { connectionId, environment: 'development', variables, keys });
  return connectionId;
};

const twilio = SERVICES[0];
if (twilio === undefined) throw new Error('no service');

describe('SMS actions at the services themselves', () => {
  it.each(SERVICES.map((service) => [service.connectorId, service] as const))(
    'R50 S24 %s gets the request that it documents, and says the message’s id',
    async (connectorId, service) => {
      const connectionId = await connect(service);
      const linkName = connectorId.replaceAll('-', '_');
      const componentId = await saveComponent(core, shop, 'sms-action', action(linkName));
      const { runs } = await order(core, shop, { customer: 'Robin Reed', phone: '+1 (415) 555-0123', amount: '12' });
      expect(runs).toMatchObject([{ isOk: true, label: TO, result: { label: 'Message', value: `${connectorId}-1` }, outbox: null }]);
      expect(sms.delivered).toEqual([{ via: connectorId, to: TO, from: '+14155550100', text: TEXT }]);
      const arrived = providers.arrived.at(-1);
      const { documented } = service;
      expect(arrived?.method).toBe(documented.method);
      expect(arrived?.path).toBe(documented.path);
      expect(arrived?.headers['content-type']).toBe(documented.type);
      const body = documented.type.includes('json')
        ? JSON.parse(arrived?.body ?? '')
        : Object.fromEntries(new URLSearchParams(arrived?.body));
      expect(body).toEqual(documented.body);
      if (documented.header !== null) expect(arrived?.headers[documented.header[0]]).toBe(documented.header[1]);
      if (service.account !== null) {
        const { slots } = await core.see('connection', { connectionId });
        expect(slots[0]?.account).toBe(service.account);
      }
      // What is kept of the run shows the request and nothing that authorizes it.
      const kept = JSON.stringify(await core.dump());
      for (const key of Object.values(service.keys)) expect(kept).not.toContain(key);
      // The dry run shows the same request before anything is sent.
      const { requests } = await core.see('dryRun', {
        componentId,
        recordId: null,
        values: { customer: 'Robin Reed', phone: TO, amount: '12' },
      });
      expect(requests).toMatchObject([{ label: TO, fault: null, request: { method: 'POST', body: arrived?.body } }]);
      expect(sms.delivered).toHaveLength(1);
    },
  );

  it.each(SERVICES.filter(({ connectorId }) => connectorId !== 'sms-magic').map((service) => [service.connectorId, service] as const))(
    'R68 keys that %s refuses are not stored, and what was there stays',
    async (connectorId, service) => {
      const connectionId = await connect(service);
      const before = await core.ctx.db.authorizations.toArray();
      const wrong = Object.fromEntries(Object.keys(service.keys).map((name) => [name, 'wrong-key-0000']));
      const input = { connectionId, environment: 'development', variables: service.variables, keys: wrong } as const;
      expect(await core.fails('authorizeWithKeys', input)).toBe('run.unauthorized');
      expect(await core.ctx.db.authorizations.toArray()).toEqual(before);
      expect(connectorId).not.toBe('');
    },
  );

  it('sends to each recipient by itself: literals, a field with several numbers, each once, and says of each how it went', async () => {
    await connect(twilio);
    await saveComponent(
      core,
      shop,
      'sms-action',
      action('twilio', [
        { from: 'text', text: '+14155550111' },
        { from: 'field', field: 'phone' },
      ]),
    );
    const { runs } = await order(core, shop, {
      customer: 'R',
      amount: '1',
      phone: '+14155550123, 0049 30 1234567; +14155550111, 12, +15550000000',
    });
    expect(runs.map(({ label, isOk, fault }) => [label, isOk, fault?.code ?? null])).toEqual([
      ['+14155550111', true, null],
      ['+14155550123', true, null],
      ['+49301234567', true, null],
      ['12', false, 'run.recipient-wrong'],
      ['+15550000000', false, 'run.refused'],
    ]);
    const { entries } = await core.see('outbox', {});
    expect(new Set(entries.map(({ label, state, fault }) => `${label} ${state} ${fault?.code}`))).toEqual(
      new Set(['12 held run.recipient-wrong', '+15550000000 held run.refused']),
    );
    expect(sms.delivered).toHaveLength(3);
  });

  it('says of a failure that comes with a good status what the service said (Vonage, Clickatell)', async () => {
    for (const service of SERVICES.filter(({ connectorId }) => ['vonage', 'clickatell'].includes(connectorId))) {
      await connect(service);
      await saveComponent(core, shop, 'sms-action', action(service.connectorId));
    }
    const { runs } = await order(core, shop, { customer: 'R', amount: '1', phone: '+15550000000' });
    expect(new Set(runs.map(({ fault }) => `${fault?.code}: ${fault?.detail}`))).toEqual(
      new Set(['run.refused: Invalid Destination Address', 'run.refused: Invalid to param']),
    );
  });

  it.each([
    ['seconds', () => '7', 7_000],
    ['a date', () => new Date(now + 9_000).toUTCString(), 9_000],
  ])('S32 waits as long as Retry-After says (%s), then sends once', async (_, retryAfter, milliseconds) => {
    await connect(twilio);
    await saveComponent(core, shop, 'sms-action', action('twilio'));
    now = Math.ceil(now / 1_000) * 1_000;
    sms.limits.set('twilio', { times: 1, retryAfter: retryAfter() });
    const { runs } = await order(core, shop, { customer: 'R', amount: '1', phone: TO });
    expect(runs).toMatchObject([{ isOk: false, fault: { code: 'run.busy' }, outbox: { state: 'waiting', nextAt: now + milliseconds } }]);
    const { drainOutbox } = await import('../../src/core/outbox.ts');
    now += milliseconds - 1;
    expect(await drainOutbox(core.ctx)).toBe(now + 1);
    expect(sms.delivered).toHaveLength(0);
    now += 1;
    expect(await drainOutbox(core.ctx)).toBeNull();
    expect(sms.delivered).toHaveLength(1);
    expect((await core.see('outbox', {})).entries).toEqual([]);
  });

  it('keeps what was cut off after it left as of unknown outcome, sends it again only when a person says so', async () => {
    await connect(twilio);
    const componentId = await saveComponent(core, shop, 'sms-action', action('twilio'));
    providers.trouble = ({ path }) => (path.endsWith('/Messages.json') ? 'cut-after' : null);
    const { runs, recordId } = await order(core, shop, { customer: 'R', amount: '1', phone: TO });
    expect(runs).toMatchObject([{ isOk: false, fault: { code: 'run.unknown-outcome' }, outbox: { state: 'unknown' } }]);
    expect(sms.delivered).toHaveLength(1);
    providers.trouble = () => null;
    const { drainOutbox, recoverOutbox } = await import('../../src/core/outbox.ts');
    now += 86_400_000;
    await recoverOutbox(core.ctx);
    await drainOutbox(core.ctx);
    // Running the component again for the entry is not an answer to whether it arrived.
    expect(await core.fails('runComponent', { componentId, recordId })).toBe('outbox.busy');
    expect(sms.delivered).toHaveLength(1);
    const outboxId = (await core.see('outbox', {})).entries[0]?.id;
    if (outboxId === undefined) throw new Error('nothing waits');
    await core.do('retryOutbox', { outboxId });
    expect(sms.delivered).toHaveLength(2);
    expect((await core.see('outbox', {})).entries).toEqual([]);
  });

  it('R109 an SMS action that names no connection uses the service’s system connection', async () => {
    const componentId = await saveComponent(core, shop, 'sms-action', { ...action(''), service: 'twilio' });
    const component = await core.ctx.db.components.get(componentId);
    expect(component?.services).toEqual(['twilio']);
    const system = (await core.see('connections', {})).rows.find(({ type }) => type === 'system');
    if (system === undefined) throw new Error('no system connection');
    await core.do('authorizeWithKeys', {
      connectionId: system.id,
      environment: 'development',
      variables: twilio.variables,
      keys: twilio.keys,
    });
    const { runs } = await order(core, shop, { customer: 'R', amount: '1', phone: TO });
    expect(runs).toMatchObject([{ isOk: true, result: { value: 'twilio-1' } }]);
  });
});
