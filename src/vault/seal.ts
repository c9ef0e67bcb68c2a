import type { LatchkeyDb } from '../db/open.ts';
import type { KeyRow, SecretRow } from '../db/tables.ts';
import { Fault } from '../domain/faults.ts';
import type { JsonValue } from '../domain/json.ts';
import type { Argon2id } from './kdf.ts';
import {
  type DataKey,
  freshKey,
  importKey,
  openWithDevice,
  openWithPasskey,
  openWithPassphrase,
  type PasskeyAnswer,
  type RawKey,
  readKey,
  storedKey,
  storedPasskey,
  wrapWithDevice,
  wrapWithPasskey,
  wrapWithPassphrase,
} from './key.ts';

/** What a sealed value is for; it opens for nothing else. */
export type Purpose = 'tokens' | 'flow' | 'author-key' | 'oauth-app';

/** device: the key lies in this profile. locked, unlocked: a passphrase protects it. */
export type VaultState = 'device' | 'locked' | 'unlocked';

/** Where the host keeps an unlocked key for as long as the browser runs; memory only, never on disk (S9). */
export type KeySession = {
  read(): Promise<{ readonly keyId: string; readonly raw: RawKey } | null>;
  write(keyId: string, raw: RawKey): Promise<void>;
  clear(): Promise<void>;
};

export type Seal = (purpose: Purpose, id: string, value: JsonValue) => Promise<SecretRow>;

/** Seals values for the `secrets` table and opens them again. */
export type Vault = {
  /** A row to be stored in the same transaction as what it belongs to. `id` is that row's id. Throws `vault.locked`. */
  seal: Seal;
  /**
   * Seals with the key as it is now, also once the vault is locked: for what a service hands out once, in an answer that is awaited. It opens
   * nothing. Throws `vault.locked`.
   */
  sealer(): Promise<Seal>;
  /** The value that was sealed, or undefined where there is none. Throws `vault.tampered`, `vault.locked`. */
  open(purpose: Purpose, id: string): Promise<unknown>;
  state(): Promise<VaultState>;
  /** Puts a passphrase before the data key, under a new data key: what the old one sealed is sealed anew. Throws `vault.protected`. */
  protect(passphrase: string): Promise<void>;
  /** Throws `vault.passphrase-wrong`. */
  unlock(passphrase: string): Promise<void>;
  /** Forgets the key. Nothing to do under a device key. */
  lock(): Promise<void>;
  /** Wraps the same data key anew; nothing that is sealed changes (S5). Throws `vault.passphrase-wrong`. */
  changePassphrase(current: string, next: string): Promise<void>;
  /** Which passkey opens the vault too, and what to ask it for; null where there is none. */
  passkey(): Promise<{ readonly credentialId: RawKey; readonly salt: RawKey } | null>;
  /** Lets a passkey open the vault beside the passphrase. Throws `vault.passphrase-wrong`, `vault.unprotected`. */
  addPasskey(passphrase: string, answer: PasskeyAnswer): Promise<void>;
  /** Throws `vault.passkey-wrong`. */
  unlockWithPasskey(output: RawKey): Promise<void>;
  removePasskey(): Promise<void>;
  /** Seals everything anew under a new data key, in one transaction; a passkey has to be added again. Throws `vault.passphrase-wrong`. */
  rotate(passphrase: string): Promise<void>;
  /**
   * Begins anew with a device key and without a secret: the way on from a forgotten passphrase. What has to go with the secrets is done by
   * `also`, in the same transaction over every table: it awaits nothing but Dexie.
   */
  reset(also?: () => Promise<void>): Promise<void>;
};

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The row's id names purpose and owner, so that one owner may have several secrets. */
export const secretId = (purpose: Purpose, id: string): string => `${purpose}:${id}`;

/** What a ciphertext is bound to: it opens for this row and purpose, under this key, and nowhere else (S4). */
const contextOf = (rowId: string, keyId: string) => encoder.encode(`latchkey|v1|secrets|${rowId}|${keyId}`);

const encrypt = async (rowId: string, plain: Uint8Array<ArrayBuffer>, { key, keyId }: DataKey): Promise<SecretRow> => {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: contextOf(rowId, keyId) }, key, plain);
  return { id: rowId, keyId, iv, data: new Uint8Array(data) };
};

const decrypt = async (row: SecretRow, { key, keyId }: DataKey): Promise<Uint8Array<ArrayBuffer>> => {
  if (row.keyId !== keyId) throw new Fault('vault.tampered');
  try {
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: row.iv, additionalData: contextOf(row.id, keyId) }, key, row.data);
    return new Uint8Array(plain);
  } catch {
    throw new Fault('vault.tampered');
  }
};

/** A session of this worker's own memory: it ends with the worker. */
export const memorySession = (): KeySession => ({ read: async () => null, write: async () => undefined, clear: async () => undefined });

/** How often sealing anew begins again because something was stored meanwhile. */
const TRIES = 5;

/** AES-256-GCM with a fresh 96-bit IV for each write, bound to its purpose, owner and key (S4). */
export const createVault = (db: LatchkeyDb, argon2id: Argon2id, session: KeySession = memorySession()): Vault => {
  let held: DataKey | null = null;

  /** The data key of the envelope that the database has now: another core may have locked it away or replaced it. */
  const dataKey = async (row: KeyRow): Promise<DataKey> => {
    if (held?.keyId === row.keyId) return held;
    held = null;
    if (row.wrappedBy === 'device') {
      held = await importKey(row.keyId, await openWithDevice(row));
      return held;
    }
    const kept = await session.read();
    if (kept?.keyId !== row.keyId) throw new Fault('vault.locked');
    held = await importKey(kept.keyId, kept.raw);
    return held;
  };

  const passphraseRow = async (): Promise<KeyRow & { readonly wrappedBy: 'passphrase' }> => {
    const row = await storedKey(db);
    if (row.wrappedBy !== 'passphrase') throw new Fault('vault.unprotected');
    return row;
  };

  /** Seals every secret anew under `next` and stores it with its envelope, unless something changed meanwhile. */
  const resealed = async (current: DataKey, next: DataKey, envelope: KeyRow): Promise<void> => {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const before = await db.secrets.toArray();
      const fresh: SecretRow[] = [];
      for (const row of before) {
        // A secret that cannot be read stays as it is: it says so when it is asked for, and harms no other (S55).
        const plain = await decrypt(row, current).catch(() => null);
        if (plain === null) continue;
        fresh.push(await encrypt(row.id, plain, next));
        plain.fill(0);
      }
      const ivs = new Map(before.map(({ id, iv }) => [id, iv.join()]));
      const isDone = await db.transaction('rw', db.secrets, db.keys, async () => {
        const now = await db.secrets.toArray();
        if (now.length !== before.length || now.some(({ id, iv }) => ivs.get(id) !== iv.join())) return false;
        await db.secrets.bulkPut(fresh);
        await db.keys.put(envelope);
        // It wraps the key that is gone.
        await db.keys.delete('passkey');
        return true;
      });
      if (isDone) return;
    }
    throw new Fault('store.conflict');
  };

  const hold = async (keyId: string, raw: RawKey): Promise<void> => {
    await session.write(keyId, raw);
    held = await importKey(keyId, raw);
  };

  const sealer = async (): Promise<Seal> => {
    const key = await dataKey(await storedKey(db));
    return async (purpose, id, value) => {
      const plain = encoder.encode(JSON.stringify(value));
      const row = await encrypt(secretId(purpose, id), plain, key);
      plain.fill(0);
      return row;
    };
  };

  return {
    seal: async (purpose, id, value) => (await sealer())(purpose, id, value),
    sealer,
    async open(purpose, id) {
      // Read together: a data key that is replaced between the two would make a good row look tampered with.
      const [row, key] = await db.transaction('r', db.secrets, db.keys, () =>
        Promise.all([db.secrets.get(secretId(purpose, id)), readKey(db)]),
      );
      if (row === undefined) return undefined;
      const plain = await decrypt(row, await dataKey(key ?? (await storedKey(db))));
      try {
        return JSON.parse(decoder.decode(plain)) as unknown;
      } catch {
        throw new Fault('vault.tampered');
      } finally {
        plain.fill(0);
      }
    },
    async state() {
      const row = await storedKey(db);
      if (row.wrappedBy === 'device') return 'device';
      if (held?.keyId === row.keyId) return 'unlocked';
      return (await session.read())?.keyId === row.keyId ? 'unlocked' : 'locked';
    },
    async protect(passphrase) {
      const row = await storedKey(db);
      if (row.wrappedBy !== 'device') throw new Fault('vault.protected');
      const current = await importKey(row.keyId, await openWithDevice(row));
      // A browser's storage keeps deleted bytes, and the device key with them: what it could open must not be what opens from now on.
      const { keyId, raw } = freshKey();
      const envelope = await wrapWithPassphrase(raw, keyId, passphrase, argon2id);
      const kept = raw.slice();
      await resealed(current, await importKey(keyId, raw), envelope);
      await hold(keyId, kept);
    },
    async unlock(passphrase) {
      const row = await passphraseRow();
      await hold(row.keyId, await openWithPassphrase(row, passphrase, argon2id));
    },
    async lock() {
      held = null;
      await session.clear();
    },
    async changePassphrase(current, next) {
      const row = await passphraseRow();
      const raw = await openWithPassphrase(row, current, argon2id);
      const envelope = await wrapWithPassphrase(raw, row.keyId, next, argon2id);
      await db.transaction('rw', db.keys, async () => {
        const now = await db.keys.get('data-key');
        // Somebody else changed it meanwhile: theirs stands.
        if (now?.id !== 'data-key' || now.keyId !== row.keyId || now.iv.join() !== row.iv.join()) throw new Fault('store.conflict');
        await db.keys.put(envelope);
      });
      await hold(row.keyId, raw);
    },
    async passkey() {
      const found = await storedPasskey(db, (await storedKey(db)).keyId);
      return found === null ? null : { credentialId: found.credentialId, salt: found.salt };
    },
    async addPasskey(passphrase, answer) {
      const row = await passphraseRow();
      const raw = await openWithPassphrase(row, passphrase, argon2id);
      const envelope = await wrapWithPasskey(raw, row.keyId, answer);
      await db.keys.put(envelope);
      await hold(row.keyId, raw);
    },
    async unlockWithPasskey(output) {
      const row = await storedPasskey(db, (await passphraseRow()).keyId);
      if (row === null) throw new Fault('vault.passkey-wrong');
      await hold(row.keyId, await openWithPasskey(row, output));
    },
    async removePasskey() {
      await db.keys.delete('passkey');
    },
    async rotate(passphrase) {
      const row = await passphraseRow();
      const old = await openWithPassphrase(row, passphrase, argon2id);
      const { keyId, raw } = freshKey();
      const envelope = await wrapWithPassphrase(raw, keyId, passphrase, argon2id);
      const kept = raw.slice();
      await resealed(await importKey(row.keyId, old), await importKey(keyId, raw), envelope);
      await hold(keyId, kept);
    },
    async reset(also = async () => undefined) {
      const { keyId, raw } = freshKey();
      const envelope = await wrapWithDevice(raw, keyId);
      raw.fill(0);
      await db.transaction('rw', db.tables, async () => {
        await db.secrets.clear();
        await db.keys.put(envelope);
        await db.keys.delete('passkey');
        await also();
      });
      held = null;
      await session.clear();
    },
  };
};
