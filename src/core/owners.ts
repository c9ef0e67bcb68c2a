import type { Action } from '../domain/access.ts';
import type { ApplicationDefinition, Form } from '../domain/application.ts';
import type { Authorization } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import { ENVIRONMENTS_OF_SIDE, type Environment } from '../domain/environment.ts';
import { Fault } from '../domain/faults.ts';
import { type ApplicationId, type AuthorizationId, type ConnectionId, isInstallationId, type OwnerId } from '../domain/ids.ts';
import { type Slot, slotFor } from '../domain/resolve.ts';
import type { Call } from './command.ts';
import type { Context } from './context.ts';
import type { OwnerView } from './views.ts';

/** What a record, page or component hangs on, in either shape, in the acting workspace. */
export type Owner = { readonly view: OwnerView; readonly definition: ApplicationDefinition };

/**
 * What runs in one environment. Throws `store.missing` for anything outside the acting workspace (another account's rows do not exist
 * here), `state.forbidden` for an environment that the side lacks (R4), `environment.no-stage`.
 */
export const loadOwner = async (call: Call, id: OwnerId, environment: Environment): Promise<Owner> => {
  requireEnvironment(call, environment);
  const found = isInstallationId(id) ? await call.db.installations.get(id) : await call.db.applications.get(id);
  if (found?.workspaceId !== call.acting().workspace.id)
    throw new Fault('store.missing', isInstallationId(id) ? 'installation' : 'application');
  const running: ApplicationDefinition = 'definition' in found ? found.definition : found;
  const definition = environment === 'stage' ? found.staged?.definition : running;
  if (definition === undefined) throw new Fault('environment.no-stage', running.name);
  return { view: { id, name: running.name, kind: isInstallationId(id) ? 'installation' : 'application' }, definition };
};

export const loadApplication = async (call: Call, id: ApplicationId) => {
  const row = await call.db.applications.get(id);
  if (row === undefined || row.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'application');
  return row;
};

export const loadConnection = async (call: Call, id: ConnectionId): Promise<Connection> => {
  const row = await call.db.connections.get(id);
  if (row === undefined || row.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'connection');
  return row;
};

/** An authorization of the acting workspace with its connection, for an action that its holder decides on. Throws `access.refused`. */
export const loadAuthorization = async (
  call: Call,
  id: AuthorizationId,
  action: Action,
): Promise<{ authorization: Authorization; connection: Connection }> => {
  const authorization = await call.db.authorizations.get(id);
  if (authorization === undefined || authorization.workspaceId !== call.acting().workspace.id)
    throw new Fault('store.missing', 'authorization');
  const connection = await loadConnection(call, authorization.connectionId);
  call.require(action, { type: connection.type, holder: authorization.holder });
  return { authorization, connection };
};

/** The row of a slot, where somebody authorized it once (R81, R82). */
export const findAuthorization = (ctx: Context, { connectionId, environment, holder }: Slot): Promise<Authorization | undefined> =>
  ctx.db.authorizations.where('[connectionId+environment+holder]').equals([connectionId, environment, holder]).first();

export const formOf = (definition: ApplicationDefinition, linkName: string): Form => {
  const form = definition.forms.find((one) => one.linkName === linkName);
  if (form === undefined) throw new Fault('application.part-unknown', linkName);
  return form;
};

/** Throws `state.forbidden` for an environment that the acting side lacks (R4). */
export const requireEnvironment = (call: Call, environment: Environment): void => {
  const { side } = call.acting().workspace;
  if (!ENVIRONMENTS_OF_SIDE[side].includes(environment)) throw new Fault('state.forbidden', `${environment} on the ${side} side`);
};

/** The connection and the acting member's slot for an action on it. Throws `store.missing`, `state.forbidden` (R4), `access.refused`. */
export const loadSlot = async (
  call: Call,
  { connectionId, environment }: { readonly connectionId: ConnectionId; readonly environment: Environment },
  action: Action,
): Promise<{ connection: Connection; slot: Slot }> => {
  requireEnvironment(call, environment);
  const connection = await loadConnection(call, connectionId);
  if (environment === 'stage' && connection.ownerId !== null && isInstallationId(connection.ownerId))
    await loadOwner(call, connection.ownerId, environment);
  const slot = slotFor(connection, environment, call.acting());
  call.require(action, { type: connection.type, holder: slot.holder });
  return { connection, slot };
};
