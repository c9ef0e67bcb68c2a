import * as v from 'valibot';
import type { Application } from '../../domain/application.ts';
import { type Connection, displayNameFor, FRESH_CONNECTION } from '../../domain/connection.ts';
import { Fault } from '../../domain/faults.ts';
import { copyNameOf, linkNameFrom } from '../../domain/link-name.ts';
import { kindByName } from '../../runtime/index.ts';
import { command } from '../command.ts';
import { readRunnable } from '../incoming.ts';
import { bundleTextInput } from '../inputs.ts';
import { componentRow, type Place } from '../parts.ts';
import { record } from '../record.ts';

export type ImportReport = {
  readonly applicationId: Application['id'];
  readonly name: string;
  /** Each connection became a copy of its own, so that one connection still serves one application (R33). */
  readonly connections: readonly { readonly from: string; readonly to: string }[];
  readonly rewritten: readonly string[];
  /** Places that name a connection by something only a run knows; a person has to look at them (R34). */
  readonly notRewritten: readonly string[];
};

/**
 * Brings an application from a bundle into this developer workspace, to build on: connections come as copies, `_copy`, `_copy_2` …
 * (R33, A21), and the components name the copies (R34). Nothing is authorized or published by it. Throws the `bundle.*` faults.
 */
export const importApplication = command({
  allow: 'application.import',
  input: v.strictObject({ text: bundleTextInput, hash: v.string() }),
  run: (call, { text, hash }) =>
    call.lock(`import:${call.acting().workspace.id}`, async (): Promise<ImportReport> => {
      const { workspace, member } = call.acting();
      const { payload, hash: found } = await readRunnable(text);
      if (found !== hash) throw new Fault('store.conflict');
      const applications = await call.db.applications.where('workspaceId').equals(workspace.id).toArray();
      const rows = await call.db.connections.where('workspaceId').equals(workspace.id).toArray();
      const linkNames = new Set(rows.map(({ linkName }) => linkName));
      const labels = new Set(rows.map(({ displayName }) => displayName));
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
      const renamed = new Map<string, string>();
      const connections = payload.connections.map((definition): Connection => {
        const linkName = copyNameOf(definition.linkName, (candidate) => linkNames.has(candidate));
        const displayName = copyNameOf(definition.displayName, (candidate) => labels.has(candidate));
        linkNames.add(linkName);
        labels.add(displayName);
        renamed.set(definition.linkName, linkName);
        return {
          ...FRESH_CONNECTION,
          ...definition,
          id: call.newId('con'),
          workspaceId: workspace.id,
          ownerId: application.id,
          linkName,
          displayName,
          createdAt: call.now(),
          updatedAt: call.now(),
        };
      });
      const place: Place = { workspaceId: workspace.id, ownerId: application.id, environment: 'development' };
      const components = payload.components.map((component) => {
        const config = kindByName(component.kind).rename(component.config, (linkName) => renamed.get(linkName) ?? linkName);
        return componentRow(call, place, { ...component, config }, undefined, [...renamed.values()]);
      });
      await record(call, {
        put: { applications: [application], connections, components },
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
        connections: [...renamed].map(([from, to]) => ({ from, to })),
        rewritten: components.filter(({ references }) => references.length > 0).map((one) => one.name),
        notRewritten: components.flatMap((one) => one.dynamicReferences.map((where) => `${one.name}: ${where}`)),
      };
    }),
});
