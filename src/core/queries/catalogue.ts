import * as v from 'valibot';
import { allConnectors, connectorById } from '../../connectors/catalogue.ts';
import { typesFor } from '../../domain/connection-type.ts';
import { type Connector, isSandbox } from '../../domain/connector.ts';
import { linkNameFrom } from '../../domain/link-name.ts';
import { type Call, query } from '../command.ts';
import { keyNames } from '../credential.ts';
import { nothing } from '../inputs.ts';
import { readSandboxOrigin } from '../services.ts';
import { hostsOf } from '../summaries.ts';
import type { ConnectorCard, ConnectorView } from '../views.ts';

const card = (connector: Connector): ConnectorCard => {
  const { id, name, category, description, operations } = connector;
  const does = [...new Set(operations.map((operation) => operation.does))];
  return { id, name, category, description, does, isSandbox: isSandbox(connector), types: typesFor(connector) };
};

/** Every built-in connector as a card. */
export const catalogue = query({ args: nothing, read: async () => allConnectors().map(card) });

/** A display name and link name that nobody has: numbered after as many as the connector has already (R30, R31). */
const freeNames = async (call: Call, connector: Connector): Promise<ConnectorView['suggested']> => {
  const { id } = call.acting().workspace;
  const has = async (linkName: string): Promise<boolean> =>
    (await call.db.connections.where('[workspaceId+linkName]').equals([id, linkName]).count()) > 0;
  const isLabelTaken = async (name: string): Promise<boolean> =>
    (await call.db.connections.where('byName').startsWith(`${id} ${name.toLowerCase()} con_`).count()) > 0;
  for (let n = await call.db.connections.where('byConnector').startsWith(`${id} ${connector.id} `).count(); ; n += 1) {
    const displayName = n === 0 ? connector.name : `${connector.name} ${n + 1}`;
    const linkName = linkNameFrom(displayName, () => false);
    if (!(await has(linkName)) && !(await isLabelTaken(displayName))) return { displayName, linkName };
  }
};

/** One connector, with a name and link name that are free in the acting workspace (R30, R31). */
export const connector = query({
  args: v.strictObject({ connectorId: v.string() }),
  read: async (call, { connectorId }): Promise<ConnectorView> => {
    const found = connectorById(connectorId);
    const { note, docsUrl, setupUrl } = found.facts;
    const suggested = await freeNames(call, found);
    return {
      ...card(found),
      scopes: found.scopes,
      defaultScopes: found.defaultScopes,
      variables: found.variables,
      operations: found.operations,
      hosts: hostsOf(found, await readSandboxOrigin(call)),
      keys: keyNames(found.auth),
      facts: { note, docsUrl, setupUrl },
      registration: found.registration,
      suggested,
    };
  },
});
