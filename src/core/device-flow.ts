import * as v from 'valibot';
import { connectorById } from '../connectors/catalogue.ts';
import { askedScopes, type Connection } from '../domain/connection.ts';
import type { Environment } from '../domain/environment.ts';
import { Fault, type FaultCode } from '../domain/faults.ts';
import { type Flow, isOpen } from '../domain/flow.ts';
import { slotFor } from '../domain/resolve.ts';
import { Secret } from '../domain/secret.ts';
import type { Actor } from '../domain/workspace.ts';
import { askDevice, type DeviceFlow, startDeviceFlow } from '../oauth/device.ts';
import { arriveWith, serviceSoFar } from './arrival.ts';
import { toFault } from './command.ts';
import type { Context } from './context.ts';
import { failFlow, flowLock, hashState, newFlow, openVariables, storeArrived, storeFlow } from './flows.ts';
import { record } from './record.ts';
import { explainNetwork, netFor, oauthOf, type Service, scopesFor, serverFor } from './services.ts';

const sealedSchema = v.strictObject({
  deviceCode: v.string(),
  interval: v.number(),
  endsAt: v.number(),
  variables: v.record(v.string(), v.string()),
});
type Sealed = v.InferOutput<typeof sealedSchema>;

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const scopesOf = (connection: Connection, flow: Pick<Flow, 'scope'>, service: Service): string[] =>
  scopesFor(service, [...oauthOf(service).identityScopes, ...askedScopes(connection, flow.scope)]);

/** Asks once and sees through what comes of it: the seconds to wait before the next question, or null once the person is done. */
const askOnce = async (ctx: Context, flow: Flow, sealed: Sealed, interval: number): Promise<number | null> => {
  const connection = await ctx.db.connections.get(flow.connectionId);
  if (connection === undefined) throw new Fault('store.missing', 'connection');
  const connector = connectorById(connection.connectorId);
  const service = await serviceSoFar(ctx, connector, sealed.variables);
  const server = await serverFor(ctx, service, connection);
  const scopes = scopesOf(connection, flow, service);
  const device = { deviceCode: new Secret(sealed.deviceCode), interval, endsAt: sealed.endsAt };
  const early = await ctx.vault.sealer();
  const answer = await askDevice(server, device, scopes, netFor(ctx, service), ctx.now).catch((error: unknown) => {
    throw explainNetwork(ctx, service, error);
  });
  if (!answer.isDone) return answer.interval;
  const arrived = await arriveWith(ctx, connector, sealed.variables, server, { ...answer, subject: null });
  await storeArrived(ctx, connection, flow, arrived, server, early);
  return null;
};

const MOST_SLOWED = 60;
/** Seconds to wait after a server did not answer: twice as long each time (RFC 8628 section 3.5). */
const slowed = (interval: number): number => Math.min(interval * 2, Math.max(interval, MOST_SLOWED));

/** The faults that leave the flow open, with the seconds to wait after each. A device that is offline has asked nobody. */
const PASSING: Readonly<Partial<Record<FaultCode, (interval: number) => number>>> = {
  'oauth.offline': (interval) => interval,
  'oauth.provider-down': slowed,
  'oauth.sandbox-down': slowed,
};

const isFault = (error: unknown, code: FaultCode): boolean => error instanceof Fault && error.code === code;

/** What is sealed of the flow, or null where it cannot be read. Throws `vault.locked`. */
const openSealed = async (ctx: Context, id: Flow['id']): Promise<Sealed | null> => {
  const parsed = v.safeParse(
    sealedSchema,
    await ctx.vault.open('flow', id).catch((error: unknown) => {
      if (isFault(error, 'vault.locked')) throw error;
      return null;
    }),
  );
  return parsed.success ? parsed.output : null;
};

/** Stores how long to wait before the next question, so that a worker that starts anew asks no sooner. */
const keepAsking = async (ctx: Context, flow: Flow, interval: number): Promise<Flow> => {
  if (flow.device === undefined) return flow;
  const device = { ...flow.device, asking: { interval, nextAt: ctx.now() + interval * 1_000 } };
  await record(ctx, { put: { flows: [{ ...flow, device }] }, event: null });
  return { ...flow, device, revision: flow.revision + 1 };
};

/** Waits until it is time, and asks. True where the flow goes on here. Throws `vault.locked`: unlocking goes on with it. */
const step = async (ctx: Context, id: Flow['id']): Promise<boolean> => {
  const before = await ctx.db.flows.get(id);
  if (before?.state !== 'waiting') return false;
  const interval = before.device?.asking?.interval ?? (await openSealed(ctx, id))?.interval;
  if (interval === undefined) return false;
  const nextAt = before.device?.asking?.nextAt ?? ctx.now() + interval * 1_000;
  // A clock that was set back makes nobody wait longer than the service asked for.
  await wait(Math.min(Math.max(nextAt - ctx.now(), 0), interval * 1_000));
  const flow = await ctx.db.flows.get(id);
  if (flow?.state !== 'waiting') return false;
  try {
    if (!isOpen(flow, ctx.now())) throw new Fault('oauth.expired');
    // Opened for each question anew, so that nothing of it is held while the vault is locked (S8).
    const sealed = await openSealed(ctx, id);
    if (sealed === null) return false;
    const asking = await keepAsking(ctx, flow, interval);
    const next = await askOnce(ctx, asking, sealed, interval).catch((error: unknown) => {
      const after = error instanceof Fault ? PASSING[error.code] : undefined;
      if (after === undefined) throw error;
      return after(interval);
    });
    if (next !== null && next !== interval) await keepAsking(ctx, asking, next);
    return next !== null;
  } catch (error) {
    if (isFault(error, 'vault.locked')) throw error;
    // Somebody cancelled or replaced it in between: what is stored now says so.
    if (isFault(error, 'store.conflict')) return true;
    await failFlow(ctx, flow, toFault(error).toData());
    return false;
  }
};

/** Goes on asking until the flow has ended, here or elsewhere, or the vault is locked. Whoever does so holds the flow's lock. */
export const driveDevice = (ctx: Context, id: Flow['id']): Promise<void> =>
  ctx.lock(flowLock(id), async () => {
    try {
      while (await step(ctx, id));
    } catch (error) {
      if (!isFault(error, 'vault.locked')) throw error;
    }
  });

/** Goes on, once the vault is unlocked, with the flows that wait for somebody at another device; nobody waits for it. */
export const resumeDevices = async (ctx: Context): Promise<void> => {
  const waiting = await ctx.db.flows.where('state').equals('waiting').toArray();
  for (const { id, mode } of waiting) if (mode === 'device') void driveDevice(ctx, id).catch((error: unknown) => toFault(error));
};

/** Asks the service for a code, stores the flow with it, and goes on asking by itself. A new code is for the account of the one before. */
export const beginDevice = async (
  ctx: Context,
  actor: Actor,
  connection: Connection,
  environment: Environment,
  typed: Readonly<Record<string, string>>,
): Promise<Flow> => {
  const slot = slotFor(connection, environment, actor);
  const variables = { ...(await openVariables(ctx, slot)), ...typed };
  const service = await serviceSoFar(ctx, connectorById(connection.connectorId), variables);
  const auth = oauthOf(service);
  if (auth.method !== 'oauth2-device') throw new Fault('oauth.way-wrong', service.connector.name);
  let device: DeviceFlow;
  try {
    const server = await serverFor(ctx, service, connection);
    device = await startDeviceFlow(server, scopesOf(connection, { scope: slot.environment }, service), netFor(ctx, service), ctx.now);
  } catch (error) {
    throw explainNetwork(ctx, service, error);
  }
  const { deviceCode, interval, endsAt, userCode, page, pageWithCode } = device;
  const flow = newFlow(ctx, actor, connection, environment, {
    purpose: 'authorize',
    mode: 'device',
    device: { userCode, page, pageWithCode },
    expiresAt: endsAt,
    stateHash: await hashState(deviceCode.reveal()),
  });
  const sealed: Sealed = { deviceCode: deviceCode.reveal(), interval, endsAt, variables };
  await storeFlow(ctx, flow, service.connector, sealed);
  void driveDevice(ctx, flow.id).catch((error: unknown) => toFault(error));
  return flow;
};
