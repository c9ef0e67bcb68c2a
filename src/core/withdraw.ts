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
import { netFor, openServerOfGrant, serviceFor } from './services.ts';

/** Tells a service that a grant ends. False where it could not be told. */
export type Withdrawal = () => Promise<boolean>;

/**
 * What tells the service to end a grant, with what that takes opened now: it works when nothing of it is stored here any more. Throws
 * `vault.locked`.
 */
export const openWithdrawal = async (ctx: Context, connection: Connection, authorization: Authorization): Promise<Withdrawal> => {
  const { grant, variables, id } = authorization;
  if (grant === null) return async () => true;
  try {
    const service = serviceFor(connection, variables);
    // A key is the person's own: the service has no request that ends it.
    if (!isOauth(service.connector.auth)) return async () => true;
    const tokens = await openTokens(ctx, id);
    const reach = await openServerOfGrant(ctx, service, connection, grant);
    // Being offline must not keep a person from disconnecting; the caller says that the service was not told.
    return async () => {
      const told = async (): Promise<boolean> => {
        await revoke(await reach(), tokens, netFor(ctx, service));
        return true;
      };
      return told().catch(() => false);
    };
  } catch (error) {
    // What is only locked is not lost: unlocking lets the service be told. A broken seal keeps nobody from disconnecting either.
    if (error instanceof Fault && error.code === 'vault.locked') throw error;
    return async () => false;
  }
};

/** Tells the service to end a grant. False where it could not be told; what is stored here is deleted in any case (S37). */
export const withdraw = async (ctx: Context, connection: Connection, authorization: Authorization): Promise<boolean> =>
  (await openWithdrawal(ctx, connection, authorization))();

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
