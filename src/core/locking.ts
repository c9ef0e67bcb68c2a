import { Fault } from '../domain/faults.ts';
import type { Context } from './context.ts';
import { record } from './record.ts';

export const DEFAULT_IDLE_MINUTES = 15;

export type LockRow = { readonly at: number; readonly isLocked: boolean; readonly usedAt: number };

const readIdleMinutes = async (ctx: Context): Promise<number> => {
  const setting = await ctx.db.settings.get('vault-idle-minutes');
  return setting?.key === 'vault-idle-minutes' ? setting.value : DEFAULT_IDLE_MINUTES;
};

const readLockRow = async (ctx: Context): Promise<LockRow | null> => {
  const setting = await ctx.db.settings.get('vault');
  return setting?.key === 'vault' ? setting.value : null;
};

/** After how many minutes without anybody the vault locks, and when that is as things are: null where it is not unlocked. */
export const readIdleLock = async (ctx: Context): Promise<{ idleMinutes: number; locksAt: number | null }> => {
  const row = await readLockRow(ctx);
  const idleMinutes = await readIdleMinutes(ctx);
  const isOpen = row !== null && (await ctx.vault.state()) === 'unlocked';
  return { idleMinutes, locksAt: isOpen ? row.usedAt + idleMinutes * 60_000 : null };
};

/** Throws `vault.locked` before anything is begun that would need a secret. */
export const requireUnlocked = async (ctx: Context): Promise<void> => {
  if ((await ctx.vault.state()) === 'locked') throw new Fault('vault.locked');
};

/** Says that the vault was locked, unlocked or used; whatever shows it hears of it, but over what a newer program wrote (S54). */
export const noteLock = async (ctx: Context, isLocked: boolean): Promise<void> => {
  if (ctx.isReadOnly) return;
  await record(ctx, { put: { settings: [{ key: 'vault', value: { at: ctx.now(), isLocked, usedAt: ctx.now() } }] }, event: null });
};

/** Locks at once, where a passphrase protects the vault (S8). */
export const lockNow = async (ctx: Context): Promise<void> => {
  if ((await ctx.vault.state()) !== 'unlocked') return;
  await ctx.vault.lock();
  await noteLock(ctx, true);
};

/** Locks when nobody has used any window for as long as the setting says (S8). The host calls it when that time comes, and now and then. */
export const lockWhenIdle = async (ctx: Context): Promise<void> => {
  const { locksAt } = await readIdleLock(ctx);
  if (locksAt !== null && ctx.now() >= locksAt) await lockNow(ctx);
};
