import type { Actor } from '../domain/workspace.ts';
import type { Context } from './context.ts';

/** Who acts on this device now, or null before the first workspace. */
export const readActor = async (ctx: Context): Promise<Actor | null> => {
  const setting = await ctx.db.settings.get('acting');
  if (setting?.key !== 'acting') return null;
  const [workspace, member] = await Promise.all([
    ctx.db.workspaces.get(setting.value.workspaceId),
    ctx.db.members.get(setting.value.memberId),
  ]);
  return workspace === undefined || member === undefined ? null : { workspace, member };
};
