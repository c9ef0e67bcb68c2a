import type { SettingRow } from '../db/tables.ts';
import type { Connector } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { isOfferDue, PASSPHRASE_LEAST, type ProtectionOffer } from '../domain/passphrase.ts';
import type { Context } from './context.ts';

/** A new passphrase must be long enough to be worth its name (S7). Throws `vault.passphrase-weak`. */
export const requireStrong = (passphrase: string): void => {
  const length = [...passphrase.normalize('NFKC')].length;
  if (length < PASSPHRASE_LEAST) throw new Fault('vault.passphrase-weak', `${length} characters`);
};

/** Whether the offer to protect the vault is due or answered; null before there was a reason for it. */
export const readOffer = async (ctx: Context): Promise<ProtectionOffer | null> => {
  const setting = await ctx.db.settings.get('vault-offer');
  return setting?.key === 'vault-offer' ? setting.value : null;
};

/** The row that makes the offer due with this authorization, or none. */
export const offerFor = async (ctx: Context, connector: Connector): Promise<SettingRow[]> =>
  isOfferDue(connector, (await ctx.vault.state()) !== 'device', await readOffer(ctx)) ? [{ key: 'vault-offer', value: 'due' }] : [];
