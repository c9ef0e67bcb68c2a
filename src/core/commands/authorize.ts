import * as v from 'valibot';
import { AUTHORIZATION } from '../../domain/authorization.ts';
import { Fault } from '../../domain/faults.ts';
import { next } from '../../domain/transition.ts';
import { secretId } from '../../vault/seal.ts';
import { command } from '../command.ts';
import { startFlow } from '../flow-start.ts';
import { completeFlow, failFlow } from '../flows.ts';
import { environmentInput, idInput } from '../inputs.ts';
import { loadConnection, loadSlot } from '../owners.ts';
import { record } from '../record.ts';
import { withdraw } from '../withdraw.ts';

/**
 * Begins an authorization and gives the provider's page to open (null: the host opens it itself).
 * A newer flow for the same environment and holder takes the place of an older one; the grant stays until success (R68).
 * Throws `access.refused` (R6, R7, R8), `oauth.provider-down`, `oauth.sandbox-down`, `oauth.offline`, `oauth.pkce-missing`.
 */
export const beginAuthorization = command({
  allow: 'application.use',
  input: v.strictObject({ connectionId: idInput('con'), environment: environmentInput }),
  run: async (call, input) => {
    const { connection } = await loadSlot(call, input, 'authorization.grant');
    const { flow, url } = await startFlow(call, call.acting(), connection, input.environment);
    return { flowId: flow.id, url };
  },
});

/** The redirect came back to the callback page. Throws `oauth.state-mismatch` for an answer that nobody waits for. */
export const completeAuthorization = command({
  allow: null,
  input: v.strictObject({ callbackUrl: v.pipe(v.string(), v.maxLength(8_192)) }),
  run: async (call, { callbackUrl }) => ({ flowId: await completeFlow(call, callbackUrl) }),
});

/** Ends a flow that waits. A flow that has ended already is left as it is. */
export const cancelAuthorization = command({
  allow: 'application.use',
  input: v.strictObject({ flowId: idInput('flw') }),
  run: async (call, { flowId }) => {
    const flow = await call.db.flows.get(flowId);
    if (flow === undefined || flow.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'authorization');
    if (flow.state !== 'waiting') return {};
    await failFlow(call, flow, { code: 'oauth.cancelled', detail: null });
    await call.closePage();
    return {};
  },
});

/** Withdraws a grant at the service and deletes it here, whether the service could be told or not (R67, S37). */
export const revokeAuthorization = command({
  allow: 'application.use',
  input: v.strictObject({ authorizationId: idInput('aut') }),
  run: async (call, { authorizationId }) => {
    const { workspace, member } = call.acting();
    const authorization = await call.db.authorizations.get(authorizationId);
    if (authorization === undefined || authorization.workspaceId !== workspace.id) throw new Fault('store.missing', 'authorization');
    const connection = await loadConnection(call, authorization.connectionId);
    call.require('authorization.revoke', { type: connection.type, holder: authorization.holder });
    const isToldToService = await withdraw(call, connection, authorization);
    await record(call, {
      put: {
        authorizations: [
          { ...authorization, state: next(AUTHORIZATION, authorization.state, 'revoke'), reason: null, grant: null, lastTest: null },
        ],
      },
      remove: { secrets: [secretId('tokens', authorizationId)] },
      event: {
        name: 'authorization.revoked',
        workspaceId: workspace.id,
        actor: member.id,
        subject: connection.id,
        environment: authorization.environment,
        fields: { name: connection.displayName },
      },
    });
    return { isToldToService };
  },
});
