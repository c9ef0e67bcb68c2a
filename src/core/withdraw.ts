import type { Authorization } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import { isOauth } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { revoke } from '../oauth/revoke.ts';
import { secretId } from '../vault/seal.ts';
import type { Call } from './command.ts';
import type { Context } from './context.ts';
import { record } from './record.ts';
import { openTokens } from './sealed-tokens.ts';
import { netFor, serverOfGrant, serviceFor } from './services.ts';

/** Tells the service to end a grant. False where it could not be told; what is stored here is deleted in any case (S37). */
export const withdraw = async (ctx: Context, connection: Connection, authorization: Authorization): Promise<boolean> => {
  if (authorization.grant === null) return true;
  try {
    const service = serviceFor(connection, authorization.variables);
    // A key is the person's own: the service has no request that ends it.
    if (!isOauth(service.connector.auth)) return true;
    const tokens = await openTokens(ctx, authorization.id);
    await revoke(await serverOfGrant(ctx, service, connection, authorization.grant), tokens, netFor(ctx, service));
    return true;
  } catch (error) {
    // What is only locked is not lost: unlocking lets the service be told.
    if (error instanceof Fault && error.code === 'vault.locked') throw error;
    // Being offline or a broken seal must not keep a person from disconnecting; the caller says that the service was not told.
    return false;
  }
};

/** Removes a connection with every grant of it, told to the services as far as they can be reached (R63, R117). */
export const removeConnection = async (call: Call, connection: Connection): Promise<void> => {
  const { ids } = await withdrawAll(call, [connection]);
  const { workspace, member } = call.acting();
  await record(call, {
    remove: { connections: [connection.id], authorizations: ids, secrets: ids.map((id) => secretId('tokens', id)) },
    event: {
      name: 'connection.deleted',
      workspaceId: workspace.id,
      actor: member.id,
      subject: connection.id,
      fields: { name: connection.displayName },
    },
  });
};

/** Withdraws every grant of these connections, as far as the services can be reached. */
export const withdrawAll = async (
  ctx: Context,
  connections: readonly Connection[],
): Promise<{ ids: Authorization['id'][]; notTold: number }> => {
  const ids: Authorization['id'][] = [];
  let notTold = 0;
  for (const connection of connections) {
    for (const authorization of await ctx.db.authorizations.where('connectionId').equals(connection.id).toArray()) {
      if (!(await withdraw(ctx, connection, authorization))) notTold += 1;
      ids.push(authorization.id);
    }
  }
  return { ids, notTold };
};
