import * as v from 'valibot';
import { parseCustom } from '../../connectors/custom.ts';
import { customIdFor, isCustomId } from '../../domain/custom.ts';
import { Fault } from '../../domain/faults.ts';
import { command } from '../command.ts';
import { areCustomAllowed, usersOf } from '../custom-connectors.ts';
import { jsonObjectInput, nameInput } from '../inputs.ts';
import { record } from '../record.ts';

/** Lets this workspace make connectors of its own, or no more; connections that are there go on. */
export const allowCustomConnectors = command({
  allow: 'microservices.open',
  input: v.strictObject({ isAllowed: v.boolean() }),
  run: async (call, { isAllowed }) => {
    const { workspace, member } = call.acting();
    await record(call, {
      put: { settings: [{ key: `custom-connectors:${workspace.id}`, value: isAllowed }] },
      event: {
        name: 'settings.changed',
        workspaceId: workspace.id,
        actor: member.id,
        subject: null,
        fields: { name: `custom connectors, ${isAllowed ? 'on' : 'off'}` },
      },
    });
    return {};
  },
});

/** What the form cannot say: nobody verified it, and it stands for nothing else. */
const OWN = new Set(['id', 'facts', 'standsFor', 'isRetired']);

/**
 * Stores a connector that this workspace made; it is never changed, so that no credential goes where it was not given for. Throws
 * `connector.custom-off`, `connector.custom-wrong`, `connector.address-forbidden` (S25), `connector.domains-differ` (S18).
 */
export const addConnector = command({
  allow: 'microservices.open',
  input: v.strictObject({ name: nameInput, record: jsonObjectInput }),
  run: async (call, { name, record: given }) => {
    const { workspace, member } = call.acting();
    if (!(await areCustomAllowed(call))) throw new Fault('connector.custom-off');
    const unknown = Object.keys(given).find((key) => OWN.has(key));
    if (unknown !== undefined) throw new Fault('connector.custom-wrong', unknown);
    const id = customIdFor(name, call.newId('evt').slice(-8).toLowerCase());
    const today = new Date(call.now()).toISOString().slice(0, 10);
    const facts = { isVerified: false, checkedOn: today, note: `Made by ${member.name} in this workspace. Nobody else looked at it.` };
    const made = { id, ...given, name, facts };
    parseCustom(made);
    await record(call, {
      put: { connectors: [{ id, workspaceId: workspace.id, record: made, createdAt: call.now(), revision: 0 }] },
      event: { name: 'connector.added', workspaceId: workspace.id, actor: member.id, subject: id, fields: { name } },
    });
    return { connectorId: id };
  },
});

/** Deletes a connector that this workspace made. Throws `connector.in-use`, which names what is made from it, `store.missing`. */
export const deleteConnector = command({
  allow: 'microservices.open',
  input: v.strictObject({ connectorId: v.string() }),
  run: async (call, { connectorId }) => {
    const { workspace, member } = call.acting();
    const row = isCustomId(connectorId) ? await call.db.connectors.get(connectorId) : undefined;
    if (row?.workspaceId !== workspace.id) throw new Fault('store.missing', 'custom connector');
    const names = (await usersOf(call, [row])).get(connectorId) ?? [];
    if (names.length > 0) throw new Fault('connector.in-use', names.join(', '));
    await record(call, {
      remove: { connectors: [connectorId] },
      event: {
        name: 'connector.deleted',
        workspaceId: workspace.id,
        actor: member.id,
        subject: connectorId,
        fields: { name: String(row.record['name'] ?? connectorId) },
      },
    });
    return {};
  },
});
