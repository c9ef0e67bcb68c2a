import * as v from 'valibot';
import { command } from '../command.ts';
import { idInput } from '../inputs.ts';
import { loadAuthorization, loadConnection } from '../owners.ts';
import { overRaces, record } from '../record.ts';

/**
 * Pauses every authorization of a connection at this client, or lets them serve again; grants, definition and every other client are
 * untouched (R47, A25). A published connection is never disabled by it. Throws `access.refused`.
 */
export const pauseConnection = command({
  allow: 'application.use',
  input: v.strictObject({ connectionId: idInput('con'), isPaused: v.boolean() }),
  run: async (call, { connectionId, isPaused }) => {
    const { workspace, member } = call.acting();
    const connection = await loadConnection(call, connectionId);
    call.require('connection.pause', { type: connection.type });
    if ((connection.pausedBy !== null) === isPaused) return {};
    await record(call, {
      put: { connections: [{ ...connection, pausedBy: isPaused ? member.id : null }] },
      event: {
        name: isPaused ? 'connection.paused' : 'connection.resumed',
        workspaceId: workspace.id,
        actor: member.id,
        subject: connectionId,
        fields: { name: connection.displayName },
      },
    });
    return {};
  },
});

/** Pauses a person's own authorization of a logged-in user connection, or lets it serve again (A25). */
export const pauseAuthorization = command({
  allow: 'application.use',
  input: v.strictObject({ authorizationId: idInput('aut'), isPaused: v.boolean() }),
  run: async (call, { authorizationId, isPaused }) => {
    const { workspace, member } = call.acting();
    await overRaces(async () => {
      const { authorization: row, connection } = await loadAuthorization(call, authorizationId, 'authorization.pause');
      if (row.isPaused === isPaused) return;
      await record(call, {
        put: { authorizations: [{ ...row, isPaused }] },
        event: {
          name: isPaused ? 'authorization.paused' : 'authorization.resumed',
          workspaceId: workspace.id,
          actor: member.id,
          subject: connection.id,
          environment: row.environment,
          fields: { name: connection.displayName },
        },
      });
    });
    return {};
  },
});
