import * as v from 'valibot';
import { readKeyFile, writeKeyFile } from '../../bundle/key-file.ts';
import { Fault } from '../../domain/faults.ts';
import { PASSPHRASE_MOST } from '../../domain/passphrase.ts';
import { authorKey, readAuthorKey } from '../author-key.ts';
import { command } from '../command.ts';
import { requireUnlocked } from '../locking.ts';
import { requireStrong } from '../passphrases.ts';
import { record } from '../record.ts';
import { keyWords } from '../summaries.ts';

const passphraseInput = v.pipe(v.string(), v.maxLength(PASSPHRASE_MOST));
const MOST_CHARACTERS = 16 * 1024;

/**
 * The key that signs this workspace's bundles, as the key file that the command line reads: encrypted under a passphrase and never
 * otherwise. Who has both signs in the workspace's name, so it is the developer side's super admin's. Throws `vault.passphrase-weak`, `vault.locked`.
 */
export const exportAuthorKey = command({
  allow: 'client.manage',
  input: v.strictObject({ passphrase: passphraseInput }),
  run: async (call, { passphrase }) => {
    const { workspace, member } = call.acting();
    requireStrong(passphrase);
    await requireUnlocked(call);
    const { keyId, privateKey } = await authorKey(call, workspace.id);
    const text = await writeKeyFile(privateKey, passphrase);
    await record(call, {
      event: {
        name: 'credentials.key-exported',
        workspaceId: workspace.id,
        actor: member.id,
        subject: null,
        fields: { fingerprint: keyWords(keyId).hex },
      },
    });
    const name = workspace.name.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase();
    return { fileName: `${name}-author.key`, text };
  },
});

/**
 * Takes a key file as the key that signs from now on. Another key than the present one is taken only when that is confirmed: clients know
 * the present one, and see a different author. Throws `key.unreadable`, `key.not-opened`, `key.other`, `vault.locked`.
 */
export const importAuthorKey = command({
  allow: 'client.manage',
  input: v.strictObject({ text: v.pipe(v.string(), v.maxLength(MOST_CHARACTERS)), passphrase: passphraseInput, isConfirmed: v.boolean() }),
  run: async (call, { text, passphrase, isConfirmed }) => {
    const { workspace, member } = call.acting();
    await requireUnlocked(call);
    const { keyId, publicKey, privateKey } = await readKeyFile(text, passphrase);
    return call.lock(`author-key:${workspace.id}`, async () => {
      const present = await readAuthorKey(call, workspace.id);
      const key = keyWords(keyId);
      if (present?.keyId === keyId) return { key, isNew: false };
      if (present !== null && !isConfirmed) throw new Fault('key.other', key.hex);
      await record(call, {
        put: {
          settings: [{ key: `author-key:${workspace.id}`, value: { keyId, x: publicKey.x } }],
          secrets: [await call.vault.seal('author-key', workspace.id, privateKey)],
        },
        event: {
          name: 'credentials.key-imported',
          workspaceId: workspace.id,
          actor: member.id,
          subject: null,
          fields: { fingerprint: key.hex },
        },
      });
      return { key, isNew: true };
    });
  },
});
