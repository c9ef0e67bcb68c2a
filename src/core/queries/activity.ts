import Dexie from 'dexie';
import * as v from 'valibot';
import { fingerprintOf } from '../../bundle/author-key.ts';
import { eventText } from '../../domain/events.ts';
import { Fault } from '../../domain/faults.ts';
import { readActor } from '../actor.ts';
import { readAuthorKey } from '../author-key.ts';
import { query } from '../command.ts';
import { idInput, nothing } from '../inputs.ts';
import { readSandboxOrigin } from '../services.ts';
import type { AuditRow, FlowView, SettingsView } from '../views.ts';

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
    };
  },
});

/** The newest lines of the audit; users and client-side developers see their own (matrix). */
export const audit = query({
  args: v.strictObject({ limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)) }),
  read: async (call, { limit }): Promise<AuditRow[]> => {
    call.require('audit.read');
    const { workspace, member } = call.acting();
    const seesAll = workspace.side === 'developer' || member.role === 'super-admin' || member.role === 'admin';
    const events = await call.db.events
      .where('[workspaceId+at]')
      .between([workspace.id, Dexie.minKey], [workspace.id, Dexie.maxKey])
      .reverse()
      .filter(({ actor }) => seesAll || actor === member.id)
      .limit(limit)
      .toArray();
    const members = new Map((await call.db.members.where('workspaceId').equals(workspace.id).toArray()).map(({ id, name }) => [id, name]));
    return events.map((event) => ({
      id: event.id,
      at: event.at,
      actorName: event.actor === null ? 'Latchkey' : (members.get(event.actor) ?? 'a former member'),
      name: event.name,
      sentence: eventText(event),
      environment: event.environment,
    }));
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
      vault: { key: 'device', sealedSecrets: await call.db.authorizations.filter(({ grant }) => grant !== null).count() },
      fingerprint: key === null ? null : fingerprintOf(key.keyId),
      isPersistent: await call.isPersistent(),
    };
  },
});
