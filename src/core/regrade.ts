import { AUTHORIZATION, type Authorization, missingScopes } from '../domain/authorization.ts';
import { askedScopes, type Connection } from '../domain/connection.ts';
import type { FaultData } from '../domain/faults.ts';
import { next } from '../domain/transition.ts';
import type { Context } from './context.ts';

/** The row as the definition now asks for it, or null where nothing changes for it. */
export const regradedRow = (connection: Connection, row: Authorization): Authorization | null => {
  if (row.grant === null || (row.state === 'needs-reauthorization' && row.reason !== 'oauth.scope-missing')) return null;
  const isEnough = missingScopes(askedScopes(connection, row.environment), row).length === 0;
  const reason = isEnough ? null : 'oauth.scope-missing';
  return row.reason === reason ? null : { ...row, state: next(AUTHORIZATION, row.state, isEnough ? 'grant' : 'grant-less'), reason };
};

/** Why an authorization does not serve, or serves in part: what it lacks is named, as the definition asks for it now. */
export const reasonOf = (connection: Pick<Connection, 'scopes' | 'staged'>, row: Authorization | undefined): FaultData | null => {
  if (row?.reason == null) return null;
  const missing = row.reason === 'oauth.scope-missing' ? missingScopes(askedScopes(connection, row.environment), row) : [];
  return { code: row.reason, detail: missing.length === 0 ? null : missing.join(', ') };
};

/** Grants keep serving what they were given for; those that lack a newly asked scope say so (R79, R103, R116, R120). */
export const regraded = async (ctx: Context, connections: readonly Connection[]): Promise<Authorization[]> => {
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  const rows = await ctx.db.authorizations
    .where('connectionId')
    .anyOf([...byId.keys()])
    .toArray();
  return rows.flatMap((row) => {
    const connection = byId.get(row.connectionId);
    return (connection === undefined ? null : regradedRow(connection, row)) ?? [];
  });
};
