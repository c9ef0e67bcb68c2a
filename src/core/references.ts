import type { Component } from '../domain/component.ts';
import type { Connection } from '../domain/connection.ts';
import type { OwnerId } from '../domain/ids.ts';
import { type DefinitionAction, definitionRefusal } from '../domain/lifecycle.ts';
import { kindByName } from '../runtime/index.ts';
import type { Call } from './command.ts';
import { findSystemConnection } from './system-connections.ts';

const needsSystem = (component: Component, connectorId: string): boolean => {
  const target = kindByName(component.kind).target(component.config);
  return 'service' in target && target.service === connectorId;
};

/** The components that use a connection: by its link name within the one application that it serves (R40, R96); a system one by its service (R100). */
export const componentsUsing = async (call: Call, connection: Connection): Promise<Component[]> => {
  if (connection.type === 'system') {
    const all = await call.db.components.where('workspaceId').equals(connection.workspaceId).toArray();
    return all.filter((component) => needsSystem(component, connection.connectorId));
  }
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
export const connectionsOfOwner = async (call: Call, ownerId: OwnerId, components: readonly Component[]): Promise<Connection[]> => {
  const own = await call.db.connections.where('ownerId').equals(ownerId).toArray();
  const services = new Set(
    components.flatMap((component) => {
      const target = kindByName(component.kind).target(component.config);
      return 'service' in target ? [target.service] : [];
    }),
  );
  const system: Connection[] = [];
  for (const service of services) {
    const found = await findSystemConnection(call, service);
    if (found !== undefined) system.push(found);
  }
  return [...own, ...system];
};
