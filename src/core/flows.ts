import * as v from 'valibot';
import type { Authorization, Grant } from '../domain/authorization.ts';
import { askedScopes, type Connection } from '../domain/connection.ts';
import { Fault, type FaultData } from '../domain/faults.ts';
import { type Flow, isOpen, PARKED_LIFE_MS } from '../domain/flow.ts';
import type { FlowId } from '../domain/ids.ts';
import { type FlowSecrets, finishCodeFlow, readAccount } from '../oauth/code.ts';
import { secretId } from '../vault/seal.ts';
import { toFault } from './command.ts';
import type { Context } from './context.ts';
import { grantedRow } from './granting.ts';
import { offerFor } from './passphrases.ts';
import { type Change, record } from './record.ts';
import { explainNetwork, netFor, type Service, serverFor, serviceFor } from './services.ts';
import { sealTokens } from './tokens.ts';

const sealedSchema = v.strictObject({
  state: v.string(),
  nonce: v.string(),
  verifier: v.string(),
  redirectUri: v.string(),
  issuer: v.string(),
  variables: v.record(v.string(), v.string()),
});

export type SealedFlow = FlowSecrets & { readonly variables: Readonly<Record<string, string>> };

/** Whoever drives a flow holds this lock; a flow whose lock is free has lost its driver. */
export const flowLock = (id: FlowId): string => `flow:${id}`;

/** SHA-256 of the state parameter in hex. */
export const hashState = async (state: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(state));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
};

const openSealed = async (ctx: Context, id: FlowId): Promise<SealedFlow> => {
  const parsed = v.safeParse(sealedSchema, await ctx.vault.open('flow', id));
  if (!parsed.success) throw new Fault('oauth.state-mismatch');
  return parsed.output;
};

/** Ends a flow without a grant: what was stored before stays as it was (R68). */
export const failFlow = async (ctx: Context, flow: Flow, fault: FaultData): Promise<void> => {
  const connection = await ctx.db.connections.get(flow.connectionId);
  await record(ctx, {
    put: { flows: [{ ...flow, state: 'failed', fault }] },
    remove: { secrets: [secretId('flow', flow.id)] },
    event: {
      name: 'authorization.refused',
      workspaceId: flow.workspaceId,
      actor: flow.memberId,
      subject: flow.connectionId,
      environment: flow.environment,
      fields: { name: connection?.displayName ?? '', code: fault.code },
    },
  });
};

/** Takes the flow for good: a second answer with the same state finds it taken, whichever window it comes from (S22). */
const take = async (ctx: Context, flow: Flow): Promise<Flow> => {
  await record(ctx, { put: { flows: [{ ...flow, state: 'exchanging' }] }, remove: { secrets: [secretId('flow', flow.id)] }, event: null });
  return { ...flow, state: 'exchanging', revision: flow.revision + 1 };
};

const grantChange = async (
  ctx: Context,
  flow: Flow,
  connection: Connection,
  grant: Grant,
  variables: Readonly<Record<string, string>>,
): Promise<{ row: Authorization; event: Change['event'] }> => ({
  row: await grantedRow(ctx, connection, { connectionId: connection.id, environment: flow.scope, holder: flow.holder }, grant, variables),
  event: {
    name: flow.purpose === 'switch' ? 'authorization.switched' : 'authorization.granted',
    workspaceId: flow.workspaceId,
    actor: flow.memberId,
    subject: connection.id,
    environment: flow.environment,
    fields: { name: connection.displayName, account: grant.account },
  },
});

const exchange = async (ctx: Context, flow: Flow, sealed: SealedFlow, callbackUrl: string): Promise<void> => {
  const connection = await ctx.db.connections.get(flow.connectionId);
  if (connection === undefined) throw new Fault('store.missing', 'connection');
  const service: Service = serviceFor(connection, sealed.variables);
  const net = netFor(ctx, service);
  try {
    const server = await serverFor(ctx, service, connection);
    const { tokens, subject } = await finishCodeFlow(server, callbackUrl, sealed, net, ctx.now);
    const count = await ctx.db.authorizations.where('connectionId').equals(connection.id).count();
    // The name is a courtesy: a grant is not thrown away because the account's name could not be read (R76).
    const account = (await readAccount(server, tokens, subject, net).catch(() => null)) ?? `${service.connector.name} Account ${count + 1}`;
    const grant: Grant = {
      account,
      subject,
      issuer: sealed.issuer,
      clientId: server.client.client_id,
      madeIn: flow.environment,
      scopes: tokens.scopes ?? askedScopes(connection, flow.scope),
      grantedBy: flow.memberId,
      grantedAt: ctx.now(),
      renewedAt: null,
      expiresAt: tokens.expiresAt,
      canRenew: tokens.refreshToken !== null,
    };
    const { row, event } = await grantChange(ctx, flow, connection, grant, sealed.variables);
    await record(ctx, {
      put: {
        authorizations: [row],
        secrets: [await sealTokens(ctx, row.id, tokens)],
        flows: [{ ...flow, state: 'done', fault: null }],
        settings: await offerFor(ctx, service.connector),
      },
      event,
    });
  } catch (error) {
    throw explainNetwork(ctx, service, error);
  }
};

/** Takes the answer that came back for a flow and sees it through. The flow's row tells how it ended; only a foreign answer throws. */
export const completeFlow = async (ctx: Context, callbackUrl: string): Promise<FlowId> => {
  const state = URL.canParse(callbackUrl) ? new URL(callbackUrl).searchParams.get('state') : null;
  const flow =
    state === null
      ? undefined
      : await ctx.db.flows
          .where('stateHash')
          .equals(await hashState(state))
          .first();
  if (flow === undefined || flow.state !== 'waiting') throw new Fault('oauth.state-mismatch');
  if (!isOpen(flow, ctx.now())) {
    await failFlow(ctx, flow, { code: 'oauth.expired', detail: null });
    throw new Fault('oauth.expired');
  }
  if ((await ctx.vault.state()) === 'locked') {
    ctx.parked.set(flow.id, callbackUrl);
    await record(ctx, { put: { flows: [{ ...flow, state: 'parked', expiresAt: ctx.now() + PARKED_LIFE_MS }] }, event: null });
    return flow.id;
  }
  const sealed = await openSealed(ctx, flow.id);
  const taken = await take(ctx, flow);
  try {
    await exchange(ctx, taken, sealed, callbackUrl);
  } catch (error) {
    await failFlow(ctx, taken, toFault(error).toData());
  }
  return flow.id;
};
