import * as v from 'valibot';
import type { Authorization, Grant } from '../domain/authorization.ts';
import { askedScopes, type Connection } from '../domain/connection.ts';
import type { Connector } from '../domain/connector.ts';
import { Fault, type FaultData } from '../domain/faults.ts';
import { type Flow, isOpen, PARKED_LIFE_MS } from '../domain/flow.ts';
import type { FlowId } from '../domain/ids.ts';
import type { JsonValue } from '../domain/json.ts';
import type { TokenSet } from '../domain/secret.ts';
import { exchangeCode, type FlowSecrets, readAccount } from '../oauth/code.ts';
import { learnVariables } from '../oauth/tenant.ts';
import { secretId } from '../vault/seal.ts';
import { toFault } from './command.ts';
import type { Context } from './context.ts';
import { type Credential, tokenCredential } from './credential.ts';
import { grantedRow } from './granting.ts';
import { offerFor } from './passphrases.ts';
import { accountIn, probeOf } from './probe.ts';
import { type Change, record } from './record.ts';
import { sendWith } from './send.ts';
import { explainNetwork, netFor, oauthOf, registrationFor, type Service, serverFor, serviceFor } from './services.ts';
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

type Arrived = { readonly tokens: TokenSet; readonly account: string | null; readonly subject: string; readonly service: Service };

/** What the service has said of the account in the callback, before anything is sent anywhere: its region decides where the code goes (V2). */
const heardInCallback = (connector: Connector, callbackUrl: string): Record<string, string> =>
  learnVariables(connector, { callback: Object.fromEntries(new URL(callbackUrl).searchParams) });

/** Requests that tell a tenant or region (quirk V3), sent with the new token to the address that the record names. */
const askedAfter = async (ctx: Context, service: Service, credential: Credential): Promise<Record<string, JsonValue>> => {
  const answers: Record<string, JsonValue> = {};
  for (const { name, learned } of service.connector.variables) {
    if (learned?.from !== 'request' || learned.url === undefined) continue;
    const { json } = await sendWith(ctx, service, { method: 'GET', url: learned.url, headers: {}, body: null }, credential);
    if (json !== undefined) answers[name] = json;
  }
  return answers;
};

/** The account's name by the connector's test request, where no userinfo says it (R76). */
const probedAccount = async (ctx: Context, service: Service, credential: Credential): Promise<string | null> => {
  const probe = probeOf(service);
  return probe === null ? null : accountIn(service, await sendWith(ctx, service, probe, credential));
};

const arrive = async (
  ctx: Context,
  connection: Connection,
  sealed: SealedFlow,
  callbackUrl: string,
  asked: readonly string[],
): Promise<Arrived> => {
  const { connector } = serviceFor(connection, sealed.variables);
  const first = serviceFor(connection, { ...sealed.variables, ...heardInCallback(connector, callbackUrl) });
  const net = netFor(ctx, first);
  const server = await serverFor(ctx, first, connection);
  const { tokens, subject, extra } = await exchangeCode(server, callbackUrl, sealed, net, ctx.now, [
    ...oauthOf(first).identityScopes,
    ...asked,
  ]);
  if (server.dialect === undefined && subject === null) throw new Fault('oauth.id-token-wrong', new URL(sealed.issuer).host);
  const credential = tokenCredential(connector, tokens.accessToken);
  const said = serviceFor(connection, { ...first.variables, ...learnVariables(connector, { answer: extra }) });
  const learned = learnVariables(connector, { request: await askedAfter(ctx, said, credential) });
  const service = serviceFor(connection, { ...said.variables, ...learned });
  // The name is a courtesy: a grant is not thrown away because the account's name could not be read (R76).
  const named = subject === null ? probedAccount(ctx, service, credential) : readAccount(server, tokens, subject, net);
  const account = await named.catch(() => null);
  return { tokens, account, subject: subject ?? account ?? '', service };
};

const exchange = async (ctx: Context, flow: Flow, sealed: SealedFlow, callbackUrl: string): Promise<void> => {
  const connection = await ctx.db.connections.get(flow.connectionId);
  if (connection === undefined) throw new Fault('store.missing', 'connection');
  const asked = askedScopes(connection, flow.scope);
  try {
    const { tokens, account, subject, service } = await arrive(ctx, connection, sealed, callbackUrl, asked);
    const count = await ctx.db.authorizations.where('connectionId').equals(connection.id).count();
    const grant: Grant = {
      account: account ?? `${service.connector.name} Account ${count + 1}`,
      subject,
      issuer: sealed.issuer,
      clientId: (await registrationFor(ctx, connection, service)).clientId,
      madeIn: flow.environment,
      scopes: tokens.scopes ?? asked,
      grantedBy: flow.memberId,
      grantedAt: ctx.now(),
      renewedAt: null,
      expiresAt: tokens.expiresAt,
      canRenew: tokens.refreshToken !== null,
    };
    const { row, event } = await grantChange(ctx, flow, connection, grant, service.variables);
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
    throw explainNetwork(ctx, serviceFor(connection, sealed.variables), error);
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
