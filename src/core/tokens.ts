import * as v from 'valibot';
import { AUTHORIZATION, type Authorization, type Grant } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import { Fault } from '../domain/faults.ts';
import { Secret, type TokenSet } from '../domain/secret.ts';
import { next } from '../domain/transition.ts';
import { renew } from '../oauth/refresh.ts';
import type { Context } from './context.ts';
import { record } from './record.ts';
import { explainNetwork, netFor, type Service, serverFor } from './services.ts';

const tokensSchema = v.strictObject({ accessToken: v.string(), refreshToken: v.nullable(v.string()) });

export type StoredTokens = { readonly accessToken: Secret; readonly refreshToken: Secret | null };

/** What is sealed of a token set: the two tokens and nothing that is known elsewhere. */
export const sealTokens = (ctx: Context, id: Authorization['id'], tokens: StoredTokens) =>
  ctx.vault.seal('tokens', id, { accessToken: tokens.accessToken.reveal(), refreshToken: tokens.refreshToken?.reveal() ?? null });

/** Throws `run.unauthorized` where there are none, `vault.tampered` where they cannot be read. */
export const openTokens = async (ctx: Context, id: Authorization['id']): Promise<StoredTokens> => {
  const parsed = v.safeParse(tokensSchema, await ctx.vault.open('tokens', id));
  if (!parsed.success) throw new Fault('run.unauthorized');
  const { accessToken, refreshToken } = parsed.output;
  return { accessToken: new Secret(accessToken), refreshToken: refreshToken === null ? null : new Secret(refreshToken) };
};

/** 60 s before its end, or 10 % of a short life; a clock set back makes it stale (S33). */
export const isFresh = (grant: Grant, now: number): boolean => {
  if (grant.expiresAt === null) return true;
  const receivedAt = grant.renewedAt ?? grant.grantedAt;
  if (receivedAt > now + 60_000) return false;
  const life = grant.expiresAt - receivedAt;
  return now < grant.expiresAt - (life < 600_000 ? life / 10 : 60_000);
};

type Usable = Authorization & { readonly grant: Grant };

const isUsableRow = (row: Authorization | undefined): row is Usable =>
  row !== undefined && row.grant !== null && row.state !== 'not-connected';

const end = async (
  ctx: Context,
  connection: Connection,
  row: Usable,
  reason: 'oauth.grant-ended' | 'oauth.token-expired' | 'oauth.client-changed' | 'run.unauthorized',
): Promise<never> => {
  await record(ctx, {
    put: { authorizations: [{ ...row, state: next(AUTHORIZATION, row.state, 'refuse'), reason }] },
    event: {
      name: 'authorization.ended',
      workspaceId: row.workspaceId,
      actor: null,
      subject: row.connectionId,
      environment: row.environment,
      fields: { name: connection.displayName },
    },
  });
  throw new Fault(reason);
};

/** The service did not accept what was typed: there is nothing to renew, so a person has to authorize again. */
export const refuseKeys = async (ctx: Context, connection: Connection, authorization: Authorization): Promise<never> => {
  const row = await ctx.db.authorizations.get(authorization.id);
  if (!isUsableRow(row)) throw new Fault('run.unauthorized');
  return end(ctx, connection, row, 'run.unauthorized');
};

const renewed = (row: Usable, tokens: TokenSet, now: number): Usable => ({
  ...row,
  state: next(AUTHORIZATION, row.state, 'renew'),
  grant: {
    ...row.grant,
    renewedAt: now,
    expiresAt: tokens.expiresAt,
    scopes: tokens.scopes ?? row.grant.scopes,
    canRenew: tokens.refreshToken !== null,
  },
});

const renewStored = async (ctx: Context, connection: Connection, service: Service, row: Usable, stored: StoredTokens): Promise<Secret> => {
  if (stored.refreshToken === null) return end(ctx, connection, row, 'oauth.token-expired');
  const server = await serverFor(ctx, service, connection);
  // A refresh token belongs to the registration that got it (RFC 6749 section 6).
  if (server.client.client_id !== row.grant.clientId) return end(ctx, connection, row, 'oauth.client-changed');
  let tokens: TokenSet;
  try {
    const { refreshToken } = stored;
    ({ tokens } = await renew(server, { refreshToken, scopes: row.grant.scopes }, netFor(ctx, service), ctx.now));
  } catch (error) {
    if (error instanceof Fault && error.code === 'oauth.grant-ended') return end(ctx, connection, row, 'oauth.grant-ended');
    throw explainNetwork(ctx, service, error);
  }
  // Stored before it is used: a rotated refresh token that is lost ends the whole grant (S31).
  await record(ctx, {
    put: { authorizations: [renewed(row, tokens, ctx.now())], secrets: [await sealTokens(ctx, row.id, tokens)] },
    event: {
      name: 'authorization.renewed',
      workspaceId: row.workspaceId,
      actor: null,
      subject: row.connectionId,
      environment: row.environment,
      fields: { name: connection.displayName },
    },
  });
  return tokens.accessToken;
};

/**
 * An access token that should be accepted now. One refresh at a time over all windows: whoever waited for the lock finds the new one.
 * `rejected` is a token the service has just refused. Throws `oauth.grant-ended`, `oauth.token-expired` or a network fault.
 */
export const accessToken = async (
  ctx: Context,
  connection: Connection,
  service: Service,
  authorization: Usable,
  rejected: Secret | null = null,
): Promise<Secret> => {
  if (rejected === null && isFresh(authorization.grant, ctx.now())) return (await openTokens(ctx, authorization.id)).accessToken;
  return ctx.lock(`refresh:${authorization.id}`, async () => {
    const row = await ctx.db.authorizations.get(authorization.id);
    if (!isUsableRow(row)) throw new Fault('run.unauthorized');
    const stored = await openTokens(ctx, row.id);
    const isSameAsRejected = rejected !== null && stored.accessToken.reveal() === rejected.reveal();
    if (!isSameAsRejected && isFresh(row.grant, ctx.now())) return stored.accessToken;
    return renewStored(ctx, connection, service, row, stored);
  });
};
