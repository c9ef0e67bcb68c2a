import type { Connection } from '../../domain/connection.ts';
import type { Call } from '../command.ts';
import { componentsUsing } from '../references.ts';
import { connectionRows } from '../slots.ts';
import type { AttentionRow, ConnectionRow, SlotView } from '../views.ts';

const needsOf = ({ status, authorizationId }: SlotView): AttentionRow['needs'] => {
  if (status.isConnected && status.reason === null) return 'nothing';
  return authorizationId === null ? 'authorize' : 'reconnect';
};

const rowsOf = (row: ConnectionRow, own: string): AttentionRow[] =>
  row.slots
    .filter(({ holder }) => holder === 'shared' || holder === own)
    .map((slot) => ({
      connectionId: row.id,
      displayName: row.displayName,
      linkName: row.linkName,
      ownerName: row.owner?.name ?? 'System connection',
      environment: slot.commandEnvironment,
      status: slot.status,
      account: slot.account,
      needs: needsOf(slot),
      authorize: slot.authorize,
      test: slot.test,
      who: slot.who,
    }));

/** Only what something uses: a connection without a reference keeps nobody waiting. */
const used = async (call: Call, connections: readonly Connection[]): Promise<Connection[]> => {
  const found: Connection[] = [];
  for (const connection of connections) if ((await componentsUsing(call, connection)).length > 0) found.push(connection);
  return found;
};

/** Every authorization slot that the acting member could use, with what it needs; development before stage. */
export const readAttention = async (call: Call): Promise<AttentionRow[]> => {
  const { workspace, member } = call.acting();
  const connections = await call.db.connections.where('workspaceId').equals(workspace.id).toArray();
  const rows = await connectionRows(call, await used(call, connections));
  return rows.flatMap((row) => rowsOf(row, member.id));
};
