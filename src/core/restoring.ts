import { base64url } from 'jose';
import type { BackedUp, Backup, BackupRow } from '../backup/format/v1.ts';
import { keyIdOf } from '../bundle/author-key.ts';
import { canonicalText } from '../bundle/canonical.ts';
import { hashText, verifyBundle } from '../bundle/verify.ts';
import { hasConnector } from '../connectors/catalogue.ts';
import { parseCustom } from '../connectors/custom.ts';
import type { Rows, SecretRow } from '../db/tables.ts';
import { isNewerVersion } from '../domain/application.ts';
import { isCustomId } from '../domain/custom.ts';
import { Fault } from '../domain/faults.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import { bundlesOf } from '../domain/installation.ts';
import type { JsonValue } from '../domain/json.ts';
import { secretId } from '../vault/seal.ts';
import { BACKED_UP, type Contents, readContents } from './backups.ts';
import type { Context } from './context.ts';
import { unusedBundles } from './parts.ts';
import { type Change, inOne, record } from './record.ts';
import { feedsAfter, isGenuineFeed, storedFeed } from './restoring-feeds.ts';
import { authorizationsAfter, type Granted, restoredConnectors, sealedIn, secretsKept, slotOf } from './restoring-grants.ts';
import type { RestoreCounts } from './views.ts';

const refuse = (what: string): never => {
  throw new Fault('backup.unreadable', what);
};

const requireUnique = (name: string, keys: readonly string[]): void => {
  if (new Set(keys).size !== keys.length) refuse(`${name}: the same twice`);
};

const keyOf = (name: BackedUp, row: { readonly id?: string; readonly hash?: string }): string =>
  (name === 'bundles' ? row.hash : row.id) ?? '';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** A bundle in a backup is looked at like any other: its signature, its schema, its name. */
const requireBundle = async ({ hash, bytes }: BackupRow<'bundles'>): Promise<void> => {
  const text = decoder.decode(base64url.decode(bytes));
  if ((await verifyBundle(text)).hash !== hash) refuse('bundles: the wrong one');
};

/** Rows point only at rows of the same backup, and everything is of one workspace. Throws `backup.unreadable`. */
export const requireWhole = async ({ workspace, rows, secrets, authorKey }: Backup): Promise<void> => {
  if (authorKey !== null && (await keyIdOf({ crv: 'Ed25519', kty: 'OKP', x: authorKey.x })) !== authorKey.keyId) refuse('authorKey');
  for (const name of BACKED_UP) {
    requireUnique(
      name,
      rows[name].map((row) => keyOf(name, row)),
    );
    for (const row of rows[name]) if ('workspaceId' in row && row.workspaceId !== workspace.id) refuse(`${name}: another workspace`);
  }
  const owners = new Set<string | null>([null, ...rows.applications.map(({ id }) => id), ...rows.installations.map(({ id }) => id)]);
  for (const name of ['connections', 'components', 'records', 'runs'] as const)
    for (const { ownerId } of rows[name]) if (!owners.has(ownerId)) refuse(`${name}: without their application`);
  if (rows.members.filter(({ role, leftAt }) => role === 'super-admin' && leftAt === null).length !== 1) refuse('members: one super admin');
  // What was made elsewhere is held to what holds here, and belongs to this workspace alone.
  for (const { id, record } of rows.connectors) if (parseCustom(record).id !== id) refuse('connectors: another id');
  const made = new Set(rows.connectors.map(({ id }) => id));
  for (const { connectorId } of rows.connections)
    if (isCustomId(connectorId) ? !made.has(connectorId) : !hasConnector(connectorId))
      throw new Fault('bundle.connector-unknown', connectorId);
  const connections = new Set(rows.connections.map(({ id }) => id));
  if (rows.authorizations.some(({ connectionId }) => !connections.has(connectionId))) refuse('authorizations: without their connection');
  requireUnique('authorizations', rows.authorizations.map(slotOf));
  requireUnique(
    'applications',
    rows.applications.map(({ linkName }) => linkName),
  );
  requireUnique(
    'connections',
    rows.connections.filter(({ ownerId }) => ownerId !== null).map(({ ownerId, linkName }) => `${ownerId} ${linkName}`),
  );
  for (const { id, authorKeyId, applicationId } of rows.trust)
    if (id !== `${workspace.id}/${authorKeyId}/${applicationId}`) refuse('trust: another name');
  requireUnique(
    'feeds',
    rows.feeds.map(({ channel }) => channel),
  );
  for (const feed of rows.feeds) if (!(await isGenuineFeed(feed))) refuse('feeds: not what was signed');
  const hashes = new Set(rows.bundles.map(({ hash }) => hash));
  for (const installation of rows.installations)
    if (bundlesOf(installation).some((hash) => !hashes.has(hash))) refuse('installations: without their bundle');
  for (const bundle of rows.bundles) await requireBundle(bundle);
  for (const { signed } of rows.releases)
    if (signed !== null && (await hashText(decoder.decode(base64url.decode(signed.bytes)))) !== signed.hash)
      refuse('releases: another file');
  const known = new Set<string>([workspace.id, ...rows.authorizations.map(({ id }) => id), ...rows.oauthApps.map(({ id }) => id)]);
  if (secrets?.some(({ id }) => !known.has(id))) refuse('secrets: without what they belong to');
};

const sameText = (row: object): string => canonicalText({ ...row, revision: 0 } as unknown as JsonValue);

const withBytes = <N extends BackedUp>(row: BackupRow<N>): Rows[N] => {
  const turn = (one: object): object =>
    'bytes' in one && typeof one.bytes === 'string' ? { ...one, bytes: base64url.decode(one.bytes) } : one;
  const turned = 'signed' in row && row.signed !== null ? { ...row, signed: turn(row.signed) } : turn(row);
  return turned as Rows[N];
};

type Difference<N extends BackedUp> = {
  readonly put: readonly Rows[N][];
  readonly remove: readonly string[];
  readonly added: number;
  readonly changed: number;
};

/** What makes `local` into `wanted`; rows that are the same already are left alone. */
const differenceOf = <N extends BackedUp>(name: N, local: readonly BackupRow<N>[], wanted: readonly BackupRow<N>[]): Difference<N> => {
  const before = new Map(local.map((row) => [keyOf(name, row), row]));
  const after = new Set(wanted.map((row) => keyOf(name, row)));
  const differs = wanted.filter((row) => {
    const was = before.get(keyOf(name, row));
    return was === undefined || sameText(was) !== sameText(row);
  });
  const put = differs.map((row): Rows[N] => {
    const was = before.get(keyOf(name, row));
    if (!('revision' in row)) return withBytes(row);
    return withBytes({ ...row, revision: was !== undefined && 'revision' in was ? was.revision : 0 });
  });
  const added = differs.filter((row) => !before.has(keyOf(name, row))).length;
  const remove = [...before.keys()].filter((key) => !after.has(key));
  return { put, remove, added, changed: differs.length - added };
};

/** The highest version of each author's application that either has seen: it never goes back (S47). */
const trustAfter = (local: Contents, { rows }: Backup): BackupRow<'trust'>[] => {
  const highest = new Map(local.trust.map((row) => [row.id, row]));
  for (const row of rows.trust) {
    const was = highest.get(row.id);
    if (was === undefined || isNewerVersion(row.highestVersion, was.highestVersion)) highest.set(row.id, row);
  }
  return [...highest.values()];
};

const byId = <R extends { readonly id: string }>(rows: readonly R[]): ReadonlyMap<string, R> => new Map(rows.map((row) => [row.id, row]));

/** What stays of what is here, whatever the backup says. */
type Staying = { readonly granted: Granted; readonly secrets: ReadonlySet<string>; readonly feeds: Contents['feeds'] };

/** What the workspace is to be: as the backup has it, and what must never go back as it is. */
const contentsAfter = (local: Contents, backup: Backup, staying: Staying): Contents => {
  const past = byId(local.events);
  const installed = byId(local.installations);
  const hasSecret = sealedIn(backup, 'oauth-app');
  return {
    ...backup.rows,
    authorizations: staying.granted.rows,
    trust: trustAfter(local, backup),
    feeds: staying.feeds,
    // What was said against a version since then still holds (S51).
    installations: backup.rows.installations.map((row) => ({ ...row, revocations: installed.get(row.id)?.revocations ?? row.revocations })),
    oauthApps: backup.rows.oauthApps.map((app) => ({ ...app, hasSecret: staying.secrets.has(app.id) || hasSecret(app.id) })),
    events: [...local.events, ...backup.rows.events.filter(({ id }) => !past.has(id))],
  };
};

/** What a restore would do, and the change that does it. */
export type RestorePlan = {
  /** What it was planned from. */
  readonly basis: string;
  readonly change: Omit<Change, 'event'>;
  readonly counts: RestoreCounts;
  /** Secrets to seal with the change; each belongs to a row that it puts. */
  readonly secrets: NonNullable<Backup['secrets']>;
};

const WORDS: Record<BackedUp, string> = {
  members: 'Members',
  applications: 'Applications',
  connections: 'Connections',
  components: 'Components',
  authorizations: 'Authorizations',
  releases: 'Published versions',
  distributions: 'Distributions',
  clients: 'Clients',
  connectors: 'Custom connectors',
  oauthApps: 'OAuth apps',
  installations: 'Installed applications',
  bundles: 'Bundles',
  trust: 'Author keys seen',
  feeds: 'Feeds that are followed',
  records: 'Entries',
  runs: 'Runs',
  events: 'Lines of the audit',
};

/** An id of the backup that another workspace of this device has is no accident. */
const requireNoTheft = async (ctx: Context, backup: Backup, local: Contents): Promise<void> => {
  for (const name of BACKED_UP) {
    if (name === 'bundles' || name === 'trust') continue;
    const own = new Set(local[name].map((row) => keyOf(name, row)));
    const fresh = backup.rows[name].map((row) => keyOf(name, row)).filter((id) => !own.has(id));
    const found = await ctx.db.table<object, string>(name).bulkGet(fresh);
    if (found.some((row) => row !== undefined)) refuse(`${name}: of another workspace`);
  }
};

/** What decides where secrets go: another state of it makes another plan. */
const basisOf = async (ctx: Context, id: WorkspaceId): Promise<string> => {
  const tables = [ctx.db.authorizations, ctx.db.connections, ctx.db.connectors, ctx.db.oauthApps, ctx.db.flows] as const;
  const rows = await Promise.all(tables.map((table) => table.filter(({ workspaceId }) => workspaceId === id).toArray()));
  return rows.flatMap((found) => found.map((row) => `${row.id} ${row.revision}`)).join('\n');
};

/**
 * Does what was planned, with what else belongs to it, unless somebody authorized or changed something since: that could be sent to where the
 * backup says (S23). Throws `store.conflict`, `store.full`.
 */
export const applyRestore = (ctx: Context, plan: RestorePlan, workspaceId: WorkspaceId, change: Change): Promise<void> =>
  inOne(ctx, async () => {
    if ((await basisOf(ctx, workspaceId)) !== plan.basis) throw new Fault('store.conflict');
    await record(ctx, change);
  });

/** Compares a verified backup with what is here. Stores nothing. */
export const planRestore = async (ctx: Context, backup: Backup): Promise<RestorePlan> => {
  const { workspace } = backup;
  const basis = await basisOf(ctx, workspace.id);
  const local = await readContents(ctx, workspace.id);
  await requireNoTheft(ctx, backup, local);
  const feeds = await feedsAfter(local.feeds, backup);
  const staying: Staying = { granted: authorizationsAfter(local, backup), secrets: secretsKept(local, backup), feeds: feeds.rows };
  const wanted = contentsAfter(local, backup, staying);
  const stored = await ctx.db.feeds.where('workspaceId').equals(workspace.id).toArray();
  const here = await ctx.db.workspaces.get(workspace.id);
  const put: Record<string, readonly object[]> = {};
  const remove: Record<string, readonly string[]> = {};
  const changes: RestoreCounts['changes'][number][] = [];
  let history: Change['history'] = [];
  const isChanged = new Set(differenceOf('connectors', local.connectors, wanted.connectors).put.map(({ id }) => id));
  for (const name of BACKED_UP) {
    const difference = differenceOf(name, local[name], wanted[name]);
    const gone =
      name === 'bundles'
        ? await unusedBundles(ctx, difference.remove, ({ workspaceId }) => workspaceId === workspace.id)
        : difference.remove;
    if (name === 'events') history = difference.put as Rows['events'][];
    else if (name === 'feeds') {
      const rows = difference.put as readonly Rows['feeds'][];
      put[name] = rows.map((row) =>
        storedFeed(
          row,
          stored.find(({ id }) => id === row.id),
        ),
      );
    } else {
      if (difference.put.length > 0) put[name] = difference.put;
      if (gone.length > 0) remove[name] = gone;
    }
    if (difference.added + difference.changed + gone.length > 0)
      changes.push({ what: WORDS[name], added: difference.added, changed: difference.changed, removed: gone.length });
  }
  if (here === undefined || sameText(here) !== sameText(workspace)) put['workspaces'] = [{ ...workspace, revision: here?.revision ?? 0 }];
  const flows = await ctx.db.flows.where('workspaceId').equals(workspace.id).toArray();
  const { kept } = staying.granted;
  const after = byId(wanted.authorizations.filter(({ grant }) => grant !== null));
  const ended = local.authorizations.filter(({ id, grant }) => grant !== null && !kept.has(id)).map(({ id }) => id);
  const lost = local.oauthApps.filter(({ id, hasSecret }) => hasSecret && !staying.secrets.has(id)).map(({ id }) => id);
  const hasKey = (await ctx.db.settings.get(`author-key:${workspace.id}`)) !== undefined;
  const secrets = (backup.secrets ?? []).filter(({ purpose, id }) => {
    if (purpose === 'tokens') return after.has(id) && !kept.has(id);
    return purpose === 'oauth-app' ? !staying.secrets.has(id) : !hasKey && backup.authorKey !== null;
  });
  return {
    basis,
    change: {
      put: {
        ...put,
        ...(secrets.some(({ purpose }) => purpose === 'author-key') && backup.authorKey !== null
          ? { settings: [{ key: `author-key:${workspace.id}`, value: backup.authorKey }] }
          : {}),
      },
      remove: {
        ...remove,
        flows: flows.map(({ id }) => id),
        secrets: [
          ...ended.map((id) => secretId('tokens', id)),
          ...flows.map(({ id }) => secretId('flow', id)),
          ...lost.map((id) => secretId('oauth-app', id)),
        ],
      },
      history,
    },
    counts: {
      changes,
      broughtAuthorizations: secrets.filter(({ purpose }) => purpose === 'tokens').length,
      keptAuthorizations: kept.size,
      endedAuthorizations: ended.length,
      endedSecrets: lost.length,
      connectors: restoredConnectors(local, wanted, (id) => isChanged.has(id)),
      keptFeeds: feeds.kept,
    },
    secrets,
  };
};

/** The secrets of the plan, sealed for this device's vault. */
export const sealAll = async (ctx: Context, { secrets }: RestorePlan): Promise<SecretRow[]> => {
  const rows: SecretRow[] = [];
  for (const { purpose, id, value } of secrets) rows.push(await ctx.vault.seal(purpose, id, value));
  return rows;
};
