import type { Component } from '../domain/component.ts';
import type { Connection } from '../domain/connection.ts';
import { type DefinitionAction, definitionRefusal } from '../domain/lifecycle.ts';
import type { Call } from './command.ts';

/** The components that name a connection: link names resolve within the one application that it serves (R40, R96). */
export const componentsUsing = async (call: Call, connection: Connection): Promise<Component[]> => {
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
