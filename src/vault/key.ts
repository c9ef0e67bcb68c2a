import type { LatchkeyDb } from '../db/open.ts';
import type { KeyRow } from '../db/tables.ts';
import { Fault } from '../domain/faults.ts';

const encoder = new TextEncoder();

/** The unwrapped data key. It stays in the worker and cannot be read out of it by script. */
export type DataKey = { readonly keyId: string; readonly key: CryptoKey };

const wrapContext = (keyId: string) => encoder.encode(`latchkey|v1|keys|data-key|wrapped|${keyId}`);

const makeKeyRow = async (): Promise<KeyRow> => {
  const keyId = crypto.randomUUID();
  const deviceKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const wrapped = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: wrapContext(keyId) }, deviceKey, raw));
  raw.fill(0);
  return { id: 'data-key', keyId, wrappedBy: 'device', deviceKey, iv, wrapped };
};

/** Two cores may start at once on an empty database: the first row stored is the key of both. */
const storedRow = async (db: LatchkeyDb): Promise<KeyRow> => {
  const found = await db.keys.get('data-key');
  if (found !== undefined) return found;
  const made = await makeKeyRow();
  return db.transaction('rw', db.keys, async () => {
    const other = await db.keys.get('data-key');
    if (other !== undefined) return other;
    await db.keys.add(made);
    return made;
  });
};

/** Unwraps the data key, making the envelope at first use. Throws `vault.unavailable` when it cannot be unwrapped. */
export const openDataKey = async (db: LatchkeyDb): Promise<DataKey> => {
  const row = await storedRow(db);
  try {
    const context = { name: 'AES-GCM', iv: row.iv, additionalData: wrapContext(row.keyId) };
    const raw = new Uint8Array(await crypto.subtle.decrypt(context, row.deviceKey, row.wrapped));
    const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
    raw.fill(0);
    return { keyId: row.keyId, key };
  } catch {
    throw new Fault('vault.unavailable');
  }
};
