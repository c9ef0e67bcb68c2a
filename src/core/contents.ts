import { base64url } from 'jose';
import * as v from 'valibot';
import { BACKUP_ROWS, type BackedUp, type Backup, type BackupRow } from '../backup/format/v1.ts';
import type { Rows } from '../db/tables.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import { bundlesOf } from '../domain/installation.ts';
import type { Context } from './context.ts';

export const BACKED_UP = Object.keys(BACKUP_ROWS) as BackedUp[];

/** A workspace as it is stored, table by table, in the form of a backup. */
export type Contents = Backup['rows'];

/** Which row of which table. */
export type Place = { readonly name: BackedUp; readonly key: string };

/** The primary key of a row. */
export const keyOf = (name: BackedUp, row: { readonly id?: string; readonly hash?: string }): string =>
  (name === 'bundles' ? row.hash : row.id) ?? '';

/** What each kind of row is called where rows are counted for people. */
export const WORDS: Record<BackedUp, string> = {
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

type Reader<N extends BackedUp> = (ctx: Context, id: WorkspaceId, owners: ReadonlySet<string>) => Promise<readonly Rows[N][]>;

const ofWorkspace =
  <N extends Exclude<BackedUp, 'bundles' | 'records' | 'events'>>(name: N) =>
  async (ctx: Context, id: WorkspaceId): Promise<readonly Rows[N][]> =>
    ctx.db
      .table<Rows[N], string>(name)
      .filter((row) => (row as { readonly workspaceId: WorkspaceId }).workspaceId === id)
      .toArray();

const withTexts = (row: object): object => {
  if ('bytes' in row && row.bytes instanceof Uint8Array) return { ...row, bytes: base64url.encode(row.bytes) };
  if ('signed' in row && row.signed !== null && typeof row.signed === 'object') return { ...row, signed: withTexts(row.signed) };
  return row;
};

/** A row in the form of a backup; null where it is not what its table holds. */
const project = <N extends BackedUp>(name: N, row: Rows[N]): BackupRow<N> | null => {
  // Not the strict schema: fields that exist for indexes only are left behind here.
  const parsed = v.safeParse(v.object(BACKUP_ROWS[name] as v.ObjectEntries), withTexts(row));
  return parsed.success ? (parsed.output as BackupRow<N>) : null;
};

/** Which rows of each table belong to a workspace. */
const READERS: { readonly [N in BackedUp]: Reader<N> } = {
  members: ofWorkspace('members'),
  applications: ofWorkspace('applications'),
  connections: ofWorkspace('connections'),
  components: ofWorkspace('components'),
  authorizations: ofWorkspace('authorizations'),
  releases: ofWorkspace('releases'),
  distributions: ofWorkspace('distributions'),
  clients: ofWorkspace('clients'),
  connectors: ofWorkspace('connectors'),
  oauthApps: ofWorkspace('oauthApps'),
  installations: ofWorkspace('installations'),
  bundles: async (ctx, id) => {
    const installed = await ctx.db.installations.filter(({ workspaceId }) => workspaceId === id).toArray();
    const hashes = new Set(installed.filter((row) => project('installations', row) !== null).flatMap(bundlesOf));
    return ctx.db.bundles
      .where('hash')
      .anyOf([...hashes])
      .toArray();
  },
  trust: ofWorkspace('trust'),
  feeds: ofWorkspace('feeds'),
  records: (ctx, _, owners) => ctx.db.records.filter(({ ownerId }) => owners.has(ownerId)).toArray(),
  runs: ofWorkspace('runs'),
  events: (ctx, id) => ctx.db.events.where('[workspaceId+at]').between([id, 0], [id, Number.MAX_SAFE_INTEGER]).toArray(),
};

/** A stored row that is damaged: it is in its place, and not what its table holds. */
export type Odd = Place & {
  /** What it was stored with, where that can be read. */
  readonly revision: number | null;
};

export const oddOf = (name: BackedUp, row: object): Odd => {
  const revision = 'revision' in row && Number.isSafeInteger(row.revision) ? Number(row.revision) : null;
  return { name, key: keyOf(name, row), revision };
};

/** Everything of a workspace but its secrets, read in one transaction: what can be read, and where the rest stands (S55). */
export const readContents = async (ctx: Context, id: WorkspaceId): Promise<{ readonly rows: Contents; readonly odd: readonly Odd[] }> =>
  ctx.db.transaction('r', ctx.db.tables, async () => {
    const applications = await READERS.applications(ctx, id, new Set());
    const installations = await READERS.installations(ctx, id, new Set());
    const owners = new Set<string>([...applications, ...installations].map((row) => row.id));
    const odd: Odd[] = [];
    const read = async <N extends BackedUp>(name: N): Promise<[N, BackupRow<N>[]]> => {
      const reader: Reader<N> = READERS[name];
      const rows: BackupRow<N>[] = [];
      for (const row of await reader(ctx, id, owners)) {
        const projected = project(name, row);
        if (projected === null) odd.push(oddOf(name, row));
        else rows.push(projected);
      }
      return [name, rows];
    };
    return { rows: Object.fromEntries(await Promise.all(BACKED_UP.map(read))) as Contents, odd };
  });
