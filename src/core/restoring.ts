import { base64url } from 'jose';
import type { BackedUp, Backup, BackupRow } from '../backup/format/v1.ts';
import { canonicalText } from '../bundle/canonical.ts';
import type { Rows, SecretRow } from '../db/tables.ts';
import { Fault } from '../domain/faults.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { JsonValue } from '../domain/json.ts';
import { secretId } from '../vault/seal.ts';
import { BACKED_UP, type Contents, keyOf, type Odd, oddOf, readContents, WORDS } from './contents.ts';
import type { Context } from './context.ts';
import { joined } from './feeds.ts';
import { mergedMark } from './marks.ts';
import { unusedBundles } from './parts.ts';
import { type Change, inOne, record } from './record.ts';
import { feedsAfter, storedFeed } from './restoring-feeds.ts';
import { authorizationsAfter, type Granted, restoredConnectors, sealedIn, secretsKept } from './restoring-grants.ts';
import type { RestoreCounts } from './views.ts';

const sameText = (row: object): string => canonicalText({ ...row, revision: 0 } as unknown as JsonValue);

const withBytes = <N extends BackedUp>(row: BackupRow<N>): Rows[N] => {
  const turn = (one: object): object =>
    'bytes' in one && typeof one.bytes === 'string' ? { ...one, bytes: base64url.decode(one.bytes) } : one;
  const turned = 'signed' in row && row.signed !== null ? { ...row, signed: turn(row.signed) } : turn(row);
  return turned as Rows[N];
};

type Difference<N extends BackedUp> = {
  readonly put: readonly Rows[N][];
  /** What goes before that: also a damaged row whose place is taken. */
  readonly remove: readonly string[];
  readonly added: number;
  readonly changed: number;
  /** What goes and does not come again. */
  readonly gone: readonly string[];
};

/** What stands whatever the backup says: a damaged line of these is left alone. */
const STAYING: readonly BackedUp[] = ['events', 'trust'];

/** What makes `local` into `wanted`; rows that are the same already are left alone, and damaged ones replaced (S55). */
const differenceOf = <N extends BackedUp>(
  name: N,
  local: readonly BackupRow<N>[],
  wanted: readonly BackupRow<N>[],
  damaged: readonly Odd[],
): Difference<N> => {
  const before = new Map(local.map((row) => [keyOf(name, row), row]));
  const odd = new Map(damaged.filter((one) => one.name === name).map(({ key, revision }) => [key, revision]));
  const after = new Set(wanted.map((row) => keyOf(name, row)));
  const differs = wanted.filter((row) => {
    const was = before.get(keyOf(name, row));
    return was === undefined || sameText(was) !== sameText(row);
  });
  const put = differs.map((row): Rows[N] => {
    const was = before.get(keyOf(name, row));
    if (!('revision' in row)) return withBytes(row);
    const revision = was !== undefined && 'revision' in was ? was.revision : odd.get(keyOf(name, row));
    return withBytes({ ...row, revision: revision ?? 0 });
  });
  const added = differs.filter((row) => !before.has(keyOf(name, row)) && !odd.has(keyOf(name, row))).length;
  const gone = [...before.keys(), ...(STAYING.includes(name) ? [] : odd.keys())].filter((key) => !after.has(key));
  // Nobody can store over a revision that cannot be read.
  const unread = [...odd].filter(([key, revision]) => revision === null && after.has(key)).map(([key]) => key);
  return { put, remove: [...gone, ...unread], added, changed: differs.length - added, gone };
};

/** What either has seen of each author's application: the highest version never goes back, and nothing that was said is forgotten (S47, S51). */
const trustAfter = (local: Contents, { rows }: Backup): BackupRow<'trust'>[] => {
  const highest = new Map(local.trust.map((row) => [row.id, row]));
  for (const row of rows.trust) {
    const was = highest.get(row.id);
    highest.set(row.id, was === undefined ? row : mergedMark(was, row));
  }
  return [...highest.values()];
};

const keysIn = (odd: readonly Odd[], wanted: BackedUp): string[] => odd.filter(({ name }) => name === wanted).map(({ key }) => key);

const byId = <R extends { readonly id: string }>(rows: readonly R[]): ReadonlyMap<string, R> => new Map(rows.map((row) => [row.id, row]));

/** What stays of what is here, whatever the backup says. */
type Staying = { readonly granted: Granted; readonly secrets: ReadonlySet<string>; readonly feeds: Contents['feeds'] };

/** What the workspace is to be: as the backup has it, and what must never go back as it is. */
const contentsAfter = (local: Contents, odd: readonly Odd[], backup: Backup, staying: Staying): Contents => {
  const past = new Set<string>([...local.events.map(({ id }) => id), ...keysIn(odd, 'events')]);
  const installed = byId(local.installations);
  const hasSecret = sealedIn(backup, 'oauth-app');
  return {
    ...backup.rows,
    authorizations: staying.granted.rows,
    trust: trustAfter(local, backup),
    feeds: staying.feeds,
    // What was said against a version since then still holds (S51), and whoever may say it still may.
    installations: backup.rows.installations.map((row) => {
      const was = installed.get(row.id);
      const channels = joined(row.channels ?? [], was?.channels ?? []);
      return { ...row, revocations: was?.revocations ?? row.revocations, ...(channels.length === 0 ? {} : { channels }) };
    }),
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

/** Ids by which rows say that they are another workspace's than this one. */
const placesElsewhere = async ({ db }: Context, id: WorkspaceId): Promise<ReadonlySet<unknown>> => {
  const workspaces = new Set((await db.workspaces.toArray()).map((one) => one.id).filter((one) => one !== id));
  const owners = [...(await db.applications.toArray()), ...(await db.installations.toArray())];
  return new Set([...workspaces, ...owners.filter(({ workspaceId }) => workspaces.has(workspaceId)).map((one) => one.id)]);
};

/**
 * An id of the backup that another workspace of this device has is no accident. Gives the rows that do not say whose they are: damaged ones,
 * in a place that the backup has a row for. Throws `backup.unreadable`.
 */
const requireNoTheft = async (ctx: Context, backup: Backup, local: Contents, odd: readonly Odd[]): Promise<Odd[]> => {
  const elsewhere = await placesElsewhere(ctx, backup.workspace.id);
  const stray: Odd[] = [];
  for (const name of BACKED_UP) {
    if (name === 'bundles' || name === 'trust') continue;
    const own = new Set([...local[name].map((row) => keyOf(name, row)), ...keysIn(odd, name)]);
    const fresh = backup.rows[name].map((row) => keyOf(name, row)).filter((id) => !own.has(id));
    for (const row of await ctx.db.table<object, string>(name).bulkGet(fresh)) {
      if (row === undefined) continue;
      if (('workspaceId' in row && elsewhere.has(row.workspaceId)) || ('ownerId' in row && elsewhere.has(row.ownerId)))
        throw new Fault('backup.unreadable', `${name}: of another workspace`);
      stray.push(oddOf(name, row));
    }
  }
  return stray;
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
  const { rows: local, odd: own } = await readContents(ctx, workspace.id);
  const odd = [...own, ...(await requireNoTheft(ctx, backup, local, own))];
  const feeds = await feedsAfter(local.feeds, backup);
  const staying: Staying = { granted: authorizationsAfter(local, backup), secrets: secretsKept(local, backup), feeds: feeds.rows };
  const wanted = contentsAfter(local, odd, backup, staying);
  const stored = await ctx.db.feeds.where('workspaceId').equals(workspace.id).toArray();
  const here = await ctx.db.workspaces.get(workspace.id);
  const put: Record<string, readonly object[]> = {};
  const remove: Record<string, readonly string[]> = {};
  const changes: RestoreCounts['changes'][number][] = [];
  let history: Change['history'] = [];
  const isChanged = new Set(differenceOf('connectors', local.connectors, wanted.connectors, odd).put.map(({ id }) => id));
  for (const name of BACKED_UP) {
    const difference = differenceOf(name, local[name], wanted[name], odd);
    const gone =
      name === 'bundles' ? await unusedBundles(ctx, difference.gone, ({ workspaceId }) => workspaceId === workspace.id) : difference.gone;
    const goes = name === 'bundles' ? gone : difference.remove;
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
      if (goes.length > 0) remove[name] = goes;
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
          ...[...ended, ...keysIn(odd, 'authorizations')].map((id) => secretId('tokens', id)),
          ...flows.map(({ id }) => secretId('flow', id)),
          ...[...lost, ...keysIn(odd, 'oauthApps')].map((id) => secretId('oauth-app', id)),
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
      damaged: odd.length,
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
