import * as v from 'valibot';
import type { Run } from '../../db/tables.ts';
import type { OutboxEntry } from '../../domain/outbox.ts';
import { NOBODY } from '../../runtime/describe.ts';
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
          const work = kind.work(component.config, NOBODY);
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
            shape: work.do === 'push' ? null : (work.show?.shape ?? null),
            isByHand: work.do === 'script' && work.show === null && kind.starts(component.config) === null,
            refresh: kind.refresh(component.config),
            lastRun: newest === undefined ? null : runView(newest, component.name, newest.isOk ? [] : missing),
          };
        }),
      ),
      connections: await connectionRows(call, connections, environment),
    };
  },
});

/** How many entries a screen shows at once. */
const PAGE = 50;

/** The entries of a form in one environment, a page of them, newest first, with the runs that they started. */
export const records = query({
  args: v.strictObject({
    ownerId: ownerInput,
    environment: environmentInput,
    form: partInput,
    page: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 0),
  }),
  read: async (call, { ownerId, environment, form: formName, page }): Promise<RecordsView> => {
    const { definition } = await loadOwner(call, ownerId, environment);
    const form = formOf(definition, formName);
    const all = call.db.records.where('[ownerId+environment+form+createdAt]');
    const ofForm = () =>
      all.between([ownerId, environment, form.linkName, 0], [ownerId, environment, form.linkName, Number.MAX_SAFE_INTEGER]);
    const total = await ofForm().count();
    const rows = await ofForm()
      .reverse()
      .offset(page * PAGE)
      .limit(PAGE)
      .toArray();
    const ids = rows.map(({ id }) => id);
    const runs = await call.db.runs.where('recordId').anyOf(ids).toArray();
    const waiting = await call.db.outbox.where('recordId').anyOf(ids).toArray();
    const components = await componentsIn(call, ownerId, environment);
    const lacks = new Map(await Promise.all(components.map(async (one) => [one.id, await missingFor(call, one)] as const)));
    const names = new Map(components.map(({ id, name }) => [id, name]));
    const waitingOf = (run: Run): OutboxEntry | undefined =>
      waiting.find((one) => one.componentId === run.componentId && one.recordId === run.recordId && one.label === run.label);
    return {
      form,
      fields: form.fields,
      page,
      pages: Math.max(1, Math.ceil(total / PAGE)),
      total,
      records: rows.map((row) => ({
        ...row,
        runs: runs
          .filter(({ recordId }) => recordId === row.id)
          .sort((a, b) => b.at - a.at)
          .map((run) =>
            runView(
              run,
              names.get(run.componentId) ?? 'a removed component',
              run.isOk ? [] : (lacks.get(run.componentId) ?? []),
              waitingOf(run) ?? null,
            ),
          ),
      })),
    };
  },
});
