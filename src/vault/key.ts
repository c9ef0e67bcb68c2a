import type { LatchkeyDb } from '../db/open.ts';
import type { KeyRow } from '../db/tables.ts';
import { Fault } from '../domain/faults.ts';
import type { KdfParams } from '../domain/secret.ts';
import { type Argon2id, areSafe, argon2idParams, deriveKey, paramsText, pbkdf2Params } from './kdf.ts';

const encoder = new TextEncoder();

/** The unwrapped data key. It stays in the worker and cannot be read out of it by script. */
export type DataKey = { readonly keyId: string; readonly key: CryptoKey };

/** The bytes of a data key; whoever has them clears them. */
export type RawKey = Uint8Array<ArrayBuffer>;

type Envelope = { readonly keyId: string; readonly iv: Uint8Array<ArrayBuffer>; readonly wrapped: Uint8Array<ArrayBuffer> };

const contextOf = (keyId: string, how: string): Uint8Array<ArrayBuffer> =>
  encoder.encode(`latchkey|v1|keys|data-key|wrapped|${keyId}|${how}`);

const wrap = async (raw: RawKey, keyId: string, by: CryptoKey, how: string): Promise<Envelope> => {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const wrapped = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: contextOf(keyId, how) }, by, raw);
  return { keyId, iv, wrapped: new Uint8Array(wrapped) };
};

const unwrap = async ({ keyId, iv, wrapped }: Envelope, by: CryptoKey, how: string): Promise<RawKey> =>
  new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: contextOf(keyId, how) }, by, wrapped));

export const freshKey = (): { keyId: string; raw: RawKey } => ({
  keyId: crypto.randomUUID(),
  raw: crypto.getRandomValues(new Uint8Array(32)),
});

/** Imports the bytes and clears them. */
export const importKey = async (keyId: string, raw: RawKey): Promise<DataKey> => {
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  raw.fill(0);
  return { keyId, key };
};

/** A data key under a key that lies in the same profile: nothing to type, and nothing against who has the profile (finding 1). */
export const wrapWithDevice = async (raw: RawKey, keyId: string): Promise<KeyRow> => {
  const deviceKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  return { id: 'data-key', wrappedBy: 'device', deviceKey, ...(await wrap(raw, keyId, deviceKey, 'device')) };
};

/** A data key under a passphrase: Argon2id, or PBKDF2 where WebAssembly is refused (S6). */
export const wrapWithPassphrase = async (raw: RawKey, keyId: string, passphrase: string, argon2id: Argon2id): Promise<KeyRow> => {
  let kdf: KdfParams = argon2idParams();
  let by: CryptoKey;
  try {
    by = await deriveKey(kdf, passphrase, argon2id);
  } catch {
    kdf = pbkdf2Params();
    by = await deriveKey(kdf, passphrase, argon2id);
  }
  return { id: 'data-key', wrappedBy: 'passphrase', kdf, ...(await wrap(raw, keyId, by, paramsText(kdf))) };
};

/** The bytes of a device-wrapped key. Throws `vault.unavailable`. */
export const openWithDevice = async (row: KeyRow & { readonly wrappedBy: 'device' }): Promise<RawKey> => {
  try {
    return await unwrap(row, row.deviceKey, 'device');
  } catch {
    throw new Fault('vault.unavailable');
  }
};

/**
 * The bytes of a passphrase-wrapped key. A wrong passphrase and a damaged header look alike and cost the same (S10): parameters out of
 * bounds are never run, and their time is spent on the usual ones. Throws `vault.passphrase-wrong`.
 */
export const openWithPassphrase = async (
  row: KeyRow & { readonly wrappedBy: 'passphrase' },
  passphrase: string,
  argon2id: Argon2id,
): Promise<RawKey> => {
  const isSafe = areSafe(row.kdf);
  const by = await deriveKey(isSafe ? row.kdf : argon2idParams(), passphrase, argon2id);
  try {
    if (!isSafe) throw new Error('out of bounds');
    return await unwrap(row, by, paramsText(row.kdf));
  } catch {
    throw new Fault('vault.passphrase-wrong');
  }
};

/** Two cores may start at once on an empty database: the first row stored is the key of both. */
export const storedKey = async (db: LatchkeyDb): Promise<KeyRow> => {
  const found = await db.keys.get('data-key');
  if (found !== undefined) return found;
  const { keyId, raw } = freshKey();
  const made = await wrapWithDevice(raw, keyId);
  raw.fill(0);
  return db.transaction('rw', db.keys, async () => {
    const other = await db.keys.get('data-key');
    if (other !== undefined) return other;
    await db.keys.add(made);
    return made;
  });
};
