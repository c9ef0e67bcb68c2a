import * as v from 'valibot';
import type { Payload } from '../bundle/format/v1.ts';
import { connectorById } from '../connectors/catalogue.ts';
import { type Connection, type ConnectionDefinition, FRESH_CONNECTION, isOtherConnection, normalizeScopes } from '../domain/connection.ts';
import { Fault } from '../domain/faults.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { copyNameOf, isLinkName } from '../domain/link-name.ts';
import type { Call } from './command.ts';
import { idInput } from './inputs.ts';
import type { ImportLine } from './views.ts';

/** What becomes of one connection of a bundle that is imported: a copy, another connection that is free, or nothing. */
export const importChoice = v.variant('take', [
  v.strictObject({ take: v.literal('copy'), linkName: v.string() }),
  v.strictObject({ take: v.literal('existing'), connectionId: idInput('con') }),
  v.strictObject({ take: v.literal('nothing') }),
]);

export type ImportChoice = v.InferOutput<typeof importChoice>;

/** May serve in its place: for the same service and holders, and free, because one connection serves one application (R40). */
const canServe = (row: Connection, definition: ConnectionDefinition): boolean =>
  row.ownerId === null && !row.isRetired && !isOtherConnection(row, definition);

type Taken = { readonly linkNames: Set<string>; readonly labels: Set<string> };

const takenBy = (rows: readonly Connection[]): Taken => ({
  linkNames: new Set(rows.map(({ linkName }) => linkName)),
  labels: new Set(rows.map(({ displayName }) => displayName)),
});

/** What an import asks of each connection, with what it does unless somebody chooses otherwise (R33, A21). */
export const importLines = async (call: Call, { connections }: Pick<Payload, 'connections'>): Promise<ImportLine[]> => {
  const rows = await call.db.connections.where('workspaceId').equals(call.acting().workspace.id).toArray();
  const { linkNames } = takenBy(rows);
  return connections.map((definition) => {
    const isTaken = linkNames.has(definition.linkName);
    const copy = copyNameOf(definition.linkName, (candidate) => linkNames.has(candidate));
    linkNames.add(copy);
    return {
      linkName: definition.linkName,
      displayName: definition.displayName,
      connectorName: connectorById(definition.connectorId).name,
      isTaken,
      copy,
      existing: rows.filter((row) => canServe(row, definition)).map(({ id, displayName, linkName }) => ({ id, displayName, linkName })),
    };
  });
};

/** The connections of an imported application, and under which link name each of the bundle's serves from now on. */
export type Imported = {
  readonly connections: readonly Connection[];
  /** From the bundle's link name to the one here. */
  readonly names: ReadonlyMap<string, string>;
  readonly leftOut: readonly string[];
};

/** The connection that is to serve in the place of one of the bundle's. Throws `connection.cannot-serve`, `store.missing`. */
export const existingFor = (rows: readonly Connection[], definition: ConnectionDefinition, id: Connection['id']): Connection => {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) throw new Fault('store.missing', 'connection');
  if (!canServe(row, definition)) throw new Fault('connection.cannot-serve', `${row.linkName}, ${definition.linkName}`);
  return row;
};

/**
 * Carries out the choices; a connection without one becomes a copy (R33). An existing one is asked for the scopes that it lacks too.
 * Throws `connection.link-name-wrong`, `connection.link-name-taken`, `connection.cannot-serve`, `store.missing`.
 */
export const chosenConnections = (
  call: Call,
  owner: { readonly id: ApplicationId; readonly rows: readonly Connection[] },
  definitions: readonly ConnectionDefinition[],
  choices: Readonly<Record<string, ImportChoice>>,
): Imported => {
  const { linkNames, labels } = takenBy(owner.rows);
  const names = new Map<string, string>();
  const used = new Set<string>();
  const connections = definitions.flatMap((definition): Connection[] => {
    const choice = choices[definition.linkName];
    if (choice?.take === 'nothing') return [];
    if (choice?.take === 'existing') {
      const row = existingFor(owner.rows, definition, choice.connectionId);
      if (used.has(row.id)) throw new Fault('connection.cannot-serve', `${row.linkName}, ${definition.linkName}`);
      used.add(row.id);
      names.set(definition.linkName, row.linkName);
      const scopes = normalizeScopes([...row.scopes, ...definition.scopes]);
      return [{ ...row, ownerId: owner.id, scopes, updatedAt: call.now() }];
    }
    const linkName = choice?.linkName ?? copyNameOf(definition.linkName, (candidate) => linkNames.has(candidate));
    if (!isLinkName(linkName)) throw new Fault('connection.link-name-wrong', linkName);
    if (linkNames.has(linkName)) throw new Fault('connection.link-name-taken', linkName);
    const isOwnName = choice !== undefined && !labels.has(definition.displayName);
    const displayName = isOwnName ? definition.displayName : copyNameOf(definition.displayName, (candidate) => labels.has(candidate));
    linkNames.add(linkName);
    labels.add(displayName);
    names.set(definition.linkName, linkName);
    return [
      {
        ...FRESH_CONNECTION,
        ...definition,
        id: call.newId('con'),
        workspaceId: call.acting().workspace.id,
        ownerId: owner.id,
        linkName,
        displayName,
        createdAt: call.now(),
        updatedAt: call.now(),
      },
    ];
  });
  return { connections, names, leftOut: definitions.filter(({ linkName }) => !names.has(linkName)).map(({ linkName }) => linkName) };
};
