import type { LatchkeyDb } from '../db/open.ts';
import type { SecretRow } from '../db/tables.ts';
import { Fault } from '../domain/faults.ts';
import type { JsonValue } from '../domain/json.ts';
import { type DataKey, openDataKey } from './key.ts';

/** What a sealed value is for; it opens for nothing else. */
export type Purpose = 'tokens' | 'flow' | 'author-key' | 'oauth-app';

/** Seals values for the `secrets` table and opens them again. */
export type Vault = {
  /** A row to be stored in the same transaction as what it belongs to. `id` is that row's id. */
  seal(purpose: Purpose, id: string, value: JsonValue): Promise<SecretRow>;
  /** The value that was sealed, or undefined where there is none. Throws `vault.tampered`. */
  open(purpose: Purpose, id: string): Promise<unknown>;
};

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The row's id names purpose and owner, so that one owner may have several secrets. */
export const secretId = (purpose: Purpose, id: string): string => `${purpose}:${id}`;

const context = (purpose: Purpose, id: string, keyId: string) => encoder.encode(`latchkey|v1|secrets|${id}|${purpose}|${keyId}`);

/** AES-256-GCM with a fresh 96-bit IV for each write, bound to its purpose, owner and key (S4). */
export const createVault = (db: LatchkeyDb): Vault => {
  let opened: Promise<DataKey> | null = null;
  const dataKey = (): Promise<DataKey> => {
    // A failure is not kept: the next call tries again.
    opened ??= openDataKey(db).catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
  return {
    async seal(purpose, id, value) {
      const { key, keyId } = await dataKey();
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const plain = encoder.encode(JSON.stringify(value));
      const data = new Uint8Array(
        await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: context(purpose, id, keyId) }, key, plain),
      );
      plain.fill(0);
      return { id: secretId(purpose, id), keyId, iv, data };
    },
    async open(purpose, id) {
      const row = await db.secrets.get(secretId(purpose, id));
      if (row === undefined) return undefined;
      const { key, keyId } = await dataKey();
      if (row.keyId !== keyId) throw new Fault('vault.tampered');
      try {
        const plain = await crypto.subtle.decrypt(
          { name: 'AES-GCM', iv: row.iv, additionalData: context(purpose, id, keyId) },
          key,
          row.data,
        );
        return JSON.parse(decoder.decode(plain)) as unknown;
      } catch {
        throw new Fault('vault.tampered');
      }
    },
  };
};
