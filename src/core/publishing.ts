import { connectorById, connectorToShow, hasConnector } from '../connectors/catalogue.ts';
import type { Release } from '../db/tables.ts';
import { covers } from '../deluge/task-requests.ts';
import type { Application } from '../domain/application.ts';
import { type BundleContents, contentsOf } from '../domain/bundle.ts';
import type { Component } from '../domain/component.ts';
import type { Connection } from '../domain/connection.ts';
import { isBeyondModel } from '../domain/connection-type.ts';
import { isSandbox } from '../domain/connector.ts';
import { ENVIRONMENTS_OF_SIDE, type Environment, type EnvironmentScope } from '../domain/environment.ts';
import type { Problem } from '../domain/faults.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { checkReadiness, type Lack } from '../domain/readiness.ts';
import { targetIn } from '../runtime/describe.ts';
import { kindByName } from '../runtime/index.ts';
import type { Call } from './command.ts';
import { loadApplication } from './owners.ts';
import { componentsIn } from './parts.ts';
import { systemRequirements } from './service-needs.ts';
import { hostsOf } from './summaries.ts';

export const bundleFileName = (application: Pick<Application, 'linkName'>, version: string): string =>
  `${application.linkName}-${version}.latchkey`;

export type Readiness = {
  readonly application: Application;
  readonly components: readonly Component[];
  /** Of this application only. */
  readonly connections: readonly Connection[];
  readonly problems: readonly Problem[];
};

/** The environments of this side in which no test and no run went well since the definition last changed (R80, R84). */
const untestedEnvironments = async (call: Call, connection: Connection): Promise<Environment[]> => {
  const since = connection.updatedAt;
  const authorizations = await call.db.authorizations.where('connectionId').equals(connection.id).toArray();
  const proven = new Set<EnvironmentScope>();
  for (const { environment, provenAt } of authorizations) if (provenAt !== null && provenAt >= since) proven.add(environment);
  const naming = await call.db.components.where('references').equals(connection.linkName).toArray();
  const own = new Map(naming.filter(({ ownerId }) => ownerId === connection.ownerId).map(({ id, environment }) => [id, environment]));
  const runs = await call.db.runs
    .where('componentId')
    .anyOf([...own.keys()])
    .toArray();
  for (const { componentId, lastOkAt } of runs) {
    const environment = own.get(componentId);
    if (environment !== undefined && lastOkAt !== null && lastOkAt >= since) proven.add(environment);
  }
  // One authorization serves all environments, so what proved it in one proved it in each.
  if (connection.environmentPolicy === 'same' && proven.size > 0) return [];
  return ENVIRONMENTS_OF_SIDE.developer.filter((environment) => !proven.has(environment) && !proven.has('all'));
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

/** The scopes that a component needs of a connection that it names; null where that is not known as a whole. */
const scopesUsed = (component: Component, { linkName, connectorId }: Connection): readonly string[] | null => {
  const target = targetIn(kindByName(component.kind), component.config);
  if (target !== null) {
    const { scopes, operations } = connectorById(connectorId);
    const needed = operations.find(({ id }) => id === target.operationId)?.scopes ?? [];
    // A record that names scopes and none for this operation says nothing of it.
    return needed.length === 0 && scopes.length > 0 ? null : needed;
  }
  const { references, needs, problems } = kindByName(component.kind).uses(component.config, [linkName]);
  const places = references.filter((one) => one.linkName === linkName);
  const known = needs.flatMap((need) => (need.linkName === linkName && need.scopes !== null ? [need.scopes] : []));
  // An address in a script may need anything: only tasks that a table knows are known.
  const isWhole =
    problems.length === 0 && places.length > 0 && known.length === places.length && places.every(({ certainty }) => certainty === null);
  return isWhole ? known.flat() : null;
};

/**
 * The scopes of a connection that nothing uses: no component, not its test and not the question who authorized. None where a component
 * names its connection only when it runs, or where what one of them needs is not known.
 */
const idleScopesOf = (connection: Connection, components: readonly Component[]): readonly string[] => {
  const naming = components.filter(({ references }) => references.includes(connection.linkName));
  if (naming.length === 0 || !hasConnector(connection.connectorId) || components.some((one) => one.dynamicReferences.length > 0)) return [];
  const used = naming.map((component) => scopesUsed(component, connection));
  const isCovered = (scope: string): boolean => connection.scopes.some((asked) => covers(asked, scope));
  // Where something else was asked than what is needed, it may be a wider word for it.
  if (!used.every((scopes) => scopes?.every(isCovered) === true)) return [];
  const { auth, test } = connectorById(connection.connectorId);
  const needed = [
    ...used.flatMap((scopes) => scopes ?? []),
    ...(test?.scopes ?? []),
    ...('identityScopes' in auth ? auth.identityScopes : []),
  ];
  return connection.scopes.filter((scope) => !needed.some((need) => covers(scope, need)));
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
  const untested = new Map<Connection['id'], readonly Environment[]>();
  for (const connection of connections) untested.set(connection.id, await untestedEnvironments(call, connection));
  const problems = checkReadiness({
    application,
    version,
    connections: all,
    components,
    untestedIn: ({ id }) => untested.get(id) ?? [],
    idleScopes: (connection) => idleScopesOf(connection, components),
    isBeyondModel: ({ type, connectorId }) => hasConnector(connectorId) && isBeyondModel(type, connectorById(connectorId)),
    allowed,
    lacks: (component) => lacksOf(component, all),
    hosts: (connectorId) => (hasConnector(connectorId) ? hostsOf(connectorById(connectorId), '') : []),
    mistakes: ({ kind, config }) => kindByName(kind).uses(config).problems,
    isStartedByVisitors: ({ kind, config }) => kindByName(kind).isStartedByVisitors(config, application.forms),
  });
  return { application, components, connections, problems };
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

/** Names of the connections in this version without a successful test or run, in development or stage, since they last changed (R80). */
export const untestedIn = async (call: Call, { applicationId, contents }: Release): Promise<string[]> => {
  const connections = await call.db.connections.where('ownerId').equals(applicationId).toArray();
  const names = new Set(contents.connections.map(({ linkName }) => linkName));
  const untested: string[] = [];
  for (const connection of connections.filter(({ linkName }) => names.has(linkName))) {
    const places = await untestedEnvironments(call, connection);
    if (places.length === ENVIRONMENTS_OF_SIDE.developer.length) untested.push(connection.displayName);
  }
  return untested;
};
