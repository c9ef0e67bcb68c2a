import * as v from 'valibot';
import type { Payload } from '../bundle/format/v1.ts';
import { connectorById } from '../connectors/catalogue.ts';
import type { Component } from '../domain/component.ts';
import { compareComponents } from '../domain/component-change.ts';
import { type Connection, type ConnectionDefinition, FRESH_CONNECTION, isOtherConnection, normalizeScopes } from '../domain/connection.ts';
import { Fault } from '../domain/faults.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { copyNameOf, isLinkName } from '../domain/link-name.ts';
import { kindByName } from '../runtime/index.ts';
import type { Call } from './command.ts';
import { idInput } from './inputs.ts';
import { componentRow, type Place } from './parts.ts';
import { TELLING } from './reviewing.ts';
import { scopesInWords } from './summaries.ts';
import type { ImportLine, ImportRewrite } from './views.ts';

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

const without = (all: readonly string[], gone: readonly string[]): string[] => all.filter((one) => !gone.includes(one));

type Taken = { readonly linkNames: Set<string>; readonly labels: Set<string> };

const takenBy = (rows: readonly Connection[]): Taken => ({
  linkNames: new Set(rows.map(({ linkName }) => linkName)),
  labels: new Set(rows.map(({ displayName }) => displayName)),
});

/** What an import asks of each connection, with what it does unless somebody chooses otherwise (R33, A21). */
export const importLines = async (call: Call, { connections }: Pick<Payload, 'connections'>): Promise<ImportLine[]> => {
  const rows = await call.db.connections.where('workspaceId').equals(call.acting().workspace.id).toArray();
  const { linkNames } = takenBy(rows);
  const free = rows.filter((row) => connections.some((definition) => canServe(row, definition))).map(({ id }) => id);
  const grants = await call.db.authorizations.where('connectionId').anyOf(free).toArray();
  const granted = new Set(grants.filter(({ grant }) => grant !== null).map(({ connectionId }) => connectionId));
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
      existing: rows
        .filter((row) => canServe(row, definition))
        .map(({ id, displayName, linkName: own, connectorId, scopes }) => ({
          id,
          displayName,
          linkName: own,
          moreScopes: scopesInWords(connectorId, without(definition.scopes, scopes)),
          isAuthorized: granted.has(id),
        })),
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

/** What an import makes of a bundle: its connections as they were chosen, and its components naming what serves instead. */
export type PlannedImport = Imported & {
  readonly components: readonly Component[];
  /** Places that name a connection which is not here, or by something that only a run knows; a person has to look at them (R34). */
  readonly notRewritten: readonly string[];
};

/** Stores nothing. Throws the faults of `chosenConnections`. */
export const planImport = (
  call: Call,
  owner: { readonly id: ApplicationId; readonly rows: readonly Connection[] },
  payload: Pick<Payload, 'connections' | 'components'>,
  choices: Readonly<Record<string, ImportChoice>>,
  rewrites: boolean,
): PlannedImport => {
  const imported = chosenConnections(call, owner, payload.connections, choices);
  const { connections, names } = imported;
  const place: Place = { workspaceId: call.acting().workspace.id, ownerId: owner.id, environment: 'development' };
  const components = payload.components.map((component) => {
    const config = rewrites
      ? kindByName(component.kind).rename(component.config, (linkName) => names.get(linkName) ?? linkName)
      : component.config;
    return componentRow(call, place, { ...component, config }, undefined, [...names.values()]);
  });
  const here = new Set(connections.map(({ linkName }) => linkName));
  return {
    ...imported,
    components,
    notRewritten: components.flatMap((one) => [
      ...one.references.filter((linkName) => !here.has(linkName)).map((linkName) => `${one.name}: ${linkName}`),
      ...one.dynamicReferences.map((where) => `${one.name}: ${where}`),
    ]),
  };
};

/** What rewriting changes in each component: link names where it is set to one, lines where a script names one (R34). */
export const rewritesOf = (payload: Payload, { components, names }: PlannedImport): ImportRewrite[] =>
  payload.components.flatMap((was, index): ImportRewrite[] => {
    const is = components[index];
    if (is === undefined) return [];
    const [before, after] = [was, is].map((one) => TELLING.factsOf(one, payload));
    const edits = before === undefined || after === undefined ? [] : compareComponents(before, after).edits;
    const uses = [...names].flatMap(([from, to]) =>
      from !== to && before?.uses.some(({ id }) => id === from) && is.references.includes(to) ? [{ from, to }] : [],
    );
    return edits.length + uses.length === 0 ? [] : [{ component: was.name, uses, edits }];
  });
