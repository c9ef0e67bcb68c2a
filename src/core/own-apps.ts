import { connectorById } from '../connectors/catalogue.ts';
import { AUTHORIZATION, type Authorization } from '../domain/authorization.ts';
import { clientIdAddressProblem, isClientIdAddress } from '../domain/client-id-address.ts';
import type { Connection } from '../domain/connection.ts';
import { Fault } from '../domain/faults.ts';
import type { OauthAppId } from '../domain/ids.ts';
import type { KeyFacts, OauthApp } from '../domain/oauth-app.ts';
import { next } from '../domain/transition.ts';
import { secretId } from '../vault/seal.ts';
import type { Call } from './command.ts';
import type { Context } from './context.ts';
import { requireConnector } from './custom-connectors.ts';
import { record } from './record.ts';

/** The OAuth app of the acting workspace. Throws `store.missing`. */
export const loadApp = async (call: Call, id: OauthAppId): Promise<OauthApp> => {
  const app = await call.db.oauthApps.get(id);
  if (app === undefined || app.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'OAuth app');
  return app;
};

/** The connections that an OAuth app authorizes: those that chose it, or whose grants a registration of Latchkey's own got (R121). */
export const connectionsOfApp = async (ctx: Pick<Context, 'db'>, app: OauthApp): Promise<Connection[]> => {
  if (app.registered === undefined) return ctx.db.connections.where('oauthAppId').equals(app.id).toArray();
  const rows = await ctx.db.authorizations.where('byService').startsWith(`${app.workspaceId} ${app.connectorId} `).toArray();
  const ids = rows.filter(({ grant }) => grant?.clientId === app.clientId).map(({ connectionId }) => connectionId);
  const found = await ctx.db.connections.bulkGet([...new Set(ids)]);
  return found.filter((one) => one !== undefined);
};

const refused = (row: Authorization): Authorization => ({
  ...row,
  state: next(AUTHORIZATION, row.state, 'refuse'),
  reason: 'oauth.client-changed',
});

const grantsOf = async (ctx: Pick<Context, 'db'>, connections: readonly Connection[]): Promise<Authorization[]> => {
  const rows = await ctx.db.authorizations
    .where('connectionId')
    .anyOf(connections.map(({ id }) => id))
    .toArray();
  return rows.filter(({ grant }) => grant !== null);
};

/** Grants that another registration got serve no more: a refresh token belongs to its client id (RFC 6749 section 6). */
export const orphaned = async (
  ctx: Pick<Context, 'db'>,
  connections: readonly Connection[],
  clientId: string | null,
): Promise<Authorization[]> => (await grantsOf(ctx, connections)).filter(({ grant }) => grant?.clientId !== clientId).map(refused);

/** The same for those that a registration got which is no longer there. */
export const grantsBy = async (ctx: Pick<Context, 'db'>, connections: readonly Connection[], clientId: string): Promise<Authorization[]> =>
  (await grantsOf(ctx, connections)).filter(({ grant }) => grant?.clientId === clientId).map(refused);

/** An address for a client id stands for a document (draft-ietf-oauth-client-id-metadata-document), and nobody shares a secret with a document. */
export const requireClientId = (clientId: string, hasSharedSecret: boolean): void => {
  if (!isClientIdAddress(clientId)) return;
  const problem = clientIdAddressProblem(clientId) ?? (hasSharedSecret ? 'a client secret stands beside it' : null);
  if (problem !== null) throw new Fault('credentials.client-id-address', problem);
};

export type TypedApp = {
  readonly oauthAppId: OauthAppId | null;
  readonly connectorId: string;
  readonly name: string;
  readonly clientId: string;
  /** A secret or a private key; null leaves the stored one, an empty text removes it. */
  readonly secret: string | null;
  /** Set where that is a private key. */
  readonly key: KeyFacts | null;
  readonly isConfirmed: boolean;
};

/**
 * Stores what somebody typed of an OAuth app. Throws `credentials.affects`, which names the connections, until that is confirmed,
 * `credentials.other-service`, `credentials.registered`, `credentials.client-id-address`.
 */
export const storeApp = async (call: Call, typed: TypedApp): Promise<{ oauthAppId: OauthAppId; affected: string[] }> => {
  const { oauthAppId, connectorId, name, clientId, secret, key, isConfirmed } = typed;
  const { workspace, member } = call.acting();
  const connector = await requireConnector(call, connectorId);
  const before = oauthAppId === null ? null : await loadApp(call, oauthAppId);
  if (before !== null && before.connectorId !== connectorId)
    throw new Fault('credentials.other-service', connectorById(before.connectorId).name);
  if (before?.registered !== undefined) throw new Fault('credentials.registered', connectorById(connectorId).name);
  const hasSecret = secret === null ? (before?.hasSecret ?? false) : secret !== '';
  requireClientId(clientId, hasSecret && key === null);
  const using = before === null ? [] : await connectionsOfApp(call, before);
  const names = using.map(({ displayName }) => displayName);
  // A key that speaks for somebody else gets tokens of another account.
  const isOtherSubject = (before?.key?.subject ?? null) !== (key?.subject ?? null);
  const isOther = before !== null && (before.clientId !== clientId || secret !== null || isOtherSubject);
  if (isOther && using.length > 0 && !isConfirmed) throw new Fault('credentials.affects', names.join(', '));
  const id = before?.id ?? call.newId('oap');
  const app: OauthApp = {
    id,
    workspaceId: workspace.id,
    connectorId,
    name,
    clientId,
    hasSecret,
    ...(key === null ? {} : { key }),
    createdAt: before?.createdAt ?? call.now(),
    revision: before?.revision ?? 0,
  };
  await record(call, {
    put: {
      oauthApps: [app],
      secrets: secret === null || secret === '' ? [] : [await call.vault.seal('oauth-app', id, secret)],
      authorizations: await orphaned(call, using, isOtherSubject ? null : clientId),
    },
    remove: { secrets: secret === '' ? [secretId('oauth-app', id)] : [] },
    connector,
    event: { name: 'credentials.saved', workspaceId: workspace.id, actor: member.id, subject: id, fields: { name } },
  });
  return { oauthAppId: id, affected: names };
};
