import { connectorById, connectorToShow, hasConnector } from '../connectors/catalogue.ts';
import type { Release } from '../db/tables.ts';
import { covers } from '../deluge/task-requests.ts';
import type { Application } from '../domain/application.ts';
import { type BundleContents, contentsOf } from '../domain/bundle.ts';
import type { Component } from '../domain/component.ts';
import { type Connection, normalizeScopes } from '../domain/connection.ts';
import { isSandbox } from '../domain/connector.ts';
import type { Problem } from '../domain/faults.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { checkReadiness, type Lack } from '../domain/readiness.ts';
import { kindByName } from '../runtime/index.ts';
import type { Call } from './command.ts';
import { loadApplication } from './owners.ts';
import { componentsIn } from './parts.ts';
import { hostsOf } from './summaries.ts';
import { scopesOfNeed } from './system-connections.ts';

export const bundleFileName = (application: Pick<Application, 'linkName'>, version: string): string =>
  `${application.linkName}-${version}.latchkey`;

export type Readiness = {
  readonly application: Application;
  readonly components: readonly Component[];
  /** Of this application only. */
  readonly connections: readonly Connection[];
  readonly problems: readonly Problem[];
};

/** Did a test or a run go well in development or stage since the definition last changed (R80). */
const isTested = async (call: Call, connection: Connection): Promise<boolean> => {
  const since = connection.updatedAt;
  const authorizations = await call.db.authorizations.where('connectionId').equals(connection.id).toArray();
  if (authorizations.some(({ provenAt }) => provenAt !== null && provenAt >= since)) return true;
  const components = await call.db.components.where('references').equals(connection.linkName).toArray();
  const own = components.filter(({ ownerId }) => ownerId === connection.ownerId).map(({ id }) => id);
  const runs = await call.db.runs.where('componentId').anyOf(own).toArray();
  return runs.some(({ lastOkAt }) => lastOkAt !== null && lastOkAt >= since);
};

/** Link names of these connections that passed a test or run since they last changed. */
export const testedOf = async (call: Call, connections: readonly Connection[]): Promise<ReadonlySet<string>> => {
  const tested = new Set<string>();
  for (const connection of connections) if (await isTested(call, connection)) tested.add(connection.linkName);
  return tested;
};

/** What the tasks of a component lack of their connections' scopes; a service that no table knows is said to be unchecked. */
const lacksOf = ({ kind, config }: Component, connections: readonly Connection[]): Lack[] =>
  kindByName(kind)
    .uses(config)
    .needs.flatMap((need): Lack[] => {
      const connection = connections.find(({ linkName }) => linkName === need.linkName);
      // An unknown link name is a finding of its own; a sandbox has scopes of its own.
      if (connection === undefined || isSandbox(connectorToShow(connection.connectorId))) return [];
      if (need.scopes === null) return [need];
      const missing = need.scopes.filter((scope) => !connection.scopes.some((granted) => covers(granted, scope)));
      return missing.length === 0 ? [] : [{ ...need, scopes: missing }];
    });

/** Connections that the components name although they belong elsewhere, so that a check can say where they are. */
const namedElsewhere = async (call: Call, components: readonly Component[]): Promise<Connection[]> => {
  const names = [...new Set(components.flatMap(({ references }) => references))];
  const { workspace } = call.acting();
  return call.db.connections
    .where('[workspaceId+linkName]')
    .anyOf(names.map((name) => [workspace.id, name]))
    .toArray();
};

/**
 * Loads what a publication of this version is about and runs every check over it. `allowed` are the link names that places which
 * name a connection dynamically may use (R54). Reads only.
 */
export const readinessOf = async (
  call: Call,
  applicationId: ApplicationId,
  version: string,
  allowed: readonly string[] = [],
): Promise<Readiness> => {
  const application = await loadApplication(call, applicationId);
  const components = await componentsIn(call, applicationId, 'development');
  const connections = await call.db.connections.where('ownerId').equals(applicationId).toArray();
  const named = await namedElsewhere(call, components);
  const all = [...new Map([...connections, ...named].map((connection) => [connection.id, connection])).values()];
  const problems = checkReadiness({
    application,
    version,
    connections: all,
    components,
    tested: await testedOf(call, connections),
    allowed,
    lacks: (component) => lacksOf(component, all),
    hosts: (connectorId) => (hasConnector(connectorId) ? hostsOf(connectorById(connectorId), '') : []),
    mistakes: ({ kind, config }) => kindByName(kind).uses(config).problems,
    isStartedByVisitors: ({ kind, config }) => kindByName(kind).isStartedByVisitors(config, application.forms),
  });
  return { application, components, connections, problems };
};

/** Services whose system connection a client will need, so that it can be told before installing (R90); never the connections themselves (R86). */
const systemRequirements = (components: readonly Component[]): { connectorId: string; scopes: string[] }[] => {
  const scopes = new Map<string, string[]>();
  for (const { kind, config } of components) {
    for (const need of kindByName(kind).uses(config).services)
      scopes.set(need.service, normalizeScopes([...(scopes.get(need.service) ?? []), ...scopesOfNeed(need)]));
  }
  return [...scopes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([connectorId, needed]) => ({ connectorId, scopes: needed }));
};

/** What a version holds: the projection of development that travels. */
export const contentsOfReady = (
  { application, connections, components }: Readiness,
  version: string,
  allowed: readonly string[] = [],
): BundleContents => contentsOf(application, version, connections, components, systemRequirements(components), allowed);

/** The versions of an application, newest first. */
export const releasesOf = async (call: Call, applicationId: ApplicationId): Promise<Release[]> => {
  const rows = await call.db.releases.where('applicationId').equals(applicationId).toArray();
  return rows.sort((a, b) => b.publishedAt - a.publishedAt || (a.version < b.version ? 1 : -1));
};

/** Names of the connections in this version without a successful test or run since they last changed (R80). */
export const untestedIn = async (call: Call, { applicationId, contents }: Release): Promise<string[]> => {
  const connections = await call.db.connections.where('ownerId').equals(applicationId).toArray();
  const names = new Set(contents.connections.map(({ linkName }) => linkName));
  const included = connections.filter(({ linkName }) => names.has(linkName));
  const tested = await testedOf(call, included);
  return included.filter(({ linkName }) => !tested.has(linkName)).map(({ displayName }) => displayName);
};
