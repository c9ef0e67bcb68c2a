import type { VerifiedBundle } from '../bundle/verify.ts';
import { isNewerVersion } from '../domain/application.ts';
import type { Authorization } from '../domain/authorization.ts';
import { type Connection, type ConnectionDefinition, FRESH_CONNECTION, isOtherConnection } from '../domain/connection.ts';
import type { Environment } from '../domain/environment.ts';
import type { EventName } from '../domain/events.ts';
import type { Feed } from '../domain/feed.ts';
import { bundlesOf, type Installation } from '../domain/installation.ts';
import { changePolicy } from '../domain/policy.ts';
import { secretId } from '../vault/seal.ts';
import type { Call } from './command.ts';
import { trustId } from './marks.ts';
import { type Place, replacedComponents, unusedBundles } from './parts.ts';
import { record } from './record.ts';
import { regraded, regradedRow } from './regrade.ts';
import { withdraw } from './withdraw.ts';

type Target = Extract<Environment, 'stage' | 'production'>;

const added = (call: Call, installation: Installation, definition: ConnectionDefinition): Connection => ({
  ...FRESH_CONNECTION,
  ...definition,
  id: call.newId('con'),
  workspaceId: installation.workspaceId,
  ownerId: installation.id,
  createdAt: call.now(),
  updatedAt: call.now(),
});

/** Does production run with this definition already: then there is nothing to write, however many connections a version has. */
const isKept = (was: Connection | undefined, is: ConnectionDefinition): boolean =>
  was !== undefined &&
  !was.isOnlyStaged &&
  !was.isNoLongerUsed &&
  !isOtherConnection(was, is) &&
  was.displayName === is.displayName &&
  was.environmentPolicy === is.environmentPolicy &&
  was.scopes.join(' ') === is.scopes.join(' ');

/** Production takes each definition that differs as it is; a connection that the version lacks stays, marked (R117). */
const inProduction = (
  call: Call,
  installation: Installation,
  before: readonly Connection[],
  definitions: readonly ConnectionDefinition[],
) => {
  const byName = new Map(before.map((connection) => [connection.linkName, connection]));
  const different = definitions.filter((definition) => !isKept(byName.get(definition.linkName), definition));
  const put = different.map((definition): Connection => {
    const was = byName.get(definition.linkName);
    return {
      ...(was ?? added(call, installation, definition)),
      ...definition,
      // A version that one goes back to was here before.
      publishedIn: [...new Set([...(was?.publishedIn ?? []), installation.version])],
      isOnlyStaged: false,
      isNoLongerUsed: false,
      updatedAt: call.now(),
    };
  });
  const names = new Set(definitions.map(({ linkName }) => linkName));
  const gone = before.filter(({ linkName, isOnlyStaged, isNoLongerUsed }) => !names.has(linkName) && !isOnlyStaged && !isNoLongerUsed);
  return { put: [...put, ...gone.map((connection): Connection => ({ ...connection, isNoLongerUsed: true }))], remove: [] };
};

/** Stage remembers what its version says beside the definition that production runs with (R115). */
const inStage = (call: Call, installation: Installation, before: readonly Connection[], definitions: readonly ConnectionDefinition[]) => {
  const byName = new Map(before.map((connection) => [connection.linkName, connection]));
  const put = definitions.map((definition): Connection => {
    const was = byName.get(definition.linkName) ?? { ...added(call, installation, definition), isOnlyStaged: true };
    return { ...was, staged: { displayName: definition.displayName, scopes: definition.scopes } };
  });
  const names = new Set(definitions.map(({ linkName }) => linkName));
  const gone = before.filter(({ linkName, staged }) => staged !== null && !names.has(linkName));
  return {
    put: [...put, ...gone.filter(({ isOnlyStaged }) => !isOnlyStaged).map((connection): Connection => ({ ...connection, staged: null }))],
    remove: gone.filter(({ isOnlyStaged }) => isOnlyStaged),
  };
};

type Grants = { readonly put: readonly Authorization[]; readonly lost: readonly Authorization[] };

/**
 * Grants follow a changed policy (R72), then ask for what they lack (R116). Production's grant is the one that is kept; none is where the
 * connection became another one, or a token would go to a service that nobody gave it for.
 */
const grantsAfter = async (call: Call, before: readonly Connection[], after: readonly Connection[]): Promise<Grants> => {
  const old = new Map(before.map((connection) => [connection.id, connection]));
  const isReplaced = (connection: Connection): boolean => {
    const was = old.get(connection.id);
    return was !== undefined && isOtherConnection(was, connection);
  };
  const isRekeyed = (connection: Connection): boolean => {
    const was = old.get(connection.id);
    return was !== undefined && !isReplaced(connection) && was.environmentPolicy !== connection.environmentPolicy;
  };
  const put = [
    ...(await regraded(
      call,
      after.filter((one) => !isRekeyed(one) && !isReplaced(one)),
    )),
  ];
  const lost: Authorization[] = [];
  const replaced = new Set(after.filter(isReplaced).map(({ id }) => id));
  for (const was of before.filter(({ id }) => replaced.has(id))) {
    const rows = await call.db.authorizations.where('connectionId').equals(was.id).toArray();
    for (const row of rows) await withdraw(call, was, row);
    lost.push(...rows);
  }
  for (const connection of after.filter(isRekeyed)) {
    const rows = await call.db.authorizations.where('connectionId').equals(connection.id).toArray();
    const change = changePolicy(rows, connection.environmentPolicy, 'production');
    put.push(...change.kept.map((row) => regradedRow(connection, row) ?? row));
    lost.push(...change.lost, ...change.empty);
    for (const row of change.lost) await withdraw(call, connection, row);
  }
  return { put, lost };
};

/** Puts a verified version into one environment of an installation, in one transaction. Nothing is authorized by it (R95). */
export const applyVersion = async (
  call: Call,
  installation: Installation,
  bundle: VerifiedBundle,
  target: Target,
  replaced: Installation | null,
  more: { readonly event?: EventName; readonly feeds?: readonly Feed[] } = {},
): Promise<void> => {
  const { payload } = bundle;
  const before = await call.db.connections.where('ownerId').equals(installation.id).toArray();
  const connections = (target === 'stage' ? inStage : inProduction)(call, installation, before, payload.connections);
  const place: Place = { workspaceId: installation.workspaceId, ownerId: installation.id, environment: target };
  const components = await replacedComponents(
    call,
    place,
    payload.components,
    payload.connections.map(({ linkName }) => linkName),
  );
  const grants = await grantsAfter(call, before, connections.put);
  const kept = new Set(bundlesOf(installation));
  const hashes = replaced === null ? [] : bundlesOf(replaced);
  const event: EventName = more.event ?? (target === 'stage' ? 'bundle.staged' : 'bundle.installed');
  const { id: applicationId, version: highestVersion } = payload.application;
  const { workspaceId } = installation;
  const id = trustId(workspaceId, bundle.keyId, applicationId);
  const mark = await call.db.trust.get(id);
  // What was kept of it until somebody takes it is the installation's own from now on.
  const downloads = await call.db.downloads.where('workspaceId').equals(workspaceId).toArray();
  await record(call, {
    put: {
      installations: [installation],
      connections: connections.put,
      components: components.put,
      authorizations: grants.put,
      bundles: [{ hash: bundle.hash, bytes: bundle.bytes }],
      // Going back to a version leaves the mark where it is (S47).
      trust:
        mark !== undefined && isNewerVersion(mark.highestVersion, highestVersion)
          ? []
          : [{ ...mark, id, workspaceId, authorKeyId: bundle.keyId, applicationId, highestVersion, hash: bundle.hash }],
      ...(more.feeds === undefined ? {} : { feeds: more.feeds }),
    },
    remove: {
      connections: connections.remove.map(({ id }) => id),
      components: components.remove,
      downloads: downloads.filter(({ hash }) => hash === bundle.hash).map(({ id }) => id),
      authorizations: grants.lost.map(({ id }) => id),
      secrets: grants.lost.map(({ id }) => secretId('tokens', id)),
      bundles: await unusedBundles(
        call,
        hashes.filter((hash) => !kept.has(hash) && hash !== bundle.hash),
        ({ id }) => id === installation.id,
      ),
    },
    event: {
      name: event,
      workspaceId: installation.workspaceId,
      actor: call.acting().member.id,
      subject: installation.id,
      environment: target,
      fields: { name: payload.application.name, version: payload.application.version },
    },
  });
};
