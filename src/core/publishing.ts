import { connectorById } from '../connectors/catalogue.ts';
import type { Application } from '../domain/application.ts';
import type { Component } from '../domain/component.ts';
import { type Connection, normalizeScopes } from '../domain/connection.ts';
import type { Problem } from '../domain/faults.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { checkReadiness } from '../domain/readiness.ts';
import { kindByName } from '../runtime/index.ts';
import type { Call } from './command.ts';
import { loadApplication } from './owners.ts';

export const bundleFileName = (application: Pick<Application, 'linkName'>, version: string): string =>
  `${application.linkName}-${version}.latchkey`;

export type Readiness = {
  readonly application: Application;
  readonly components: readonly Component[];
  /** Of this application only. */
  readonly connections: readonly Connection[];
  readonly problems: readonly Problem[];
};

const isTested = async (call: Call, connection: Connection): Promise<boolean> => {
  const authorizations = await call.db.authorizations.where('connectionId').equals(connection.id).toArray();
  return authorizations.some(({ lastTest }) => lastTest?.isOk === true && lastTest.at >= connection.updatedAt);
};

/** Connections that the components name although they belong elsewhere, so that a check can say where they are. */
const namedElsewhere = async (call: Call, components: readonly Component[]): Promise<Connection[]> => {
  const names = [...new Set(components.flatMap(({ references }) => references))];
  const { workspace } = call.acting();
  return call.db.connections
    .where('[workspaceId+linkName]')
    .anyOf(names.map((name) => [workspace.id, name]))
    .toArray();
};

/** Loads what a publication of this version is about and runs every check over it. Reads only. */
export const readinessOf = async (call: Call, applicationId: ApplicationId, version: string): Promise<Readiness> => {
  const application = await loadApplication(call, applicationId);
  const components = await call.db.components.where('ownerId').equals(applicationId).toArray();
  const connections = await call.db.connections.where('ownerId').equals(applicationId).toArray();
  const named = await namedElsewhere(call, components);
  const tested = new Set<string>();
  for (const connection of connections) if (await isTested(call, connection)) tested.add(connection.linkName);
  const all = [...new Map([...connections, ...named].map((connection) => [connection.id, connection])).values()];
  return { application, components, connections, problems: checkReadiness({ application, version, connections: all, components, tested }) };
};

/** Services whose system connection a client will need, so that it can be told before installing (R90); never the connections themselves (R86). */
export const systemRequirements = (components: readonly Component[]): { connectorId: string; scopes: string[] }[] => {
  const scopes = new Map<string, string[]>();
  for (const { kind, config } of components) {
    const target = kindByName(kind).target(config);
    if (!('service' in target)) continue;
    const operation = connectorById(target.service).operations.find(({ id }) => id === target.operationId);
    scopes.set(target.service, normalizeScopes([...(scopes.get(target.service) ?? []), ...(operation?.scopes ?? [])]));
  }
  return [...scopes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([connectorId, needed]) => ({ connectorId, scopes: needed }));
};
