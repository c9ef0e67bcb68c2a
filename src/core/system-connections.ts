import { connectorById } from '../connectors/catalogue.ts';
import { covers } from '../deluge/task-requests.ts';
import { type Connection, FRESH_CONNECTION, normalizeScopes } from '../domain/connection.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import { linkNameFrom } from '../domain/link-name.ts';
import type { ServiceNeed } from '../runtime/kind.ts';
import type { Call } from './command.ts';
import type { Context } from './context.ts';
import { record } from './record.ts';
import { regraded } from './regrade.ts';

/** The account's system connection to a service; admin and logged-in user connections are never taken for it (R99, A27). */
export const systemConnectionOf = async (
  { db }: Pick<Context, 'db'>,
  workspaceId: WorkspaceId,
  connectorId: string,
): Promise<Connection | undefined> => {
  const system = db.connections.where('byType').startsWith(`${workspaceId} system `);
  return system.filter((row) => row.connectorId === connectorId).first();
};

/** The acting account's. */
export const findSystemConnection = (call: Call, connectorId: string): Promise<Connection | undefined> =>
  systemConnectionOf(call, call.acting().workspace.id, connectorId);

const create = async (call: Call, connectorId: string, scopes: readonly string[]): Promise<Connection> => {
  const { workspace } = call.acting();
  const connector = connectorById(connectorId);
  const { name } = connector;
  const stem = linkNameFrom(`${name} system`, () => false);
  const alike = call.db.connections.where('[workspaceId+linkName]').between([workspace.id, stem], [workspace.id, `${stem}\uffff`]);
  const taken = new Set((await alike.toArray()).map(({ linkName }) => linkName));
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
    ...FRESH_CONNECTION,
    createdAt: call.now(),
    updatedAt: call.now(),
  };
  await record(call, {
    put: { connections: [connection] },
    connector,
    event: { name: 'connection.came-into-being', workspaceId: workspace.id, actor: null, subject: connection.id, fields: { name } },
  });
  return { ...connection, revision: 1 };
};

/** Widens what is asked to the union; the old grant goes on serving who needs no more (R103). */
const widen = async (call: Call, connection: Connection, scopes: readonly string[]): Promise<Connection> => {
  const union = normalizeScopes([...connection.scopes, ...scopes]);
  if (union.length === connection.scopes.length) return connection;
  const wider: Connection = { ...connection, scopes: union, updatedAt: call.now() };
  await record(call, {
    put: { connections: [wider], authorizations: await regraded(call, [wider]) },
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

/** The scopes that a need asks for: of its operation, or those that its tasks are known to need. */
export const scopesOfNeed = ({ service, operationId, scopes }: ServiceNeed): readonly string[] => {
  const connector = connectorById(service);
  const operation = connector.operations.find(({ id }) => id === operationId);
  const asked = operation?.scopes ?? scopes ?? [];
  // A task of a service without a record of its own asks through one that knows only its own words.
  const known = asked.map(
    (scope) => connector.scopes.find(({ name }) => name.toLowerCase() === scope.toLowerCase() || covers(name, scope))?.name,
  );
  return known.some((one) => one === undefined) || asked.length === 0
    ? asked.length === 0
      ? []
      : connector.defaultScopes
    : known.flatMap((one) => one ?? []);
};

/**
 * The system connection that a task needs: the account's own one, made when there is none (R97, R98). Two tasks that need it at
 * once make one (R102). It starts not connected (R101).
 */
export const needSystemConnection = (call: Call, need: ServiceNeed): Promise<Connection> =>
  call.lock(`system:${call.acting().workspace.id}:${need.service}`, async () => {
    const connectorId = need.service;
    const scopes = [...scopesOfNeed(need), ...(connectorById(connectorId).test?.scopes ?? [])];
    const found = await findSystemConnection(call, connectorId);
    return found === undefined ? create(call, connectorId, scopes) : widen(call, found, scopes);
  });
