import { beforeEach, describe, expect, it } from 'vitest';
import { readBackup } from '../../src/backup/file.ts';
import { canonicalText } from '../../src/bundle/canonical.ts';
import { applyRestore, planRestore } from '../../src/core/restoring.ts';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { answerTo, chooseOwnApp, defineConnection, startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';

const KEY = 'key-of-acme-0123456789';
const SECRET = 'secret-of-our-app-0123456789';
const PASSPHRASE = 'correct horse battery staple';

const BEARER: JsonObject = {
  method: 'bearer',
  fields: [{ name: 'token', label: 'Token', placement: { in: 'header', name: 'Authorization', prefix: 'Bearer ' } }],
};
const OAUTH: JsonObject = {
  method: 'oauth2-code',
  endpoints: { authorization: 'https://login.acme.com/authorize', token: 'https://login.acme.com/token' },
};

const record = (more: JsonObject = {}): JsonObject => ({
  category: 'Custom',
  description: 'Acme: what Acme does.',
  auth: BEARER,
  apiBase: 'https://api.acme.com/v1/',
  test: { method: 'GET', path: 'me' },
  ...more,
});

/** What was sent where. */
let asked: { host: string; authorization: string | null; body: string }[];
/** What happens while a service is being asked. */
let meanwhile: () => Promise<unknown>;
let core: TestCore;
let shop: ApplicationId;

const startDevice = (): Promise<TestCore> =>
  startCore({
    fetch: async (url, init) => {
      const authorization = new Headers(init?.headers).get('authorization');
      await meanwhile();
      asked.push({ host: new URL(String(url)).host, authorization, body: String(init?.body ?? '') });
      return Response.json({ access_token: 'token-of-acme-0123456789', token_type: 'Bearer', expires_in: 3_600 });
    },
  });

beforeEach(async () => {
  asked = [];
  meanwhile = async () => undefined;
  core = await startDevice();
  shop = await startShop(core);
  await core.do('allowCustomConnectors', { isAllowed: true });
});

const add = async (given: JsonObject): Promise<string> => (await core.do('addConnector', { name: 'Acme', record: given })).connectorId;

const withKey = async () => {
  const connectorId = await add(record());
  const connectionId = await defineConnection(core, shop, connectorId, { linkName: 'acme' });
  await authorize(connectionId);
  return { connectorId, connectionId };
};
const authorize = (connectionId: ConnectionId, environment: 'development' | 'stage' = 'development') =>
  core.do('authorizeWithKeys', { connectionId, environment, variables: {}, keys: { token: KEY } });

const backup = async (withAuthorizations = false): Promise<string> =>
  (await core.do('makeBackup', { withAuthorizations, passphrase: withAuthorizations ? PASSPHRASE : null })).text;

type Content = { rows: Record<string, JsonObject[]> } & JsonObject;

/** The same backup as somebody might have changed it. */
const forged = (text: string, change: (rows: Content['rows']) => void): string => {
  const content: Content = JSON.parse(text);
  change(content.rows);
  return canonicalText(content);
};
const movedTo = (apiBase: string) => (rows: Content['rows']) => {
  for (const row of rows['connectors'] ?? []) Object.assign(row, { record: { ...Object(row['record']), apiBase } });
};

const restore = (text: string, on = core) => on.do('restoreBackup', { text, passphrase: null });
const preview = (text: string, on = core) => on.do('previewRestore', { text, passphrase: null });
const grantOf = async (connectionId: string, on = core) =>
  (await on.ctx.db.authorizations.where('connectionId').equals(connectionId).first())?.grant ?? null;
const sealed = (start: string, on = core) => on.ctx.db.secrets.where('id').startsWith(start).count();

describe('restoring a custom connector', () => {
  it('S23 S54 travels with what is made from it to an empty device, and over one that moved since, where its own tokens come back', async () => {
    const { connectorId, connectionId } = await withKey();
    const given = { text: await backup(true), passphrase: PASSPHRASE };
    const other = await startDevice();
    expect(await other.do('restoreBackup', given)).toMatchObject({
      changes: expect.arrayContaining([{ what: 'Custom connectors', added: 1, changed: 0, removed: 0 }]),
      connectors: [{ name: 'Acme', hosts: ['api.acme.com'], hostsBefore: null }],
      broughtAuthorizations: 1,
    });
    expect(await other.ctx.db.connectors.get(connectorId)).toMatchObject({ record: { name: 'Acme' } });
    const moved = record({ apiBase: 'https://api.newacme.org/' });
    await core.do('changeConnector', { connectorId, name: 'Acme', record: moved, isAgreed: true });
    const keys = { token: 'key-for-the-new-address' };
    await core.do('authorizeWithKeys', { connectionId, environment: 'development', variables: {}, keys });
    const counts = await core.do('restoreBackup', given);
    expect(counts).toMatchObject({ keptAuthorizations: 0, endedAuthorizations: 1, broughtAuthorizations: 1 });
    for (const device of [other, core]) {
      asked = [];
      expect(await device.do('testConnection', { connectionId, environment: 'development' })).toMatchObject({ isOk: true });
      expect(asked).toMatchObject([{ host: 'api.acme.com', authorization: `Bearer ${KEY}` }]);
    }
  });

  it('S54 is held to what holds here when a backup is read', async () => {
    await withKey();
    const text = await backup();
    const other = await startCore();
    const refused = (change: (rows: Content['rows']) => void) =>
      other.fails('previewRestore', { text: forged(text, change), passphrase: null });
    const withRecord = (part: JsonObject) => (rows: Content['rows']) => {
      for (const row of rows['connectors'] ?? []) Object.assign(row, { record: { ...Object(row['record']), ...part } });
    };
    expect(await refused(withRecord({ alsoAt: ['https://api.evil.net/'] }))).toBe('connector.domains-differ');
    expect(await refused(withRecord({ id: 'zoho-crm' }))).toBe('connector.custom-wrong');
    expect(await refused((rows) => rows['connectors']?.pop())).toBe('bundle.connector-unknown');
  });

  it('S20 S23 a backup with another address ends what was authorized here, says so before with its hosts, and gets no token', async () => {
    const { connectorId, connectionId } = await withKey();
    const text = forged(await backup(), movedTo('https://api.evil.example.net/'));
    expect(await preview(text)).toMatchObject({
      keptAuthorizations: 0,
      endedAuthorizations: 1,
      connectors: [{ name: 'Acme', hosts: ['api.evil.example.net'], hostsBefore: ['api.acme.com'] }],
    });
    expect(await restore(text)).toMatchObject({ keptAuthorizations: 0, endedAuthorizations: 1 });
    expect(await core.ctx.db.connectors.get(connectorId)).toMatchObject({ record: { apiBase: 'https://api.evil.example.net/' } });
    expect(await core.ctx.db.authorizations.toArray()).toMatchObject([
      { state: 'not-connected', reason: 'connector.changed', grant: null },
    ]);
    expect(await sealed('tokens:')).toBe(0);
    asked = [];
    expect(await core.fails('testConnection', { connectionId, environment: 'development' })).toBe('run.not-connected');
    expect(asked).toEqual([]);
  });

  it('S23 S54 an old backup over a connector that moved since: the grant of the new address does not go to the old one', async () => {
    const { connectorId, connectionId } = await withKey();
    const text = await backup();
    const moved = record({ apiBase: 'https://api.newacme.org/' });
    await core.do('changeConnector', { connectorId, name: 'Acme', record: moved, isAgreed: true });
    await authorize(connectionId);
    expect(await restore(text)).toMatchObject({
      endedAuthorizations: 1,
      connectors: [{ hosts: ['api.acme.com'], hostsBefore: ['api.newacme.org'] }],
    });
    expect([await grantOf(connectionId), await sealed('tokens:')]).toEqual([null, 0]);
  });

  it('S54 keeps what was authorized where only other words of the record differ', async () => {
    const { connectionId } = await withKey();
    const text = forged(await backup(), (rows) => {
      for (const row of rows['connectors'] ?? [])
        Object.assign(row, { record: { ...Object(row['record']), description: 'Acme: orders.' } });
    });
    expect(await restore(text)).toMatchObject({ keptAuthorizations: 1, endedAuthorizations: 0, endedSecrets: 0 });
    expect(await grantOf(connectionId)).not.toBeNull();
  });

  it('S23 S53 is refused where somebody authorized since it was looked at, and stores no key that was tried at the old address', async () => {
    const { connectionId } = await withKey();
    const text = forged(await backup(), movedTo('https://api.evil.example.net/'));
    const content = await readBackup(text, null);
    const plan = await planRestore(core.ctx, content);
    await authorize(connectionId, 'stage');
    await expect(applyRestore(core.ctx, plan, content.workspace.id, { ...plan.change, event: null })).rejects.toThrow('store.conflict');
    expect(await sealed('tokens:')).toBe(2);
    let restored: Promise<unknown> | null = null;
    meanwhile = () => {
      restored ??= restore(text);
      return restored;
    };
    await expect(authorize(connectionId, 'stage')).rejects.toThrow('store.conflict');
    expect(restored).not.toBeNull();
    expect(await sealed('tokens:')).toBe(0);
  });

  it('S20 S23 a connection that is another one in the backup keeps no grant', async () => {
    const { connectionId } = await withKey();
    const { connectorId: evil } = await core.do('addConnector', { name: 'Evil', record: record({ apiBase: 'https://api.evil.net/' }) });
    const text = forged(await backup(), (rows) => {
      for (const row of rows['connections'] ?? []) Object.assign(row, { connectorId: evil });
    });
    expect(await restore(text)).toMatchObject({ keptAuthorizations: 0, endedAuthorizations: 1 });
    expect([await grantOf(connectionId), await sealed('tokens:')]).toEqual([null, 0]);
  });
});

describe('restoring OAuth apps', () => {
  const withApp = async () => {
    const connectorId = await add(record({ auth: OAUTH }));
    const connectionId = await defineConnection(core, shop, connectorId, { linkName: 'acme' });
    const oauthAppId = await chooseOwnApp(core, connectionId, { connectorId, clientSecret: SECRET });
    return { connectorId, connectionId, oauthAppId };
  };
  const signIn = async (connectionId: ConnectionId): Promise<void> => {
    const { url } = await core.do('beginAuthorization', { connectionId, environment: 'development' });
    await core.do('completeAuthorization', { callbackUrl: answerTo(url) });
  };
  const isSecretIn = ({ body, authorization }: (typeof asked)[number]): boolean => {
    const [way, value = ''] = authorization?.split(' ') ?? [];
    return body.includes(SECRET) || (way === 'Basic' && atob(value).includes(SECRET));
  };

  it('S20 S23 a client secret stays where its service is the same, and is deleted where it moved', async () => {
    const { connectionId, oauthAppId } = await withApp();
    const text = await backup();
    expect(await restore(text)).toMatchObject({ endedSecrets: 0 });
    expect(await core.ctx.db.oauthApps.get(oauthAppId)).toMatchObject({ hasSecret: true });
    const endpoints = { authorization: 'https://login.evil.net/authorize', token: 'https://login.evil.net/token' };
    const evil = forged(text, (rows) => {
      const [row] = rows['connectors'] ?? [];
      Object.assign(row ?? {}, { record: { ...Object(row?.['record']), auth: { ...OAUTH, endpoints }, apiBase: 'https://api.evil.net/' } });
    });
    expect(await preview(evil)).toMatchObject({ endedSecrets: 1 });
    await restore(evil);
    expect(await core.ctx.db.oauthApps.get(oauthAppId)).toMatchObject({ hasSecret: false });
    expect(await sealed('oauth-app:')).toBe(0);
    await signIn(connectionId);
    expect(asked.map(({ host }) => host)).toContain('login.evil.net');
    expect(asked.filter(isSecretIn)).toEqual([]);
  });

  it('S20 S23 a client secret goes to no other connector that a backup’s row names for it', async () => {
    const { oauthAppId } = await withApp();
    const endpoints = { authorization: 'https://login.evil.net/authorize', token: 'https://login.evil.net/token' };
    const { connectorId: evil } = await core.do('addConnector', {
      name: 'Evil',
      record: record({ auth: { ...OAUTH, endpoints, publicClient: 'yes' }, apiBase: 'https://api.evil.net/' }),
    });
    const other = await defineConnection(core, shop, evil, { linkName: 'evil' });
    const text = await backup();
    await restore(
      forged(text, (rows) => {
        for (const row of rows['connections'] ?? []) if (row['id'] === other) Object.assign(row, { oauthAppId });
      }),
    );
    expect(await core.fails('beginAuthorization', { connectionId: other, environment: 'development' })).toBe('credentials.needed');
    await restore(
      forged(text, (rows) => {
        for (const row of rows['oauthApps'] ?? []) Object.assign(row, { connectorId: evil });
        for (const row of rows['connections'] ?? []) if (row['id'] === other) Object.assign(row, { oauthAppId });
      }),
    );
    await signIn(other);
    expect(asked.map(({ host }) => host)).toContain('login.evil.net');
    expect(asked.filter(isSecretIn)).toEqual([]);
  });
});
