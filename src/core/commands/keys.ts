import * as v from 'valibot';
import { connectorById } from '../../connectors/catalogue.ts';
import type { Grant } from '../../domain/authorization.ts';
import { askedScopes } from '../../domain/connection.ts';
import { isOauth } from '../../domain/connector.ts';
import { Fault } from '../../domain/faults.ts';
import { command } from '../command.ts';
import { fromKeys, keyNames, sealKeys } from '../credential.ts';
import { grantedRow } from '../granting.ts';
import { environmentInput, idInput, variablesInput } from '../inputs.ts';
import { requireUnlocked } from '../locking.ts';
import { loadSlot } from '../owners.ts';
import { offerFor } from '../passphrases.ts';
import { accountIn, probeOf, refusalIn } from '../probe.ts';
import { overRaces, record } from '../record.ts';
import { sendWith } from '../send.ts';
import { serviceFor } from '../services.ts';

/** A key as services give them: it goes into a header or an address as it is. */
const key = v.pipe(v.string(), v.trim(), v.regex(/^[\x21-\x7e]{1,8192}$/, 'printable characters without spaces'));

/**
 * Authorizes with what a person copied from the service: tries it with the connector's test request, then seals it. Nothing is stored
 * where the service refuses it (R68). Throws `run.unauthorized`, `run.refused`, `run.answer-wrong`, `run.unreachable`, `core.input-invalid`.
 */
export const authorizeWithKeys = command({
  allow: 'application.use',
  input: v.strictObject({
    connectionId: idInput('con'),
    environment: environmentInput,
    variables: variablesInput,
    keys: v.record(v.string(), key),
  }),
  run: async (call, { variables, keys, ...input }) => {
    const { connection, slot } = await loadSlot(call, input, 'authorization.grant');
    await requireUnlocked(call);
    const { auth, name } = connectorById(connection.connectorId);
    const needed = keyNames(auth);
    if (isOauth(auth) || auth.method === 'oauth1') throw new Fault('oauth.keys-not-taken', name);
    const missing = needed.find((one) => keys[one.name] === undefined);
    if (missing !== undefined || Object.keys(keys).length > needed.length)
      throw new Fault('core.input-invalid', missing?.label ?? 'a key that nobody asked for');
    const service = serviceFor(connection, variables);
    const probe = probeOf(service);
    let account: string | null = null;
    if (probe !== null) {
      const answer = await sendWith(call, service, probe, fromKeys(service, keys));
      if (answer.status === 401 || answer.status === 403) throw new Fault('run.unauthorized');
      const refusal = refusalIn(service, answer);
      if (refusal !== null) throw new Fault(refusal.code, refusal.detail);
      account = accountIn(service, answer);
    }
    const { member } = call.acting();
    const count = await call.db.authorizations.where('connectionId').equals(connection.id).count();
    const grant: Grant = {
      account: account ?? `${name} Account ${count + 1}`,
      subject: account ?? '',
      issuer: new URL(service.apiBase).origin,
      clientId: '',
      madeIn: input.environment,
      // A key may do what its owner allowed it at the service, which nobody can ask from here.
      scopes: askedScopes(connection, slot.environment),
      grantedBy: member.id,
      grantedAt: call.now(),
      renewedAt: null,
      expiresAt: null,
      canRenew: false,
    };
    await overRaces(async () => {
      const row = await grantedRow(call, connection, slot, grant, variables);
      await record(call, {
        put: {
          authorizations: [row],
          secrets: [await sealKeys(call, row.id, keys)],
          settings: await offerFor(call, service.connector),
        },
        connector: service.connector,
        event: {
          name: 'authorization.granted',
          workspaceId: connection.workspaceId,
          actor: member.id,
          subject: connection.id,
          environment: input.environment,
          fields: { name: connection.displayName, account: grant.account },
        },
      });
    });
    return { account: grant.account, isTried: probe !== null };
  },
});
