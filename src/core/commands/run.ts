import * as v from 'valibot';
import { checkValues, type Form, type FormRecord } from '../../domain/application.ts';
import type { Environment } from '../../domain/environment.ts';
import { Fault } from '../../domain/faults.ts';
import type { OwnerId } from '../../domain/ids.ts';
import type { OutboxEntry } from '../../domain/outbox.ts';
import { type RecordChange, recordOf } from '../../domain/trigger.ts';
import { kindByName } from '../../runtime/index.ts';
import { type Call, command } from '../command.ts';
import { environmentInput, idInput, ownerInput, partInput } from '../inputs.ts';
import { requireUnlocked } from '../locking.ts';
import { outboxRows, processEntry } from '../outbox.ts';
import { formOf, loadOwner } from '../owners.ts';
import { componentsIn } from '../parts.ts';
import { type NewEvent, record } from '../record.ts';
import { runOnce } from '../running.ts';
import type { RunView } from '../views.ts';

/** What a change of an entry starts, as rows of the outbox. */
const startedBy = async (call: Call, change: RecordChange, isVisitor: boolean): Promise<OutboxEntry[]> => {
  const { ownerId, environment } = recordOf(change);
  const components = await componentsIn(call, ownerId, environment);
  return components
    .filter(({ kind, config }) => kindByName(kind).startsOn(config, change))
    .flatMap((component) => outboxRows(call, component, { entry: recordOf(change), isVisitor }));
};

const runAll = async (call: Call, rows: readonly OutboxEntry[]): Promise<RunView[]> => {
  const runs: RunView[] = [];
  for (const { id } of rows) {
    const run = await processEntry(call, id);
    if (run !== null) runs.push(run);
  }
  return runs;
};

const loadEntry = async (call: Call, id: FormRecord['id'], ownerId: OwnerId, environment: Environment): Promise<FormRecord> => {
  const found = await call.db.records.get(id);
  if (found?.ownerId !== ownerId || found.environment !== environment) throw new Fault('store.missing', 'entry');
  return found;
};

const eventOf = (call: Call, name: 'record.saved' | 'record.deleted', entry: FormRecord, form: Form, isVisitor: boolean): NewEvent => ({
  name,
  workspaceId: call.acting().workspace.id,
  actor: isVisitor ? null : call.acting().member.id,
  subject: entry.id,
  environment: entry.environment,
  fields: { name: form.name },
});

/**
 * Stores an entry of a form together with what it starts, for the acting member or for a visitor of a public form (R113); then tries that
 * at once. The entry is kept whatever the runs say. Throws `record.invalid`, `record.not-public`, `environment.no-stage`.
 */
export const saveRecord = command({
  allow: 'application.use',
  input: v.strictObject({
    ownerId: ownerInput,
    environment: environmentInput,
    form: partInput,
    recordId: v.nullable(idInput('rec')),
    values: v.record(v.string(), v.string()),
    isVisitor: v.optional(v.boolean(), false),
  }),
  run: async (call, { ownerId, environment, form: formName, recordId, values, isVisitor }) => {
    const { definition } = await loadOwner(call, ownerId, environment);
    const form = formOf(definition, formName);
    if (isVisitor && !form.isPublic) throw new Fault('record.not-public', form.name);
    const wrong = checkValues(form, values);
    if (wrong.length > 0) throw new Fault('record.invalid', wrong.map(({ says }) => says).join('; '));
    if (recordId !== null && isVisitor) throw new Fault('store.missing', 'entry');
    const before = recordId === null ? null : await loadEntry(call, recordId, ownerId, environment);
    const after: FormRecord = {
      id: before?.id ?? call.newId('rec'),
      ownerId,
      environment,
      form: form.linkName,
      values: Object.fromEntries(form.fields.map(({ name }) => [name, values[name] ?? ''])),
      createdAt: before?.createdAt ?? call.now(),
      updatedAt: call.now(),
      revision: before?.revision ?? 0,
    };
    const started = await startedBy(call, { before, after }, isVisitor);
    await record(call, { put: { records: [after], outbox: started }, event: eventOf(call, 'record.saved', after, form, isVisitor) });
    return { recordId: after.id, runs: await runAll(call, started) };
  },
});

/** Deletes an entry together with storing what that starts; then tries it at once. Throws `store.missing`. */
export const deleteRecord = command({
  allow: 'application.use',
  input: v.strictObject({ ownerId: ownerInput, environment: environmentInput, recordId: idInput('rec') }),
  run: async (call, { ownerId, environment, recordId }) => {
    const { definition } = await loadOwner(call, ownerId, environment);
    const before = await loadEntry(call, recordId, ownerId, environment);
    const form = formOf(definition, before.form);
    const started = await startedBy(call, { before, after: null }, false);
    await record(call, {
      put: { outbox: started },
      remove: { records: [recordId] },
      event: eventOf(call, 'record.deleted', before, form, false),
    });
    return { runs: await runAll(call, started) };
  },
});

/** An entry that waits for the same is taken up again, instead of doing it a second time. */
const waitingFor = async (call: Call, componentId: OutboxEntry['componentId'], recordId: FormRecord['id']): Promise<OutboxEntry[]> =>
  (await call.db.outbox.where('componentId').equals(componentId).toArray()).filter((one) => one.recordId === recordId);

/**
 * Runs one component where it is placed: a panel or a script for the acting member, or an action again for an entry. What is of unknown
 * outcome is not sent again by this. Throws `vault.locked`, `store.missing`.
 */
export const runComponent = command({
  allow: 'application.use',
  input: v.strictObject({ componentId: idInput('cmp'), recordId: v.nullable(idInput('rec')) }),
  run: async (call, { componentId, recordId }) => {
    // Asked for by a person, who can unlock and have it go on; what an entry starts is kept and says so.
    await requireUnlocked(call);
    const component = await call.db.components.get(componentId);
    if (component === undefined || component.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'component');
    if (recordId === null) return runOnce(call, component, null);
    const entry = await loadEntry(call, recordId, component.ownerId, component.environment);
    const waiting = await waitingFor(call, componentId, recordId);
    const held = waiting.filter(({ state }) => state === 'held' || state === 'waiting');
    if (waiting.length > 0 && held.length === 0) throw new Fault('outbox.busy', component.name);
    const rows =
      held.length > 0
        ? held.map((one): OutboxEntry => ({ ...one, state: 'waiting', nextAt: call.now() }))
        : outboxRows(call, component, { entry, isVisitor: false });
    await record(call, { put: { outbox: rows }, event: null });
    const [run] = await runAll(call, rows);
    if (run === undefined) throw new Fault('store.conflict');
    return run;
  },
});
