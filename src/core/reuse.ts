import { type Authorization, missingScopes } from '../domain/authorization.ts';
import { askedScopes, type Connection } from '../domain/connection.ts';
import { Fault } from '../domain/faults.ts';
import type { AuthorizationId } from '../domain/ids.ts';
import { isUsable, type Slot } from '../domain/resolve.ts';
import type { Call } from './command.ts';

/** Nobody reads a longer list of accounts. */
const OFFERS = 10;

/**
 * Authorizations whose account can be used again for this slot: of another connection of the account to the same service, in the same
 * environment, of the same holder, with every scope that is asked (R78). The tokens are never shared: two rows with one rotating refresh
 * token would end each other's access.
 */
export const reusableFor = async (call: Call, connection: Connection, slot: Slot): Promise<Authorization[]> => {
  const asked = askedScopes(connection, slot.environment);
  return call.db.authorizations
    .where('byService')
    .equals(`${connection.workspaceId} ${connection.connectorId} ${slot.environment} ${slot.holder}`)
    .filter((row) => row.connectionId !== connection.id && isUsable(row) && missingScopes(asked, row).length === 0)
    .limit(OFFERS)
    .toArray();
};

/** The account that a reuse names to the service. Throws `store.missing` where that authorization cannot be reused here. */
export const reusableAccount = async (call: Call, connection: Connection, slot: Slot, id: AuthorizationId): Promise<string> => {
  const found = await call.db.authorizations.get(id);
  const isSame =
    found?.workspaceId === connection.workspaceId &&
    found.connectorId === connection.connectorId &&
    found.environment === slot.environment &&
    found.holder === slot.holder;
  if (!isSame || found.grant === null) throw new Fault('store.missing', 'authorization to use again');
  return found.grant.subject;
};
