import * as v from 'valibot';
import { AUTHORIZATION } from '../../domain/authorization.ts';
import { Fault } from '../../domain/faults.ts';
import { FLOW_LIFE_MS, type Flow, isOpen } from '../../domain/flow.ts';
import { slotFor } from '../../domain/resolve.ts';
import { next } from '../../domain/transition.ts';
import { startCodeFlow } from '../../oauth/code.ts';
import { secretId } from '../../vault/seal.ts';
import { type Call, command, toFault } from '../command.ts';
import type { OpenPage } from '../context.ts';
import { completeFlow, failFlow, flowLock, hashState, type SealedFlow } from '../flows.ts';
import { environmentInput, idInput } from '../inputs.ts';
import { loadConnection, requireEnvironment } from '../owners.ts';
import { record } from '../record.ts';
import { defaultVariables, serverFor, serviceFor } from '../services.ts';
import { connectorById } from '../../connectors/catalogue.ts';
import { withdraw } from '../withdraw.ts';

const withoutOthers = async (call: Call, flow: Flow): Promise<Flow[]> => {
  const flows = await call.db.flows.where('connectionId').equals(flow.connectionId).toArray();
  return flows.filter((other) => isOpen(other, call.now()) && other.scope === flow.scope && other.holder === flow.holder);
};

/** In the extension the host shows the page and waits for the answer, long after this command has returned. */
const drive = (call: Call, openPage: OpenPage, flow: Flow, url: string): void => {
  void call.lock(flowLock(flow.id), async () => {
    try {
      await completeFlow(call, await openPage(url, call.redirectUri));
    } catch (error) {
      const now = await call.db.flows.get(flow.id);
      if (now?.state === 'waiting') await failFlow(call, now, toFault(error).toData());
    }
  });
};

/**
 * Begins an authorization and gives the provider's page to open (null: the host opens it itself).
 * A newer flow for the same environment and holder takes the place of an older one; the grant stays until success (R68).
 * Throws `access.refused` (R6, R7, R8), `oauth.provider-down`, `oauth.sandbox-down`, `oauth.offline`, `oauth.pkce-missing`.
 */
export const beginAuthorization = command({
  allow: 'application.use',
  input: v.strictObject({ connectionId: idInput('con'), environment: environmentInput }),
  run: async (call, { connectionId, environment }) => {
    const actor = call.acting();
    requireEnvironment(call, environment);
    const connection = await loadConnection(call, connectionId);
    const slot = slotFor(connection, environment, actor);
    call.require('authorization.grant', { type: connection.type, holder: slot.holder });
    const variables = await defaultVariables(call, connectorById(connection.connectorId));
    const service = serviceFor(connection, variables);
    const { auth } = service.connector;
    const server = await serverFor(call, service);
    const { url, secrets } = await startCodeFlow(server, {
      redirectUri: call.redirectUri,
      scopes: [...auth.identityScopes, ...connection.scopes],
      params: auth.authorizationParams,
    });
    const flow: Flow = {
      id: call.newId('flw'),
      workspaceId: actor.workspace.id,
      connectionId,
      environment,
      scope: slot.environment,
      holder: slot.holder,
      memberId: actor.member.id,
      mode: call.openPage === null ? 'window' : 'identity',
      state: 'waiting',
      fault: null,
      startedAt: call.now(),
      expiresAt: call.now() + FLOW_LIFE_MS,
      stateHash: await hashState(secrets.state),
      revision: 0,
    };
    const older = await withoutOthers(call, flow);
    const sealed: SealedFlow = { ...secrets, variables };
    await record(call, {
      put: {
        flows: [flow, ...older.map((other): Flow => ({ ...other, state: 'failed', fault: { code: 'oauth.cancelled', detail: null } }))],
        secrets: [await call.vault.seal('flow', flow.id, sealed)],
      },
      remove: { secrets: older.map(({ id }) => secretId('flow', id)) },
      event: null,
    });
    if (call.openPage !== null) drive(call, call.openPage, flow, url);
    return { flowId: flow.id, url: call.openPage === null ? url : null };
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
    if (flow.state === 'waiting') await failFlow(call, flow, { code: 'oauth.cancelled', detail: null });
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
