import { AUTHORIZATION, type Authorization, type Grant, missingScopes } from '../domain/authorization.ts';
import { askedScopes, type Connection } from '../domain/connection.ts';
import type { Slot } from '../domain/resolve.ts';
import { next } from '../domain/transition.ts';
import type { Context } from './context.ts';
import { findAuthorization } from './owners.ts';

/** The row of a slot with a new grant, over the one that it takes the place of (R79, R81, R82). */
export const grantedRow = async (
  ctx: Context,
  connection: Connection,
  slot: Slot,
  grant: Grant,
  variables: Readonly<Record<string, string>>,
): Promise<Authorization> => {
  const before = await findAuthorization(ctx, slot);
  const missing = missingScopes(askedScopes(connection, slot.environment), { grant, variables });
  const state = before?.state ?? 'not-connected';
  return {
    id: before?.id ?? ctx.newId('aut'),
    workspaceId: connection.workspaceId,
    connectionId: connection.id,
    connectorId: connection.connectorId,
    environment: slot.environment,
    holder: slot.holder,
    state: next(AUTHORIZATION, state, missing.length === 0 ? 'grant' : 'grant-less'),
    reason: missing.length === 0 ? null : 'oauth.scope-missing',
    variables,
    grant,
    lastTest: null,
    provenAt: before?.provenAt ?? null,
    isPaused: before?.isPaused ?? false,
    revision: before?.revision ?? 0,
  };
};
