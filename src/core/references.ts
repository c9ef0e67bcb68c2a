import type { Component } from '../domain/component.ts';
import type { Connection } from '../domain/connection.ts';
import type { Environment } from '../domain/environment.ts';
import { isInstallationId, type OwnerId } from '../domain/ids.ts';
import { type DefinitionAction, definitionRefusal } from '../domain/lifecycle.ts';
import type { Call } from './command.ts';
import { findSystemConnection } from './system-connections.ts';

/** The components of a workspace that need a service, whose system connection they share (R100). */
export const componentsNeeding = async (
  call: Pick<Call, 'db'>,
  wanted: Pick<Connection, 'workspaceId' | 'connectorId'>,
): Promise<Component[]> => {
  const needing = await call.db.components.where('services').equals(wanted.connectorId).toArray();
  return needing.filter(({ workspaceId }) => workspaceId === wanted.workspaceId);
};

/** The components that use a connection: by its link name within the one application that it serves (R40, R96); a system one by its service (R100). */
export const componentsUsing = async (call: Pick<Call, 'db'>, connection: Connection): Promise<Component[]> => {
  if (connection.type === 'system') return componentsNeeding(call, connection);
  const named = await call.db.components.where('references').equals(connection.linkName).toArray();
  return named.filter(({ workspaceId, ownerId }) => workspaceId === connection.workspaceId && ownerId === connection.ownerId);
};

/** Throws the fault that says why the definition's state has no such step. */
export const requireStep = async (call: Call, connection: Connection, action: DefinitionAction): Promise<void> => {
  const components = await componentsUsing(call, connection);
  const refusal = definitionRefusal(
    connection,
    components.map(({ name }) => name),
    action,
  );
  if (refusal !== null) throw refusal;
};

/** The connections of an application or installation with the system connections that its components need (R52). */
export const connectionsOfOwner = async (
  call: Call,
  ownerId: OwnerId,
  components: readonly Component[],
  environment?: Environment,
): Promise<Connection[]> => {
  const all = await call.db.connections.where('ownerId').equals(ownerId).toArray();
  const isThere = ({ staged, isOnlyStaged, isNoLongerUsed }: Connection): boolean => {
    if (environment === undefined || !isInstallationId(ownerId)) return true;
    return environment === 'stage' ? staged !== null : !isOnlyStaged && !isNoLongerUsed;
  };
  const own = all.filter(isThere);
  const services = new Set(components.flatMap((component) => component.services));
  const system: Connection[] = [];
  for (const service of services) {
    const found = await findSystemConnection(call, service);
    if (found !== undefined) system.push(found);
  }
  return [...own, ...system];
};
