import { base64url } from 'jose';
import * as v from 'valibot';
import { fingerprintOf } from '../../bundle/author-key.ts';
import { Fault } from '../../domain/faults.ts';
import { readActor } from '../actor.ts';
import { auditFilter, auditPage, readAudit } from '../audit.ts';
import { readAuthorKey } from '../author-key.ts';
import { query } from '../command.ts';
import { idInput, nothing } from '../inputs.ts';
import { readIdleLock } from '../locking.ts';
import { readOffer } from '../passphrases.ts';
import { readSandboxOrigin } from '../services.ts';
import { permission } from '../slots.ts';
import { deviceOf, keyWords } from '../summaries.ts';
import { isTypeLimitLifted, LIFTS } from '../type-limit.ts';
import type { FlowView, SettingsView, VaultView } from '../views.ts';

/** One authorization flow, for the screen that waits for it. */
export const flow = query({
  args: v.strictObject({ flowId: idInput('flw') }),
  read: async (call, { flowId }): Promise<FlowView> => {
    const found = await call.db.flows.get(flowId);
    if (found === undefined) throw new Fault('store.missing', 'authorization');
    const connection = await call.db.connections.get(found.connectionId);
    return {
      id: found.id,
      connectionId: found.connectionId,
      displayName: connection?.displayName ?? '',
      state: found.state,
      fault: found.fault,
      device: deviceOf(found),
    };
  },
});

/** The audit, newest first and by pages: who did what to what, when, in which environment. */
export const audit = query({
  args: v.strictObject({ ...auditFilter.entries, ...auditPage.entries }),
  read: readAudit,
});

/** The vault as every window shows it; times are epoch milliseconds. */
export const vault = query({
  args: nothing,
  read: async (call): Promise<VaultView> => {
    const state = await call.vault.state();
    const found = await call.vault.passkey();
    const passkey = found === null ? null : { credentialId: base64url.encode(found.credentialId), salt: base64url.encode(found.salt) };
    const isProtectionOffered = state === 'device' && (await readOffer(call)) === 'due';
    return { ...(await readIdleLock(call)), state, passkey, isProtectionOffered };
  },
});

/** Where things are on this device and how they are protected. */
export const settings = query({
  args: nothing,
  read: async (call): Promise<SettingsView> => {
    const actor = await readActor(call);
    const key = actor === null ? null : await readAuthorKey(call, actor.workspace.id);
    const sandboxOrigin = await readSandboxOrigin(call);
    return {
      sandboxOrigin,
      sandboxOriginIsDefault: sandboxOrigin === call.sandboxOrigin,
      redirectUri: call.redirectUri,
      vault: { sealedSecrets: await call.db.authorizations.filter(({ grant }) => grant !== null).count() },
      fingerprint: key === null ? null : fingerprintOf(key.keyId),
      signing:
        actor?.workspace.side === 'developer'
          ? { key: key === null ? null : keyWords(key.keyId), manage: permission(call, 'client.manage') }
          : null,
      typeLimit: actor === null ? null : { isLifted: await isTypeLimitLifted(call), manage: permission(call, LIFTS[actor.workspace.side]) },
      isPersistent: await call.isPersistent(),
    };
  },
});
