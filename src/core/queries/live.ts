import * as v from 'valibot';
import { kindByName } from '../../runtime/index.ts';
import { query } from '../command.ts';
import { environmentInput, ownerInput, partInput } from '../inputs.ts';
import { formOf, loadOwner } from '../owners.ts';
import { componentsIn } from '../parts.ts';
import { connectionsOfOwner } from '../references.ts';
import { missingFor, runView } from '../running.ts';
import { connectionRows } from '../slots.ts';
import { summarizeComponent } from '../summaries.ts';
import type { LiveView, RecordsView } from '../views.ts';

/** Live mode of one environment (R70): parts, components with what they lack, and the whole application's connections (R52). */
export const liveMode = query({
  args: v.strictObject({ ownerId: ownerInput, environment: environmentInput }),
  read: async (call, { ownerId, environment }): Promise<LiveView> => {
    const { view, definition } = await loadOwner(call, ownerId, environment);
    const components = await componentsIn(call, ownerId, environment);
    const connections = await connectionsOfOwner(call, ownerId, components, environment);
    const memberId = call.acting().member.id;
    return {
      owner: view,
      environment,
      forms: definition.forms,
      pages: definition.pages,
      components: await Promise.all(
        components.map(async (component) => {
          const kind = kindByName(component.kind);
          const missing = await missingFor(call, component);
          const runs = await call.db.runs
            .where('[componentId+environment+memberId]')
            .equals([component.id, environment, memberId])
            .toArray();
          const newest = runs.sort((a, b) => b.at - a.at)[0];
          return {
            id: component.id,
            name: component.name,
            kind: component.kind,
            kindLabel: kind.label,
            summary: summarizeComponent(component, connections),
            place: kind.place(component.config),
            missing,
            lastRun: newest === undefined ? null : runView(newest, component.name, newest.isOk ? [] : missing),
          };
        }),
      ),
      connections: await connectionRows(call, connections, environment),
    };
  },
});

/** The entries of a form in one environment, newest first, with the runs that they started. */
export const records = query({
  args: v.strictObject({ ownerId: ownerInput, environment: environmentInput, form: partInput }),
  read: async (call, { ownerId, environment, form: formName }): Promise<RecordsView> => {
    const { definition } = await loadOwner(call, ownerId, environment);
    const form = formOf(definition, formName);
    const rows = await call.db.records.where('[ownerId+environment+form]').equals([ownerId, environment, form.linkName]).toArray();
    const runs = await call.db.runs
      .where('recordId')
      .anyOf(rows.map(({ id }) => id))
      .toArray();
    const components = await componentsIn(call, ownerId, environment);
    const lacks = new Map(await Promise.all(components.map(async (one) => [one.id, await missingFor(call, one)] as const)));
    const names = new Map(components.map(({ id, name }) => [id, name]));
    return {
      form,
      fields: form.fields,
      records: rows
        .sort((a, b) => b.createdAt - a.createdAt)
        .map((row) => ({
          ...row,
          runs: runs
            .filter(({ recordId }) => recordId === row.id)
            .sort((a, b) => b.at - a.at)
            .map((run) =>
              runView(run, names.get(run.componentId) ?? 'a removed component', run.isOk ? [] : (lacks.get(run.componentId) ?? [])),
            ),
        })),
    };
  },
});
