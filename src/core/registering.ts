import type { Connection } from '../domain/connection.ts';
import { Fault } from '../domain/faults.ts';
import type { MemberId } from '../domain/ids.ts';
import type { OauthApp } from '../domain/oauth-app.ts';
import { isUnknownClient } from '../oauth/faults.ts';
import { registerClient } from '../oauth/register.ts';
import { secretId } from '../vault/seal.ts';
import type { Context } from './context.ts';
import { requireUnlocked } from './locking.ts';
import { record } from './record.ts';
import {
  explainNetwork,
  netFor,
  oauthOf,
  ownRegistration,
  redirectUriOf,
  registersItself,
  type Service,
  scopesFor,
  serverWith,
} from './services.ts';

/**
 * Registers Latchkey at a server that takes registrations from anybody (RFC 7591), where this connection needs it: once for each workspace,
 * server and redirect address. Throws `vault.locked`, `oauth.endpoint-missing`, `oauth.refused`, `oauth.provider-down`, `oauth.answer-unreadable`.
 */
export const ensureRegistered = async (ctx: Context, connection: Connection, service: Service, memberId: MemberId): Promise<void> => {
  if (!(await registersItself(ctx, connection, service))) return;
  // A secret that could not be sealed would be lost, and the registration with it.
  await requireUnlocked(ctx);
  const { connector } = service;
  await ctx.lock(`register:${connection.workspaceId}:${connector.id}`, async () => {
    if ((await ownRegistration(ctx, connection, service)) !== undefined) return;
    try {
      await register(ctx, connection, service, memberId);
    } catch (error) {
      throw explainNetwork(ctx, service, error);
    }
  });
};

const register = async (ctx: Context, { workspaceId }: Connection, service: Service, memberId: MemberId): Promise<void> => {
  const { connector } = service;
  const redirectUri = redirectUriOf(ctx, connector);
  const { as } = await serverWith(ctx, service, { clientId: 'not-registered-yet', secret: null });
  // Other connections ask for other scopes with the same registration.
  const scopes = scopesFor(service, [...new Set([...oauthOf(service).identityScopes, ...connector.scopes.map(({ name }) => name)])]);
  const { clientId, secret, secretEndsAt } = await registerClient(
    { as },
    { name: 'Latchkey', redirectUris: [redirectUri], scopes },
    netFor(ctx, service),
  );
  const app: OauthApp = {
    id: ctx.newId('oap'),
    workspaceId,
    connectorId: connector.id,
    name: `Latchkey at ${connector.name}`,
    clientId,
    hasSecret: secret !== null,
    registered: { issuer: as.issuer, redirectUri, secretEndsAt },
    createdAt: ctx.now(),
    revision: 0,
  };
  await record(ctx, {
    put: { oauthApps: [app], secrets: secret === null ? [] : [await ctx.vault.seal('oauth-app', app.id, secret.reveal())] },
    connector,
    event: { name: 'credentials.registered', workspaceId, actor: memberId, subject: app.id, fields: { name: connector.name } },
  });
};

/**
 * What a refusal of a server means for a connection that Latchkey registered itself for: one that does not know the registration any more makes
 * it forgotten, so that the next authorization makes a new one. Any other error comes back as it was.
 */
export const forgetIfUnknown = async (
  ctx: Context,
  connection: Connection,
  service: Service,
  clientId: string,
  error: unknown,
): Promise<unknown> => {
  if (!isUnknownClient(error) || !(await registersItself(ctx, connection, service))) return error;
  const app = await ownRegistration(ctx, connection, service, { clientId });
  if (app?.clientId === clientId)
    await record(ctx, { remove: { oauthApps: [app.id], secrets: [secretId('oauth-app', app.id)] }, event: null });
  return new Fault('oauth.registration-lost', service.connector.name);
};
