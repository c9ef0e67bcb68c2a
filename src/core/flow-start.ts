import { connectorById } from '../connectors/catalogue.ts';
import { askedScopes, type Connection } from '../domain/connection.ts';
import { isSandbox } from '../domain/connector.ts';
import type { Environment } from '../domain/environment.ts';
import { FLOW_LIFE_MS, type Flow, isOpen } from '../domain/flow.ts';
import { slotFor } from '../domain/resolve.ts';
import type { Actor } from '../domain/workspace.ts';
import { startCodeFlow } from '../oauth/code.ts';
import { knownOf } from '../oauth/tenant.ts';
import { query, toFault } from './command.ts';
import type { Context, OpenPage } from './context.ts';
import { driveDevice } from './device-flow.ts';
import { completeFlow, failFlow, flowLock, hashState, newFlow, openVariables, type SealedFlow, storeFlow } from './flows.ts';
import { nothing } from './inputs.ts';
import { findAuthorization } from './owners.ts';
import { dropParked, resumeParked } from './parked.ts';
import { presetsFor } from './presets.ts';
import { ensureRegistered } from './registering.ts';
import { defaultVariables, oauthOf, redirectUriOf, scopesFor, serverFor, serviceFor } from './services.ts';

/** In the extension the host shows the page and waits for the answer, long after the command has returned. */
const drive = (ctx: Context, openPage: OpenPage, flow: Flow, url: string): void => {
  void ctx.lock(flowLock(flow.id), async () => {
    try {
      await completeFlow(ctx, await openPage(url));
    } catch (error) {
      const now = await ctx.db.flows.get(flow.id);
      if (now?.state === 'waiting') await failFlow(ctx, now, toFault(error).toData());
    }
  });
};

/** How the service's page begins: as always, by choosing an account anew (R77), or with an account that is known already (R78). */
export type Beginning = {
  readonly purpose: Flow['purpose'];
  readonly account: string | null;
  /** Values of the account that a person typed (data centre, subdomain); those of the flow that is open, then those of the grant before stand where none were. */
  readonly variables?: Readonly<Record<string, string>>;
};

const USUAL: Beginning = { purpose: 'authorize', account: null };

/** Beside what the record has every page asked. OpenID Connect Core section 3.1.2.1: `prompt` asks for the sign-in, `login_hint` names who is meant. */
const paramsOf = ({ purpose, account }: Beginning): Record<string, string> => {
  if (account !== null) return { prompt: 'consent', login_hint: account };
  return purpose === 'switch' ? { prompt: 'login consent' } : {};
};

/** Asks the service for an authorization: stores the sealed flow, then gives the page to open, or has the host open it. */
export const startFlow = async (
  ctx: Context,
  actor: Actor,
  connection: Connection,
  environment: Environment,
  beginning: Beginning = USUAL,
): Promise<{ flow: Flow; url: string | null }> => {
  const slot = slotFor(connection, environment, actor);
  const before = await findAuthorization(ctx, slot);
  const connector = connectorById(connection.connectorId);
  // The sandbox is where this device's setting says; any other account is where it was before, or where the person says.
  const known = isSandbox(connector)
    ? await defaultVariables(ctx, connector)
    : {
        ...(await presetsFor(ctx, connection)),
        ...knownOf(connector, before?.variables ?? {}, beginning.purpose === 'switch'),
        ...(await openVariables(ctx, slot)),
        ...beginning.variables,
      };
  const service = serviceFor(connection, { ...(await defaultVariables(ctx, connector)), ...known });
  const auth = oauthOf(service);
  await ensureRegistered(ctx, connection, service, actor.member.id);
  const server = await serverFor(ctx, service, connection);
  const redirectUri = redirectUriOf(ctx, service.connector);
  const { url, secrets } = await startCodeFlow(server, {
    redirectUri,
    scopes: scopesFor(service, [...auth.identityScopes, ...askedScopes(connection, slot.environment)]),
    params: paramsOf(beginning),
  });
  const flow = newFlow(ctx, actor, connection, environment, {
    purpose: beginning.purpose,
    mode: ctx.openPage === null ? 'window' : 'identity',
    expiresAt: ctx.now() + FLOW_LIFE_MS,
    stateHash: await hashState(secrets.state),
  });
  const sealed: SealedFlow = { ...secrets, variables: known };
  if (await storeFlow(ctx, flow, service.connector, { ...sealed })) await ctx.closePage();
  if (ctx.openPage !== null) drive(ctx, ctx.openPage, flow, url);
  return { flow, url: ctx.openPage === null ? url : null };
};

/** Begins the flow of a dead worker anew: its window can hand nothing over any more, so the host shows the page again. */
const restart = async (ctx: Context, flow: Flow): Promise<void> => {
  const [workspace, member, connection] = await Promise.all([
    ctx.db.workspaces.get(flow.workspaceId),
    ctx.db.members.get(flow.memberId),
    ctx.db.connections.get(flow.connectionId),
  ]);
  if (workspace === undefined || member === undefined || connection === undefined)
    return failFlow(ctx, flow, { code: 'core.unavailable', detail: null });
  try {
    await startFlow(ctx, { workspace, member }, connection, flow.environment, { purpose: flow.purpose, account: null });
  } catch (error) {
    await failFlow(ctx, flow, toFault(error).toData());
  }
};

/** Open flows that go on without a window: a host whose worker may be stopped wakes for them. */
export const tended = query({
  args: nothing,
  read: async (call): Promise<{ readonly count: number }> => {
    const open = call.db.flows.where('state').anyOf('waiting', 'parked');
    return { count: await open.filter(({ state, mode }) => state === 'parked' || mode === 'device').count() };
  },
});

/** Ends the flows that took too long, and goes on with those that wait for somebody at another device. Harmless while others are at it. */
export const tendFlows = async (ctx: Context): Promise<void> => {
  if (ctx.isReadOnly) return;
  for (const flow of await ctx.db.flows.where('state').anyOf('waiting', 'parked').toArray()) {
    if (!isOpen(flow, ctx.now())) await failFlow(ctx, flow, { code: 'oauth.expired', detail: null });
    else if (flow.mode === 'device' && (await ctx.isFree(flowLock(flow.id))))
      void driveDevice(ctx, flow.id).catch((error: unknown) => toFault(error));
  }
  await dropParked(ctx);
};

/**
 * Looks after flows whose driver died: an exchange that was cut off fails closed, a window that the host owned is shown again, an answer that
 * was parked goes on waiting where it was kept. Called when a host starts; harmless while another host is at work, because that one holds the
 * flow's lock.
 */
export const recoverFlows = async (ctx: Context): Promise<void> => {
  await tendFlows(ctx);
  const parked = new Set((await ctx.parked.list()).map(([id]) => id));
  const flows = await ctx.db.flows.where('state').anyOf('waiting', 'parked', 'exchanging').toArray();
  for (const flow of flows) {
    if (!(await ctx.isFree(flowLock(flow.id)))) continue;
    if (flow.state === 'exchanging' || (flow.state === 'parked' && !parked.has(flow.id)))
      await failFlow(ctx, flow, { code: 'core.unavailable', detail: null });
    else if (flow.state === 'waiting' && flow.mode === 'identity') await restart(ctx, flow);
  }
  // The worker before this one died after it was unlocked.
  if ((await ctx.vault.state()) !== 'locked') await resumeParked(ctx);
};
