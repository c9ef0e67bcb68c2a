import { connectorById, hasConnector } from '../connectors/catalogue.ts';
import type { ConnectorRow } from '../db/tables.ts';
import { type Authorization, endedByChange } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import type { Connector } from '../domain/connector.ts';
import { goneFrom, type Moved, movedBetween } from '../domain/connector-change.ts';
import { Fault } from '../domain/faults.ts';
import type { Flow } from '../domain/flow.ts';
import type { JsonObject } from '../domain/json.ts';
import type { OauthApp } from '../domain/oauth-app.ts';
import { secretId } from '../vault/seal.ts';
import type { Call } from './command.ts';
import { connectionsFrom } from './custom-connectors.ts';
import { failFlow } from './flows.ts';
import { inOne, record } from './record.ts';
import { componentsNeeding, componentsUsing } from './references.ts';
import { openWithdrawal, type TellService } from './withdraw.ts';

/** What a change does to what stands on the connector. */
export type Impact = Moved & {
  readonly connections: readonly Connection[];
  /** Grants that end by it. */
  readonly ending: readonly Authorization[];
  /** OAuth apps that lose their client secret. */
  readonly apps: readonly OauthApp[];
  /** Sign-ins that are under way at the old addresses. */
  readonly flows: readonly Flow[];
};

/** Throws `connector.part-in-use` where a scope goes that a connection asks for, or an operation that a component is pointed at. */
const requireParts = async (call: Call, connections: readonly Connection[], before: Connector | null, after: Connector): Promise<void> => {
  const names = (parts: readonly { readonly name: string }[]): string[] => parts.map(({ name }) => name);
  const asked = connections.flatMap((connection) => connection.scopes);
  // What a record had that cannot be read is what is asked of it.
  const scopes = new Set(goneFrom(before === null ? asked : names(before.scopes), names(after.scopes)));
  const asking = connections.find((connection) => connection.scopes.some((scope) => scopes.has(scope)));
  if (asking !== undefined)
    throw new Fault(
      'connector.part-in-use',
      `scope ${asking.scopes.find((scope) => scopes.has(scope)) ?? ''}, which ${asking.displayName} asks for`,
    );
  const ids = (one: Connector): string[] => one.operations.map(({ id }) => id);
  const operations = new Set(before === null ? [] : goneFrom(ids(before), ids(after)));
  if (operations.size === 0) return;
  const components = await componentsNeeding(call, { workspaceId: call.acting().workspace.id, connectorId: after.id });
  for (const connection of connections) components.push(...(await componentsUsing(call, connection)));
  const pointed = components.find(({ config }) => operations.has(String(config['operation'])));
  if (pointed !== undefined)
    throw new Fault('connector.part-in-use', `operation ${String(pointed.config['operation'])}, which ${pointed.name} does`);
};

/**
 * What would end if this record took the place of the one that is there. Reads the store and nothing else. Throws `connector.part-in-use`,
 * `store.conflict`.
 */
export const impactOf = async (call: Call, row: ConnectorRow, after: Connector): Promise<Impact> => {
  const before = hasConnector(row.id) ? connectorById(row.id) : null;
  const connections = await connectionsFrom(call, row.id);
  await requireParts(call, connections, before, after);
  const moved = movedBetween(before, after);
  if (moved.parts.length === 0) return { ...moved, connections, ending: [], apps: [], flows: [] };
  const ids = connections.map(({ id }) => id);
  const authorizations = await call.db.authorizations.where('connectionId').anyOf(ids).toArray();
  const apps = await call.db.oauthApps.where('workspaceId').equals(call.acting().workspace.id).toArray();
  const flows = await call.db.flows.where('connectionId').anyOf(ids).toArray();
  // A code is on its way to the old address this moment; its tokens would be stored beside the new one.
  if (flows.some(({ state, expiresAt }) => state === 'exchanging' && expiresAt > call.now())) throw new Fault('store.conflict');
  return {
    ...moved,
    connections,
    ending: authorizations.filter(({ grant }) => grant !== null),
    apps: moved.movesSecrets ? apps.filter(({ connectorId, hasSecret }) => connectorId === after.id && hasSecret) : [],
    flows: flows.filter(({ state }) => state === 'waiting' || state === 'parked'),
  };
};

const agreedImpact = async (call: Call, { row, after, isAgreed }: Replacement): Promise<Impact> => {
  const impact = await impactOf(call, row, after);
  const names = [
    ...impact.connections.filter(({ id }) => impact.ending.some(({ connectionId }) => connectionId === id)).map((one) => one.displayName),
    ...impact.apps.map(({ name }) => name),
  ];
  if (names.length > 0 && !isAgreed) throw new Fault('connector.change-ends', names.join(', '));
  return impact;
};

type Opened = ReadonlyMap<Authorization['id'], { readonly revision: number; readonly tell: TellService }>;

const openWithdrawals = async (call: Call, { connections, ending }: Impact): Promise<Opened> => {
  const opened = new Map<Authorization['id'], { revision: number; tell: TellService }>();
  for (const row of ending) {
    const connection = connections.find(({ id }) => id === row.connectionId);
    if (connection !== undefined) opened.set(row.id, { revision: row.revision, tell: await openWithdrawal(call, connection, row) });
  }
  return opened;
};

/** The new record with all that ends by it, inside a transaction. */
const store = async (call: Call, { row, after, stored }: Replacement, { parts, ending, apps, flows }: Impact): Promise<void> => {
  const { workspace, member } = call.acting();
  for (const flow of flows) await failFlow(call, flow, { code: 'connector.changed', detail: null });
  await record(call, {
    put: {
      connectors: [{ ...row, record: stored }],
      authorizations: ending.map(endedByChange),
      oauthApps: apps.map((app) => ({ ...app, hasSecret: false })),
    },
    remove: { secrets: [...ending.map(({ id }) => secretId('tokens', id)), ...apps.map(({ id }) => secretId('oauth-app', id))] },
    event: {
      name: 'connector.changed',
      workspaceId: workspace.id,
      actor: member.id,
      subject: row.id,
      fields: { name: after.name, what: parts.length === 0 ? 'nothing that moves credentials' : parts.join(', ') },
    },
  });
};

/** Another record for a connector that is there, and whether a person was told what ends by it. */
export type Replacement = {
  readonly row: ConnectorRow;
  readonly after: Connector;
  /** The record as it is stored. */
  readonly stored: JsonObject;
  readonly isAgreed: boolean;
};

/** How often a change begins again because somebody authorized meanwhile. */
const TRIES = 5;

/**
 * Puts the record in the place of the one that is there, and in the same transaction ends what was authorized at its addresses: no token,
 * key, code or client secret that was given for one address is ever sent to another (S23). The services are told afterwards, with what that
 * takes opened before. Throws `connector.change-ends`, `connector.part-in-use`, `vault.locked`, `store.conflict`.
 */
export const replaceConnector = async (call: Call, change: Replacement): Promise<{ ended: number; notTold: number }> => {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const opened = await openWithdrawals(call, await agreedImpact(call, change));
    const impact = await inOne(call, async () => {
      const now = await agreedImpact(call, change);
      if (!now.ending.every(({ id, revision }) => opened.get(id)?.revision === revision)) return null;
      await store(call, change, now);
      return now;
    });
    if (impact === null) continue;
    for (const { id } of impact.flows) await call.parked.remove(id);
    const told = await Promise.all(impact.ending.map(({ id }) => opened.get(id)?.tell()));
    return { ended: impact.ending.length, notTold: told.filter((one) => one === undefined || one === 'failed').length };
  }
  throw new Fault('store.conflict');
};
