import type { TestCore } from '../support/core.ts';
import type { State } from './model.ts';

/** What must hold after every step, whoever did what. Gives what does not. */
export const broken = async (core: TestCore, before: State, after: State, bundles: readonly string[]): Promise<string[]> => {
  const { db } = core.ctx;
  const found: string[] = [];
  const connections = new Map((await db.connections.toArray()).map((row) => [row.id, row]));
  const members = new Map((await db.members.toArray()).map((row) => [row.id, row]));
  const workspaces = new Map((await db.workspaces.toArray()).map((row) => [row.id, row]));

  // Nothing published is ever disabled or deleted; at the client it goes with its application only.
  for (const was of before.connections.filter(({ isPublished, side }) => isPublished && side === 'developer')) {
    const is = after.connections.find(({ id }) => id === was.id);
    if (is === undefined) found.push(`published ${was.link} was deleted`);
    else if (is.owner !== was.owner || is.type !== was.type) found.push(`published ${was.link} changed its application or type`);
  }
  // One application for each admin or logged-in user connection: what runs in stage and production names exactly one, of its own application.
  for (const { link, owner, environment } of after.components) {
    if (link === null || environment === 'development') continue;
    const serving = after.connections.filter((one) => one.link === link && one.type !== 'system' && one.owner === owner);
    if (serving.length !== 1) found.push(`${link} in ${environment} is served by ${serving.length} connections`);
  }
  // No authorization crosses workspaces, environments (unless same) or users.
  const seen = new Set<string>();
  for (const row of await db.authorizations.toArray()) {
    const connection = connections.get(row.connectionId);
    if (connection === undefined) {
      found.push('an authorization without its connection');
      continue;
    }
    const key = `${row.connectionId} ${row.environment} ${row.holder}`;
    if (seen.has(key)) found.push('two authorizations for one slot');
    seen.add(key);
    if (row.workspaceId !== connection.workspaceId) found.push('an authorization of another workspace');
    if ((row.environment === 'all') !== (connection.environmentPolicy === 'same'))
      found.push(`${row.environment} under ${connection.environmentPolicy}`);
    const side = workspaces.get(row.workspaceId)?.side;
    if (row.environment === (side === 'developer' ? 'production' : 'development')) found.push(`${row.environment} on the ${side} side`);
    if ((row.holder === 'shared') !== (connection.type !== 'logged-in-user')) found.push(`${row.holder} for ${connection.type}`);
    if (row.holder !== 'shared' && members.get(row.holder)?.workspaceId !== row.workspaceId)
      found.push('an authorization of somebody elsewhere');
    if (row.grant !== null && row.holder !== 'shared' && row.grant.grantedBy !== row.holder) found.push('somebody authorized for another');
  }
  // No system connection in a bundle; one at most for each service of an account.
  for (const text of bundles) {
    const { payload } = JSON.parse(text) as { payload: { connections: readonly { type: string; linkName: string }[] } };
    if (payload.connections.some(({ type, linkName }) => type === 'system' || linkName.includes('system')))
      found.push('a system connection in a bundle');
  }
  const system = [...connections.values()]
    .filter(({ type }) => type === 'system')
    .map(({ workspaceId, connectorId }) => `${workspaceId} ${connectorId}`);
  if (new Set(system).size < system.length) found.push('two system connections to one service');
  return found;
};
