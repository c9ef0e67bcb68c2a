import { beforeEach, describe, expect, it } from 'vitest';
import { type LatchkeyDb, openDb } from '../../src/db/open.ts';
import type { KeyRow } from '../../src/db/tables.ts';
import { Fault } from '../../src/domain/faults.ts';
import { strengthOf } from '../../src/domain/passphrase.ts';
import type { KdfParams } from '../../src/domain/secret.ts';
import { argon2id } from '../../src/vault/argon2id.ts';
import { areSafe, argon2idParams, KDF_BOUNDS, pbkdf2Params } from '../../src/vault/kdf.ts';
import { createVault, type KeySession, type Vault } from '../../src/vault/seal.ts';
import { freshName } from '../support/core.ts';

const PASSPHRASE = 'correct horse battery staple';
const CANARY = 'canary-7f2a9c';

let db: LatchkeyDb;
let vault: Vault;
beforeEach(async () => {
  db = await openDb(freshName());
  vault = createVault(db, argon2id);
  await db.secrets.put(await vault.seal('tokens', 'aut_1', { accessToken: CANARY, refreshToken: null }));
});

const opened = async (of: Vault = vault, id = 'aut_1'): Promise<unknown> => of.open('tokens', id);
const codeOf = async (act: () => Promise<unknown>): Promise<string> => {
  try {
    await act();
    return 'nothing thrown';
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
};
const keyRow = async (): Promise<KeyRow> => {
  const row = await db.keys.get('data-key');
  if (row?.id !== 'data-key') throw new Error('no key');
  return row;
};
const TOKENS = { accessToken: CANARY, refreshToken: null };

describe('a passphrase', () => {
  it('S5 S6 protects what the device key sealed, under Argon2id, and opens it again', async () => {
    const before = await db.secrets.toArray();
    expect(await vault.state()).toBe('device');
    await vault.protect(PASSPHRASE);
    expect(await vault.state()).toBe('unlocked');
    expect(await opened()).toEqual(TOKENS);
    expect(await keyRow()).toMatchObject({
      wrappedBy: 'passphrase',
      kdf: { name: 'argon2id', memoryKiB: 65_536, iterations: 3, parallelism: 4 },
    });
    // The device key may still lie on the disk: it must open nothing that is stored now (finding 2).
    expect((await db.secrets.toArray())[0]?.keyId).not.toBe(before[0]?.keyId);
    expect('deviceKey' in (await keyRow())).toBe(false);
  });

  it('S8 locks: nothing opens, nothing is sealed, and unlocking brings it back', async () => {
    await vault.protect(PASSPHRASE);
    await vault.lock();
    expect(await vault.state()).toBe('locked');
    expect(await codeOf(() => opened())).toBe('vault.locked');
    expect(await codeOf(() => vault.seal('tokens', 'aut_2', 'x'))).toBe('vault.locked');
    await vault.unlock(PASSPHRASE);
    expect(await opened()).toEqual(TOKENS);
  });

  it('S8 a device key has nothing to lock', async () => {
    await vault.lock();
    expect(await vault.state()).toBe('device');
    expect(await opened()).toEqual(TOKENS);
  });

  it('S7 is one text however it was typed', async () => {
    await vault.protect('Café longer passphrase');
    await vault.lock();
    await vault.unlock('Cafe\u0301 longer passphrase');
    expect(await opened()).toEqual(TOKENS);
  });

  it('S7 says how strong it is in words', () => {
    expect(['short', 'aaaaaaaaaaaaaa', 'correct horse', PASSPHRASE, 'Tr0ub4dor & three more words!'].map(strengthOf)).toEqual([
      'too short',
      'fair',
      'fair',
      'strong',
      'strong',
    ]);
  });

  it('S10 a wrong passphrase and a damaged header look alike, and neither changes anything', async () => {
    await vault.protect(PASSPHRASE);
    await vault.lock();
    const row = await keyRow();
    expect(await codeOf(() => vault.unlock('wrong horse battery staple'))).toBe('vault.passphrase-wrong');
    const damages: ((row: KeyRow) => KeyRow)[] = [
      (one) => ({ ...one, wrapped: one.wrapped.map((byte, index) => (index === 0 ? byte ^ 1 : byte)) }),
      (one) => ({ ...one, iv: one.iv.map((byte, index) => (index === 0 ? byte ^ 1 : byte)) }),
      (one) => ({ ...one, keyId: 'another' }),
    ];
    for (const damage of damages) {
      await db.keys.put(damage(row));
      expect(await codeOf(() => vault.unlock(PASSPHRASE))).toBe('vault.passphrase-wrong');
    }
    await db.keys.put(row);
    await vault.unlock(PASSPHRASE);
    expect(await opened()).toEqual(TOKENS);
  });

  const withKdf = async (change: (kdf: KdfParams) => KdfParams): Promise<void> => {
    const row = await keyRow();
    if (row.wrappedBy !== 'passphrase') throw new Error('no passphrase');
    await db.keys.put({ ...row, kdf: change(row.kdf) });
  };

  it.each<[string, (kdf: KdfParams) => KdfParams]>([
    ['less memory', (kdf) => ({ ...kdf, memoryKiB: 8 }) as KdfParams],
    ['more memory than any device has', (kdf) => ({ ...kdf, memoryKiB: 2 ** 31 }) as KdfParams],
    ['fewer iterations', (kdf) => ({ ...kdf, iterations: 1 })],
    ['endless iterations', (kdf) => ({ ...kdf, iterations: 10 ** 9 })],
    ['other memory within the bounds', (kdf) => ({ ...kdf, memoryKiB: 32 * 1024 }) as KdfParams],
    ['another salt', (kdf) => ({ ...kdf, salt: new Uint8Array(16) })],
    ['a short salt', (kdf) => ({ ...kdf, salt: new Uint8Array(4) })],
    ['another function', (kdf) => ({ name: 'pbkdf2-sha256', iterations: 600_000, salt: kdf.salt })],
  ])('S6 refuses a header that was edited: %s', async (_, change) => {
    await vault.protect(PASSPHRASE);
    await vault.lock();
    await withKdf(change);
    expect(await codeOf(() => vault.unlock(PASSPHRASE))).toBe('vault.passphrase-wrong');
  });

  it('S6 knows floor and ceiling of each parameter', () => {
    const { memoryKiB, iterations, parallelism } = KDF_BOUNDS.argon2id;
    const base = argon2idParams();
    const isSafe = (part: object): boolean => areSafe({ ...base, ...part } as KdfParams);
    for (const [name, [least, most]] of Object.entries({ memoryKiB, iterations, parallelism })) {
      expect(
        [least, most].map((value) => isSafe({ [name]: value })),
        name,
      ).toEqual([true, true]);
      expect(
        [least - 1, most + 1, 3.5, Number.NaN].map((value) => isSafe({ [name]: value })),
        name,
      ).toEqual([false, false, false, false]);
    }
    expect(areSafe(pbkdf2Params())).toBe(true);
    expect(areSafe({ ...pbkdf2Params(), iterations: 599_999 } as KdfParams)).toBe(false);
  });

  it('S6 falls back to PBKDF2 where WebAssembly is refused', async () => {
    const refusing = createVault(db, () => Promise.reject(new Error('no WebAssembly')));
    await refusing.protect(PASSPHRASE);
    expect(await keyRow()).toMatchObject({ kdf: { name: 'pbkdf2-sha256', iterations: 600_000 } });
    await refusing.lock();
    expect(await codeOf(() => refusing.unlock('wrong horse battery staple'))).toBe('vault.passphrase-wrong');
    await refusing.unlock(PASSPHRASE);
    expect(await opened(refusing)).toEqual(TOKENS);
  });
});

describe('changing it', () => {
  beforeEach(() => vault.protect(PASSPHRASE));
  const NEXT = 'another long passphrase';

  it('S5 re-wraps the data key alone: nothing that is sealed changes', async () => {
    const sealed = await db.secrets.toArray();
    await vault.changePassphrase(PASSPHRASE, NEXT);
    expect(await db.secrets.toArray()).toEqual(sealed);
    await vault.lock();
    expect(await codeOf(() => vault.unlock(PASSPHRASE))).toBe('vault.passphrase-wrong');
    await vault.unlock(NEXT);
    expect(await opened()).toEqual(TOKENS);
  });

  it('S5 a wrong current passphrase changes nothing', async () => {
    const row = await keyRow();
    expect(await codeOf(() => vault.changePassphrase('wrong horse battery staple', NEXT))).toBe('vault.passphrase-wrong');
    expect(await keyRow()).toEqual(row);
  });

  it('S5 S55 rotating the data key seals everything anew, in one transaction, and goes on with what cannot be read', async () => {
    await db.secrets.put(await vault.seal('tokens', 'aut_2', TOKENS));
    const [broken] = await db.secrets.toArray();
    if (broken === undefined) throw new Error('no secret');
    await db.secrets.put({ ...broken, data: broken.data.map((byte) => byte ^ 1) });
    const before = new Map((await db.secrets.toArray()).map(({ id, keyId }) => [id, keyId]));
    await vault.rotate(PASSPHRASE);
    const after = new Map((await db.secrets.toArray()).map(({ id, keyId }) => [id, keyId]));
    expect(after.get('tokens:aut_2')).not.toBe(before.get('tokens:aut_2'));
    expect(await opened(vault, 'aut_2')).toEqual(TOKENS);
    expect(await codeOf(() => opened())).toBe('vault.tampered');
  });

  it('S5 what is stored while the key is rotated is sealed anew too, or refused', async () => {
    const row = await vault.seal('tokens', 'aut_3', TOKENS);
    await Promise.all([vault.rotate(PASSPHRASE), db.secrets.put(row)]);
    expect(await opened(vault, 'aut_3')).toEqual(TOKENS);
  });

  it('S5 another core hears of it at its next use', async () => {
    const other = createVault(db, argon2id);
    await other.unlock(PASSPHRASE);
    await vault.rotate(PASSPHRASE);
    expect(await codeOf(() => opened(other))).toBe('vault.locked');
    await other.unlock(PASSPHRASE);
    expect(await opened(other)).toEqual(TOKENS);
  });

  it('S4 a ciphertext that was moved to another record or purpose does not open', async () => {
    const [row] = await db.secrets.toArray();
    if (row === undefined) throw new Error('no secret');
    await db.secrets.put({ ...row, id: 'tokens:aut_9' });
    await db.secrets.put({ ...row, id: 'flow:aut_1' });
    expect(await codeOf(() => opened(vault, 'aut_9'))).toBe('vault.tampered');
    expect(await codeOf(() => vault.open('flow', 'aut_1'))).toBe('vault.tampered');
    expect(await opened()).toEqual(TOKENS);
  });

  it('begins anew without the passphrase, and without what was sealed', async () => {
    await vault.lock();
    await vault.reset();
    expect(await vault.state()).toBe('device');
    expect(await opened()).toBeUndefined();
  });
});

describe('an unlocked key', () => {
  const kept = (): KeySession & { readonly stored: Map<string, Uint8Array<ArrayBuffer>> } => {
    const stored = new Map<string, Uint8Array<ArrayBuffer>>();
    return {
      stored,
      read: async () => {
        const [first] = stored;
        return first === undefined ? null : { keyId: first[0], raw: first[1].slice() };
      },
      write: async (keyId, raw) => {
        stored.clear();
        stored.set(keyId, raw.slice());
      },
      clear: async () => stored.clear(),
    };
  };

  it('S9 outlives its worker only where the host’s memory keeps it, and locking clears that too', async () => {
    const session = kept();
    const first = createVault(db, argon2id, session);
    await first.protect(PASSPHRASE);
    const next = createVault(db, argon2id, session);
    expect(await next.state()).toBe('unlocked');
    expect(await opened(next)).toEqual(TOKENS);
    expect(await createVault(db, argon2id).state()).toBe('locked');
    await next.lock();
    expect(session.stored.size).toBe(0);
    expect(await createVault(db, argon2id, session).state()).toBe('locked');
  });

  it('S9 is never in the database', async () => {
    const session = kept();
    await createVault(db, argon2id, session).protect(PASSPHRASE);
    const [raw] = session.stored.values();
    if (raw === undefined) throw new Error('no key');
    const needle = raw.join(',');
    for (const table of db.tables)
      for (const row of (await table.toArray()) as object[])
        for (const value of Object.values(row)) if (value instanceof Uint8Array) expect(value.join(',')).not.toContain(needle);
  });
});

describe('a passkey', () => {
  const answer = () => ({
    credentialId: new Uint8Array([1, 2, 3]),
    salt: new Uint8Array(32).fill(7),
    output: new Uint8Array(32).fill(9),
  });

  it('S5 opens the vault beside the passphrase, and only with what it gave', async () => {
    await vault.protect(PASSPHRASE);
    await vault.addPasskey(PASSPHRASE, answer());
    await vault.lock();
    expect(await vault.state()).toBe('locked');
    expect(await codeOf(() => vault.unlockWithPasskey(new Uint8Array(32).fill(8)))).toBe('vault.passkey-wrong');
    await vault.unlockWithPasskey(answer().output);
    expect(await opened()).toEqual(TOKENS);
    await vault.removePasskey();
    await vault.lock();
    expect(await vault.passkey()).toBeNull();
    expect(await codeOf(() => vault.unlockWithPasskey(answer().output))).toBe('vault.passkey-wrong');
    await vault.unlock(PASSPHRASE);
  });

  it('S5 outlives another passphrase and ends with the data key that it wraps', async () => {
    await vault.protect(PASSPHRASE);
    await vault.addPasskey(PASSPHRASE, answer());
    await vault.changePassphrase(PASSPHRASE, 'another long passphrase');
    await vault.lock();
    await vault.unlockWithPasskey(answer().output);
    await vault.rotate('another long passphrase');
    expect(await vault.passkey()).toBeNull();
    expect(await codeOf(() => vault.addPasskey(PASSPHRASE, answer()))).toBe('vault.passphrase-wrong');
  });

  it('S4 a changed envelope does not open', async () => {
    await vault.protect(PASSPHRASE);
    await vault.addPasskey(PASSPHRASE, answer());
    const row = await db.keys.get('passkey');
    if (row?.id !== 'passkey') throw new Error('no passkey');
    await db.keys.put({ ...row, wrapped: row.wrapped.map((byte) => byte ^ 1) });
    await vault.lock();
    expect(await codeOf(() => vault.unlockWithPasskey(answer().output))).toBe('vault.passkey-wrong');
  });
});
