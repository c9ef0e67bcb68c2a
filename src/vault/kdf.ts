import { Fault } from '../domain/faults.ts';
import type { KdfParams } from '../domain/secret.ts';

/** Argon2id (RFC 9106) of 32 bytes; the host decides how its WebAssembly comes in. Rejects where WebAssembly is refused. */
export type Argon2id = (input: {
  readonly passphrase: Uint8Array;
  readonly salt: Uint8Array;
  readonly memoryKiB: number;
  readonly iterations: number;
  readonly parallelism: number;
}) => Promise<Uint8Array<ArrayBuffer>>;

type Bounds = readonly [least: number, most: number];

/** Below is a downgrade that somebody made, above is a trap; both are refused before anything is allocated (S6). */
export const KDF_BOUNDS: {
  readonly argon2id: { readonly memoryKiB: Bounds; readonly iterations: Bounds; readonly parallelism: Bounds };
  readonly 'pbkdf2-sha256': { readonly iterations: Bounds };
} = {
  argon2id: { memoryKiB: [19 * 1024, 1024 * 1024], iterations: [2, 10], parallelism: [1, 16] },
  'pbkdf2-sha256': { iterations: [600_000, 10_000_000] },
};

/** Bitwarden's default for Argon2id, OWASP's for PBKDF2 (S6). */
const ARGON2ID = { name: 'argon2id', memoryKiB: 64 * 1024, iterations: 3, parallelism: 4 } as const;
const PBKDF2 = { name: 'pbkdf2-sha256', iterations: 600_000 } as const;

const freshSalt = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(16));
export const argon2idParams = (): KdfParams => ({ ...ARGON2ID, salt: freshSalt() });
export const pbkdf2Params = (): KdfParams => ({ ...PBKDF2, salt: freshSalt() });

const isWithin = (value: number, [least, most]: Bounds): boolean => Number.isSafeInteger(value) && value >= least && value <= most;

/** Are these parameters ones that this program makes or would have made. */
export const areSafe = (params: KdfParams): boolean => {
  if (params.salt.byteLength !== 16) return false;
  if (params.name === 'pbkdf2-sha256') return isWithin(params.iterations, KDF_BOUNDS['pbkdf2-sha256'].iterations);
  const { memoryKiB, iterations, parallelism } = KDF_BOUNDS.argon2id;
  return isWithin(params.memoryKiB, memoryKiB) && isWithin(params.iterations, iterations) && isWithin(params.parallelism, parallelism);
};

/** The parameters as bytes, so that changing any of them changes what is authenticated (S6). */
export const paramsText = (params: KdfParams): string => {
  const salt = [...params.salt].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return params.name === 'argon2id'
    ? `${params.name}|${params.memoryKiB}|${params.iterations}|${params.parallelism}|${salt}`
    : `${params.name}|${params.iterations}|${salt}`;
};

/** A passphrase is one text whichever keyboard typed it (S7). */
const bytesOf = (passphrase: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(passphrase.normalize('NFKC'));

/** The key-encryption key of a passphrase. Takes the KDF's own time; throws `vault.unavailable` where Argon2id cannot run here. */
export const deriveKey = async (params: KdfParams, passphrase: string, argon2id: Argon2id): Promise<CryptoKey> => {
  const input = bytesOf(passphrase);
  try {
    if (params.name === 'pbkdf2-sha256') {
      const material = await crypto.subtle.importKey('raw', input, 'PBKDF2', false, ['deriveKey']);
      const how = { name: 'PBKDF2', hash: 'SHA-256', salt: params.salt, iterations: params.iterations };
      return await crypto.subtle.deriveKey(how, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    }
    const { memoryKiB, iterations, parallelism, salt } = params;
    const raw = await argon2id({ passphrase: input, salt, memoryKiB, iterations, parallelism }).catch(() => {
      throw new Fault('vault.unavailable');
    });
    const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
    raw.fill(0);
    return key;
  } finally {
    input.fill(0);
  }
};
