import type { Connection } from '../domain/connection.ts';
import type { OauthApp } from '../domain/oauth-app.ts';
import type { Context } from './context.ts';

/** The connections that an OAuth app authorizes: those that chose it, or whose grants a registration of Latchkey's own got (R121). */
export const connectionsOfApp = async (ctx: Pick<Context, 'db'>, app: OauthApp): Promise<Connection[]> => {
  if (app.registered === undefined) return ctx.db.connections.where('oauthAppId').equals(app.id).toArray();
  const rows = await ctx.db.authorizations.where('byService').startsWith(`${app.workspaceId} ${app.connectorId} `).toArray();
  const ids = rows.filter(({ grant }) => grant?.clientId === app.clientId).map(({ connectionId }) => connectionId);
  const found = await ctx.db.connections.bulkGet([...new Set(ids)]);
  return found.filter((one) => one !== undefined);
};
