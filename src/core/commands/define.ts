import * as v from 'valibot';
import { type Connection, FRESH_CONNECTION, normalizeScopes } from '../../domain/connection.ts';
import { CONNECTION_TYPE_NAMES, typesFor } from '../../domain/connection-type.ts';
import { Fault } from '../../domain/faults.ts';
import { isLinkName } from '../../domain/link-name.ts';
import { creationRefusal } from '../../domain/ways.ts';
import { command } from '../command.ts';
import { requireOfferedConnector } from '../custom-connectors.ts';
import { idInput, nameInput } from '../inputs.ts';
import { loadApplication, loadConnection } from '../owners.ts';
import { record } from '../record.ts';
import { requireStep } from '../references.ts';
import { isTypeLimitLifted } from '../type-limit.ts';
import { removeConnection } from '../withdraw.ts';

/**
 * Defines a connection for one application. Throws `connection.type-forbidden` (R22, R24), `connection.link-name-taken` (R31),
 * `connection.link-name-wrong` (R35), `connection.scope-unknown`, `connection.connector-unknown` (R20), `connection.connector-retired` (A18),
 * `connection.way-missing`.
 */
export const defineConnection = command({
  allow: 'microservices.open',
  input: v.strictObject({
    connectorId: v.string(),
    displayName: nameInput,
    linkName: v.pipe(v.string(), v.trim()),
    type: v.picklist(CONNECTION_TYPE_NAMES),
    scopes: v.array(v.string()),
    environmentPolicy: v.picklist(['same', 'separate']),
    /** Null: enabled for no application yet; the first reference enables it (R49). */
    applicationId: v.nullable(idInput('app')),
  }),
  run: async (call, input) => {
    const { workspace, member } = call.acting();
    const connector = await requireOfferedConnector(call, input.connectorId);
    call.require('connection.define', { type: input.type });
    if (!typesFor(connector, await isTypeLimitLifted(call)).includes(input.type))
      throw new Fault('connection.type-forbidden', `${connector.name}, ${input.type}`);
    const refusal = creationRefusal(connector);
    if (refusal !== null) throw new Fault(refusal.code, refusal.detail);
    const unknown = input.scopes.find((scope) => !connector.scopes.some(({ name }) => name === scope));
    if (unknown !== undefined) throw new Fault('connection.scope-unknown', unknown);
    if (input.applicationId !== null) await loadApplication(call, input.applicationId);
    if (!isLinkName(input.linkName)) throw new Fault('connection.link-name-wrong', input.linkName);
    const taken = await call.db.connections.where('[workspaceId+linkName]').equals([workspace.id, input.linkName]).count();
    if (taken > 0) throw new Fault('connection.link-name-taken', input.linkName);
    const connection: Connection = {
      id: call.newId('con'),
      workspaceId: workspace.id,
      ownerId: input.applicationId,
      linkName: input.linkName,
      displayName: input.displayName,
      connectorId: connector.id,
      type: input.type,
      scopes: normalizeScopes(input.scopes),
      environmentPolicy: input.environmentPolicy,
      ...FRESH_CONNECTION,
      createdAt: call.now(),
      updatedAt: call.now(),
    };
    await record(call, {
      put: { connections: [connection] },
      connector,
      event: {
        name: 'connection.defined',
        workspaceId: workspace.id,
        actor: member.id,
        subject: connection.id,
        fields: { name: connection.displayName, linkName: connection.linkName },
      },
    });
    return { connectionId: connection.id };
  },
});

/** Deletes an unused, never published connection (R61, R62) after revoking what it was granted (R63). */
export const deleteConnection = command({
  allow: 'application.use',
  input: v.strictObject({ connectionId: idInput('con') }),
  run: async (call, { connectionId }) => {
    const connection = await loadConnection(call, connectionId);
    call.require('connection.delete', { type: connection.type });
    await requireStep(call, connection, 'delete');
    await removeConnection(call, connection);
    return {};
  },
});
