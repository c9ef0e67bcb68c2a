import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultCode } from '../../src/domain/faults.ts';
import type { ApplicationId } from '../../src/domain/ids.ts';
import { defineConnection, saveComponent, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { connectionId, publish } from '../support/journey.ts';

let core: TestCore;
let shop: ApplicationId;
let bundle: { text: string; hash: string };

const settings = (change: object = {}): string =>
  JSON.stringify({
    format: 'latchkey.settings/1',
    application: { id: shop },
    connections: { zendesk: { variables: { subdomain: 'harbour' } } },
    ...change,
  });

const presetIn = async (of: TestCore): Promise<unknown> => {
  const row = { connectionId: await connectionId(of, 'zendesk'), environment: 'production' } as const;
  return (await of.see('authorizing', row)).values;
};

/** A client's workspace of its own, which gets the bundle only. */
const startClient = async (): Promise<TestCore> => {
  const client = await startCore();
  await client.do('createWorkspace', { side: 'client', name: 'Harbour Homes', memberName: 'Carla' });
  return client;
};

beforeAll(async () => {
  core = await startCore();
  shop = await startShop(core);
  await defineConnection(core, shop, 'zendesk');
  await defineConnection(core, shop, 'xero');
  const tickets = 'r = invokeurl [ url: "https://acme.zendesk.com/api/v2/tickets.json" type: GET connection: "zendesk" ]; return r;';
  await saveComponent(core, shop, 'deluge-invokeurl', { start: null, script: tickets });
  const ledger = 'r = invokeurl [ url: "https://api.xero.com/connections" type: GET connection: "xero" ]; return r;';
  await saveComponent(core, shop, 'deluge-invokeurl', { start: null, script: ledger });
  const { text } = await publish(core, shop, '1.0.0');
  bundle = { text, hash: (await core.do('previewBundle', { text })).hash };
});

const REFUSED: readonly (readonly [FaultCode, () => string])[] = [
  ['settings.not-settings', () => '{}'],
  ['settings.not-settings', () => 'no JSON'],
  ['settings.field-wrong', () => settings({ colour: 'red' })],
  ['settings.field-wrong', () => settings({ connections: { zoho: { variables: {} } } })],
  ['settings.field-wrong', () => settings({ connections: { zendesk: { variables: { region: 'eu' } } } })],
  ['settings.field-wrong', () => settings({ connections: { zendesk: { variables: { subdomain: 'evil.example/#' } } } })],
  ['settings.field-wrong', () => settings().replace('"application"', '"format":"latchkey.settings/1","application"')],
  ['settings.other-application', () => settings({ application: { id: 'app_another' } })],
  ['settings.other-application', () => settings({ application: { id: shop, author: 'A'.repeat(43) } })],
  ['settings.secret-found', () => settings({ connections: { zendesk: { variables: { subdomain: `ghp_${'a1B2'.repeat(9)}` } } } })],
  ['feed.address-wrong', () => settings({ feed: 'http://updates.example/' })],
];

describe('deployment settings', () => {
  let client: TestCore;
  beforeEach(async () => {
    client = await startClient();
  });

  it('R59 answer beforehand what belongs to the account, and are told before anything is installed', async () => {
    expect(
      await client.do('previewSettings', { text: bundle.text, settings: settings({ feed: 'https://updates.example/shop/' }) }),
    ).toEqual({
      feed: 'https://updates.example/shop/',
      variables: [{ connection: 'zendesk', label: 'Account subdomain', value: 'harbour' }],
      imports: {},
    });
    await client.do('installBundle', { ...bundle, settings: settings() });
    expect(await presetIn(client)).toEqual({ subdomain: 'harbour' });
  });

  it('R59 quirk V3 say which of several organizations is meant', async () => {
    const tenantId = '22222222-2222-4333-8444-555555555555';
    await client.do('installBundle', { ...bundle, settings: settings({ connections: { xero: { variables: { tenantId } } } }) });
    const row = { connectionId: await connectionId(client, 'xero'), environment: 'production' } as const;
    expect((await client.see('authorizing', row)).values).toEqual({ tenantId });
  });

  it('name the channel of the feed, which is what is followed', async () => {
    const feed = `https://updates.example/shop/c/${'a'.repeat(52)}`;
    expect((await client.do('previewSettings', { text: bundle.text, settings: settings({ feed }) })).feed).toBe(feed);
  });

  it('come back out of what is installed, and install the same elsewhere', async () => {
    const { installationId } = await client.do('installBundle', { ...bundle, settings: settings() });
    const { fileName, text } = await client.do('exportSettings', { installationId });
    expect(fileName).toBe('shop.settings.json');
    expect(JSON.parse(text)).toMatchObject({ connections: { zendesk: { variables: { subdomain: 'harbour' } } } });
    const other = await startClient();
    await other.do('installBundle', { ...bundle, settings: text });
    expect(await presetIn(other)).toEqual({ subdomain: 'harbour' });
  });

  it.each(REFUSED)('S1 S11 are refused whole with %s', async (code, text) => {
    expect(await client.fails('installBundle', { ...bundle, settings: text() })).toBe(code);
    expect(await client.ctx.db.installations.count()).toBe(0);
  });

  it('R33 say what an import makes of each connection', async () => {
    const { connectionId: spare } = await core.do('duplicateConnection', { connectionId: await connectionId(core, 'zendesk') });
    const { linkName } = await core.see('connection', { connectionId: spare });
    const { imports } = await core.do('previewSettings', {
      text: bundle.text,
      settings: settings({ connections: { zendesk: { import: { take: 'existing', linkName } } } }),
    });
    expect(imports).toEqual({ zendesk: { take: 'existing', connectionId: spare } });
  });

  it('R40 are refused where an import could not take what they choose', async () => {
    const choosing = (linkName: string) =>
      core.fails('previewSettings', {
        text: bundle.text,
        settings: settings({ connections: { zendesk: { import: { take: 'existing', linkName } } } }),
      });
    // It serves the shop.
    expect(await choosing('zendesk')).toBe('connection.cannot-serve');
    const other = await defineConnection(core, shop, 'sandbox-books');
    expect(await choosing((await core.see('connection', { connectionId: other })).linkName)).toBe('connection.cannot-serve');
    expect(await choosing('nobody')).toBe('store.missing');
  });
});
