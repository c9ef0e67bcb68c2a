import { connectorById } from '../connectors/catalogue.ts';
import { AUTHORIZATION, type Authorization } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import type { Connector } from '../domain/connector.ts';
import { goneFrom, type Moved, movedBetween } from '../domain/connector-change.ts';
import { Fault } from '../domain/faults.ts';
import type { Flow } from '../domain/flow.ts';
import type { OauthApp } from '../domain/oauth-app.ts';
import { next } from '../domain/transition.ts';
import { secretId } from '../vault/seal.ts';
import type { Call } from './command.ts';
import { connectionsFrom } from './custom-connectors.ts';
import { failFlow } from './flows.ts';
import type { Change } from './record.ts';
import { withdraw } from './withdraw.ts';

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
const requireParts = async (call: Call, connections: readonly Connection[], before: Connector, after: Connector): Promise<void> => {
  const names = (parts: readonly { readonly name: string }[]): string[] => parts.map(({ name }) => name);
  const scopes = new Set(goneFrom(names(before.scopes), names(after.scopes)));
  const asking = connections.find((connection) => connection.scopes.some((scope) => scopes.has(scope)));
  if (asking !== undefined)
    throw new Fault(
      'connector.part-in-use',
      `scope ${asking.scopes.find((scope) => scopes.has(scope)) ?? ''}, which ${asking.displayName} asks for`,
    );
  const ids = (one: Connector): string[] => one.operations.map(({ id }) => id);
  const operations = new Set(goneFrom(ids(before), ids(after)));
  if (operations.size === 0) return;
  const linkNames = connections.map(({ linkName }) => linkName);
  const { id } = call.acting().workspace;
  const components = await call.db.components.where('references').anyOf(linkNames).toArray();
  const pointed = components.find(({ workspaceId, config }) => workspaceId === id && operations.has(String(config['operation'])));
  if (pointed !== undefined)
    throw new Fault('connector.part-in-use', `operation ${String(pointed.config['operation'])}, which ${pointed.name} does`);
};

/** What would end if this record took the place of the one that is there. Reads only. Throws `connector.part-in-use`, `store.conflict`. */
export const impactOf = async (call: Call, after: Connector): Promise<Impact> => {
  const before = connectorById(after.id);
  const connections = await connectionsFrom(call, after.id);
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

/**
 * Ends at the old addresses what was authorized there, and gives the rows that say so: no token, key, code or client secret that was given
 * for one address is ever sent to another (S23).
 */
export const endAtOldAddresses = async (
  call: Call,
  { connections, ending, apps, flows }: Impact,
): Promise<{ change: Pick<Change, 'put' | 'remove'>; notTold: number }> => {
  let notTold = 0;
  for (const row of ending) {
    const connection = connections.find(({ id }) => id === row.connectionId);
    if (connection !== undefined && (await withdraw(call, connection, row)) === 'failed') notTold += 1;
  }
  for (const flow of flows) {
    call.parked.delete(flow.id);
    await failFlow(call, flow, { code: 'connector.changed', detail: null });
  }
  return {
    notTold,
    change: {
      put: {
        authorizations: ending.map((row) => ({
          ...row,
          state: next(AUTHORIZATION, row.state, 'revoke'),
          reason: 'connector.changed',
          grant: null,
          lastTest: null,
          provenAt: null,
        })),
        oauthApps: apps.map((app) => ({ ...app, hasSecret: false })),
      },
      remove: { secrets: [...ending.map(({ id }) => secretId('tokens', id)), ...apps.map(({ id }) => secretId('oauth-app', id))] },
    },
  };
};
