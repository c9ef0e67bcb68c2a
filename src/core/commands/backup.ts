import * as v from 'valibot';
import { readBackup, writeBackup } from '../../backup/file.ts';
import type { Backup } from '../../backup/format/v1.ts';
import { Fault } from '../../domain/faults.ts';
import { PASSPHRASE_MOST } from '../../domain/passphrase.ts';
import { collectBackup } from '../backups.ts';
import { type Call, command } from '../command.ts';
import { sweepDownloads } from '../downloads.ts';
import { requireStrong } from '../passphrases.ts';
import { record } from '../record.ts';
import { forgetRequests } from '../request-notes.ts';
import { applyRestore, planRestore, sealAll } from '../restoring.ts';
import type { RestorePreview } from '../views.ts';
import { requireWhole } from '../wholeness.ts';

const passphraseInput = v.nullable(v.pipe(v.string(), v.maxLength(PASSPHRASE_MOST)));

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/**
 * The acting workspace as one file: encrypted under a passphrase, which a backup with authorizations must have (S60). Nothing that is
 * stored changes but for a line of the audit; what is damaged is left out, and `leftOut` counts it with what is nothing without it (S55).
 * Throws `vault.passphrase-weak`, `vault.locked` with authorizations, `backup.too-large`.
 */
export const makeBackup = command({
  allow: 'backup.manage',
  isReading: true,
  input: v.strictObject({ withAuthorizations: v.boolean(), passphrase: passphraseInput }),
  run: async (call, { withAuthorizations, passphrase }) => {
    const { workspace, member } = call.acting();
    if (withAuthorizations || passphrase !== null) requireStrong(passphrase ?? '');
    const { backup, leftOut } = await collectBackup(call, workspace, withAuthorizations);
    const text = await writeBackup(backup, passphrase);
    const name = workspace.name.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase();
    const file = { fileName: `${name}-${dayOf(backup.madeAt)}.latchkey-backup`, text, leftOut };
    if (call.isReadOnly) return file;
    await record(call, {
      event: {
        name: 'backup.made',
        workspaceId: workspace.id,
        actor: member.id,
        subject: workspace.id,
        fields: {
          how: [
            `${withAuthorizations ? 'with' : 'without'} authorizations`,
            passphrase === null ? 'readable' : 'encrypted',
            ...(leftOut.length === 0 ? [] : ['without damaged rows']),
          ].join(', '),
        },
      },
    });
    return file;
  },
});

/** A workspace that is here already may be replaced by its own super admin only; one that is not belongs to nobody yet. */
const requireOwner = async (call: Call, { workspace }: Backup): Promise<void> => {
  const here = await call.db.workspaces.get(workspace.id);
  if (here === undefined) return;
  if (call.acting().workspace.id !== here.id) throw new Fault('backup.not-yours', here.name);
  call.require('backup.manage');
};

const restoreInput = v.strictObject({ text: v.string(), passphrase: passphraseInput });

const read = async (call: Call, { text, passphrase }: v.InferOutput<typeof restoreInput>) => {
  const backup = await readBackup(text, passphrase);
  await requireWhole(backup);
  await requireOwner(call, backup);
  return { backup, plan: await planRestore(call, backup) };
};

/** Opens a backup, checks all of it and says what restoring it would change. Stores nothing. Throws the `backup.*` faults. */
export const previewRestore = command({
  allow: null,
  input: restoreInput,
  run: async (call, input): Promise<RestorePreview> => {
    const { backup, plan } = await read(call, input);
    return {
      workspaceName: backup.workspace.name,
      side: backup.workspace.side,
      madeAt: backup.madeAt,
      isHere: (await call.db.workspaces.get(backup.workspace.id)) !== undefined,
      withAuthorizations: backup.secrets !== null,
      ...plan.counts,
    };
  },
});

/**
 * Makes the workspace what it was when the backup was made, in one transaction, and acts as its super admin where nobody of it acts.
 * Throws the `backup.*` faults, `vault.locked` where the backup brings authorizations, `store.conflict`.
 */
export const restoreBackup = command({
  allow: null,
  input: restoreInput,
  run: async (call, input) => {
    const { backup, plan } = await read(call, input);
    const { workspace, rows } = backup;
    const owner = rows.members.find(({ role, leftAt }) => role === 'super-admin' && leftAt === null);
    if (owner === undefined) throw new Fault('backup.unreadable', 'members');
    const acting = await call.db.settings.get('acting');
    const isStillThere =
      acting?.key === 'acting' &&
      acting.value.workspaceId === workspace.id &&
      rows.members.some(({ id, leftAt }) => id === acting.value.memberId && leftAt === null);
    const secrets = await sealAll(call, plan);
    await applyRestore(call, plan, workspace.id, {
      ...plan.change,
      put: {
        ...plan.change.put,
        settings: [
          ...(plan.change.put?.settings ?? []),
          ...(isStillThere ? [] : [{ key: 'acting', value: { workspaceId: workspace.id, memberId: owner.id } } as const]),
        ],
        secrets,
      },
      event: {
        name: 'backup.restored',
        workspaceId: workspace.id,
        actor: isStillThere ? acting.value.memberId : owner.id,
        subject: workspace.id,
        fields: { at: new Date(backup.madeAt).toISOString() },
      },
    });
    await sweepDownloads(call, workspace.id);
    // A feed that came back is looked at now, before anything of it is used.
    call.wake();
    return { workspaceId: workspace.id, ...plan.counts };
  },
});

/**
 * Deletes everything of Latchkey on this device: every workspace, every secret, every setting. Services are not told: what they gave
 * stays theirs to end. There is no way back but a backup.
 */
export const wipeDevice = command({
  allow: null,
  input: v.strictObject({ isConfirmed: v.literal(true) }),
  run: (call) =>
    call.lock('vault', async () => {
      await call.vault.lock();
      await call.db.transaction('rw', call.db.tables, async () => {
        for (const table of call.db.tables) await table.clear();
      });
      await call.parked.clear();
      forgetRequests(call);
      // Nothing is due any more, and no alarm should say so.
      call.wake();
      return {};
    }),
});
