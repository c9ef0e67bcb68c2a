import { connectorById, hasConnector, openCustomConnectors } from '../connectors/catalogue.ts';
import { entryOf, type IndexEntry } from '../connectors/index-entry.ts';
import type { Connector } from '../domain/connector.ts';
import { isCustomId } from '../domain/custom.ts';
import { Fault } from '../domain/faults.ts';
import { readActor } from './actor.ts';
import type { Call } from './command.ts';
import type { Context } from './context.ts';

/** Lets the catalogue know the connectors that workspaces of this device made; each call looks anew, because another worker may have made one. */
export const loadCustomConnectors = async (ctx: Pick<Context, 'db'>): Promise<void> => {
  openCustomConnectors(await ctx.db.connectors.toArray());
};

/** Has this workspace switched custom connectors on; the model product allows built-in ones only (R20). */
export const areCustomAllowed = async (call: Call): Promise<boolean> => {
  const key = `custom-connectors:${call.acting().workspace.id}` as const;
  const row = await call.db.settings.get(key);
  return row?.key === key && row.value === true;
};

/** The connector that a command names: a built-in one, or one of the acting workspace. Throws `connection.connector-unknown` (R20). */
export const requireConnector = async (call: Call, id: string): Promise<Connector> => {
  if (isCustomId(id) && (await call.db.connectors.get(id))?.workspaceId !== call.acting().workspace.id)
    throw new Fault('connection.connector-unknown', id);
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

/** What stands on each of these connectors, by name: connections and OAuth apps of the acting workspace. */
export const usersOf = async (call: Call, rows: readonly { readonly id: string }[]): Promise<ReadonlyMap<string, readonly string[]>> => {
  const { id } = call.acting().workspace;
  const apps = await call.db.oauthApps.where('workspaceId').equals(id).toArray();
  const used = new Map<string, readonly string[]>();
  for (const row of rows) {
    const connections = await call.db.connections.where('byConnector').startsWith(`${id} ${row.id} `).toArray();
    const names = [
      ...connections.map(({ displayName }) => displayName),
      ...apps.filter((app) => app.connectorId === row.id).map(({ name }) => name),
    ];
    used.set(row.id, names);
  }
  return used;
};
