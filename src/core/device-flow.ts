import * as v from 'valibot';
import { askedScopes, type Connection } from '../domain/connection.ts';
import type { Environment } from '../domain/environment.ts';
import { Fault } from '../domain/faults.ts';
import { type Flow, isOpen } from '../domain/flow.ts';
import { slotFor } from '../domain/resolve.ts';
import { Secret } from '../domain/secret.ts';
import type { Actor } from '../domain/workspace.ts';
import { askDevice, type DeviceFlow, startDeviceFlow } from '../oauth/device.ts';
import { arriveWith, serviceSoFar } from './arrival.ts';
import { toFault } from './command.ts';
import type { Context } from './context.ts';
import { failFlow, flowLock, hashState, newFlow, storeArrived, storeFlow } from './flows.ts';
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

/** Asks once and sees through what comes of it: true while the person is not done. */
const askOnce = async (ctx: Context, flow: Flow, sealed: Sealed): Promise<Sealed | null> => {
  const connection = await ctx.db.connections.get(flow.connectionId);
  if (connection === undefined) throw new Fault('store.missing', 'connection');
  const service = await serviceSoFar(ctx, connection, sealed.variables);
  const server = await serverFor(ctx, service, connection);
  const scopes = scopesOf(connection, flow, service);
  const device = { deviceCode: new Secret(sealed.deviceCode), interval: sealed.interval, endsAt: sealed.endsAt };
  const answer = await askDevice(server, device, scopes, netFor(ctx, service), ctx.now);
  if (!answer.isDone) return { ...sealed, interval: answer.interval };
  const arrived = await arriveWith(ctx, connection, sealed.variables, server, { ...answer, subject: null });
  await storeArrived(ctx, connection, flow, arrived, server);
  return null;
};

/** A server that does not answer for a while leaves the flow open (RFC 8628 section 3.5). */
const isPassing = (error: unknown): boolean => error instanceof Fault && ['oauth.provider-down', 'oauth.offline'].includes(error.code);

/** Goes on asking until the flow has ended, here or elsewhere. Whoever does so holds the flow's lock. */
export const driveDevice = (ctx: Context, id: Flow['id']): Promise<void> =>
  ctx.lock(flowLock(id), async () => {
    const parsed = v.safeParse(sealedSchema, await ctx.vault.open('flow', id).catch(() => null));
    let sealed = parsed.success ? parsed.output : null;
    while (sealed !== null) {
      await wait(sealed.interval * 1_000);
      const flow = await ctx.db.flows.get(id);
      if (flow?.state !== 'waiting') return;
      try {
        if (!isOpen(flow, ctx.now())) throw new Fault('oauth.expired');
        sealed = await askOnce(ctx, flow, sealed);
      } catch (error) {
        if (isPassing(error)) continue;
        return failFlow(ctx, flow, toFault(error).toData());
      }
    }
  });

/** Asks the service for a code, stores the flow with it, and goes on asking by itself. */
export const beginDevice = async (
  ctx: Context,
  actor: Actor,
  connection: Connection,
  environment: Environment,
  variables: Readonly<Record<string, string>>,
): Promise<Flow> => {
  const service = await serviceSoFar(ctx, connection, variables);
  const auth = oauthOf(service);
  if (auth.method !== 'oauth2-device') throw new Fault('oauth.way-wrong', service.connector.name);
  const slot = slotFor(connection, environment, actor);
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
  const sealed: Sealed = { deviceCode: deviceCode.reveal(), interval, endsAt, variables: { ...variables } };
  await storeFlow(ctx, flow, sealed);
  void driveDevice(ctx, flow.id).catch((error: unknown) => toFault(error));
  return flow;
};
