import { AUTHORIZATION, settled } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import { isSandbox } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import type { Secret, TokenSet } from '../domain/secret.ts';
import { next } from '../domain/transition.ts';
import { isAppWay } from '../domain/ways.ts';
import { grantForApp } from '../oauth/app-grant.ts';
import type { Net, Server } from '../oauth/client.ts';
import { renew } from '../oauth/refresh.ts';
import { revoke } from '../oauth/revoke.ts';
import type { Seal } from '../vault/seal.ts';
import type { Context } from './context.ts';
import { changeGrant, endGrant, type Usable } from './grants.ts';
import { forgetIfUnknown } from './registering.ts';
import { type openTokens, sealTokens } from './sealed-tokens.ts';
import { explainNetwork, netFor, oauthOf, type Service, scopesFor, serverOfGrant } from './services.ts';

const renewed = (row: Usable, tokens: TokenSet, isApp: boolean, now: number): Usable => ({
  ...row,
  state: next(AUTHORIZATION, row.state, 'renew'),
  grant: {
    ...settled(row.grant),
    renewedAt: now,
    expiresAt: tokens.expiresAt,
    scopes: tokens.scopes ?? row.grant.scopes,
    canRenew: isApp || tokens.refreshToken !== null,
  },
});

/** A token that may serve once only is marked before it leaves. Null where the grant is another one by now. */
const mark = (ctx: Context, row: Usable): Promise<Usable | null> =>
  changeGrant(ctx, row, async (now) => ({ row: { ...now, grant: { ...now.grant, renewingSince: ctx.now() } }, event: null }));

const unmark = (ctx: Context, row: Usable): Promise<Usable | null> =>
  changeGrant(ctx, row, async (now) => ({ row: { ...now, grant: settled(now.grant) }, event: null }));

/** The same network, with a note of what came back: `no` is an answer that gave nothing, `lost` one that may have given tokens. */
const heard = (net: Net): { readonly net: Net; readonly said: () => 'nothing left' | 'no' | 'lost' } => {
  let said: 'nothing left' | 'no' | 'lost' = 'nothing left';
  const fetch: Net['fetch'] = async (url, init) => {
    said = 'lost';
    try {
      const response = await net.fetch(url, init);
      // A page for people, as a proxy or a service under repair gives it, is no answer of a token endpoint.
      const isPage = response.headers.get('content-type')?.startsWith('text/html') === true;
      if (!response.ok || isPage) said = 'no';
      return response;
    } catch (error) {
      // The service answered that it does not work now.
      if (error instanceof Fault && error.code === 'oauth.provider-down') said = 'no';
      throw error;
    }
  };
  return { net: { ...net, fetch }, said: () => said };
};

const isRefusal = (error: unknown): boolean =>
  error instanceof Fault && (error.code === 'oauth.refused' || error.code === 'oauth.grant-ended');

type Asked = { readonly server: Server; readonly service: Service; readonly connection: Connection };
type Given = { readonly row: Usable; readonly tokens: TokenSet };

/**
 * Asks with a refresh token. Where the answer may have been tokens and is lost, a service that rotates has perhaps ended the old one: the
 * grant ends, because a provider that punishes reuse must never see it twice (S31, RFC 9700 section 4.14.2). Where nothing left the device,
 * or the service said no, the token is as it was.
 */
const askWith = async (ctx: Context, { server, service, connection }: Asked, row: Usable, refreshToken: Secret): Promise<Given | null> => {
  const { rotates } = oauthOf(service);
  // The sandbox is on this device, which reaches it without any network.
  if (!ctx.isOnline() && !isSandbox(service.connector)) throw new Fault('oauth.offline');
  const marked = rotates === 'no' ? row : await mark(ctx, row);
  if (marked === null) return null;
  const { net, said } = heard(netFor(ctx, service));
  try {
    return { row: marked, tokens: (await renew(server, { refreshToken, scopes: row.grant.scopes }, net, ctx.now)).tokens };
  } catch (error) {
    if (error instanceof Fault && error.code === 'oauth.grant-ended') return endGrant(ctx, connection, marked, 'oauth.grant-ended');
    if (rotates === 'yes' && said() === 'lost' && !isRefusal(error)) return endGrant(ctx, connection, marked, 'oauth.renewal-cut');
    if (marked !== row && (await unmark(ctx, marked)) === null) return null;
    throw error;
  }
};

const ask = async (ctx: Context, asked: Asked, row: Usable, refreshToken: Secret | null): Promise<Given | null> => {
  const { server, service, connection } = asked;
  try {
    if (refreshToken !== null) return await askWith(ctx, asked, row, refreshToken);
    return {
      row,
      tokens: (await grantForApp(oauthOf(service), server, scopesFor(service, row.grant.scopes), netFor(ctx, service), ctx.now)).tokens,
    };
  } catch (thrown) {
    const error = await forgetIfUnknown(ctx, connection, service, server.client.client_id, thrown);
    if (error instanceof Fault && error.code === 'oauth.registration-lost') return endGrant(ctx, connection, row, 'oauth.client-changed');
    throw explainNetwork(ctx, service, error);
  }
};

/** Stored before it is used: a rotated refresh token that is lost ends the whole grant (S31). False where that grant is another one by now, or gone. */
const keep = async (ctx: Context, { server, service, connection }: Asked, { row, tokens }: Given, early: Seal): Promise<boolean> => {
  const isApp = isAppWay(service.connector.auth);
  const kept = await changeGrant(ctx, row, async (now, attempt) => ({
    row: renewed(now, tokens, isApp, ctx.now()),
    // A data key that was replaced meanwhile needs its own; a vault that was locked meanwhile has none to give.
    secrets: [await sealTokens(attempt === 0 ? early : await ctx.vault.sealer().catch(() => early), now.id, tokens)],
    event: {
      name: 'authorization.renewed',
      workspaceId: now.workspaceId,
      actor: null,
      subject: now.connectionId,
      environment: now.environment,
      fields: { name: connection.displayName },
    },
  }));
  if (kept !== null) return true;
  const now = await ctx.db.authorizations.get(row.id);
  // It was withdrawn, and what came since is withdrawn too, as far as the service can be told (S37). After another sign-in it is only
  // dropped: at some services revoking one token of an account ends the new ones as well.
  if (now === undefined || now.grant === null) await revoke(server, tokens, netFor(ctx, service)).catch(() => undefined);
  return false;
};

/** Reasons after which nothing is sent any more: a person has to authorize again. */
const DEAD = ['oauth.grant-ended', 'oauth.renewal-cut'] as const;

/**
 * A new access token for this grant, stored before it is given; null where the grant is another one by now. Whoever calls holds the grant's
 * lock. Throws `oauth.grant-ended`, `oauth.token-expired`, `oauth.client-changed`, `oauth.renewal-cut`, a network fault, or `vault.locked`
 * where the vault was locked meanwhile: what came is stored then, and nothing is sent with it (S8).
 */
export const renewStored = async (
  ctx: Context,
  connection: Connection,
  service: Service,
  row: Usable,
  { refreshToken, isSpent }: Awaited<ReturnType<typeof openTokens>>,
): Promise<Secret | null> => {
  const dead = DEAD.find((reason) => row.reason === reason);
  if (dead !== undefined) throw new Fault(dead);
  if (refreshToken === null && !isAppWay(service.connector.auth)) return endGrant(ctx, connection, row, 'oauth.token-expired');
  // Nobody else renews while this one holds the lock: whoever set the mark has died.
  if (isSpent || row.grant.renewingSince !== undefined) return endGrant(ctx, connection, row, 'oauth.renewal-cut');
  const server = await serverOfGrant(ctx, service, connection, row.grant).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'oauth.client-changed') return null;
    throw error;
  });
  // A refresh token belongs to the registration that got it (RFC 6749 section 6).
  if (server?.client.client_id !== row.grant.clientId) return endGrant(ctx, connection, row, 'oauth.client-changed');
  const asked = { server, service, connection };
  const early = await ctx.vault.sealer();
  const given = await ask(ctx, asked, row, refreshToken);
  if (given === null) return null;
  const [isKept, vault] = await Promise.all([keep(ctx, asked, given, early), ctx.vault.state()]);
  if (!isKept) return null;
  if (vault === 'locked') throw new Fault('vault.locked');
  return given.tokens.accessToken;
};
