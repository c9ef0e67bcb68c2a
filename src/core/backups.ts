import { BACKUP_FORMAT, type Backup } from '../backup/format/v1.ts';
import { Fault } from '../domain/faults.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Workspace } from '../domain/workspace.ts';
import { readAuthorKey } from './author-key.ts';
import { BACKED_UP, type Contents, readContents, WORDS } from './contents.ts';
import type { Context } from './context.ts';
import type { LeftOut } from './views.ts';
import { soundPart } from './wholeness.ts';

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

export type Collected = { readonly backup: Backup; readonly leftOut: readonly LeftOut[] };

/**
 * A backup of the workspace, and what of it is damaged or nothing without what is, and left out: one odd row costs nobody the rest (S55).
 * Throws `vault.locked` with authorizations, `backup.row-odd`.
 */
export const collectBackup = async (ctx: Context, workspace: Workspace, withAuthorizations: boolean): Promise<Collected> => {
  const stored = await readContents(ctx, workspace.id);
  const { rows: contents, leftOut } = await soundPart(workspace.id, stored.rows);
  const places = new Set([...stored.odd, ...leftOut].map(({ name, key }) => `${name} ${key}`));
  const { id, side, name, createdAt, revision } = workspace;
  return {
    backup: {
      format: BACKUP_FORMAT,
      madeAt: ctx.now(),
      workspace: { id, side, name, createdAt, revision },
      authorKey: withAuthorizations ? await readAuthorKey(ctx, workspace.id) : null,
      secrets: withAuthorizations ? await openSecrets(ctx, contents, workspace.id) : null,
      rows: withAuthorizations ? contents : withoutGrants(contents),
    },
    leftOut: BACKED_UP.filter((table) => withAuthorizations || table !== 'authorizations')
      .map((table) => ({ what: WORDS[table], count: [...places].filter((place) => place.startsWith(`${table} `)).length }))
      .filter(({ count }) => count > 0),
  };
};
