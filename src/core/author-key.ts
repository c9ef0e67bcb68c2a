import * as v from 'valibot';
import { type AuthorPublicKey, keyIdOf } from '../bundle/author-key.ts';
import { makeAuthorKey } from '../bundle/sign.ts';
import { Fault } from '../domain/faults.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Context } from './context.ts';
import { record } from './record.ts';

export type AuthorKey = { readonly keyId: string; readonly publicKey: AuthorPublicKey; readonly privateKey: string };

/** The workspace's signing key; the first signature makes it. The private part is sealed and never leaves the worker. */
export const authorKey = (ctx: Context, workspaceId: WorkspaceId): Promise<AuthorKey> =>
  ctx.lock(`author-key:${workspaceId}`, async () => {
    if ((await readAuthorKey(ctx, workspaceId)) !== null) return openKey(ctx, workspaceId);
    const { publicKey, privateKey } = await makeAuthorKey();
    const keyId = await keyIdOf(publicKey);
    await record(ctx, {
      put: {
        settings: [{ key: `author-key:${workspaceId}`, value: { keyId, x: publicKey.x } }],
        secrets: [await ctx.vault.seal('author-key', workspaceId, privateKey)],
      },
      event: { name: 'settings.changed', workspaceId, actor: null, subject: null, fields: { name: 'author key (made)' } },
    });
    return { keyId, publicKey, privateKey };
  });

const openKey = async (ctx: Context, workspaceId: WorkspaceId): Promise<AuthorKey> => {
  const stored = await readAuthorKey(ctx, workspaceId);
  const privateKey = v.safeParse(v.string(), await ctx.vault.open('author-key', workspaceId));
  if (stored === null || !privateKey.success) throw new Fault('vault.tampered');
  return { keyId: stored.keyId, publicKey: { crv: 'Ed25519', kty: 'OKP', x: stored.x }, privateKey: privateKey.output };
};

/** The public half as it is stored, or null before the first signature. */
export const readAuthorKey = async (ctx: Context, workspaceId: WorkspaceId): Promise<{ keyId: string; x: string } | null> => {
  const setting = await ctx.db.settings.get(`author-key:${workspaceId}`);
  return setting !== undefined && typeof setting.value === 'object' && 'keyId' in setting.value ? setting.value : null;
};
