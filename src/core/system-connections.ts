import { connectorById } from '../connectors/catalogue.ts';
import { AUTHORIZATION, type Authorization } from '../domain/authorization.ts';
import { type Connection, normalizeScopes } from '../domain/connection.ts';
import { linkNameFrom } from '../domain/link-name.ts';
import { next } from '../domain/transition.ts';
import type { Call } from './command.ts';
import { record } from './record.ts';

/** The account's system connection to a service; admin and logged-in user connections are never taken for it (R99, A27). */
export const findSystemConnection = async (call: Call, connectorId: string): Promise<Connection | undefined> => {
  const rows = await call.db.connections.where('workspaceId').equals(call.acting().workspace.id).toArray();
  return rows.find((row) => row.type === 'system' && row.connectorId === connectorId);
};

const create = async (call: Call, connectorId: string, scopes: readonly string[]): Promise<Connection> => {
  const { workspace } = call.acting();
  const { name } = connectorById(connectorId);
  const rows = await call.db.connections.where('workspaceId').equals(workspace.id).toArray();
  const taken = new Set(rows.map(({ linkName }) => linkName));
  const connection: Connection = {
    id: call.newId('con'),
    workspaceId: workspace.id,
    // It serves every application that needs the service (R41, R100), so it belongs to none.
    ownerId: null,
    linkName: linkNameFrom(`${name} system`, (linkName) => taken.has(linkName)),
    displayName: name,
    connectorId,
    type: 'system',
    scopes: normalizeScopes(scopes),
    environmentPolicy: 'separate',
    publishedIn: [],
    isRetired: false,
    createdAt: call.now(),
    updatedAt: call.now(),
    revision: 0,
  };
  await record(call, {
    put: { connections: [connection] },
    event: { name: 'connection.came-into-being', workspaceId: workspace.id, actor: null, subject: connection.id, fields: { name } },
  });
  return { ...connection, revision: 1 };
};

/** Widens what is asked to the union; the old grant goes on serving who needs no more (R103). */
const widen = async (call: Call, connection: Connection, scopes: readonly string[]): Promise<Connection> => {
  const union = normalizeScopes([...connection.scopes, ...scopes]);
  if (union.length === connection.scopes.length) return connection;
  const authorizations = await call.db.authorizations.where('connectionId').equals(connection.id).toArray();
  const wider: Connection = { ...connection, scopes: union, updatedAt: call.now() };
  await record(call, {
    put: {
      connections: [wider],
      authorizations: authorizations
        .filter(({ grant }) => grant !== null)
        .map((row): Authorization => ({ ...row, state: next(AUTHORIZATION, row.state, 'grant-less'), reason: 'oauth.scope-missing' })),
    },
    event: {
      name: 'connection.changed',
      workspaceId: connection.workspaceId,
      actor: null,
      subject: connection.id,
      fields: { name: connection.displayName, what: 'scopes' },
    },
  });
  return { ...wider, revision: wider.revision + 1 };
};

/**
 * The system connection that a task needs: the account's own one, made when there is none (R97, R98). Two tasks that need it at
 * once make one (R102). It starts not connected (R101).
 */
export const needSystemConnection = (call: Call, connectorId: string, operationId: string): Promise<Connection> =>
  call.lock(`system:${call.acting().workspace.id}:${connectorId}`, async () => {
    const connector = connectorById(connectorId);
    const operation = connector.operations.find(({ id }) => id === operationId);
    const scopes = [...(operation?.scopes ?? []), ...connector.test.scopes];
    const found = await findSystemConnection(call, connectorId);
    return found === undefined ? create(call, connectorId, scopes) : widen(call, found, scopes);
  });
