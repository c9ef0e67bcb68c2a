import * as v from 'valibot';
import { fingerprintOf } from '../../bundle/author-key.ts';
import type { Connection } from '../../domain/connection.ts';
import { Fault } from '../../domain/faults.ts';
import { revocationIn } from '../../domain/feed.ts';
import type { Installation } from '../../domain/installation.ts';
import { type Call, query } from '../command.ts';
import { feedsOf, feedsOnlyFor } from '../feeds.ts';
import { idInput, nothing } from '../inputs.ts';
import { type Updates, updatesFor } from '../offers.ts';
import { componentsIn } from '../parts.ts';
import { connectionsOfOwner } from '../references.ts';
import { connectionRows, permission } from '../slots.ts';
import type { InstallationRow, InstallationView } from '../views.ts';
import { componentView } from './applications.ts';

const rowOf = async (
  call: Call,
  installation: Installation,
  connections: readonly Connection[],
  { update }: Pick<Updates, 'update'>,
): Promise<InstallationRow> => {
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
    update,
    revoked: revocationIn(installation.revocations, installation.version),
  };
};

/** The applications installed in the acting workspace. */
export const installed = query({
  args: nothing,
  read: async (call): Promise<InstallationRow[]> => {
    const rows = await call.db.installations.where('workspaceId').equals(call.acting().workspace.id).toArray();
    const sorted = rows.sort((a, b) => a.definition.name.localeCompare(b.definition.name));
    const feeds = await feedsOf(call, call.acting().workspace.id);
    return Promise.all(
      sorted.map(async (row) => {
        const connections = await call.db.connections.where('ownerId').equals(row.id).toArray();
        return rowOf(call, row, connections, await updatesFor(feeds, row, call.now()));
      }),
    );
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
    const updates = await updatesFor(await feedsOf(call, found.workspaceId), found, call.now());
    const { previous } = found;
    return {
      ...(await rowOf(call, found, connections, updates)),
      ...updates,
      previous:
        previous === null
          ? null
          : { version: previous.version, isStopped: revocationIn(found.revocations, previous.version)?.level === 'block' },
      endingFeeds: (await feedsOnlyFor(call, found)).map(({ address }) => new URL(address).host),
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
