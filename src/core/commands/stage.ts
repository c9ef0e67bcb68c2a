import * as v from 'valibot';
import { verifyBundle } from '../../bundle/verify.ts';
import type { Connection } from '../../domain/connection.ts';
import { Fault } from '../../domain/faults.ts';
import { bundlesOf, type Installation } from '../../domain/installation.ts';
import { secretId } from '../../vault/seal.ts';
import { command } from '../command.ts';
import { requireKeyStands } from '../incoming.ts';
import { idInput } from '../inputs.ts';
import { applyVersion } from '../installing.ts';
import { componentRow, componentsIn, type Place, unusedBundles } from '../parts.ts';
import { record } from '../record.ts';
import { loadInstallation, requireNotStopped, storedVersionOf, versionOf } from '../versions.ts';
import { withdraw } from '../withdraw.ts';

const decoder = new TextDecoder();

/** Takes the version that stands in stage to production (R115). Throws `environment.no-stage`, `install.revoked`, `install.key-withdrawn`. */
export const takeToProduction = command({
  allow: 'application.install',
  input: v.strictObject({ installationId: idInput('ins') }),
  run: (call, { installationId }) =>
    call.lock(`install:${call.acting().workspace.id}`, async () => {
      const installed = await loadInstallation(call, installationId);
      if (installed.staged === null) throw new Fault('environment.no-stage', installed.definition.name);
      if (installed.staged.version === installed.version) return { version: installed.version };
      const stored = await call.db.bundles.get(installed.staged.bundleHash);
      if (stored === undefined) throw new Fault('store.missing', 'bundle');
      const bundle = await verifyBundle(decoder.decode(stored.bytes));
      requireNotStopped(installed, installed.staged.version);
      await requireKeyStands(call, bundle);
      const after: Installation = {
        ...installed,
        ...versionOf(bundle),
        previous: storedVersionOf(installed),
        authorKeyId: bundle.keyId,
        authorName: bundle.payload.author.name,
        installedAt: call.now(),
        installedBy: call.acting().member.id,
      };
      await applyVersion(call, after, bundle, 'production', installed);
      return { version: after.version };
    }),
});

/** Adds stage to an installed application: the installed version, with data and authorizations of its own (R115). */
export const addStage = command({
  allow: 'application.install',
  input: v.strictObject({ installationId: idInput('ins') }),
  run: (call, { installationId }) =>
    call.lock(`install:${call.acting().workspace.id}`, async () => {
      const { workspace, member } = call.acting();
      const found = await loadInstallation(call, installationId);
      if (found.staged !== null) return {};
      const { version, definition, bundleHash } = found;
      const place: Place = { workspaceId: workspace.id, ownerId: installationId, environment: 'stage' };
      const connections = await call.db.connections.where('ownerId').equals(installationId).toArray();
      const running = await componentsIn(call, installationId, 'production');
      await record(call, {
        put: {
          installations: [{ ...found, staged: { version, definition, bundleHash } }],
          components: running.map((component) => componentRow(call, place, component, undefined, [])),
          connections: connections
            .filter(({ isNoLongerUsed }) => !isNoLongerUsed)
            .map(({ displayName, scopes, ...rest }): Connection => ({ ...rest, displayName, scopes, staged: { displayName, scopes } })),
        },
        event: {
          name: 'installation.stage-added',
          workspaceId: workspace.id,
          actor: member.id,
          subject: installationId,
          environment: 'stage',
          fields: { name: definition.name },
        },
      });
      return {};
    }),
});

/** Takes stage away again, with its data; its own authorizations are revoked. Production is untouched. */
export const removeStage = command({
  allow: 'application.install',
  input: v.strictObject({ installationId: idInput('ins') }),
  run: (call, { installationId }) =>
    call.lock(`install:${call.acting().workspace.id}`, async () => {
      const { workspace, member } = call.acting();
      const found = await loadInstallation(call, installationId);
      if (found.staged === null) return {};
      const connections = await call.db.connections.where('ownerId').equals(installationId).toArray();
      const gone: string[] = [];
      for (const connection of connections) {
        const rows = await call.db.authorizations.where('connectionId').equals(connection.id).toArray();
        for (const row of rows.filter(({ environment }) => environment === 'stage' || connection.isOnlyStaged)) {
          await withdraw(call, connection, row);
          gone.push(row.id);
        }
      }
      const records = await call.db.records.filter((row) => row.ownerId === installationId && row.environment === 'stage').toArray();
      const runs = await call.db.runs.filter((row) => row.ownerId === installationId && row.environment === 'stage').toArray();
      await record(call, {
        put: {
          installations: [{ ...found, staged: null }],
          connections: connections
            .filter(({ isOnlyStaged, staged }) => !isOnlyStaged && staged !== null)
            .map((connection): Connection => ({ ...connection, staged: null })),
        },
        remove: {
          connections: connections.filter(({ isOnlyStaged }) => isOnlyStaged).map(({ id }) => id),
          components: (await componentsIn(call, installationId, 'stage')).map(({ id }) => id),
          records: records.map(({ id }) => id),
          runs: runs.map(({ id }) => id),
          authorizations: gone,
          secrets: gone.map((id) => secretId('tokens', id)),
          bundles: bundlesOf({ ...found, staged: null }).includes(found.staged.bundleHash)
            ? []
            : await unusedBundles(call, [found.staged.bundleHash], ({ id }) => id === installationId),
        },
        event: {
          name: 'installation.stage-removed',
          workspaceId: workspace.id,
          actor: member.id,
          subject: installationId,
          environment: 'stage',
          fields: { name: found.definition.name },
        },
      });
      return {};
    }),
});
