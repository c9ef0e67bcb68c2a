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

/** How many waiting rows a screen shows, and the badge counts to. */
export const ATTENTION_LIMIT = 20;

/** What waits for the acting member, or for somebody else where they may see it; it costs what is shown. */
export const readAttention = async (call: Call): Promise<AttentionRow[]> => {
  const { workspace, member } = call.acting();
  const keys = [
    [workspace.id, 'shared'],
    [workspace.id, member.id],
  ];
  const needs = await call.db.needs
    .where('[workspaceId+holder]')
    .anyOf(keys)
    .limit(ATTENTION_LIMIT + 1)
    .toArray();
  const ids = [...new Set(needs.map(({ connectionId }) => connectionId))];
  const found = (await call.db.connections.bulkGet(ids)).filter((row) => row !== undefined);
  const waiting = new Set(needs.map(({ connectionId, scope }) => `${connectionId} ${scope}`));
  const rows = await connectionRows(call, found);
  return rows.flatMap((row) => {
    const slots = row.slots.filter(({ environment }) => waiting.has(`${row.id} ${environment}`));
    return rowsOf({ ...row, slots }, member.id);
  });
};

/** The first of what can be tested or copied: used, and nothing missing. */
export const readServing = async (call: Call): Promise<AttentionRow[]> => {
  const { workspace, member } = call.acting();
  const first = await call.db.connections
    .where('byName')
    .startsWith(`${workspace.id} `)
    .limit(2 * ATTENTION_LIMIT)
    .toArray();
  const used: Connection[] = [];
  for (const connection of first) if ((await componentsUsing(call, connection)).length > 0) used.push(connection);
  const rows = await connectionRows(call, used);
  return rows.flatMap((row) => rowsOf(row, member.id)).filter(({ needs }) => needs === 'nothing');
};
