import * as v from 'valibot';
import { checkValues, type FormRecord } from '../../domain/application.ts';
import { Fault } from '../../domain/faults.ts';
import { kindByName } from '../../runtime/index.ts';
import { type Call, command } from '../command.ts';
import { environmentInput, idInput, ownerInput, partInput } from '../inputs.ts';
import { requireUnlocked } from '../locking.ts';
import { formOf, loadOwner } from '../owners.ts';
import { componentsIn } from '../parts.ts';
import { record } from '../record.ts';
import { runOnce } from '../running.ts';
import type { RunView } from '../views.ts';

const startedBy = async (call: Call, before: FormRecord | null, after: FormRecord, isVisitor: boolean): Promise<RunView[]> => {
  const components = await componentsIn(call, after.ownerId, after.environment);
  const runs: RunView[] = [];
  for (const component of components) {
    if (kindByName(component.kind).startsOn(component.config, before, after)) runs.push(await runOnce(call, component, after, isVisitor));
  }
  return runs;
};

/**
 * Stores an entry of a form and runs what its change starts, for the acting member or for a visitor of a public form (R113). The entry
 * is kept whatever the runs say. Throws `record.invalid`, `record.not-public`, `environment.no-stage`.
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
    const { workspace, member } = call.acting();
    const { definition } = await loadOwner(call, ownerId, environment);
    const form = formOf(definition, formName);
    if (isVisitor && !form.isPublic) throw new Fault('record.not-public', form.name);
    const wrong = checkValues(form, values);
    if (wrong.length > 0) throw new Fault('record.invalid', wrong.map(({ says }) => says).join('; '));
    const before = recordId === null ? null : ((await call.db.records.get(recordId)) ?? null);
    if (recordId !== null && (isVisitor || before?.ownerId !== ownerId || before.environment !== environment))
      throw new Fault('store.missing', 'entry');
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
    await record(call, {
      put: { records: [after] },
      event: {
        name: 'record.saved',
        workspaceId: workspace.id,
        actor: isVisitor ? null : member.id,
        subject: after.id,
        environment,
        fields: { name: form.name },
      },
    });
    return { recordId: after.id, runs: await startedBy(call, before, after, isVisitor) };
  },
});

/** Runs one component where it is placed: a panel for the acting member, or an action again for an entry. */
export const runComponent = command({
  allow: 'application.use',
  input: v.strictObject({ componentId: idInput('cmp'), recordId: v.nullable(idInput('rec')) }),
  run: async (call, { componentId, recordId }) => {
    // Asked for by a person, who can unlock and have it go on; what an entry starts is kept as a run that says so.
    await requireUnlocked(call);
    const component = await call.db.components.get(componentId);
    if (component === undefined || component.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'component');
    const entry = recordId === null ? null : ((await call.db.records.get(recordId)) ?? null);
    if (entry !== null && (entry.ownerId !== component.ownerId || entry.environment !== component.environment))
      throw new Fault('store.missing', 'entry');
    return runOnce(call, component, entry);
  },
});
