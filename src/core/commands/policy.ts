import * as v from 'valibot';
import { connectorById } from '../../connectors/catalogue.ts';
import { CONNECTION_TYPES, typesFor } from '../../domain/connection-type.ts';
import { ENVIRONMENT_LABELS, ENVIRONMENTS } from '../../domain/environment.ts';
import { Fault } from '../../domain/faults.ts';
import { changePolicy } from '../../domain/policy.ts';
import { secretId } from '../../vault/seal.ts';
import { command } from '../command.ts';
import { environmentInput, idInput } from '../inputs.ts';
import { loadConnection } from '../owners.ts';
import { record } from '../record.ts';
import { requireStep } from '../references.ts';
import { regradedRow } from '../regrade.ts';
import { turn } from '../switches.ts';
import { isTypeLimitLifted, LIFTS } from '../type-limit.ts';
import { withdraw } from '../withdraw.ts';

/**
 * Goes over to one authorization for every environment, or to a separate one for each (R71, R72). From *separate* to *same*, `keep` says
 * whose environment's grant goes on; the others are revoked at the service, and nothing is before that choice.
 * Throws `connection.keep-which`, `access.refused`.
 */
export const setEnvironmentPolicy = command({
  allow: 'microservices.open',
  input: v.strictObject({
    connectionId: idInput('con'),
    environmentPolicy: v.picklist(['same', 'separate']),
    keep: v.nullable(environmentInput),
  }),
  run: async (call, { connectionId, environmentPolicy, keep }) => {
    const { workspace, member } = call.acting();
    const connection = await loadConnection(call, connectionId);
    call.require('connection.edit', { type: connection.type });
    if (connection.environmentPolicy === environmentPolicy) return { revoked: 0 };
    const rows = await call.db.authorizations.where('connectionId').equals(connectionId).toArray();
    const change = changePolicy(rows, environmentPolicy, keep);
    if (change.isUndecided) {
      const where = ENVIRONMENTS.filter((one) => rows.some(({ environment, grant }) => environment === one && grant !== null));
      throw new Fault('connection.keep-which', where.map((one) => ENVIRONMENT_LABELS[one].name).join(', '));
    }
    const after = { ...connection, environmentPolicy };
    const gone = [...change.lost, ...change.empty].map(({ id }) => id);
    for (const row of change.lost) await withdraw(call, connection, row);
    await record(call, {
      put: { connections: [after], authorizations: change.kept.map((row) => regradedRow(after, row) ?? row) },
      remove: { authorizations: gone, secrets: gone.map((id) => secretId('tokens', id)) },
      event: {
        name: 'connection.policy-changed',
        workspaceId: workspace.id,
        actor: member.id,
        subject: connectionId,
        fields: { name: connection.displayName, policy: environmentPolicy === 'same' ? 'one' : 'separate' },
      },
    });
    return { revoked: change.lost.length };
  },
});

/**
 * Lifts the limit of the logged-in user type to twelve services in this workspace, or sets it again (R22); connections that are there go
 * on. It is beyond the model, and is marked so wherever it shows.
 */
export const liftTypeLimit = command({
  allow: 'application.use',
  input: v.strictObject({ isLifted: v.boolean() }),
  run: async (call, { isLifted }) => {
    call.require(LIFTS[call.acting().workspace.side]);
    await turn(call, 'type-limit-lifted', isLifted);
    return {};
  },
});

/**
 * Gives a connection another type while nothing holds it to its own: no reference, no authorization, never published (R25, A12).
 * Throws `connection.type-forbidden` (R22), `connection.referenced`, `connection.published`, `connection.authorized`.
 */
export const changeConnectionType = command({
  allow: 'microservices.open',
  input: v.strictObject({ connectionId: idInput('con'), type: v.picklist(['admin', 'logged-in-user']) }),
  run: async (call, { connectionId, type }) => {
    const { workspace, member } = call.acting();
    const connection = await loadConnection(call, connectionId);
    call.require('connection.change-type', { type: connection.type });
    if (connection.type === type) return {};
    const connector = connectorById(connection.connectorId);
    if (!typesFor(connector, await isTypeLimitLifted(call)).includes(type))
      throw new Fault('connection.type-forbidden', `${connector.name}, ${type}`);
    await requireStep(call, connection, 'change-type');
    const rows = await call.db.authorizations.where('connectionId').equals(connectionId).toArray();
    const granted = rows.find(({ grant }) => grant !== null);
    if (granted !== undefined) throw new Fault('connection.authorized', granted.grant?.account ?? null);
    await record(call, {
      put: { connections: [{ ...connection, type, updatedAt: call.now() }] },
      remove: { authorizations: rows.map(({ id }) => id) },
      event: {
        name: 'connection.type-changed',
        workspaceId: workspace.id,
        actor: member.id,
        subject: connectionId,
        fields: { name: connection.displayName, type: CONNECTION_TYPES[type].label },
      },
    });
    return {};
  },
});
