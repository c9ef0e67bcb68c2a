import * as v from 'valibot';
import { Fault } from '../../domain/faults.ts';
import { OUTBOX, type OutboxEntry } from '../../domain/outbox.ts';
import { next } from '../../domain/transition.ts';
import { type Call, command } from '../command.ts';
import { idInput } from '../inputs.ts';
import { requireUnlocked } from '../locking.ts';
import { processEntry } from '../outbox.ts';
import { record } from '../record.ts';

/** An entry that the acting member may decide on: their own, or anybody's for who manages connections. */
const loadOwn = async (call: Call, id: OutboxEntry['id']): Promise<OutboxEntry> => {
  const entry = await call.db.outbox.get(id);
  const { workspace, member } = call.acting();
  if (entry === undefined || entry.workspaceId !== workspace.id) throw new Fault('store.missing', 'what waited');
  if (entry.memberId !== member.id) call.require('outbox.manage');
  return entry;
};

const nameOf = async (call: Call, { componentId }: OutboxEntry): Promise<string> =>
  (await call.db.components.get(componentId))?.name ?? 'a removed component';

/** Tries what waits again, now; also what is of unknown outcome, because a person has looked (R68's "try again"). Throws `vault.locked`. */
export const retryOutbox = command({
  allow: 'application.use',
  input: v.strictObject({ outboxId: idInput('out') }),
  run: async (call, { outboxId }) => {
    await requireUnlocked(call);
    const entry = await loadOwn(call, outboxId);
    if (entry.state === 'sending') throw new Fault('outbox.busy', await nameOf(call, entry));
    next(OUTBOX, entry.state, 'retry');
    await record(call, {
      put: { outbox: [{ ...entry, state: 'waiting', tries: 0, nextAt: call.now() }] },
      event: {
        name: 'outbox.retried',
        workspaceId: entry.workspaceId,
        actor: call.acting().member.id,
        subject: entry.componentId,
        environment: entry.environment,
        fields: { name: await nameOf(call, entry) },
      },
    });
    return { run: await processEntry(call, outboxId) };
  },
});

/** Takes out of the outbox what is not to be sent any more, or what a person found to have arrived. */
export const dismissOutbox = command({
  allow: 'application.use',
  input: v.strictObject({ outboxId: idInput('out') }),
  run: async (call, { outboxId }) => {
    const entry = await loadOwn(call, outboxId);
    if (entry.state === 'sending') throw new Fault('outbox.busy', await nameOf(call, entry));
    next(OUTBOX, entry.state, 'dismiss');
    await record(call, {
      remove: { outbox: [outboxId] },
      event: {
        name: 'outbox.dismissed',
        workspaceId: entry.workspaceId,
        actor: call.acting().member.id,
        subject: entry.componentId,
        environment: entry.environment,
        fields: { name: await nameOf(call, entry) },
      },
    });
    return {};
  },
});
