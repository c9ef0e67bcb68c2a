import * as v from 'valibot';
import { isNewerVersion } from '../../domain/application.ts';
import { AUTHORIZATION, type Authorization } from '../../domain/authorization.ts';
import type { Component } from '../../domain/component.ts';
import type { Connection, ConnectionDefinition } from '../../domain/connection.ts';
import { Fault } from '../../domain/faults.ts';
import { compareConnections, type Installation } from '../../domain/installation.ts';
import { next } from '../../domain/transition.ts';
import { kindByName } from '../../runtime/index.ts';
import { secretId } from '../../vault/seal.ts';
import { type Call, command } from '../command.ts';
import { type Incoming, previewOf, readIncoming, trustId } from '../incoming.ts';
import { bundleTextInput, idInput } from '../inputs.ts';
import { record } from '../record.ts';
import { withdrawAll } from '../withdraw.ts';

/** Verifies a bundle and says what it asks for. Stores nothing. Throws the `bundle.*` faults. */
export const previewBundle = command({
  allow: 'application.use',
  input: v.strictObject({ text: bundleTextInput }),
  run: async (call, { text }) => previewOf(call, await readIncoming(call, text)),
});

const installationRow = (call: Call, { bundle, installed }: Incoming): Installation => {
  const { workspace, member } = call.acting();
  const { id: applicationId, version, ...definition } = bundle.payload.application;
  return {
    id: installed?.id ?? call.newId('ins'),
    workspaceId: workspace.id,
    applicationId,
    authorKeyId: bundle.keyId,
    authorName: bundle.payload.author.name,
    version,
    definition,
    bundleHash: bundle.hash,
    installedAt: call.now(),
    installedBy: member.id,
    revision: installed?.revision ?? 0,
  };
};

const connectionRow = (
  call: Call,
  installation: Installation,
  definition: ConnectionDefinition,
  before: Connection | undefined,
): Connection => ({
  ...definition,
  id: before?.id ?? call.newId('con'),
  workspaceId: installation.workspaceId,
  ownerId: installation.id,
  publishedIn: [...(before?.publishedIn ?? []), installation.version],
  isRetired: false,
  createdAt: before?.createdAt ?? call.now(),
  updatedAt: call.now(),
  revision: before?.revision ?? 0,
});

/** Grants of connections whose scopes grew ask again, and serve what they served before meanwhile (R116). */
const widened = async (call: Call, grown: readonly Connection['id'][]): Promise<Authorization[]> => {
  const rows = await call.db.authorizations
    .where('connectionId')
    .anyOf([...grown])
    .toArray();
  return rows
    .filter(({ grant }) => grant !== null)
    .map((row) => ({ ...row, state: next(AUTHORIZATION, row.state, 'grant-less'), reason: 'oauth.scope-missing' }));
};

const store = async (call: Call, incoming: Incoming): Promise<Installation> => {
  const { bundle, installed } = incoming;
  const installation = installationRow(call, incoming);
  const before = installed === null ? [] : await call.db.connections.where('ownerId').equals(installed.id).toArray();
  const byName = new Map(before.map((connection) => [connection.linkName, connection]));
  const changes = compareConnections(before, bundle.payload.connections);
  const kept = changes.filter((change) => change.change !== 'removed');
  const connections = kept.map(({ definition }) => connectionRow(call, installation, definition, byName.get(definition.linkName)));
  const grown = kept.flatMap((change) =>
    change.change === 'kept' && change.newScopes.length > 0 ? [byName.get(change.definition.linkName)?.id] : [],
  );
  const old = installed === null ? [] : await call.db.components.where('ownerId').equals(installed.id).toArray();
  const components = bundle.payload.components.map((definition): Component => {
    const was = old.find(({ linkName }) => linkName === definition.linkName);
    return {
      ...definition,
      id: was?.id ?? call.newId('cmp'),
      workspaceId: installation.workspaceId,
      ownerId: installation.id,
      references: kindByName(definition.kind).references(definition.config),
      createdAt: was?.createdAt ?? call.now(),
      updatedAt: call.now(),
      revision: was?.revision ?? 0,
    };
  });
  const stays = new Set(components.map(({ id }) => id));
  const { application } = bundle.payload;
  await record(call, {
    put: {
      installations: [installation],
      connections,
      components,
      authorizations: await widened(
        call,
        grown.filter((id) => id !== undefined),
      ),
      bundles: [{ hash: bundle.hash, bytes: bundle.bytes }],
      trust: [
        {
          id: trustId(call, bundle),
          workspaceId: installation.workspaceId,
          authorKeyId: bundle.keyId,
          applicationId: application.id,
          highestVersion: application.version,
          hash: bundle.hash,
        },
      ],
    },
    remove: {
      components: old.filter(({ id }) => !stays.has(id)).map(({ id }) => id),
      bundles: installed === null || installed.bundleHash === bundle.hash ? [] : [installed.bundleHash],
    },
    event: {
      name: 'bundle.installed',
      workspaceId: installation.workspaceId,
      actor: installation.installedBy,
      subject: installation.id,
      fields: { name: application.name, version: application.version },
    },
  });
  return installation;
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
      const { id } = await store(call, incoming);
      return { installationId: id, isNew: incoming.installed === null };
    }),
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
    const installation = await call.db.installations.get(installationId);
    if (installation === undefined || installation.workspaceId !== workspace.id) throw new Fault('store.missing', 'installation');
    const connections = await call.db.connections.where('ownerId').equals(installationId).toArray();
    const components = await call.db.components.where('ownerId').equals(installationId).toArray();
    const records = await call.db.records.filter(({ ownerId }) => ownerId === installationId).toArray();
    const runs = await call.db.runs.filter(({ ownerId }) => ownerId === installationId).toArray();
    const grants = await withdrawAll(call, connections);
    await record(call, {
      remove: {
        installations: [installationId],
        bundles: [installation.bundleHash],
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
