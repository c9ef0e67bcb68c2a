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

/** Rows are looked at in chunks, so that a screenful costs a screenful. */
const CHUNK = 50;

/** Only what something uses: a connection without a reference keeps nobody waiting. */
const isUsed = async (call: Call, connection: Connection): Promise<boolean> => (await componentsUsing(call, connection)).length > 0;

/**
 * Authorization slots that the acting member could use, in the order of their names; stops as soon as `isEnough` says so.
 */
export const readAttention = async (call: Call, isEnough: (rows: readonly AttentionRow[]) => boolean): Promise<AttentionRow[]> => {
  const { workspace, member } = call.acting();
  const rows: AttentionRow[] = [];
  for (let offset = 0; ; offset += CHUNK) {
    const chunk = await call.db.connections.where('byName').startsWith(`${workspace.id} `).offset(offset).limit(CHUNK).toArray();
    for (const row of await connectionRows(call, chunk)) {
      const connection = chunk.find(({ id }) => id === row.id);
      if (connection === undefined || !(await isUsed(call, connection))) continue;
      rows.push(...rowsOf(row, member.id));
      if (isEnough(rows)) return rows;
    }
    if (chunk.length < CHUNK) return rows;
  }
};

/** How many waiting rows a screen shows, and the badge counts to. */
export const ATTENTION_LIMIT = 20;

export const isWaiting = ({ needs }: AttentionRow): boolean => needs !== 'nothing';
