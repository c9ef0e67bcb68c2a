import * as v from 'valibot';
import { AUTHORIZATION } from '../../domain/authorization.ts';
import { Fault } from '../../domain/faults.ts';
import { next } from '../../domain/transition.ts';
import { secretId } from '../../vault/seal.ts';
import { command } from '../command.ts';
import { startFlow } from '../flow-start.ts';
import { completeFlow, failFlow } from '../flows.ts';
import { environmentInput, idInput, nameInput, variablesInput } from '../inputs.ts';
import { loadAuthorization, loadSlot } from '../owners.ts';
import { overRaces, record } from '../record.ts';
import { reusableAccount } from '../reuse.ts';
import { withdraw } from '../withdraw.ts';

/**
 * Begins an authorization and gives the provider's page to open (null: the host opens it itself).
 * A newer flow for the same environment and holder takes the place of an older one; the grant stays until success (R68).
 * Throws `access.refused` (R6, R7, R8), `oauth.provider-down`, `oauth.sandbox-down`, `oauth.offline`, `oauth.pkce-missing`.
 */
export const beginAuthorization = command({
  allow: 'application.use',
  input: v.strictObject({
    connectionId: idInput('con'),
    environment: environmentInput,
    /** An authorization of the same service whose account is used again, without signing in anew where the service allows it (R78). */
    reuse: v.optional(v.nullable(idInput('aut')), null),
    /** Values of the person's own account that stand in the service's addresses (R59). */
    variables: v.optional(variablesInput, {}),
  }),
  run: async (call, { reuse, variables, ...input }) => {
    const { connection, slot } = await loadSlot(call, input, 'authorization.grant');
    const account = reuse === null ? null : await reusableAccount(call, connection, slot, reuse);
    // The account that is used again lives where it lives: at the same tenant.
    const known = reuse === null ? undefined : (await call.db.authorizations.get(reuse))?.variables;
    const { flow, url } = await startFlow(call, call.acting(), connection, input.environment, {
      purpose: 'authorize',
      account,
      variables: { ...known, ...variables },
    });
    return { flowId: flow.id, url };
  },
});

/**
 * Puts another account behind the connection for an environment (R77): the service asks who it is, and the grant that is there serves
 * until the new one is stored (R68, R81). Throws as `beginAuthorization` does.
 */
export const switchAuthorization = command({
  allow: 'application.use',
  input: v.strictObject({ connectionId: idInput('con'), environment: environmentInput, variables: v.optional(variablesInput, {}) }),
  run: async (call, { variables, ...input }) => {
    const { connection } = await loadSlot(call, input, 'authorization.switch');
    const { flow, url } = await startFlow(call, call.acting(), connection, input.environment, {
      purpose: 'switch',
      account: null,
      variables,
    });
    return { flowId: flow.id, url };
  },
});

/** Names the account behind an authorization as people call it; the service is not told (R76). */
export const renameAccount = command({
  allow: 'application.use',
  input: v.strictObject({ authorizationId: idInput('aut'), account: nameInput }),
  run: async (call, { authorizationId, account }) => {
    const { workspace, member } = call.acting();
    await overRaces(async () => {
      const { authorization: row, connection } = await loadAuthorization(call, authorizationId, 'authorization.rename');
      if (row.grant === null) throw new Fault('store.missing', 'authorization');
      await record(call, {
        put: { authorizations: [{ ...row, grant: { ...row.grant, account } }] },
        event: {
          name: 'authorization.account-named',
          workspaceId: workspace.id,
          actor: member.id,
          subject: connection.id,
          environment: row.environment,
          fields: { name: connection.displayName, account },
        },
      });
    });
    return {};
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
    if (flow.state !== 'waiting' && flow.state !== 'parked') return {};
    await call.parked.remove(flowId);
    await failFlow(call, flow, { code: 'oauth.cancelled', detail: null });
    await call.closePage();
    return {};
  },
});

/** Withdraws a grant at the service and deletes it here, whether the service could be told or not (R67, S37). */
export const revokeAuthorization = command({
  allow: 'application.use',
  input: v.strictObject({ authorizationId: idInput('aut') }),
  run: (call, { authorizationId }) =>
    // Where the grant was renewed in between, the service is told of what came with that, too.
    overRaces(async () => {
      const { workspace, member } = call.acting();
      const { authorization, connection } = await loadAuthorization(call, authorizationId, 'authorization.revoke');
      const withdrawal = await withdraw(call, connection, authorization);
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
      return { withdrawal };
    }),
});
