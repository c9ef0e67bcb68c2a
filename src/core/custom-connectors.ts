import { connectorById, hasConnector, openCustomConnectors } from '../connectors/catalogue.ts';
import { entryOf, type IndexEntry } from '../connectors/index-entry.ts';
import type { ConnectorRow } from '../db/tables.ts';
import type { Connection } from '../domain/connection.ts';
import { type Connector, isOauth } from '../domain/connector.ts';
import { isCustomId } from '../domain/custom.ts';
import { Fault } from '../domain/faults.ts';
import { isObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { readActor } from './actor.ts';
import type { Call } from './command.ts';
import type { Context } from './context.ts';
import { componentsNeeding } from './references.ts';
import { isSwitchedOn } from './switches.ts';

/** Lets the catalogue know the connectors that workspaces of this device made; each call looks anew, because another worker may have made one. */
export const loadCustomConnectors = async (ctx: Pick<Context, 'db'>): Promise<void> => {
  openCustomConnectors(await ctx.db.connectors.toArray());
};

/** Has this workspace switched custom connectors on; the model product allows built-in ones only (R20). */
export const areCustomAllowed = (call: Call): Promise<boolean> => isSwitchedOn(call, 'custom-connectors');

/** Throws `connection.connector-unknown` where the connector is another workspace's. */
export const requireOwn = async (call: Call, id: string): Promise<void> => {
  if (isCustomId(id) && (await call.db.connectors.get(id))?.workspaceId !== call.acting().workspace.id)
    throw new Fault('connection.connector-unknown', id);
};

/** The connector that a command names: a built-in one, or one of the acting workspace. Throws `connection.connector-unknown` (R20), `connector.damaged`. */
export const requireConnector = async (call: Call, id: string): Promise<Connector> => {
  await requireOwn(call, id);
  return connectorById(id);
};

/** The same for a new connection, which a custom connector may have only while they are allowed. Throws `connector.custom-off`. */
export const requireOfferedConnector = async (call: Call, id: string): Promise<Connector> => {
  const connector = await requireConnector(call, id);
  if (isCustomId(id) && !(await areCustomAllowed(call))) throw new Fault('connector.custom-off');
  return connector;
};

/** Index entries of the acting workspace's own connectors, where they are allowed. */
export const customEntries = async (call: Call): Promise<readonly IndexEntry[]> => {
  // Somebody may look around before there is a workspace.
  const workspace = (await readActor(call))?.workspace;
  const rows = workspace === undefined ? [] : await call.db.connectors.where('workspaceId').equals(workspace.id).toArray();
  const opened = rows.filter(({ id }) => hasConnector(id));
  return opened.length === 0 || !(await areCustomAllowed(call)) ? [] : opened.map(({ id }) => entryOf(connectorById(id)));
};

/** Connections of the acting workspace that are made from this connector. */
export const connectionsFrom = (call: Call, connectorId: string): Promise<Connection[]> =>
  call.db.connections.where('byConnector').startsWith(`${call.acting().workspace.id} ${connectorId} `).toArray();

/** What stands on each of these connectors, by name: connections, OAuth apps and components of the acting workspace. */
export const usersOf = async (call: Call, rows: readonly { readonly id: string }[]): Promise<ReadonlyMap<string, readonly string[]>> => {
  const { id } = call.acting().workspace;
  const apps = await call.db.oauthApps.where('workspaceId').equals(id).toArray();
  const used = new Map<string, readonly string[]>();
  for (const row of rows) {
    const connections = await connectionsFrom(call, row.id);
    const names = [
      ...connections.map(({ displayName }) => displayName),
      ...apps.filter((app) => app.connectorId === row.id).map(({ name }) => name),
      ...(await componentsNeeding(call, { workspaceId: id, connectorId: row.id })).map(({ name }) => name),
    ];
    used.set(row.id, names);
  }
  return used;
};

/** The stored row of a connector that the acting workspace made. Throws `store.missing`. */
export const loadCustom = async (call: Call, connectorId: string): Promise<ConnectorRow> => {
  const row = isCustomId(connectorId) ? await call.db.connectors.get(connectorId) : undefined;
  if (row?.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'custom connector');
  return row;
};

/** What nobody writes of a custom connector: the name is a field of its own, and the rest Latchkey says. */
export const NOT_WRITTEN: readonly string[] = ['id', 'name', 'facts', 'standsFor', 'isRetired'];

const isEmpty = (value: JsonValue): boolean =>
  value === null || value === 'unknown' || (typeof value === 'object' && Object.keys(value).length === 0);

/** The record as somebody wrote it; empty where a damaged row has none. */
export const writtenIn = ({ record }: ConnectorRow): JsonObject =>
  isObject(record) ? Object.fromEntries(Object.entries(record).filter(([key]) => !NOT_WRITTEN.includes(key))) : {};

/** Without what the schema fills in by itself, as far as a person would not write it either. */
const written = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(written);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (one === null ? [] : [[key, written(one)]])));
};

const withoutEmpty = (value: JsonObject): JsonObject => Object.fromEntries(Object.entries(value).filter(([, one]) => !isEmpty(one)));

/** A built-in record as a custom one begins: without what is Latchkey's own, its registration above all. */
export const startFrom = (connector: Connector): JsonObject => {
  const { id: _, name: __, facts: ___, standsFor: ____, isRetired: _____, auth, ...rest } = connector;
  const way = isOauth(auth) ? { ...auth, clientId: null } : auth;
  // A connector is plain JSON; its type only says so field by field.
  const plain: JsonObject = JSON.parse(JSON.stringify(rest));
  const plainAuth: JsonObject = JSON.parse(JSON.stringify(way));
  const given = written(withoutEmpty({ ...plain, auth: withoutEmpty(plainAuth) }));
  return isObject(given) ? given : {};
};
