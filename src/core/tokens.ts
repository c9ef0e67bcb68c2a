import * as v from 'valibot';
import { AUTHORIZATION, type Authorization, type Grant } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import { Fault } from '../domain/faults.ts';
import { Secret, type TokenSet } from '../domain/secret.ts';
import { next } from '../domain/transition.ts';
import { isAppWay } from '../domain/ways.ts';
import { grantForApp } from '../oauth/app-grant.ts';
import type { Server } from '../oauth/client.ts';
import { renew } from '../oauth/refresh.ts';
import type { Context } from './context.ts';
import { record } from './record.ts';
import { forgetIfUnknown } from './registering.ts';
import { explainNetwork, netFor, oauthOf, type Service, scopesFor, serverOfGrant } from './services.ts';

const tokensSchema = v.strictObject({
  accessToken: v.string(),
  refreshToken: v.nullable(v.string()),
  /** Set while a renewal is under way with a token that may serve once only: whoever finds it set after a crash does not send it again. */
  isSpent: v.optional(v.boolean(), false),
});

export type StoredTokens = { readonly accessToken: Secret; readonly refreshToken: Secret | null; readonly isSpent?: boolean };

/** What is sealed of a token set: the two tokens and nothing that is known elsewhere. */
export const sealTokens = (ctx: Context, id: Authorization['id'], tokens: StoredTokens) =>
  ctx.vault.seal('tokens', id, {
    accessToken: tokens.accessToken.reveal(),
    refreshToken: tokens.refreshToken?.reveal() ?? null,
    ...(tokens.isSpent === true ? { isSpent: true } : {}),
  });

/** Throws `run.unauthorized` where there are none, `vault.tampered` where they cannot be read. */
export const openTokens = async (ctx: Context, id: Authorization['id']): Promise<StoredTokens> => {
  const parsed = v.safeParse(tokensSchema, await ctx.vault.open('tokens', id));
  if (!parsed.success) throw new Fault('run.unauthorized');
  const { accessToken, refreshToken, isSpent } = parsed.output;
  return { accessToken: new Secret(accessToken), refreshToken: refreshToken === null ? null : new Secret(refreshToken), isSpent };
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
  reason: 'oauth.grant-ended' | 'oauth.token-expired' | 'oauth.client-changed' | 'oauth.renewal-cut' | 'run.unauthorized',
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

const renewed = (row: Usable, tokens: TokenSet, isApp: boolean, now: number): Usable => ({
  ...row,
  state: next(AUTHORIZATION, row.state, 'renew'),
  grant: {
    ...row.grant,
    renewedAt: now,
    expiresAt: tokens.expiresAt,
    scopes: tokens.scopes ?? row.grant.scopes,
    canRenew: isApp || tokens.refreshToken !== null,
  },
});

const keepSealed = async (ctx: Context, id: Authorization['id'], tokens: StoredTokens): Promise<void> =>
  record(ctx, { put: { secrets: [await sealTokens(ctx, id, tokens)] }, event: null });

/**
 * Renews with a refresh token. One that may serve once only is marked before it leaves: a worker that dies then leaves behind that nobody
 * knows whether it was used, and a provider that punishes reuse never sees it twice (S31, RFC 9700 section 4.14.2).
 */
const renewWith = async (
  ctx: Context,
  server: Server,
  service: Service,
  row: Usable,
  stored: StoredTokens & { readonly refreshToken: Secret },
): Promise<TokenSet> => {
  const mayRotate = oauthOf(service).rotates !== 'no';
  if (mayRotate) await keepSealed(ctx, row.id, { ...stored, isSpent: true });
  try {
    return (await renew(server, { refreshToken: stored.refreshToken, scopes: row.grant.scopes }, netFor(ctx, service), ctx.now)).tokens;
  } catch (error) {
    // An answer that says no, or none that could be had, leaves the token as it was.
    if (mayRotate && !(error instanceof Fault && error.code === 'oauth.grant-ended'))
      await keepSealed(ctx, row.id, { ...stored, isSpent: false });
    throw error;
  }
};

const renewStored = async (ctx: Context, connection: Connection, service: Service, row: Usable, stored: StoredTokens): Promise<Secret> => {
  const isApp = isAppWay(service.connector.auth);
  const { refreshToken } = stored;
  if (!isApp && refreshToken === null) return end(ctx, connection, row, 'oauth.token-expired');
  if (stored.isSpent === true) return end(ctx, connection, row, 'oauth.renewal-cut');
  const server = await serverOfGrant(ctx, service, connection, row.grant).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'oauth.client-changed') return null;
    throw error;
  });
  // A refresh token belongs to the registration that got it (RFC 6749 section 6).
  if (server?.client.client_id !== row.grant.clientId) return end(ctx, connection, row, 'oauth.client-changed');
  let tokens: TokenSet;
  try {
    tokens =
      refreshToken === null
        ? (await grantForApp(oauthOf(service), server, scopesFor(service, row.grant.scopes), netFor(ctx, service), ctx.now)).tokens
        : await renewWith(ctx, server, service, row, { ...stored, refreshToken });
  } catch (thrown) {
    const error = await forgetIfUnknown(ctx, connection, service, server.client.client_id, thrown);
    if (error instanceof Fault && error.code === 'oauth.registration-lost') return end(ctx, connection, row, 'oauth.client-changed');
    if (error instanceof Fault && error.code === 'oauth.grant-ended') return end(ctx, connection, row, 'oauth.grant-ended');
    throw explainNetwork(ctx, service, error);
  }
  // Stored before it is used: a rotated refresh token that is lost ends the whole grant (S31).
  await record(ctx, {
    put: { authorizations: [renewed(row, tokens, isApp, ctx.now())], secrets: [await sealTokens(ctx, row.id, tokens)] },
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

/** What is stored now, and whether it will do: fresh, and not the token that was just refused. */
const readStored = async (ctx: Context, id: Authorization['id'], rejected: Secret | null) => {
  // The row is asked for first: tokens that are newer than it are taken for stale, never the other way round.
  const [row, stored] = await Promise.all([ctx.db.authorizations.get(id), openTokens(ctx, id)]);
  if (!isUsableRow(row)) throw new Fault('run.unauthorized');
  const isSameAsRejected = rejected !== null && stored.accessToken.reveal() === rejected.reveal();
  return { row, stored, isGood: !isSameAsRejected && isFresh(row.grant, ctx.now()) };
};

/**
 * An access token that should be accepted now. One refresh at a time over all windows: whoever waited finds the new one.
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
  for (;;) {
    const renewedHere = await ctx.lockOrWait(`refresh:${authorization.id}`, async () => {
      const now = await readStored(ctx, authorization.id, rejected);
      return now.isGood ? now.stored.accessToken : renewStored(ctx, connection, service, now.row, now.stored);
    });
    if (renewedHere !== null) return renewedHere.value;
    // Whoever held the lock has renewed it, and all that waited read it at once; where that failed, the next one tries.
    const now = await readStored(ctx, authorization.id, rejected);
    if (now.isGood) return now.stored.accessToken;
  }
};
