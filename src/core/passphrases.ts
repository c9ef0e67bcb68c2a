import type { SettingRow } from '../db/tables.ts';
import type { Connector } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { delayAfter, isOfferDue, PASSPHRASE_LEAST, type ProtectionOffer } from '../domain/passphrase.ts';
import type { Context } from './context.ts';
import { record } from './record.ts';

/** A new passphrase must be long enough to be worth its name (S7). Throws `vault.passphrase-weak`. */
export const requireStrong = (passphrase: string): void => {
  const length = [...passphrase.normalize('NFKC')].length;
  if (length < PASSPHRASE_LEAST) throw new Fault('vault.passphrase-weak', `${length} characters`);
};

const readFailures = async (ctx: Context): Promise<{ readonly count: number; readonly at: number }> => {
  const setting = await ctx.db.settings.get('vault-failures');
  return setting?.key === 'vault-failures' ? setting.value : { count: 0, at: 0 };
};

/**
 * Tries what needs the passphrase; after five wrong ones in a row, from whichever window or field, each further one waits longer (S10). The
 * count is stored, so that neither a closed window nor a stopped worker begins it anew. One try at a time. Throws `vault.passphrase-wrong`.
 */
export const tryPassphrase = <T>(ctx: Context, attempt: () => Promise<T>): Promise<T> =>
  ctx.lock('passphrase', async () => {
    const { count, at } = await readFailures(ctx);
    const delay = delayAfter(count);
    // A clock that was set back makes nobody wait longer.
    const left = Math.min(Math.max(at + delay - ctx.now(), 0), delay);
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    try {
      const value = await attempt();
      if (count > 0) await record(ctx, { remove: { settings: ['vault-failures'] }, event: null });
      return value;
    } catch (error) {
      if (error instanceof Fault && error.code === 'vault.passphrase-wrong')
        await record(ctx, { put: { settings: [{ key: 'vault-failures', value: { count: count + 1, at: ctx.now() } }] }, event: null });
      throw error;
    }
  });

/** Whether the offer to protect the vault is due or answered; null before there was a reason for it. */
export const readOffer = async (ctx: Context): Promise<ProtectionOffer | null> => {
  const setting = await ctx.db.settings.get('vault-offer');
  return setting?.key === 'vault-offer' ? setting.value : null;
};

/** The row that makes the offer due with this authorization, or none. */
export const offerFor = async (ctx: Context, connector: Connector): Promise<SettingRow[]> =>
  isOfferDue(connector, (await ctx.vault.state()) !== 'device', await readOffer(ctx)) ? [{ key: 'vault-offer', value: 'due' }] : [];
