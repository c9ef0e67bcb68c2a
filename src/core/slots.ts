import { connectorFault, connectorToShow } from '../connectors/catalogue.ts';
import { type Action, may, type Subject } from '../domain/access.ts';
import { type Authorization, type Holder, heldScopes, holderFor, missingScopes } from '../domain/authorization.ts';
import { askedScopes, type Connection } from '../domain/connection.ts';
import { isOauth, isSandbox, listedVariables, typedVariables } from '../domain/connector.ts';
import { endingOf } from '../domain/ending.ts';
import { type Environment, type EnvironmentScope, environmentScope } from '../domain/environment.ts';
import { type Flow, isOpen } from '../domain/flow.ts';
import { hostPatterns, reachOf } from '../domain/host-patterns.ts';
import { isApplicationId, isInstallationId, type MemberId, type OwnerId } from '../domain/ids.ts';
import { environmentsOf } from '../domain/need.ts';
import { isUsable, pausedBy, whoAuthorizes } from '../domain/resolve.ts';
import { type HostKind, truthOf, worksIn } from '../domain/truth.ts';
import { WAYS } from '../domain/ways.ts';
import type { Call } from './command.ts';
import { pauseFault } from './pausing.ts';
import { reasonOf } from './regrade.ts';
import { deviceOf } from './summaries.ts';
import type { AuthorizeWay, ConnectionRow, OwnerView, Permission, SlotView, StatusView } from './views.ts';

/** How long a failed flow's reason stays beside the connection. */
const FRESH_MS = 10 * 60_000;

export const permission = (call: Call, action: Action, subject: Subject = {}): Permission => {
  const decision = may(call.acting(), action, subject);
  return decision.allowed ? { allowed: true, says: null } : { allowed: false, says: decision.says };
};

/** Rows read once for a screen, so that a list costs a few reads and not some for each row. */
export type SlotSources = {
  /** Installations whose stage is on. */
  readonly stagedOwners: ReadonlySet<OwnerId>;
  readonly authorizations: readonly Authorization[];
  readonly flows: readonly Flow[];
  readonly memberNames: ReadonlyMap<MemberId, string>;
};

export const readSlotSources = async (call: Call, connections: readonly Connection[]): Promise<SlotSources> => {
  const ids = connections.map(({ id }) => id);
  const workspaceId = call.acting().workspace.id;
  const [authorizations, flows, members, installations] = await Promise.all([
    call.db.authorizations.where('connectionId').anyOf(ids).toArray(),
    call.db.flows.where('connectionId').anyOf(ids).toArray(),
    call.db.members.where('workspaceId').equals(workspaceId).toArray(),
    call.db.installations.where('workspaceId').equals(workspaceId).toArray(),
  ]);
  const stagedOwners = new Set<OwnerId>(installations.filter(({ staged }) => staged !== null).map(({ id }) => id));
  return {
    stagedOwners,
    authorizations,
    flows,
    memberNames: new Map(members.filter(({ leftAt }) => leftAt === null).map(({ id, name }) => [id, name])),
  };
};

/** Which host the core runs in: only the extension opens the service's page by itself. */
export const hostOf = ({ openPage }: Pick<Call, 'openPage'>): HostKind => (openPage === null ? 'web-app' : 'extension');

/** What the Authorize button of this connection begins, where the service's record and this host let it. */
export const authorizeWay = (call: Call, connection: Connection, authorization: Authorization | undefined): AuthorizeWay => {
  const connector = connectorToShow(connection.connectorId);
  const { auth, id: connectorId } = connector;
  const { begins } = WAYS[auth.method];
  const isAskedOnSwitch =
    !isSandbox(connector) && isOauth(auth) && typedVariables(connector).length + listedVariables(connector).length > 0;
  const way = { begins, connectorId, hosts: hostPatterns(reachOf(connector), authorization?.variables), isAskedOnSwitch };
  if (isSandbox(connector) || !isOauth(auth)) return { ...way, by: begins === 'keys' ? 'keys' : 'page' };
  // In the web app a window opens the service's page and this origin reads its answer; where it may not, only the extension can.
  const truth = truthOf(connector);
  const host = hostOf(call);
  if (host === 'web-app' && worksIn(truth, host) === 'no') return { ...way, by: 'extension' };
  const isAppMissing = truth.needsOwnApp && connection.oauthAppId === null;
  const isAsked = isAppMissing || (isAskedOnSwitch && (authorization?.grant ?? null) === null);
  return { ...way, by: isAsked ? 'form' : 'page' };
};

const statusOf = (
  call: Call,
  connection: Connection,
  authorization: Authorization | undefined,
  flow: Flow | undefined,
  { memberNames }: SlotSources,
): StatusView => {
  const by = pausedBy(connection, authorization);
  const paused = by === null ? null : pauseFault(connection, memberNames.get(by));
  const stopped = connectorFault(connection.connectorId) ?? paused;
  return {
    isConnected: isUsable(authorization) && stopped === null,
    reason: stopped ?? reasonOf(connection, authorization),
    flow: flow === undefined ? null : { id: flow.id, state: flow.state, device: deviceOf(flow) },
    way: authorizeWay(call, connection, authorization),
  };
};

type Place = { readonly scope: EnvironmentScope; readonly environment: Environment; readonly holder: Holder };

const slotView = (call: Call, connection: Connection, place: Place, sources: SlotSources): SlotView => {
  const actor = call.acting();
  const isHere = (row: { connectionId: string; holder: Holder }, scope: EnvironmentScope): boolean =>
    row.connectionId === connection.id && row.holder === place.holder && scope === place.scope;
  const authorization = sources.authorizations.find((row) => isHere(row, row.environment));
  const flows = sources.flows.filter((row) => isHere(row, row.scope));
  const open = flows.find((flow) => isOpen(flow, call.now()));
  const newest = [...flows].sort((a, b) => b.startedAt - a.startedAt)[0];
  const hasFailed = newest?.state === 'failed' && newest.fault !== null && newest.startedAt > call.now() - FRESH_MS;
  const subject = { type: connection.type, holder: place.holder };
  const authorize = permission(call, 'authorization.grant', subject);
  const grant = authorization?.grant ?? null;
  const asked = askedScopes(connection, place.scope);
  return {
    environment: place.scope,
    commandEnvironment: place.environment,
    holder: place.holder,
    holderName: place.holder === 'shared' ? 'everyone' : (sources.memberNames.get(place.holder) ?? 'a former member'),
    authorizationId: grant === null ? null : (authorization?.id ?? null),
    status: statusOf(call, connection, authorization, open, sources),
    isPaused: authorization?.isPaused ?? false,
    account: grant?.account ?? null,
    grantedByName: grant === null ? null : (sources.memberNames.get(grant.grantedBy) ?? 'a former member'),
    grantedAt: grant?.grantedAt ?? null,
    renewedAt: grant?.renewedAt ?? null,
    expiresAt: grant?.expiresAt ?? null,
    canRenew: grant?.canRenew ?? false,
    grantedScopes: authorization === undefined ? [] : heldScopes(asked, authorization),
    missingScopes: authorization === undefined || grant === null ? [] : missingScopes(asked, authorization),
    lastTest: authorization?.lastTest ?? null,
    ending: endingOf(connectorToShow(connection.connectorId)),
    lastFailure: hasFailed && newest.fault !== null ? { at: newest.startedAt, fault: newest.fault } : null,
    authorize,
    revoke: permission(call, 'authorization.revoke', subject),
    switch: permission(call, 'authorization.switch', subject),
    rename: permission(call, 'authorization.rename', subject),
    pause: permission(call, 'authorization.pause', subject),
    test: permission(call, 'connection.test', subject),
    who: whoAuthorizes(connection, actor, authorize.allowed),
  };
};

const scopesOfSide = (
  connection: Connection,
  environments: readonly Environment[],
): { scope: EnvironmentScope; environment: Environment }[] => {
  const seen = new Map<EnvironmentScope, Environment>();
  for (const environment of environments) {
    const scope = environmentScope(connection.environmentPolicy, environment);
    if (!seen.has(scope)) seen.set(scope, environment);
  }
  return [...seen].map(([scope, environment]) => ({ scope, environment }));
};

/** The holders that a screen shows: the shared one, or the acting member first and others' that managers may see. */
const holdersOf = (call: Call, connection: Connection, sources: SlotSources): Holder[] => {
  const { member } = call.acting();
  const own = holderFor(connection.type, member.id);
  if (own === 'shared' || member.role === 'user') return [own];
  const others = sources.authorizations
    .filter((row) => row.connectionId === connection.id && row.grant !== null)
    .map(({ holder }) => holder);
  return [...new Set([own, ...others])];
};

const placesOf = (call: Call, connection: Connection, { stagedOwners }: SlotSources): readonly Environment[] => {
  const hasStage = connection.ownerId === null ? stagedOwners.size > 0 : stagedOwners.has(connection.ownerId);
  return environmentsOf(connection, call.acting().workspace.side, hasStage);
};

/** All slots of a connection that the acting member is shown, in one environment or all of the side's. */
export const slotsOf = (call: Call, connection: Connection, sources: SlotSources, environment?: Environment): SlotView[] => {
  const environments = environment === undefined ? placesOf(call, connection, sources) : [environment];
  const own = holderFor(connection.type, call.acting().member.id);
  return scopesOfSide(connection, environments).flatMap((place) =>
    holdersOf(call, connection, sources)
      .map((holder) => slotView(call, connection, { ...place, holder }, sources))
      // Somebody else's place is shown only where they authorized.
      .filter((slot) => slot.holder === own || slot.authorizationId !== null),
  );
};

/** Names of these owners in the acting workspace. */
export const ownerNames = async (call: Call, ids: readonly (OwnerId | null)[]): Promise<Map<OwnerId, string>> => {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  const applications = await call.db.applications.bulkGet(wanted.filter(isApplicationId));
  const installations = await call.db.installations.bulkGet(wanted.filter(isInstallationId));
  const names = new Map<OwnerId, string>();
  for (const found of applications) if (found !== undefined) names.set(found.id, found.name);
  for (const found of installations) if (found !== undefined) names.set(found.id, found.definition.name);
  return names;
};

const ownerView = (ownerId: OwnerId | null, names: ReadonlyMap<OwnerId, string>): OwnerView | null =>
  ownerId === null
    ? null
    : { id: ownerId, name: names.get(ownerId) ?? 'unknown', kind: isInstallationId(ownerId) ? 'installation' : 'application' };

/** Users see only logged-in user connections of components that they may use: those that some component names (R10). */
const visibleTo = async (call: Call, connections: readonly Connection[]): Promise<Connection[]> => {
  const allowed = connections.filter(({ type }) => permission(call, 'connection.see', { type }).allowed);
  if (call.acting().member.role !== 'user') return allowed;
  const components = await call.db.components
    .where('references')
    .anyOf(allowed.map(({ linkName }) => linkName))
    .toArray();
  return allowed.filter(({ linkName, ownerId }) => components.some((one) => one.ownerId === ownerId && one.references.includes(linkName)));
};

/** Rows of the connections that the acting member may see (R10), in the order given. */
export const connectionRows = async (
  call: Call,
  connections: readonly Connection[],
  environment?: Environment,
): Promise<ConnectionRow[]> => {
  const visible = await visibleTo(call, connections);
  const sources = await readSlotSources(call, visible);
  const names = await ownerNames(
    call,
    visible.map(({ ownerId }) => ownerId),
  );
  return visible.map((connection) => {
    const connector = connectorToShow(connection.connectorId);
    return {
      id: connection.id,
      linkName: connection.linkName,
      displayName: connection.displayName,
      type: connection.type,
      connectorId: connector.id,
      connectorName: connector.name,
      isSandbox: isSandbox(connector),
      isRetired: connection.isRetired,
      isNoLongerUsed: connection.isNoLongerUsed,
      isPaused: connection.pausedBy !== null,
      owner: ownerView(connection.ownerId, names),
      slots: slotsOf(call, connection, sources, environment),
    };
  });
};
