import * as v from 'valibot';
import { connectorToShow } from '../../connectors/catalogue.ts';
import { parseCustom } from '../../connectors/custom.ts';
import type { Connector } from '../../domain/connector.ts';
import { customIdFor } from '../../domain/custom.ts';
import { Fault } from '../../domain/faults.ts';
import type { JsonObject } from '../../domain/json.ts';
import { impactOf, replaceConnector } from '../changing-connectors.ts';
import { type Call, command } from '../command.ts';
import { areCustomAllowed, loadCustom, NOT_WRITTEN, usersOf } from '../custom-connectors.ts';
import { jsonObjectInput, nameInput } from '../inputs.ts';
import { inOne, record } from '../record.ts';
import { hostsOf } from '../summaries.ts';
import { turn } from '../switches.ts';
import type { ConnectorReview } from '../views.ts';

/** Lets this workspace make connectors of its own, or no more; connections that are there go on. */
export const allowCustomConnectors = command({
  allow: 'microservices.open',
  input: v.strictObject({ isAllowed: v.boolean() }),
  run: async (call, { isAllowed }) => {
    await turn(call, 'custom-connectors', isAllowed);
    return {};
  },
});

/** The record as it is stored, and what it says. Throws as `addConnector` does. */
const made = (call: Call, id: string, name: string, given: JsonObject): { readonly stored: JsonObject; readonly connector: Connector } => {
  const own = Object.keys(given).find((key) => NOT_WRITTEN.includes(key));
  if (own !== undefined) throw new Fault('connector.custom-wrong', `${own}: Latchkey says this itself, take it out`);
  const checkedOn = new Date(call.now()).toISOString().slice(0, 10);
  const facts = { isVerified: false, checkedOn, note: `Made by ${call.acting().member.name} in this workspace. Nobody else looked at it.` };
  const stored = { id, ...given, name, facts };
  return { stored, connector: parseCustom(stored) };
};

const requireAllowed = async (call: Call): Promise<void> => {
  if (!(await areCustomAllowed(call))) throw new Fault('connector.custom-off');
};

/**
 * Stores a connector that this workspace made: `record` has the form of a built-in one, without what Latchkey says itself. Throws
 * `connector.custom-off`, `connector.custom-wrong`, `connector.address-forbidden` (S25), `connector.domains-differ` (S18).
 */
export const addConnector = command({
  allow: 'microservices.open',
  input: v.strictObject({ name: nameInput, record: jsonObjectInput }),
  run: async (call, { name, record: given }) => {
    const { workspace, member } = call.acting();
    await requireAllowed(call);
    const id = customIdFor(name, call.newId('evt').slice(-8).toLowerCase());
    const { stored } = made(call, id, name, given);
    await record(call, {
      put: { connectors: [{ id, workspaceId: workspace.id, record: stored, createdAt: call.now(), revision: 0 }] },
      event: { name: 'connector.added', workspaceId: workspace.id, actor: member.id, subject: id, fields: { name } },
    });
    return { connectorId: id };
  },
});

/**
 * What would be stored, and what it would do to what stands on the connector (null: a new one); stores nothing. Throws as `addConnector`
 * and `changeConnector` do.
 */
export const reviewConnector = command({
  allow: 'microservices.open',
  input: v.strictObject({ connectorId: v.nullable(v.string()), name: nameInput, record: jsonObjectInput }),
  run: async (call, { connectorId, name, record: given }): Promise<ConnectorReview> => {
    await requireAllowed(call);
    const row = connectorId === null ? null : await loadCustom(call, connectorId);
    const { connector } = made(call, row?.id ?? customIdFor(name, 'review'), name, given);
    const impact = row === null ? null : await impactOf(call, row, connector);
    return {
      hosts: hostsOf(connector, ''),
      operations: connector.operations.map(({ label }) => label),
      variables: connector.variables.map(({ label }) => label),
      moved: impact?.parts ?? [],
      ending: (impact?.connections ?? [])
        .map(({ id: connectionId, displayName }) => ({
          name: displayName,
          count: (impact?.ending ?? []).filter((row) => row.connectionId === connectionId).length,
        }))
        .filter(({ count }) => count > 0),
      apps: (impact?.apps ?? []).map((app) => app.name),
    };
  },
});

/**
 * Stores another record for a connector that this workspace made. Where the change moves where or how credentials go, all that was authorized
 * ends with it and is withdrawn at the old addresses, and client secrets are deleted (S23): `isAgreed` says that a person was told. Throws
 * `connector.change-ends`, which names what ends, `connector.part-in-use`, `vault.locked`, `store.missing`, `store.conflict`, and as
 * `addConnector` does.
 */
export const changeConnector = command({
  allow: 'microservices.open',
  input: v.strictObject({ connectorId: v.string(), name: nameInput, record: jsonObjectInput, isAgreed: v.boolean() }),
  run: async (call, { connectorId, name, record: given, isAgreed }) => {
    await requireAllowed(call);
    const row = await loadCustom(call, connectorId);
    const { stored, connector } = made(call, connectorId, name, given);
    return replaceConnector(call, { row, after: connector, stored, isAgreed });
  },
});

/** Deletes a connector that this workspace made. Throws `connector.in-use`, which names what is made from it, `store.missing`. */
export const deleteConnector = command({
  allow: 'microservices.open',
  input: v.strictObject({ connectorId: v.string() }),
  run: async (call, { connectorId }) => {
    const { workspace, member } = call.acting();
    await inOne(call, async () => {
      const row = await loadCustom(call, connectorId);
      const names = (await usersOf(call, [row])).get(connectorId) ?? [];
      if (names.length > 0) throw new Fault('connector.in-use', names.join(', '));
      await record(call, {
        remove: { connectors: [connectorId] },
        event: {
          name: 'connector.deleted',
          workspaceId: workspace.id,
          actor: member.id,
          subject: connectorId,
          fields: { name: connectorToShow(connectorId).name },
        },
      });
    });
    return {};
  },
});
