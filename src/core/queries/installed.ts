import * as v from 'valibot';
import { fingerprintOf } from '../../bundle/author-key.ts';
import type { Connection } from '../../domain/connection.ts';
import { Fault } from '../../domain/faults.ts';
import type { Installation } from '../../domain/installation.ts';
import { type Call, query } from '../command.ts';
import { idInput, nothing } from '../inputs.ts';
import { componentsIn } from '../parts.ts';
import { connectionsOfOwner } from '../references.ts';
import { connectionRows, permission } from '../slots.ts';
import type { InstallationRow, InstallationView } from '../views.ts';
import { componentView } from './applications.ts';

const rowOf = async (call: Call, installation: Installation, connections: readonly Connection[]): Promise<InstallationRow> => {
  const rows = await connectionRows(call, connections);
  const { member } = call.acting();
  const own = rows.flatMap(({ slots }) => slots.filter(({ holder }) => holder === 'shared' || holder === member.id));
  return {
    id: installation.id,
    name: installation.definition.name,
    version: installation.version,
    authorName: installation.authorName,
    installedAt: installation.installedAt,
    notConnected: own.filter(({ status }) => !status.isConnected).length,
  };
};

/** The applications installed in the acting workspace. */
export const installed = query({
  args: nothing,
  read: async (call): Promise<InstallationRow[]> => {
    const rows = await call.db.installations.where('workspaceId').equals(call.acting().workspace.id).toArray();
    const sorted = rows.sort((a, b) => a.definition.name.localeCompare(b.definition.name));
    return Promise.all(sorted.map(async (row) => rowOf(call, row, await call.db.connections.where('ownerId').equals(row.id).toArray())));
  },
});

/** One installed application: what it brought, and what still has to be authorized. */
export const installation = query({
  args: v.strictObject({ installationId: idInput('ins') }),
  read: async (call, { installationId }): Promise<InstallationView> => {
    const found = await call.db.installations.get(installationId);
    if (found === undefined || found.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'installation');
    const components = await componentsIn(call, installationId, 'production');
    const connections = await connectionsOfOwner(call, installationId, components);
    return {
      ...(await rowOf(call, found, connections)),
      stagedVersion: found.staged?.version ?? null,
      install: permission(call, 'application.install'),
      uninstall: permission(call, 'application.uninstall'),
      fingerprint: fingerprintOf(found.authorKeyId),
      definition: found.definition,
      connectionList: await connectionRows(call, connections),
      componentList: components.map((component) => componentView(component, connections)),
    };
  },
});
