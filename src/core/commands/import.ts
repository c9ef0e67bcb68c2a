import * as v from 'valibot';
import type { Application } from '../../domain/application.ts';
import { displayNameFor } from '../../domain/connection.ts';
import { Fault } from '../../domain/faults.ts';
import { linkNameFrom } from '../../domain/link-name.ts';
import { command } from '../command.ts';
import { importChoice, planImport, rewritesOf } from '../importing.ts';
import { readRunnable } from '../incoming.ts';
import { bundleTextInput } from '../inputs.ts';
import { record } from '../record.ts';
import { regraded } from '../regrade.ts';
import type { ImportPreview } from '../views.ts';

export type ImportReport = {
  readonly applicationId: Application['id'];
  readonly name: string;
  /** What serves in place of each, by link name: a copy unless something else was chosen, so that each serves one application (R33). */
  readonly connections: readonly { readonly from: string; readonly to: string }[];
  readonly rewritten: readonly string[];
  /** Connections of the bundle that were not taken. */
  readonly leftOut: readonly string[];
  /** Places that name a connection which is not here, or by something that only a run knows; a person has to look at them (R34). */
  readonly notRewritten: readonly string[];
};

const importInput = v.strictObject({
  text: bundleTextInput,
  hash: v.string(),
  choices: v.optional(v.record(v.string(), importChoice), {}),
  rewrites: v.optional(v.boolean(), true),
});

/** What the import would change in components, and what it would leave to a person. Stores nothing. Throws what `importApplication` throws. */
export const previewImport = command({
  allow: 'application.import',
  input: importInput,
  run: async (call, { text, hash, choices, rewrites }): Promise<ImportPreview> => {
    const { payload, hash: found } = await readRunnable(call, text);
    if (found !== hash) throw new Fault('store.conflict');
    const rows = await call.db.connections.where('workspaceId').equals(call.acting().workspace.id).toArray();
    const plan = planImport(call, { id: call.newId('app'), rows }, payload, choices, rewrites);
    return { rewrites: rewrites ? rewritesOf(payload, plan) : [], notRewritten: plan.notRewritten };
  },
});

/**
 * Brings an application from a bundle into this developer workspace, to build on: connections come as copies, `_copy`, `_copy_2` …
 * (R33, A21) unless `choices` (by the bundle's link names) says otherwise, and the components name what serves instead (R34) unless
 * `rewrites` is false. Nothing is authorized or published by it. Throws the `bundle.*` faults and those of `chosenConnections`.
 */
export const importApplication = command({
  allow: 'application.import',
  input: importInput,
  run: (call, { text, hash, choices, rewrites }) =>
    call.lock(`import:${call.acting().workspace.id}`, async (): Promise<ImportReport> => {
      const { workspace, member } = call.acting();
      const { payload, hash: found } = await readRunnable(call, text);
      if (found !== hash) throw new Fault('store.conflict');
      const applications = await call.db.applications.where('workspaceId').equals(workspace.id).toArray();
      const rows = await call.db.connections.where('workspaceId').equals(workspace.id).toArray();
      const appLinkNames = new Set(applications.map(({ linkName }) => linkName));
      const name = displayNameFor(payload.application.name, new Set(applications.map((one) => one.name.toLowerCase())));
      const application: Application = {
        id: call.newId('app'),
        workspaceId: workspace.id,
        name,
        linkName: linkNameFrom(name, (linkName) => appLinkNames.has(linkName)),
        forms: payload.application.forms,
        pages: payload.application.pages,
        latestVersion: null,
        staged: null,
        createdAt: call.now(),
        revision: 0,
      };
      const { connections, names, leftOut, components, notRewritten } = planImport(
        call,
        { id: application.id, rows },
        payload,
        choices,
        rewrites,
      );
      await record(call, {
        put: { applications: [application], connections, components, authorizations: await regraded(call, connections) },
        event: {
          name: 'application.imported',
          workspaceId: workspace.id,
          actor: member.id,
          subject: application.id,
          fields: { name, version: payload.application.version },
        },
      });
      return {
        applicationId: application.id,
        name,
        connections: [...names].map(([from, to]) => ({ from, to })),
        leftOut,
        rewritten: rewrites ? components.filter(({ references }) => references.length > 0).map((one) => one.name) : [],
        notRewritten,
      };
    }),
});
