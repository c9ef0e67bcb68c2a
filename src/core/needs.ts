import type { LatchkeyDb } from '../db/open.ts';
import type { TableName } from '../db/tables.ts';
import type { Authorization } from '../domain/authorization.ts';
import type { Component } from '../domain/component.ts';
import type { Connection } from '../domain/connection.ts';
import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import { needsOf, servesAlike } from '../domain/need.ts';
import { inChunks } from './chunks.ts';
import type { Change } from './record.ts';

/** Changes of these tables may change what waits for somebody. */
const CAUSES = ['connections', 'authorizations', 'components', 'members', 'installations'] as const satisfies readonly TableName[];

/** Read or written beside the change itself, so the transaction holds them too. */
const READS = [...CAUSES, 'workspaces', 'needs'] as const satisfies readonly TableName[];

/** Tables that a transaction must hold so that needs can follow the change; none where they cannot change. */
export const tablesForNeeds = (change: Change): readonly TableName[] =>
  CAUSES.some((name) => change.put?.[name] !== undefined || change.remove?.[name] !== undefined) ? READS : [];

const areNames = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string');

/** A row that goes may be a damaged one (S55): then it names nothing that could be followed. */
const namesWhatItUses = (row: Component): boolean =>
  typeof row.ownerId === 'string' && typeof row.workspaceId === 'string' && areNames(row.references) && areNames(row.services);

const present = <T>(rows: readonly (T | undefined)[]): T[] => rows.filter((row) => row !== undefined);

/** Connections that these components use: by link name within their owner, system ones by their service. */
const connectionsUsedBy = async (db: LatchkeyDb, components: readonly Component[]): Promise<Connection[]> => {
  const keys = components.flatMap(({ ownerId, references }) => references.map((linkName): [string, string] => [ownerId, linkName]));
  const named = keys.length === 0 ? [] : await db.connections.where('[ownerId+linkName]').anyOf(keys).toArray();
  const needed = new Set(components.flatMap(({ workspaceId, services }) => services.map((service) => `${workspaceId} ${service}`)));
  const workspaces = [...new Set(components.filter(({ services }) => services.length > 0).map(({ workspaceId }) => workspaceId))];
  const system = await systemConnections(db, workspaces);
  return [...named, ...system.filter(({ workspaceId, connectorId }) => needed.has(`${workspaceId} ${connectorId}`))];
};

const systemConnections = async (db: LatchkeyDb, workspaces: readonly WorkspaceId[]): Promise<Connection[]> => {
  const prefixes = workspaces.map((id) => `${id} system `);
  return prefixes.length === 0 ? [] : db.connections.where('byType').startsWithAnyOf(prefixes).toArray();
};

const ownConnections = async (db: LatchkeyDb, workspaces: readonly WorkspaceId[]): Promise<Connection[]> => {
  const prefixes = workspaces.map((id) => `${id} logged-in-user `);
  return prefixes.length === 0 ? [] : db.connections.where('byType').startsWithAnyOf(prefixes).toArray();
};

export type Touched = {
  readonly ids: ReadonlySet<ConnectionId>;
  readonly components: readonly Component[];
  /** Accounts whose installations change, and with them where their system connections have a stage. */
  readonly workspaces: readonly WorkspaceId[];
  /** Accounts whose people change: their logged-in user connections wait for other people than before. */
  readonly peopled: readonly WorkspaceId[];
};

/** What the change is about, read before it is made: rows that go tell what they used. */
export const touchedBefore = async (db: LatchkeyDb, change: Change): Promise<Touched> => {
  const ids = new Set<ConnectionId>();
  const gone = present(await db.authorizations.bulkGet([...(change.remove?.authorizations ?? [])]));
  const put = change.put?.authorizations ?? [];
  const were = new Map(present(await db.authorizations.bulkGet(put.map(({ id }) => id))).map((row) => [row.id, row]));
  const isFelt = (row: Authorization): boolean => {
    const was = were.get(row.id);
    return was === undefined || !servesAlike(was, row);
  };
  for (const { connectionId } of [...gone.filter(({ connectionId: id }) => typeof id === 'string'), ...put.filter(isFelt)])
    ids.add(connectionId);
  const replaced = [
    ...(change.remove?.components ?? []),
    ...(change.put?.components ?? []).filter(({ revision }) => revision > 0).map(({ id }) => id),
  ];
  const before = replaced.length === 0 ? [] : present(await db.components.bulkGet(replaced));
  const left = present(await db.members.bulkGet([...(change.remove?.members ?? [])]));
  const uninstalled = present(await db.installations.bulkGet([...(change.remove?.installations ?? [])]));
  const workspaces = [...uninstalled, ...(change.put?.installations ?? [])].map(({ workspaceId }) => workspaceId);
  const peopled = [...left, ...(change.put?.members ?? [])].map(({ workspaceId }) => workspaceId);
  return {
    ids,
    components: [...before.filter(namesWhatItUses), ...(change.put?.components ?? [])],
    workspaces: [...new Set(workspaces)],
    peopled: [...new Set(peopled)],
  };
};

/** Brings the needs of everything that the change touched up to date, in the change's own transaction. */
export const followNeeds = async (db: LatchkeyDb, change: Change, touched: Touched): Promise<void> => {
  const found = new Map<ConnectionId, Connection>();
  const keep = (rows: readonly Connection[]): void => {
    for (const row of rows) found.set(row.id, row);
  };
  const put = change.put?.connections ?? [];
  // What the change itself stores need not be read again.
  keep(put);
  const others = [...touched.ids].filter((id) => !found.has(id));
  if (others.length > 0) keep(present(await db.connections.bulkGet(others)));
  keep(await connectionsUsedBy(db, touched.components));
  if (touched.peopled.length > 0) keep(await ownConnections(db, touched.peopled));
  if (touched.workspaces.length > 0) keep(await systemConnections(db, touched.workspaces));
  // A row that is new has neither needs nor grants yet, unless the same change brings them.
  const fresh = new Set(put.filter(({ id, revision }) => revision === 0 && !touched.ids.has(id)).map(({ id }) => id));
  await dropNeeds(db, [...[...found.keys()].filter((id) => !fresh.has(id)), ...(change.remove?.connections ?? [])]);
  if (found.size > 0) await addNeeds(db, [...found.values()], fresh);
};

const dropNeeds = async (db: LatchkeyDb, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return;
  const keys = await db.needs
    .where('connectionId')
    .anyOf([...new Set(ids)])
    .primaryKeys();
  if (keys.length > 0) await db.needs.bulkDelete(keys);
};

const addNeeds = async (db: LatchkeyDb, connections: readonly Connection[], fresh: ReadonlySet<ConnectionId>): Promise<void> => {
  const workspaceIds = [...new Set(connections.map(({ workspaceId }) => workspaceId))];
  const sides = new Map(present(await db.workspaces.bulkGet(workspaceIds)).map(({ id, side }) => [id, side]));
  const members = await db.members.where('workspaceId').anyOf(workspaceIds).toArray();
  const clients = workspaceIds.filter((id) => sides.get(id) === 'client');
  const installations = clients.length === 0 ? [] : await db.installations.where('workspaceId').anyOf(clients).toArray();
  const stages = new Set<string>(installations.filter(({ staged }) => staged !== null).flatMap(({ id, workspaceId }) => [id, workspaceId]));
  const known = connections.filter(({ id }) => !fresh.has(id)).map(({ id }) => id);
  const authorizations = known.length === 0 ? [] : await db.authorizations.where('connectionId').anyOf(known).toArray();
  const grantsBy = new Map<ConnectionId, Authorization[]>();
  for (const row of authorizations) grantsBy.set(row.connectionId, [...(grantsBy.get(row.connectionId) ?? []), row]);
  const uses = await usesOf(db, connections);
  const needs = connections.flatMap((connection) =>
    needsOf(connection, {
      side: sides.get(connection.workspaceId) ?? 'developer',
      isUsed: uses.has(connection.id),
      hasStage: stages.has(connection.ownerId ?? connection.workspaceId),
      members: members.filter(({ workspaceId, leftAt }) => workspaceId === connection.workspaceId && leftAt === null).map(({ id }) => id),
      authorizations: grantsBy.get(connection.id) ?? [],
    }),
  );
  await inChunks(needs, (part) => db.needs.bulkPut([...part]));
};

/** Which of these connections some component uses. */
const usesOf = async (db: LatchkeyDb, connections: readonly Connection[]): Promise<ReadonlySet<ConnectionId>> => {
  const named = connections.filter(({ type }) => type !== 'system');
  const owners = [...new Set(named.flatMap(({ ownerId }) => ownerId ?? []))];
  const names = [...new Set(named.map(({ linkName }) => linkName))];
  // By whichever asks the store less often: many connections mostly belong to one application.
  const components =
    names.length <= owners.length
      ? await db.components.where('references').anyOf(names).toArray()
      : (
          await Promise.all(owners.map((id) => db.components.where('[ownerId+environment]').between([id, ''], [id, '\uffff']).toArray()))
        ).flat();
  const pairs = new Set(components.flatMap(({ ownerId, references }) => references.map((linkName) => `${ownerId} ${linkName}`)));
  const used = new Set(named.filter(({ ownerId, linkName }) => pairs.has(`${ownerId} ${linkName}`)).map(({ id }) => id));
  for (const { id, workspaceId, connectorId } of connections.filter(({ type }) => type === 'system')) {
    const needing = db.components.where('services').equals(connectorId);
    if ((await needing.filter((row) => row.workspaceId === workspaceId).first()) !== undefined) used.add(id);
  }
  return used;
};
