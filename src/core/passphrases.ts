import { Fault } from '../domain/faults.ts';
import { PASSPHRASE_LEAST } from '../domain/passphrase.ts';

/** A new passphrase must be long enough to be worth its name (S7). Throws `vault.passphrase-weak`. */
export const requireStrong = (passphrase: string): void => {
  const length = [...passphrase.normalize('NFKC')].length;
  if (length < PASSPHRASE_LEAST) throw new Fault('vault.passphrase-weak', `${length} characters`);
};
