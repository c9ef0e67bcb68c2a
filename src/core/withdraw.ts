import { connectorById } from '../connectors/catalogue.ts';
import type { Authorization } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import { isOauth } from '../domain/connector.ts';
import type { Withdrawal } from '../domain/ending.ts';
import { Fault } from '../domain/faults.ts';
import { revoke } from '../oauth/revoke.ts';
import { secretId } from '../vault/seal.ts';
import type { Call } from './command.ts';
import type { Context } from './context.ts';
import { record } from './record.ts';
import { openTokens } from './sealed-tokens.ts';
import { netFor, openServerOfGrant, serviceFor } from './services.ts';

/** Tells a service that a grant ends, and gives what became of that; null where nothing is granted. */
export type TellService = () => Promise<Withdrawal | null>;

/**
 * What tells the service to end a grant, with what that takes opened now: it works when nothing of it is stored here any more. Throws
 * `vault.locked`.
 */
export const openWithdrawal = async (ctx: Context, connection: Connection, authorization: Authorization): Promise<TellService> => {
  const { grant, variables, id } = authorization;
  if (grant === null) return async () => null;
  try {
    const service = serviceFor(connection, variables);
    // A key is the person's own: the service has no request that ends it.
    if (!isOauth(service.connector.auth)) return async () => 'no-way';
    const tokens = await openTokens(ctx, id);
    const reach = await openServerOfGrant(ctx, service, connection, grant);
    // Being offline must not keep a person from disconnecting; the caller says that the service was not told.
    return async () => {
      try {
        return await revoke(await reach(), tokens, netFor(ctx, service));
      } catch {
        return 'failed';
      }
    };
  } catch (error) {
    // What is only locked is not lost: unlocking lets the service be told. A broken seal keeps nobody from disconnecting either.
    if (error instanceof Fault && error.code === 'vault.locked') throw error;
    return async () => 'failed';
  }
};

/** Tells the service to end a grant, and gives what became of that; what is stored here is deleted in any case (S37). Null where nothing is granted. */
export const withdraw = async (ctx: Context, connection: Connection, authorization: Authorization): Promise<Withdrawal | null> =>
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

/** The grants that were deleted here; how many of them a service could not be told of, and which services have no request to be told by. */
export type WithdrawnAll = { readonly ids: Authorization['id'][]; readonly notTold: number; readonly endThere: readonly string[] };

/** Withdraws every grant of these connections, as far as the services can be reached. */
export const withdrawAll = async (ctx: Context, connections: readonly Connection[]): Promise<WithdrawnAll> => {
  const ids: Authorization['id'][] = [];
  const endThere = new Set<string>();
  let notTold = 0;
  for (const connection of connections) {
    for (const authorization of await ctx.db.authorizations.where('connectionId').equals(connection.id).toArray()) {
      const withdrawal = await withdraw(ctx, connection, authorization);
      if (withdrawal === 'failed') notTold += 1;
      if (withdrawal === 'no-way') endThere.add(connectorById(connection.connectorId).name);
      ids.push(authorization.id);
    }
  }
  return { ids, notTold, endThere: [...endThere].sort() };
};
