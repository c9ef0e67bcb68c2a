import * as v from 'valibot';
import { verifyBundle } from '../../bundle/verify.ts';
import { isNewerVersion } from '../../domain/application.ts';
import { Fault } from '../../domain/faults.ts';
import { withSkipped } from '../../domain/feed.ts';
import type { InstallationId } from '../../domain/ids.ts';
import { bundlesOf, type Installation, type Presets } from '../../domain/installation.ts';
import { secretId } from '../../vault/seal.ts';
import { type Call, command } from '../command.ts';
import { sweepDownloads } from '../downloads.ts';
import { feedsOf, feedsOnlyFor, joined, speaksFor } from '../feeds.ts';
import { type Incoming, previewOf, readIncoming, requireKeyStands } from '../incoming.ts';
import { bundleTextInput, idInput, versionInput } from '../inputs.ts';
import { applyVersion } from '../installing.ts';
import { marksAfter, marksIn } from '../marks.ts';
import { loadConnection } from '../owners.ts';
import { unusedBundles } from '../parts.ts';
import { presetsOf, settingsFor } from '../presets.ts';
import { record } from '../record.ts';
import { loadInstallation, requireNotStopped, storedVersionOf, versionOf } from '../versions.ts';
import { removeConnection, withdrawAll } from '../withdraw.ts';

const decoder = new TextDecoder();

/** Verifies a bundle and says what it asks for. Stores nothing. Throws the `bundle.*` faults. */
export const previewBundle = command({
  allow: 'application.use',
  input: v.strictObject({ text: bundleTextInput }),
  run: async (call, { text }) => previewOf(call, await readIncoming(call, text)),
});

const newInstallation = (call: Call, { bundle, revocations, channels }: Incoming, presets: Presets): Installation => {
  const { workspace, member } = call.acting();
  return {
    id: call.newId('ins'),
    workspaceId: workspace.id,
    applicationId: bundle.payload.application.id,
    authorKeyId: bundle.keyId,
    authorName: bundle.payload.author.name,
    ...versionOf(bundle),
    staged: null,
    previous: null,
    revocations,
    channels,
    presets,
    installedAt: call.now(),
    installedBy: member.id,
    revision: 0,
  };
};

/** The installation as the bundle leaves it: an update goes to stage first where stage is on (R115). */
const install = async (
  call: Call,
  incoming: Incoming,
  given: Presets,
): Promise<{ id: InstallationId; environment: 'stage' | 'production' }> => {
  const { member } = call.acting();
  const { bundle, installed, revocations } = incoming;
  const presets = { ...installed?.presets, ...given };
  const kept = installed && {
    ...installed,
    presets,
    revocations,
    channels: joined(installed.channels ?? [], incoming.channels),
  };
  if (kept?.staged) {
    await applyVersion(call, { ...kept, staged: versionOf(bundle) }, bundle, 'stage', installed);
    return { id: kept.id, environment: 'stage' };
  }
  const after: Installation =
    kept === null
      ? newInstallation(call, incoming, presets)
      : {
          ...kept,
          ...versionOf(bundle),
          previous: storedVersionOf(kept),
          authorKeyId: bundle.keyId,
          authorName: bundle.payload.author.name,
          installedAt: call.now(),
          installedBy: member.id,
        };
  await applyVersion(call, after, bundle, 'production', installed);
  return { id: after.id, environment: 'production' };
};

/** Deployment settings as text, or null without. */
const settingsInput = v.optional(v.nullable(v.string()), null);

/** The feed that the bundle was downloaded from; null where it came as a file. */
const feedInput = v.optional(v.nullable(idInput('fed')), null);

/**
 * Installs the bundle that was previewed, or takes its update, in one transaction. Nothing is authorized by it (R95). With
 * deployment settings, what they say of the account is kept with it. A feed that it was taken from speaks for it from then on. Throws the
 * `bundle.*` and `settings.*` faults, `install.*` where it may not come in or replace what is there, `access.refused` (R11).
 */
export const installBundle = command({
  allow: 'application.install',
  input: v.strictObject({ text: bundleTextInput, hash: v.string(), settings: settingsInput, feedId: feedInput }),
  run: (call, { text, hash, settings, feedId }) =>
    call.lock(`install:${call.acting().workspace.id}`, async () => {
      const incoming = await readIncoming(call, text, feedId);
      if (incoming.bundle.hash !== hash) throw new Fault('store.conflict');
      if (incoming.refusal !== null) throw new Fault(incoming.refusal.code, incoming.refusal.detail);
      const given = settings === null ? {} : presetsOf(settingsFor(settings, incoming.bundle));
      const { id, environment } = await install(call, incoming, given);
      await sweepDownloads(call, call.acting().workspace.id);
      return { installationId: id, isNew: incoming.installed === null, environment };
    }),
});

/**
 * Goes back to the version that ran before, whose bundle was kept: entries and authorizations stay, and only what asks for more than it
 * did has to be authorized again. It is a person's own decision each time, and the highest version that was seen stays known (S47). The
 * version that is left is not offered again. Throws `install.no-previous`, `install.revoked`, `install.key-withdrawn`.
 */
export const rollBack = command({
  allow: 'application.install',
  input: v.strictObject({ installationId: idInput('ins'), version: versionInput, isConfirmed: v.literal(true) }),
  run: (call, { installationId, version }) =>
    call.lock(`install:${call.acting().workspace.id}`, async () => {
      const { workspace, member } = call.acting();
      const installed = await loadInstallation(call, installationId);
      if (installed.previous?.version !== version) throw new Fault('install.no-previous', version);
      requireNotStopped(installed, version);
      const stored = await call.db.bundles.get(installed.previous.bundleHash);
      if (stored === undefined) throw new Fault('install.no-previous', version);
      const bundle = await verifyBundle(decoder.decode(stored.bytes));
      // A key that was withdrawn since does not close the way out of an update that does harm: the version ran here before, so nothing of
      // whoever has the key now comes in by it, and its publisher can stop it by its number. Going forward is an update like any other.
      if (isNewerVersion(version, installed.version)) await requireKeyStands(call, bundle);
      const after: Installation = {
        ...installed,
        ...versionOf(bundle),
        previous: storedVersionOf(installed),
        authorName: bundle.payload.author.name,
        installedAt: call.now(),
        installedBy: member.id,
      };
      const feeds = (await feedsOf(call, workspace.id)).filter((feed) => speaksFor(feed, installed));
      const left = feeds.map((feed) => {
        const unskipped = withSkipped(feed, installed.applicationId, version, false);
        return withSkipped(unskipped, installed.applicationId, installed.version, isNewerVersion(installed.version, version));
      });
      await applyVersion(call, after, bundle, 'production', installed, { event: 'bundle.rolled-back', feeds: left });
      await sweepDownloads(call, workspace.id);
      return { version };
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
 * highest version ever seen stays too, so that no older one can take its place (S47), and so does what was stopped or withdrawn (S51). A feed
 * that lists nothing else is no longer looked at. Answers how many services could not be told.
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
    const feeds = await feedsOnlyFor(call, installation);
    const marks = (await marksIn(call, workspace.id)).filter(({ applicationId }) => applicationId === installation.applicationId);
    const grants = await withdrawAll(call, connections);
    await record(call, {
      put: { trust: await marksAfter(marks, await feedsOf(call, workspace.id), [installation]) },
      remove: {
        installations: [installationId],
        feeds: feeds.map(({ id }) => id),
        bundles: await unusedBundles(call, bundlesOf(installation), ({ id }) => id === installationId),
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
    await sweepDownloads(call, workspace.id);
    call.wake();
    return { notTold: grants.notTold, endThere: grants.endThere };
  },
});
