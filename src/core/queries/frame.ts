import { ENVIRONMENTS_OF_SIDE } from '../../domain/environment.ts';
import { type Member, ROLES_OF_SIDE, type Workspace } from '../../domain/workspace.ts';
import { readActor } from '../actor.ts';
import { type Call, query } from '../command.ts';
import { nothing } from '../inputs.ts';
import { permission } from '../slots.ts';
import type { FrameView, MemberView, WorkspaceView } from '../views.ts';
import { readWaiting, type Waiting } from './attention.ts';

const memberView = ({ id, name, role, hasDistributeAccess }: Member): MemberView => ({ id, name, role, hasDistributeAccess });

const rank = ({ side }: Workspace, { role }: Member): number => ROLES_OF_SIDE[side].indexOf(role);

const workspaceView = (workspace: Workspace, members: readonly Member[]): WorkspaceView => ({
  id: workspace.id,
  name: workspace.name,
  side: workspace.side,
  members: members
    .filter(({ workspaceId, leftAt }) => workspaceId === workspace.id && leftAt === null)
    .sort((a, b) => rank(workspace, a) - rank(workspace, b) || a.name.localeCompare(b.name))
    .map(memberView),
});

/** The frame around what waits, which a screen that shows it has read already. */
export const frameOf = async (call: Call, { attention, updates }: Waiting): Promise<FrameView> => {
  const [workspaces, members] = await Promise.all([call.db.workspaces.toArray(), call.db.members.toArray()]);
  const views = workspaces
    .sort((a, b) => a.createdAt - b.createdAt || b.side.localeCompare(a.side))
    .map((one) => workspaceView(one, members));
  const actor = await readActor(call);
  const { isReadOnly } = call;
  const acting = views.find(({ id }) => id === actor?.workspace.id);
  if (actor === null || acting === undefined) return { isReadOnly, acting: null, workspaces: views, attention: 0, updates: 0 };
  return {
    isReadOnly,
    acting: {
      workspace: acting,
      member: memberView(actor.member),
      environments: ENVIRONMENTS_OF_SIDE[acting.side],
      microservices: permission(call, 'microservices.open'),
      build: permission(call, 'application.build'),
      install: permission(call, 'application.install'),
      manageMembers: permission(call, 'member.manage'),
      managedRoles: ROLES_OF_SIDE[acting.side].filter(
        (role) => role !== 'super-admin' && permission(call, 'member.manage', { role }).allowed,
      ),
      manageClients: permission(call, 'client.manage'),
      manageBackup: permission(call, 'backup.manage'),
      manageCredentials: permission(call, 'credentials.manage'),
    },
    workspaces: views,
    attention: attention.filter(({ authorize }) => authorize.allowed).length,
    updates: updates.length,
  };
};

/** Who acts where, and what the frame may offer them. */
export const frame = query({ args: nothing, read: async (call) => frameOf(call, await readWaiting(call)) });
