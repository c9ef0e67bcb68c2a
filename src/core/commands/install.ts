import * as v from 'valibot';
import { type VerifiedBundle, verifyBundle } from '../../bundle/verify.ts';
import { isNewerVersion } from '../../domain/application.ts';
import type { Connection } from '../../domain/connection.ts';
import { Fault } from '../../domain/faults.ts';
import type { InstallationId } from '../../domain/ids.ts';
import type { Installation } from '../../domain/installation.ts';
import { secretId } from '../../vault/seal.ts';
import { type Call, command } from '../command.ts';
import { type Incoming, previewOf, readIncoming, trustId } from '../incoming.ts';
import { bundleTextInput, idInput } from '../inputs.ts';
import { applyVersion } from '../installing.ts';
import { loadConnection } from '../owners.ts';
import { componentRow, componentsIn, type Place, unusedBundles } from '../parts.ts';
import { record } from '../record.ts';
import { removeConnection, withdraw, withdrawAll } from '../withdraw.ts';

const decoder = new TextDecoder();

/** Verifies a bundle and says what it asks for. Stores nothing. Throws the `bundle.*` faults. */
export const previewBundle = command({
  allow: 'application.use',
  input: v.strictObject({ text: bundleTextInput }),
  run: async (call, { text }) => previewOf(call, await readIncoming(call, text)),
});

const versionOf = ({ payload, hash }: VerifiedBundle) => {
  const { id: _, version, ...definition } = payload.application;
  return { version, definition, bundleHash: hash };
};

const newInstallation = (call: Call, bundle: VerifiedBundle): Installation => {
  const { workspace, member } = call.acting();
  return {
    id: call.newId('ins'),
    workspaceId: workspace.id,
    applicationId: bundle.payload.application.id,
    authorKeyId: bundle.keyId,
    authorName: bundle.payload.author.name,
    ...versionOf(bundle),
    staged: null,
    installedAt: call.now(),
    installedBy: member.id,
    revision: 0,
  };
};

/** The installation as the bundle leaves it: an update goes to stage first where stage is on (R115). */
const install = async (
  call: Call,
  { bundle, installed }: Incoming,
): Promise<{ id: InstallationId; environment: 'stage' | 'production' }> => {
  const { member } = call.acting();
  if (installed?.staged) {
    await applyVersion(call, { ...installed, staged: versionOf(bundle) }, bundle, 'stage', installed);
    return { id: installed.id, environment: 'stage' };
  }
  const after: Installation =
    installed === null
      ? newInstallation(call, bundle)
      : {
          ...installed,
          ...versionOf(bundle),
          authorName: bundle.payload.author.name,
          installedAt: call.now(),
          installedBy: member.id,
        };
  await applyVersion(call, after, bundle, 'production', installed);
  return { id: after.id, environment: 'production' };
};

/**
 * Installs the bundle that was previewed, or takes its update, in one transaction. Nothing is authorized by it (R95).
 * Throws the `bundle.*` faults, `install.*` where it may not replace what is there, `access.refused` (R11).
 */
export const installBundle = command({
  allow: 'application.install',
  input: v.strictObject({ text: bundleTextInput, hash: v.string() }),
  run: (call, { text, hash }) =>
    call.lock(`install:${call.acting().workspace.id}`, async () => {
      const incoming = await readIncoming(call, text);
      if (incoming.bundle.hash !== hash) throw new Fault('store.conflict');
      if (incoming.refusal !== null) throw new Fault(incoming.refusal.code, incoming.refusal.detail);
      // The high-water mark outlives an uninstallation (S47).
      const trusted = await call.db.trust.get(trustId(call, incoming.bundle));
      if (trusted !== undefined && isNewerVersion(trusted.highestVersion, incoming.bundle.payload.application.version))
        throw new Fault('install.older', trusted.highestVersion);
      const { id, environment } = await install(call, incoming);
      return { installationId: id, isNew: incoming.installed === null, environment };
    }),
});

const loadInstallation = async (call: Call, id: InstallationId): Promise<Installation> => {
  const found = await call.db.installations.get(id);
  if (found === undefined || found.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'installation');
  return found;
};

/** Takes the version that stands in stage to production (R115). Throws `environment.no-stage`. */
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
      const after = { ...installed, ...versionOf(bundle), installedAt: call.now(), installedBy: call.acting().member.id };
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
          bundles:
            found.staged.bundleHash === found.bundleHash
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

/** Removes a connection that the installed version no longer has, with its authorizations (R117). */
export const removeUnusedConnection = command({
  allow: 'connection.pause',
  input: v.strictObject({ connectionId: idInput('con') }),
  run: async (call, { connectionId }) => {
    const connection = await loadConnection(call, connectionId);
    if (!connection.isNoLongerUsed) throw new Fault('connection.referenced', 'the installed version has it');
    await removeConnection(call, connection);
    return {};
  },
});

/**
 * Removes an installed application. Its admin and logged-in user grants are revoked and deleted, system connections stay (R118); the
 * highest version ever seen stays too, so that no older one can take its place (S47). Answers how many services could not be told.
 */
export const uninstallApplication = command({
  allow: 'application.uninstall',
  input: v.strictObject({ installationId: idInput('ins') }),
  run: async (call, { installationId }) => {
    const { workspace, member } = call.acting();
    const installation = await loadInstallation(call, installationId);
    const connections = await call.db.connections.where('ownerId').equals(installationId).toArray();
    const components = await call.db.components.where('ownerId').equals(installationId).toArray();
    const records = await call.db.records.filter(({ ownerId }) => ownerId === installationId).toArray();
    const runs = await call.db.runs.filter(({ ownerId }) => ownerId === installationId).toArray();
    const grants = await withdrawAll(call, connections);
    await record(call, {
      remove: {
        installations: [installationId],
        bundles: await unusedBundles(
          call,
          [installation.bundleHash, ...(installation.staged === null ? [] : [installation.staged.bundleHash])],
          ({ id }) => id === installationId,
        ),
        connections: connections.map(({ id }) => id),
        components: components.map(({ id }) => id),
        records: records.map(({ id }) => id),
        runs: runs.map(({ id }) => id),
        authorizations: grants.ids,
        secrets: grants.ids.map((id) => secretId('tokens', id)),
      },
      event: {
        name: 'application.uninstalled',
        workspaceId: workspace.id,
        actor: member.id,
        subject: installationId,
        fields: { name: installation.definition.name },
      },
    });
    return { notTold: grants.notTold };
  },
});
