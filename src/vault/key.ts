import type { LatchkeyDb } from '../db/open.ts';
import type { KeyRow, PasskeyRow } from '../db/tables.ts';
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

/** What a person's passkey gave: 32 bytes that it gives for this salt and for no other (WebAuthn section 10.1.4). */
export type PasskeyAnswer = { readonly credentialId: RawKey; readonly salt: RawKey; readonly output: RawKey };

/** The output is uniform already, so one HKDF step makes the key of it (RFC 5869). */
const passkeyKey = async (output: RawKey): Promise<CryptoKey> => {
  const material = await crypto.subtle.importKey('raw', output, 'HKDF', false, ['deriveKey']);
  output.fill(0);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode('latchkey|v1|passkey') };
  return crypto.subtle.deriveKey(how, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
};

/** Wraps the data key for the passkey. Clears what it gave. */
export const wrapWithPasskey = async (raw: RawKey, keyId: string, { credentialId, salt, output }: PasskeyAnswer): Promise<PasskeyRow> => ({
  id: 'passkey',
  credentialId,
  salt,
  ...(await wrap(raw, keyId, await passkeyKey(output), 'passkey')),
});

/** The bytes of the data key. Throws `vault.passkey-wrong`. */
export const openWithPasskey = async (row: PasskeyRow, output: RawKey): Promise<RawKey> => {
  try {
    return await unwrap(row, await passkeyKey(output), 'passkey');
  } catch {
    throw new Fault('vault.passkey-wrong');
  }
};

/** The passkey's envelope, if it is for this data key. */
export const storedPasskey = async (db: LatchkeyDb, keyId: string): Promise<PasskeyRow | null> => {
  const found = await db.keys.get('passkey');
  return found?.id === 'passkey' && found.keyId === keyId ? found : null;
};

export const readKey = async (db: LatchkeyDb): Promise<KeyRow | null> => {
  const found = await db.keys.get('data-key');
  return found?.id === 'data-key' ? found : null;
};

/** Two cores may start at once on an empty database: the first row stored is the key of both. */
export const storedKey = async (db: LatchkeyDb): Promise<KeyRow> => {
  const found = await readKey(db);
  if (found !== null) return found;
  const { keyId, raw } = freshKey();
  const made = await wrapWithDevice(raw, keyId);
  raw.fill(0);
  return db.transaction('rw', db.keys, async () => {
    const other = await readKey(db);
    if (other !== null) return other;
    await db.keys.add(made);
    return made;
  });
};
