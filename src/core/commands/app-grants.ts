import * as v from 'valibot';
import { connectorById } from '../../connectors/catalogue.ts';
import { askedScopes } from '../../domain/connection.ts';
import { Fault } from '../../domain/faults.ts';
import { isAppWay } from '../../domain/ways.ts';
import { grantForApp } from '../../oauth/app-grant.ts';
import { type Asker, arriveWith, serviceSoFar, storeGrant } from '../arrival.ts';
import { command } from '../command.ts';
import { beginDevice } from '../device-flow.ts';
import { environmentInput, idInput, variablesInput } from '../inputs.ts';
import { requireUnlocked } from '../locking.ts';
import { loadSlot } from '../owners.ts';
import { explainNetwork, netFor, oauthOf, scopesFor, serverFor } from '../services.ts';

const input = v.strictObject({ connectionId: idInput('con'), environment: environmentInput, variables: v.optional(variablesInput, {}) });

/**
 * Authorizes as the account's own OAuth app or service account, without a person (RFC 6749 section 4.4, RFC 7523). Throws
 * `credentials.needed`, `credentials.key-needed`, `oauth.refused`, `oauth.provider-down`; a failure leaves the grant before as it was (R68).
 */
export const authorizeAsApp = command({
  allow: 'application.use',
  input,
  run: async (call, { variables, ...where }) => {
    const { connection, slot } = await loadSlot(call, where, 'authorization.grant');
    await requireUnlocked(call);
    const connector = connectorById(connection.connectorId);
    if (!isAppWay(connector.auth)) throw new Fault('oauth.way-wrong', connector.name);
    const service = await serviceSoFar(call, connector, variables);
    const { workspace, member } = call.acting();
    const asker: Asker = {
      workspaceId: workspace.id,
      environment: where.environment,
      scope: slot.environment,
      holder: slot.holder,
      memberId: member.id,
      purpose: 'authorize',
    };
    try {
      const server = await serverFor(call, service, connection);
      const scopes = scopesFor(service, askedScopes(connection, slot.environment));
      const early = await call.vault.sealer();
      const given = await grantForApp(oauthOf(service), server, scopes, netFor(call, service), call.now);
      const arrived = await arriveWith(call, connector, variables, server, { ...given, subject: null });
      return await storeGrant(call, connection, asker, arrived, server, early);
    } catch (error) {
      throw explainNetwork(call, service, error);
    }
  },
});

/**
 * Begins an authorization that a person ends on another device (RFC 8628): gives the flow that carries the code to enter. The flow goes on by
 * itself until the person is done, refuses, or takes too long. Throws as `beginAuthorization` does.
 */
export const beginDeviceAuthorization = command({
  allow: 'application.use',
  input,
  run: async (call, { variables, ...where }) => {
    const { connection } = await loadSlot(call, where, 'authorization.grant');
    await requireUnlocked(call);
    const flow = await beginDevice(call, call.acting(), connection, where.environment, variables);
    return { flowId: flow.id };
  },
});
