import type { Page } from 'playwright-core';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorById } from '../../src/connectors/catalogue.ts';
import type { Known } from '../../src/domain/connector.ts';
import type { AuthorizationId, ConnectionId } from '../../src/domain/ids.ts';
import { truthOf } from '../../src/domain/truth.ts';
import { type Host, startExtension, startPwa } from '../support/browser.ts';
import { readTables } from '../support/direct.ts';
import { openRemote, remote } from '../support/remote.ts';
import { PROFILES } from '../support/simulators/profiles.ts';
import { clientOf, hostsOf, type Profile } from '../support/simulators/provider.ts';
import { type Hosts, serveHosts } from '../support/simulators/serve-hosts.ts';

/** The browser asks its own questions at these hosts; nobody of ours sent them. */
const BROWSERS_OWN = /ListAccounts/;

/** As many providers as one machine can be at once: each host name is one provider's. */
const apart = (profiles: readonly Profile[]): Profile[] => {
  const taken = new Set<string>();
  return profiles.filter((profile) => {
    const hosts = hostsOf(profile);
    if (hosts.some((host) => taken.has(host))) return false;
    for (const host of hosts) taken.add(host);
    return true;
  });
};

const AuthorizationRow = v.object({
  id: v.custom<AuthorizationId>((id) => typeof id === 'string'),
  grant: v.object({ account: v.string() }),
});

const chosen = apart(PROFILES);
const inWebApp = (wanted: Known) => chosen.filter(({ id }) => truthOf(connectorById(id)).inWebApp === wanted);
const open = inWebApp('yes');
const closed = inWebApp('no');

const define = async (host: Host, page: Page, profile: Profile): Promise<ConnectionId> => {
  const { defaultScopes } = connectorById(profile.id);
  const { connectionId } = await remote(host, page, 'defineConnection', {
    connectorId: profile.id,
    displayName: profile.id,
    linkName: profile.id.replaceAll('-', '_'),
    type: 'admin',
    scopes: [...defaultScopes],
    environmentPolicy: 'same',
    applicationId: null,
  });
  const client = clientOf(profile);
  const { oauthAppId } = await remote(host, page, 'saveOauthApp', {
    oauthAppId: null,
    connectorId: profile.id,
    name: 'Ours',
    clientId: client.id,
    clientSecret: client.secret,
    isConfirmed: true,
  });
  await remote(host, page, 'chooseOauthApp', { connectionId, oauthAppId });
  return connectionId;
};

/** The provider's page sends the person back at once; the callback page ends there. */
const authorize = async (
  host: Host,
  page: Page,
  connectionId: ConnectionId,
  variables: Readonly<Record<string, string>>,
): Promise<void> => {
  const { url } = await remote(host, page, 'beginAuthorization', { connectionId, environment: 'development', variables });
  if (url === null) return;
  const provider = await host.context.newPage();
  await provider.goto(url);
  await provider.waitForURL(/\/callback\.html/);
  await provider.close();
};

describe.each([
  ['extension', 'every provider', (flags: readonly string[]) => startExtension({ flags, allowedHosts: ['https://*/*'] })],
  ['web app', 'a provider that lets pages read its answers', (flags: readonly string[]) => startPwa({ flags })],
] as const)('the built %s', (kind, what, start) => {
  let hosts: Hosts;
  let host: Host;
  let page: Page;
  beforeAll(async () => {
    hosts = await serveHosts(chosen);
    host = await start(hosts.flags);
    page = await openRemote(host);
    await remote(host, page, 'createWorkspace', { name: 'Studio', side: 'developer', memberName: 'Dana' });
  });
  afterAll(async () => {
    await host.close();
    await hosts.close();
  });

  const works = async (profile: Profile): Promise<void> => {
    const provider = hosts.providers.get(profile.id);
    if (provider === undefined) throw new TypeError(profile.id);
    const connectionId = await define(host, page, profile);
    await authorize(host, page, connectionId, profile.typed ?? {});
    const complaints = () => provider.complaints.filter((text) => !BROWSERS_OWN.test(text));
    const test = () =>
      remote(host, page, 'testConnection', { connectionId, environment: 'development' }).catch((error: unknown) => String(error));
    await expect.poll(async () => JSON.stringify([await test(), complaints()]), { timeout: 15_000 }).toContain(profile.account.name);
    if (profile.refresh !== null) {
      provider.expire();
      expect(JSON.stringify(await test())).toContain(profile.account.name);
    }
    const rows = (await readTables(page, ['authorizations']))['authorizations'] ?? [];
    const row = v.parse(
      AuthorizationRow,
      rows.find((one) => one['connectionId'] === connectionId),
    );
    expect(row.grant.account).toBe(profile.account.name);
    await remote(host, page, 'revokeAuthorization', { authorizationId: row.id });
    expect(provider.revoked > 0).toBe(profile.revoke !== undefined);
    expect(complaints()).toEqual([]);
  };

  if (kind === 'extension')
    it.each(chosen.map((profile) => [profile.id, profile] as const))(`R59 R66 R67 ${what}: %s`, (_, profile) => works(profile));
  else {
    it.each(open.map((profile) => [profile.id, profile] as const))(`R59 R66 R67 ${what}: %s`, (_, profile) => works(profile));
    it.each(closed.map((profile) => [profile.id, profile] as const))('says so where it may not: %s', async (_, profile) => {
      const connectionId = await define(host, page, profile);
      await authorize(host, page, connectionId, profile.typed ?? {});
      const flow = async () => (await readTables(page, ['flows']))['flows']?.find((row) => row['connectionId'] === connectionId);
      await expect.poll(flow).toMatchObject({ state: 'failed', fault: { code: 'oauth.provider-down' } });
    });
  }
});
