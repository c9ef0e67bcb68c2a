import { type Connector, isSandbox } from './connector.ts';

/** Shortest passphrase that is taken (S7); there is no upper bound that anybody would meet. */
export const PASSPHRASE_LEAST = 12;
export const PASSPHRASE_MOST = 1_024;

/** How hard it is to guess, in words; a rough measure by length and variety, said as such. */
export const strengthOf = (passphrase: string): 'too short' | 'fair' | 'good' | 'strong' => {
  const length = [...passphrase.normalize('NFKC')].length;
  if (length < PASSPHRASE_LEAST) return 'too short';
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}\s]/u, /\s/u].filter((kind) => kind.test(passphrase)).length;
  const different = new Set(passphrase).size;
  if (different < 6) return 'fair';
  const score = length + 3 * kinds;
  return score >= 32 ? 'strong' : score >= 22 ? 'good' : 'fair';
};

const FREE_TRIES = 5;
/** Below the time after which an extension's worker is stopped (S59). */
const LONGEST_DELAY = 25_000;

/** Milliseconds before the next try after so many wrong passphrases in a row: none up to five, then 1 s, 2 s, 4 s … (S10). */
export const delayAfter = (failures: number): number =>
  failures < FREE_TRIES ? 0 : Math.min(2 ** (failures - FREE_TRIES) * 1_000, LONGEST_DELAY);

/** due: the person is asked. answered: they have been, whatever they said. */
export type ProtectionOffer = 'due' | 'answered';

/** The first authorization of a real account is the moment to offer a passphrase: once, and never for the sandbox. */
export const isOfferDue = (connector: Connector, isProtected: boolean, offer: ProtectionOffer | null): boolean =>
  !isSandbox(connector) && !isProtected && offer === null;
