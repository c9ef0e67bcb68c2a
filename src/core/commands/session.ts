import * as v from 'valibot';
import { Fault } from '../../domain/faults.ts';
import type { Member, Workspace } from '../../domain/workspace.ts';
import { ROLE_LABELS, ROLES_OF_SIDE } from '../../domain/workspace.ts';
import { secretId } from '../../vault/seal.ts';
import { command } from '../command.ts';
import { idInput, nameInput } from '../inputs.ts';
import { record } from '../record.ts';
import { withdraw } from '../withdraw.ts';

/** Makes an account on this device with its super admin, and begins to act as them. */
export const createWorkspace = command({
  allow: null,
  input: v.strictObject({ side: v.picklist(['developer', 'client']), name: nameInput, memberName: nameInput }),
  run: async (call, { side, name, memberName }) => {
    const workspace: Workspace = { id: call.newId('wsp'), side, name, createdAt: call.now(), revision: 0 };
    const member: Member = {
      id: call.newId('mem'),
      workspaceId: workspace.id,
      name: memberName,
      role: 'super-admin',
      hasDistributeAccess: true,
      leftAt: null,
      createdAt: call.now(),
      revision: 0,
    };
    await record(call, {
      put: {
        workspaces: [workspace],
        members: [member],
        settings: [{ key: 'acting', value: { workspaceId: workspace.id, memberId: member.id } }],
      },
      event: { name: 'workspace.created', workspaceId: workspace.id, actor: member.id, subject: workspace.id, fields: { name } },
    });
    return { workspaceId: workspace.id, memberId: member.id };
  },
});

/** Adds a person to the acting workspace. Throws `workspace.role-unknown` for a role that the side lacks. */
export const addMember = command({
  allow: 'member.manage',
  input: v.strictObject({ name: nameInput, role: v.picklist(['super-admin', 'admin', 'developer', 'user']) }),
  run: async (call, { name, role }) => {
    const { workspace, member: actor } = call.acting();
    // One super admin owns an account (RULES glossary), so nobody is added as one.
    if (role === 'super-admin' || !ROLES_OF_SIDE[workspace.side].includes(role))
      throw new Fault('workspace.role-unknown', ROLE_LABELS[role]);
    call.require('member.manage', { role });
    const member: Member = {
      id: call.newId('mem'),
      workspaceId: workspace.id,
      name,
      role,
      hasDistributeAccess: false,
      leftAt: null,
      createdAt: call.now(),
      revision: 0,
    };
    await record(call, {
      put: { members: [member] },
      event: {
        name: 'member.added',
        workspaceId: workspace.id,
        actor: actor.id,
        subject: member.id,
        fields: { name, role: ROLE_LABELS[role] },
      },
    });
    return { memberId: member.id };
  },
});

/**
 * A member leaves the account: their own grants are revoked and deleted; a shared grant that they gave keeps working and is shown as
 * given by a former member (R119). Throws `workspace.owner-stays`.
 */
export const removeMember = command({
  allow: 'member.manage',
  input: v.strictObject({ memberId: idInput('mem') }),
  run: async (call, { memberId }) => {
    const { workspace, member: actor } = call.acting();
    const leaving = await call.db.members.get(memberId);
    if (leaving === undefined || leaving.workspaceId !== workspace.id || leaving.leftAt !== null)
      throw new Fault('store.missing', 'member');
    call.require('member.manage', { role: leaving.role });
    if (leaving.role === 'super-admin') throw new Fault('workspace.owner-stays');
    const rows = await call.db.authorizations.where('workspaceId').equals(workspace.id).toArray();
    const own = rows.filter(({ holder }) => holder === memberId);
    for (const authorization of own) {
      const connection = await call.db.connections.get(authorization.connectionId);
      if (connection !== undefined) await withdraw(call, connection, authorization);
    }
    await record(call, {
      put: { members: [{ ...leaving, leftAt: call.now() }] },
      remove: { authorizations: own.map(({ id }) => id), secrets: own.map(({ id }) => secretId('tokens', id)) },
      event: { name: 'member.left', workspaceId: workspace.id, actor: actor.id, subject: memberId, fields: { name: leaving.name } },
    });
    return {};
  },
});

/** Lets a developer hand versions to clients, or takes that back (R12). Throws `workspace.role-unknown` for another role. */
export const setDistributeAccess = command({
  allow: 'client.manage',
  input: v.strictObject({ memberId: idInput('mem'), hasAccess: v.boolean() }),
  run: async (call, { memberId, hasAccess }) => {
    const { workspace, member: actor } = call.acting();
    const found = await call.db.members.get(memberId);
    if (found === undefined || found.workspaceId !== workspace.id || found.leftAt !== null) throw new Fault('store.missing', 'member');
    if (found.role !== 'developer') throw new Fault('workspace.role-unknown', ROLE_LABELS[found.role]);
    if (found.hasDistributeAccess === hasAccess) return {};
    await record(call, {
      put: { members: [{ ...found, hasDistributeAccess: hasAccess }] },
      event: {
        name: hasAccess ? 'member.distribute-given' : 'member.distribute-taken',
        workspaceId: workspace.id,
        actor: actor.id,
        subject: memberId,
        fields: { name: found.name },
      },
    });
    return {};
  },
});

/** Begins to act as a member of any workspace on this device: roles rehearse, the vault protects. */
export const actAs = command({
  allow: null,
  input: v.strictObject({ memberId: idInput('mem') }),
  run: async (call, { memberId }) => {
    const member = await call.db.members.get(memberId);
    if (member === undefined || member.leftAt !== null) throw new Fault('store.missing', 'member');
    await record(call, {
      put: { settings: [{ key: 'acting', value: { workspaceId: member.workspaceId, memberId } }] },
      event: { name: 'member.acted', workspaceId: member.workspaceId, actor: memberId, subject: memberId, fields: { name: member.name } },
    });
    return {};
  },
});

/** Where the sandbox answers; loopback only, so that a typing error sends nothing elsewhere. */
export const setSandboxOrigin = command({
  allow: null,
  input: v.strictObject({ origin: v.pipe(v.string(), v.trim(), v.maxLength(40)) }),
  run: async (call, { origin }) => {
    if (!/^http:\/\/localhost:[1-9]\d{0,4}$/.test(origin)) throw new Fault('deployment.sandbox-wrong', origin);
    await record(call, {
      put: { settings: [{ key: 'sandbox-origin', value: origin }] },
      event: { name: 'settings.changed', workspaceId: null, actor: null, subject: null, fields: { name: 'sandbox address' } },
    });
    return {};
  },
});
