import * as v from 'valibot';
import type { Authorization, TestResult } from '../../domain/authorization.ts';
import { Fault, type FaultData } from '../../domain/faults.ts';
import { isUsable } from '../../domain/resolve.ts';
import { type Call, command, toFault } from '../command.ts';
import { environmentInput, idInput } from '../inputs.ts';
import { requireUnlocked } from '../locking.ts';
import { findAuthorization, loadSlot } from '../owners.ts';
import { pauseOf } from '../pausing.ts';
import { accountIn, probeOf, refusalIn } from '../probe.ts';
import { overRaces, record } from '../record.ts';
import { send } from '../send.ts';
import { serviceFor } from '../services.ts';

const storeResult = (call: Call, id: Authorization['id'], name: string, result: TestResult): Promise<void> =>
  overRaces(async () => {
    // Read anew: sending may have renewed the grant or ended it.
    const row = await call.db.authorizations.get(id);
    if (row === undefined) return;
    await record(call, {
      put: { authorizations: [{ ...row, lastTest: result, provenAt: result.isOk ? result.at : row.provenAt }] },
      event: {
        name: 'connection.tested',
        workspaceId: row.workspaceId,
        actor: call.acting().member.id,
        subject: row.connectionId,
        environment: row.environment,
        fields: { name, result: result.isOk ? 'it works' : (result.fault ?? 'failed') },
      },
    });
  });

/** Sends the connector's test request with this environment's authorization and keeps the result (R84). Throws `run.not-connected`. */
export const testConnection = command({
  allow: 'application.use',
  input: v.strictObject({ connectionId: idInput('con'), environment: environmentInput }),
  run: async (call, input) => {
    const { connection, slot } = await loadSlot(call, input, 'connection.test');
    const authorization = await findAuthorization(call, slot);
    const pause = await pauseOf(call, connection, authorization);
    if (pause !== null) throw new Fault(pause.code, pause.detail);
    if (!isUsable(authorization)) throw new Fault('run.not-connected', connection.displayName);
    await requireUnlocked(call);
    const service = serviceFor(connection, authorization.variables);
    const probe = probeOf(service);
    if (probe === null) throw new Fault('run.no-test', service.connector.name);
    const startedAt = call.now();
    let status: number | null = null;
    let account: string | null = null;
    let fault: FaultData | null = null;
    try {
      const answer = await send(call, connection, service, authorization, probe);
      status = answer.status;
      account = accountIn(service, answer);
      fault = refusalIn(service, answer);
    } catch (error) {
      fault = toFault(error).toData();
    }
    const result: TestResult = {
      at: call.now(),
      isOk: fault === null,
      status,
      fault: fault?.code ?? null,
      milliseconds: call.now() - startedAt,
    };
    await storeResult(call, authorization.id, connection.displayName, result);
    return { ...result, account, fault };
  },
});
