import { base64url } from 'jose';
import * as v from 'valibot';
import { AUTHORIZATION, type Authorization } from '../../domain/authorization.ts';
import type { EventName } from '../../domain/events.ts';
import { Fault } from '../../domain/faults.ts';
import { PASSPHRASE_MOST } from '../../domain/passphrase.ts';
import { next } from '../../domain/transition.ts';
import { readActor } from '../actor.ts';
import { type Call, command } from '../command.ts';
import { resumeDevices } from '../device-flow.ts';
import { resumeHeld } from '../held.ts';
import { nothing } from '../inputs.ts';
import { lockNow, lockWhenIdle, noteLock } from '../locking.ts';
import { resumeParked } from '../parked.ts';
import { requireStrong, tryPassphrase } from '../passphrases.ts';
import { record } from '../record.ts';

/** Typed once and handed over once; it goes into no row, line or error. */
const passphraseInput = v.pipe(v.string(), v.maxLength(PASSPHRASE_MOST));

/** The vault belongs to the device and not to a role: whoever acts is only who is named in the audit. */
const tell = async (call: Call, name: EventName): Promise<void> => {
  const actor = await readActor(call);
  await record(call, { event: { name, workspaceId: actor?.workspace.id ?? null, actor: actor?.member.id ?? null, subject: null } });
};

/**
 * Puts a passphrase before the vault (S5, S6, S7). What was authorized stays. Throws `vault.passphrase-weak`, `vault.protected`.
 */
export const protectVault = command({
  allow: null,
  input: v.strictObject({ passphrase: passphraseInput }),
  run: (call, { passphrase }) =>
    call.lock('vault', async () => {
      requireStrong(passphrase);
      await call.vault.protect(passphrase);
      await tell(call, 'vault.protected');
      await noteLock(call, false);
      return {};
    }),
});

/** Says that it is open, and sees through what came back while it was locked. */
const afterUnlocking = async (call: Call): Promise<Record<string, never>> => {
  await noteLock(call, false);
  await resumeParked(call);
  await resumeHeld(call);
  await resumeDevices(call);
  return {};
};

/** Opens the vault, and sees through what came back while it was locked. Throws `vault.passphrase-wrong`, `vault.unprotected`. */
export const unlockVault = command({
  allow: null,
  input: v.strictObject({ passphrase: passphraseInput }),
  run: async (call, { passphrase }) => {
    await tryPassphrase(call, () => call.vault.unlock(passphrase));
    return afterUnlocking(call);
  },
});

const bytesInput = v.pipe(
  v.string(),
  v.regex(/^[\w-]{1,2000}$/),
  v.transform((value) => Uint8Array.from(base64url.decode(value))),
);
const outputInput = v.pipe(
  bytesInput,
  v.check(({ length }) => length === 32, 'not 32 bytes'),
);

/** Lets a passkey open the vault beside the passphrase. Throws `vault.passphrase-wrong`, `vault.unprotected`. */
export const addPasskey = command({
  allow: null,
  input: v.strictObject({ passphrase: passphraseInput, credentialId: bytesInput, salt: outputInput, output: outputInput }),
  run: (call, { passphrase, ...answer }) =>
    call.lock('vault', async () => {
      await tryPassphrase(call, () => call.vault.addPasskey(passphrase, answer));
      await tell(call, 'vault.passkey-added');
      await noteLock(call, false);
      return {};
    }),
});

/** Opens the vault with what the passkey gave. Throws `vault.passkey-wrong`, `vault.unprotected`. */
export const unlockWithPasskey = command({
  allow: null,
  input: v.strictObject({ output: outputInput }),
  run: async (call, { output }) => {
    await call.vault.unlockWithPasskey(output);
    return afterUnlocking(call);
  },
});

/** From now on only the passphrase opens the vault. */
export const removePasskey = command({
  allow: null,
  input: nothing,
  run: (call) =>
    call.lock('vault', async () => {
      await call.vault.removePasskey();
      await tell(call, 'vault.passkey-removed');
      await noteLock(call, (await call.vault.state()) === 'locked');
      return {};
    }),
});

/** Locks at once. What needs no secret goes on working (S8). */
export const lockVault = command({
  allow: null,
  isReading: true,
  input: nothing,
  run: async (call) => {
    if ((await call.vault.state()) === 'device') throw new Fault('vault.unprotected');
    await lockNow(call);
    return {};
  },
});

/** Somebody is here: the time until the idle lock begins anew, unless it was over already, as after the machine slept (S8). */
export const stayUnlocked = command({
  allow: null,
  input: nothing,
  run: async (call) => {
    await lockWhenIdle(call);
    if ((await call.vault.state()) === 'unlocked') await noteLock(call, false);
    return {};
  },
});

/** Another passphrase for the same data key: nothing that is sealed changes (S5). Throws `vault.passphrase-wrong`, `vault.passphrase-weak`. */
export const changePassphrase = command({
  allow: null,
  input: v.strictObject({ current: passphraseInput, passphrase: passphraseInput }),
  run: (call, { current, passphrase }) =>
    call.lock('vault', async () => {
      requireStrong(passphrase);
      await tryPassphrase(call, () => call.vault.changePassphrase(current, passphrase));
      await tell(call, 'vault.passphrase-changed');
      await noteLock(call, false);
      return {};
    }),
});

/** Seals everything anew under a new data key, in one transaction (S5). Throws `vault.passphrase-wrong`. */
export const rotateDataKey = command({
  allow: null,
  input: v.strictObject({ passphrase: passphraseInput }),
  run: (call, { passphrase }) =>
    call.lock('vault', async () => {
      await tryPassphrase(call, () => call.vault.rotate(passphrase));
      await tell(call, 'vault.rotated');
      await noteLock(call, false);
      return {};
    }),
});

/** What cannot be without its secret goes with it, in the transaction that deletes the secrets. Gives how many authorizations that were. */
const forgetSealed = async (call: Call): Promise<number> => {
  const rows = await call.db.authorizations.filter(({ grant }) => grant !== null).toArray();
  const settings = (await call.db.settings.toArray()).map(({ key }) => key);
  const keys = settings.filter((key) => key.startsWith('author-key:') || key === 'vault-failures');
  const apps = await call.db.oauthApps.filter(({ hasSecret }) => hasSecret).toArray();
  await record(call, {
    put: {
      authorizations: rows.map(
        (row): Authorization => ({ ...row, state: next(AUTHORIZATION, row.state, 'revoke'), reason: null, grant: null, lastTest: null }),
      ),
      oauthApps: apps.filter(({ registered }) => registered === undefined).map((app) => ({ ...app, hasSecret: false })),
    },
    // Without its secret a registration of Latchkey's own is of no use; the next authorization makes another.
    remove: { settings: keys, oauthApps: apps.filter(({ registered }) => registered !== undefined).map(({ id }) => id) },
    event: null,
  });
  await tell(call, 'vault.reset');
  return rows.length;
};

/**
 * The way on from a forgotten passphrase: the vault begins anew with a device key. Definitions, applications and entries stay;
 * authorizations, stored client secrets and the author key are lost. All of it happens or nothing (S53).
 */
export const resetVault = command({
  allow: null,
  input: v.strictObject({ isConfirmed: v.literal(true) }),
  run: (call) =>
    call.lock('vault', async () => {
      let lost = 0;
      await call.vault.reset(async () => {
        lost = await forgetSealed(call);
      });
      await noteLock(call, false);
      return { lost };
    }),
});

/** The offer to protect the vault was seen and answered; it never comes again. */
export const answerProtectionOffer = command({
  allow: null,
  input: nothing,
  run: async (call) => {
    await record(call, { put: { settings: [{ key: 'vault-offer', value: 'answered' }] }, event: null });
    return {};
  },
});

/** After how many minutes without anybody the vault locks itself (S8). */
export const setIdleLock = command({
  allow: null,
  input: v.strictObject({ minutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(240)) }),
  run: async (call, { minutes }) => {
    await record(call, {
      put: { settings: [{ key: 'vault-idle-minutes', value: minutes }] },
      event: { name: 'settings.changed', workspaceId: null, actor: null, subject: null, fields: { name: 'idle lock' } },
    });
    return {};
  },
});
