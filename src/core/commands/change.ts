import * as v from 'valibot';
import { connectorById } from '../../connectors/catalogue.ts';
import { type Connection, FRESH_CONNECTION, normalizeScopes } from '../../domain/connection.ts';
import { Fault } from '../../domain/faults.ts';
import { isInstallationId } from '../../domain/ids.ts';
import { copyNameOf } from '../../domain/link-name.ts';
import { type Call, command } from '../command.ts';
import { idInput, nameInput } from '../inputs.ts';
import { loadApplication, loadConnection } from '../owners.ts';
import { record } from '../record.ts';
import { requireStep } from '../references.ts';
import { regraded } from '../regrade.ts';

/**
 * Changes the label and the scopes. The link name, and with it every reference, stays as it is (R32); a new name alone asks nobody
 * for consent, a scope more does (R120). Throws `connection.scope-unknown`, `access.refused` (R2, R105).
 */
export const editConnection = command({
  allow: 'microservices.open',
  input: v.strictObject({ connectionId: idInput('con'), displayName: nameInput, scopes: v.array(v.string()) }),
  run: async (call, { connectionId, displayName, scopes }) => {
    const { workspace, member } = call.acting();
    const connection = await loadConnection(call, connectionId);
    call.require('connection.edit', { type: connection.type });
    const connector = connectorById(connection.connectorId);
    const unknown = scopes.find((scope) => !connector.scopes.some(({ name }) => name === scope));
    if (unknown !== undefined) throw new Fault('connection.scope-unknown', unknown);
    const asked = normalizeScopes(scopes);
    const hasNewScopes = asked.join(' ') !== connection.scopes.join(' ');
    const what = [displayName === connection.displayName ? null : 'name', hasNewScopes ? 'scopes' : null].filter((one) => one !== null);
    if (what.length === 0) return { changed: [] };
    // A test says something of the scopes that it was made with, so a new name leaves it standing (R80).
    const after: Connection = { ...connection, displayName, scopes: asked, updatedAt: hasNewScopes ? call.now() : connection.updatedAt };
    await record(call, {
      put: { connections: [after], authorizations: await regraded(call, [after]) },
      event: {
        name: 'connection.changed',
        workspaceId: workspace.id,
        actor: member.id,
        subject: connectionId,
        fields: { name: displayName, what: what.join(' and ') },
      },
    });
    return { changed: what };
  },
});

const disable = async (call: Call, connection: Connection): Promise<void> => {
  if (connection.ownerId === null || isInstallationId(connection.ownerId)) throw new Fault('state.forbidden', 'disable while created');
  await requireStep(call, connection, 'disable');
};

/**
 * Enables the connection for one application, moves it there where nothing holds it (R42), or disables it (null). Throws
 * `connection.access-elsewhere` (R40), `connection.referenced` (R43), `connection.published` (R44).
 */
export const setConnectionAccess = command({
  allow: 'microservices.open',
  input: v.strictObject({ connectionId: idInput('con'), applicationId: v.nullable(idInput('app')), isMove: v.boolean() }),
  run: async (call, { connectionId, applicationId, isMove }) => {
    const { workspace, member } = call.acting();
    const connection = await loadConnection(call, connectionId);
    call.require('connection.access', { type: connection.type });
    const { ownerId } = connection;
    const before = ownerId === null || isInstallationId(ownerId) ? null : await loadApplication(call, ownerId);
    const after = applicationId === null ? null : await loadApplication(call, applicationId);
    if (before?.id === after?.id) return {};
    if (before !== null && after !== null && !isMove) throw new Fault('connection.access-elsewhere', before.name);
    if (before !== null) await disable(call, connection);
    await record(call, {
      put: { connections: [{ ...connection, ownerId: applicationId }] },
      event: {
        name: after === null ? 'connection.access-disabled' : 'connection.access-enabled',
        workspaceId: workspace.id,
        actor: member.id,
        subject: connectionId,
        fields: { name: connection.displayName, application: (after ?? before)?.name ?? '' },
      },
    });
    return {};
  },
});

/** Another definition like this one, enabled for no application and never authorized; names get `_copy` (R33, A21). */
export const duplicateConnection = command({
  allow: 'microservices.open',
  input: v.strictObject({ connectionId: idInput('con') }),
  run: async (call, { connectionId }) => {
    const { workspace, member } = call.acting();
    const connection = await loadConnection(call, connectionId);
    call.require('connection.duplicate', { type: connection.type });
    const rows = await call.db.connections.where('[workspaceId+linkName]').between([workspace.id, ''], [workspace.id, '\uffff']).toArray();
    const taken = new Set(rows.map(({ linkName }) => linkName));
    const labels = new Set(rows.map(({ displayName }) => displayName));
    const linkName = copyNameOf(connection.linkName, (name) => taken.has(name));
    const copy: Connection = {
      ...connection,
      ...FRESH_CONNECTION,
      id: call.newId('con'),
      ownerId: null,
      linkName,
      displayName: copyNameOf(connection.displayName, (name) => labels.has(name)),
      createdAt: call.now(),
      updatedAt: call.now(),
    };
    await record(call, {
      put: { connections: [copy] },
      event: {
        name: 'connection.duplicated',
        workspaceId: workspace.id,
        actor: member.id,
        subject: copy.id,
        fields: { name: connection.displayName, linkName },
      },
    });
    return { connectionId: copy.id, linkName };
  },
});

/** Takes a published connection out of the pickers, or brings it back; what uses it goes on (R57). Throws `connection.not-published`. */
export const retireConnection = command({
  allow: 'microservices.open',
  input: v.strictObject({ connectionId: idInput('con'), isRetired: v.boolean() }),
  run: async (call, { connectionId, isRetired }) => {
    const { workspace, member } = call.acting();
    const connection = await loadConnection(call, connectionId);
    call.require('connection.retire', { type: connection.type });
    await requireStep(call, connection, 'retire');
    if (connection.isRetired === isRetired) return {};
    await record(call, {
      put: { connections: [{ ...connection, isRetired }] },
      event: {
        name: isRetired ? 'connection.retired' : 'connection.returned',
        workspaceId: workspace.id,
        actor: member.id,
        subject: connectionId,
        fields: { name: connection.displayName },
      },
    });
    return {};
  },
});
