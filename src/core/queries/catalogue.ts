import * as v from 'valibot';
import { allConnectors, connectorById } from '../../connectors/catalogue.ts';
import { displayNameFor } from '../../domain/connection.ts';
import { typesFor } from '../../domain/connection-type.ts';
import { type Connector, isSandbox } from '../../domain/connector.ts';
import { linkNameFrom } from '../../domain/link-name.ts';
import { query } from '../command.ts';
import { nothing } from '../inputs.ts';
import { readSandboxOrigin } from '../services.ts';
import { hostsOf } from '../summaries.ts';
import type { ConnectorCard, ConnectorView } from '../views.ts';

const card = (connector: Connector): ConnectorCard => {
  const { id, name, category, description } = connector;
  return { id, name, category, description, isSandbox: isSandbox(connector), types: typesFor(connector) };
};

/** Every built-in connector as a card. */
export const catalogue = query({ args: nothing, read: async () => allConnectors().map(card) });

/** One connector, with a name and link name that are free in the acting workspace (R30, R31). */
export const connector = query({
  args: v.strictObject({ connectorId: v.string() }),
  read: async (call, { connectorId }): Promise<ConnectorView> => {
    const found = connectorById(connectorId);
    const taken = await call.db.connections.where('workspaceId').equals(call.acting().workspace.id).toArray();
    const displayName = displayNameFor(found.name, new Set(taken.map((one) => one.displayName.toLowerCase())));
    const linkNames = new Set(taken.map(({ linkName }) => linkName));
    return {
      ...card(found),
      scopes: found.scopes,
      defaultScopes: found.defaultScopes,
      variables: found.variables,
      operations: found.operations,
      hosts: hostsOf(found, await readSandboxOrigin(call)),
      suggested: { displayName, linkName: linkNameFrom(displayName, (name) => linkNames.has(name)) },
    };
  },
});
