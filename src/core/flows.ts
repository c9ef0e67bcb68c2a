import * as v from 'valibot';
import { connectorById } from '../connectors/catalogue.ts';
import { askedScopes, type Connection } from '../domain/connection.ts';
import type { Connector } from '../domain/connector.ts';
import type { Environment } from '../domain/environment.ts';
import { Fault, type FaultData } from '../domain/faults.ts';
import { type Flow, isOpen, PARKED_LIFE_MS } from '../domain/flow.ts';
import type { FlowId } from '../domain/ids.ts';
import type { JsonValue } from '../domain/json.ts';
import { type Slot, slotFor } from '../domain/resolve.ts';
import type { Actor } from '../domain/workspace.ts';
import type { Server } from '../oauth/client.ts';
import { exchangeCode, type FlowSecrets } from '../oauth/code.ts';
import { variablesInCallback } from '../oauth/tenant.ts';
import { type Seal, secretId } from '../vault/seal.ts';
import { type Arrived, arriveWith, serviceSoFar, storeGrant } from './arrival.ts';
import { toFault } from './command.ts';
import type { Context } from './context.ts';
import { overRaces, record } from './record.ts';
import { forgetIfUnknown } from './registering.ts';
import { explainNetwork, netFor, oauthOf, scopesFor, serverFor } from './services.ts';

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

/** A flow that waits from now on, for whoever acts (R68). */
export const newFlow = (
  ctx: Context,
  actor: Actor,
  connection: Connection,
  environment: Environment,
  part: Pick<Flow, 'purpose' | 'mode' | 'expiresAt' | 'stateHash' | 'device'>,
): Flow => {
  const slot = slotFor(connection, environment, actor);
  return {
    id: ctx.newId('flw'),
    workspaceId: actor.workspace.id,
    connectionId: connection.id,
    environment,
    scope: slot.environment,
    holder: slot.holder,
    memberId: actor.member.id,
    ...part,
    state: 'waiting',
    fault: null,
    startedAt: ctx.now(),
    revision: 0,
  };
};

/** The flows that are open for a slot: at most one, but for those that are being replaced. */
const openFlowsOf = async (ctx: Context, { connectionId, environment, holder }: Slot): Promise<Flow[]> => {
  const flows = await ctx.db.flows.where('connectionId').equals(connectionId).toArray();
  return flows.filter((other) => isOpen(other, ctx.now()) && other.scope === environment && other.holder === holder);
};

const withVariables = v.object({ variables: v.record(v.string(), v.string()) });

/** The account's values with which the open flow of a slot began: a window that is opened again, or a new code, is for the same account. */
export const openVariables = async (ctx: Context, slot: Slot): Promise<Readonly<Record<string, string>>> => {
  for (const { id } of await openFlowsOf(ctx, slot)) {
    const sealed = v.safeParse(
      withVariables,
      await ctx.vault.open('flow', id).catch((error: unknown) => {
        // One that cannot be read is replaced by the new one, like every other.
        if (error instanceof Fault && error.code === 'vault.tampered') return null;
        throw error;
      }),
    );
    if (sealed.success) return sealed.output.variables;
  }
  return {};
};

/**
 * Stores a new flow with what is sealed of it, which its connector was asked for. It takes the place of open ones for the same environment
 * and holder: answers whether there were any.
 */
export const storeFlow = (ctx: Context, flow: Flow, connector: Connector, sealed: JsonValue): Promise<boolean> =>
  overRaces(async () => {
    const older = await openFlowsOf(ctx, { connectionId: flow.connectionId, environment: flow.scope, holder: flow.holder });
    await record(ctx, {
      put: {
        flows: [flow, ...older.map((other): Flow => ({ ...other, state: 'failed', fault: { code: 'oauth.cancelled', detail: null } }))],
        secrets: [await ctx.vault.seal('flow', flow.id, sealed)],
      },
      remove: { secrets: older.map(({ id }) => secretId('flow', id)) },
      connector,
      event: null,
    });
    return older.length > 0;
  });

const openSealed = async (ctx: Context, id: FlowId): Promise<SealedFlow> => {
  const parsed = v.safeParse(sealedSchema, await ctx.vault.open('flow', id));
  if (!parsed.success) throw new Fault('oauth.state-mismatch');
  return parsed.output;
};

/** Ends a flow without a grant, unless it has ended meanwhile: what was stored before stays as it was (R68). */
export const failFlow = (ctx: Context, flow: Flow, fault: FaultData): Promise<void> =>
  overRaces(async (attempt) => {
    const now = attempt === 0 ? flow : await ctx.db.flows.get(flow.id);
    if (now === undefined || now.state === 'done' || now.state === 'failed') return;
    const connection = await ctx.db.connections.get(flow.connectionId);
    await record(ctx, {
      put: { flows: [{ ...now, state: 'failed', fault }] },
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
  });

/** Takes the flow for good: a second answer with the same state finds it taken, whichever window it comes from (S22). */
const take = async (ctx: Context, flow: Flow): Promise<Flow> => {
  await record(ctx, { put: { flows: [{ ...flow, state: 'exchanging' }] }, remove: { secrets: [secretId('flow', flow.id)] }, event: null });
  return { ...flow, state: 'exchanging', revision: flow.revision + 1 };
};

const exchange = async (ctx: Context, flow: Flow, sealed: SealedFlow, callbackUrl: string, early: Seal): Promise<void> => {
  const connection = await ctx.db.connections.get(flow.connectionId);
  if (connection === undefined) throw new Fault('store.missing', 'connection');
  const connector = connectorById(connection.connectorId);
  try {
    // Its region decides where the code goes, so what the callback says is read first (quirk V2).
    const heard = { ...sealed.variables, ...variablesInCallback(connector, callbackUrl) };
    const service = await serviceSoFar(ctx, connector, heard);
    const server = await serverFor(ctx, service, connection);
    const scopes = scopesFor(service, [...oauthOf(service).identityScopes, ...askedScopes(connection, flow.scope)]);
    const given = await exchangeCode(server, callbackUrl, sealed, netFor(ctx, service), ctx.now, scopes).catch(async (error: unknown) => {
      throw await forgetIfUnknown(ctx, connection, service, server.client.client_id, error);
    });
    if (server.isDiscovered && scopes.includes('openid') && given.subject === null)
      throw new Fault('oauth.id-token-wrong', new URL(sealed.issuer).host);
    const arrived = await arriveWith(ctx, connector, heard, server, given);
    await storeArrived(ctx, connection, flow, arrived, server, early);
  } catch (error) {
    throw explainNetwork(ctx, { connector, variables: sealed.variables }, error);
  }
};

/**
 * Stores what a flow has led to: the grant, its sealed tokens and the flow's end, or nothing of it. `early` seals where the vault was locked
 * since the question: a code is answered once.
 */
export const storeArrived = async (
  ctx: Context,
  connection: Connection,
  flow: Flow,
  arrived: Arrived,
  server: Server,
  early: Seal,
): Promise<void> => {
  const done: Flow = { ...flow, state: 'done', fault: null };
  await storeGrant(ctx, connection, flow, arrived, server, early, [done]);
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
    await ctx.parked.put(flow.id, callbackUrl);
    await record(ctx, { put: { flows: [{ ...flow, state: 'parked', expiresAt: ctx.now() + PARKED_LIFE_MS }] }, event: null });
    return flow.id;
  }
  const sealed = await openSealed(ctx, flow.id);
  const early = await ctx.vault.sealer();
  const taken = await take(ctx, flow);
  try {
    await exchange(ctx, taken, sealed, callbackUrl, early);
  } catch (error) {
    await failFlow(ctx, taken, toFault(error).toData());
  }
  return flow.id;
};
