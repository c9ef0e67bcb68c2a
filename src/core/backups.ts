import { base64url } from 'jose';
import * as v from 'valibot';
import { BACKUP_FORMAT, BACKUP_ROWS, type BackedUp, type Backup, type BackupRow } from '../backup/format/v1.ts';
import type { Rows } from '../db/tables.ts';
import { Fault } from '../domain/faults.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import { bundlesOf } from '../domain/installation.ts';
import type { Workspace } from '../domain/workspace.ts';
import { parseState } from '../sync/state.ts';
import { readAuthorKey } from './author-key.ts';
import type { Context } from './context.ts';

export const BACKED_UP = Object.keys(BACKUP_ROWS) as BackedUp[];

/** A workspace as it is stored, table by table, in the form of a backup. */
export type Contents = Backup['rows'];

type Reader<N extends BackedUp> = (ctx: Context, id: WorkspaceId, owners: ReadonlySet<string>) => Promise<readonly Rows[N][]>;

const ofWorkspace =
  <N extends Exclude<BackedUp, 'bundles' | 'records' | 'events'>>(name: N) =>
  async (ctx: Context, id: WorkspaceId): Promise<readonly Rows[N][]> =>
    ctx.db
      .table<Rows[N], string>(name)
      .filter((row) => (row as { readonly workspaceId: WorkspaceId }).workspaceId === id)
      .toArray();

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
    const hashes = new Set(installed.flatMap(bundlesOf));
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

const withTexts = (row: object): object => {
  if ('bytes' in row && row.bytes instanceof Uint8Array) return { ...row, bytes: base64url.encode(row.bytes) };
  if ('signed' in row && row.signed !== null && typeof row.signed === 'object') return { ...row, signed: withTexts(row.signed) };
  return row;
};

const project = <N extends BackedUp>(name: N, row: Rows[N]): BackupRow<N> => {
  // Not the strict schema: fields that exist for indexes only are left behind here.
  const parsed = v.safeParse(v.object(BACKUP_ROWS[name] as v.ObjectEntries), withTexts(row));
  if (!parsed.success) throw new Fault('backup.row-odd', `${name}, ${v.getDotPath(parsed.issues[0]) ?? ''}`);
  return parsed.output as BackupRow<N>;
};

/** Everything of a workspace but its secrets, read in one transaction. */
export const readContents = async (ctx: Context, id: WorkspaceId): Promise<Contents> =>
  ctx.db.transaction('r', ctx.db.tables, async () => {
    const applications = await READERS.applications(ctx, id, new Set());
    const installations = await READERS.installations(ctx, id, new Set());
    const owners = new Set<string>([...applications, ...installations].map((row) => row.id));
    const read = async <N extends BackedUp>(name: N): Promise<[N, BackupRow<N>[]]> => {
      const reader: Reader<N> = READERS[name];
      return [name, (await reader(ctx, id, owners)).map((row) => project(name, row))];
    };
    return Object.fromEntries(await Promise.all(BACKED_UP.map(read))) as Contents;
  });

type Opened = NonNullable<Backup['secrets']>[number];

/** The secrets that belong to these rows, opened. One that cannot be read is left out: it says so where it is used (S55). */
const openSecrets = async (ctx: Context, contents: Contents, workspaceId: WorkspaceId): Promise<Opened[]> => {
  const wanted: Pick<Opened, 'purpose' | 'id'>[] = [
    ...contents.authorizations.filter(({ grant }) => grant !== null).map(({ id }) => ({ purpose: 'tokens', id }) as const),
    ...contents.oauthApps.filter(({ hasSecret }) => hasSecret).map(({ id }) => ({ purpose: 'oauth-app', id }) as const),
    { purpose: 'author-key', id: workspaceId },
  ];
  const opened: Opened[] = [];
  for (const { purpose, id } of wanted) {
    const value = await ctx.vault.open(purpose, id).catch((error: unknown) => {
      if (error instanceof Fault && error.code === 'vault.tampered') return undefined;
      throw error;
    });
    // What the vault gives was JSON when it was sealed.
    if (value !== undefined) opened.push({ purpose, id, value: value as Opened['value'] });
  }
  return opened;
};

/** Without authorizations nothing of them goes out but that there is a place for them. */
const withoutGrants = (contents: Contents): Contents => ({
  ...contents,
  authorizations: [],
  oauthApps: contents.oauthApps.map((app) => ({ ...app, hasSecret: false })),
});

/** A backup of the workspace. Throws `vault.locked` with authorizations, `backup.row-odd`. */
export const collectBackup = async (ctx: Context, workspace: Workspace, withAuthorizations: boolean): Promise<Backup> => {
  const all = await readContents(ctx, workspace.id);
  // A feed of which nothing can be read would make the whole backup one that nobody can restore (S55).
  const contents: Contents = { ...all, feeds: all.feeds.filter(({ state }) => parseState(state) !== null) };
  const { id, side, name, createdAt, revision } = workspace;
  return {
    format: BACKUP_FORMAT,
    madeAt: ctx.now(),
    workspace: { id, side, name, createdAt, revision },
    authorKey: withAuthorizations ? await readAuthorKey(ctx, workspace.id) : null,
    secrets: withAuthorizations ? await openSecrets(ctx, contents, workspace.id) : null,
    rows: withAuthorizations ? contents : withoutGrants(contents),
  };
};
