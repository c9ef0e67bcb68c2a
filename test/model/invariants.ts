import type { Authorization } from '../../src/domain/authorization.ts';
import type { Connection } from '../../src/domain/connection.ts';
import type { Member } from '../../src/domain/workspace.ts';
import type { TestCore } from '../support/core.ts';
import { type State, usesOf } from './model.ts';

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
  // What is kept of who waits for what is what one finds by looking at everything.
  const kept = (await db.needs.toArray()).map(({ id }) => id).sort();
  const looked = lookedUp(after, [...connections.values()], [...members.values()], await db.authorizations.toArray()).sort();
  if (JSON.stringify(kept) !== JSON.stringify(looked)) found.push(`needs ${kept.join(', ')} where ${looked.join(', ')} wait`);
  const system = [...connections.values()]
    .filter(({ type }) => type === 'system')
    .map(({ workspaceId, connectorId }) => `${workspaceId} ${connectorId}`);
  if (new Set(system).size < system.length) found.push('two system connections to one service');
  return found;
};

const lookedUp = (
  state: State,
  connections: readonly Connection[],
  members: readonly Member[],
  authorizations: readonly Authorization[],
): string[] =>
  connections.flatMap((row) => {
    const shown = state.connections.find(({ id }) => id === row.id);
    if (shown === undefined || usesOf(state, shown).length === 0 || row.pausedBy !== null || row.isNoLongerUsed) return [];
    const stages = [...state.installed.values()].filter(({ stage }) => stage !== null).map(({ id }) => id);
    const hasStage = row.ownerId === null ? stages.length > 0 : stages.includes(row.ownerId);
    const environments =
      shown.side === 'developer' ? ['development', 'stage'] : [...(hasStage ? ['stage'] : []), ...(row.isOnlyStaged ? [] : ['production'])];
    const scopes = environments.length > 0 && row.environmentPolicy === 'same' ? ['all'] : environments;
    const holders =
      row.type === 'logged-in-user' ? members.filter((one) => one.workspaceId === row.workspaceId).map(({ id }) => id) : ['shared'];
    return scopes.flatMap((scope) =>
      holders
        .filter(
          (holder) =>
            !authorizations.some(
              (one) =>
                one.connectionId === row.id &&
                one.environment === scope &&
                one.holder === holder &&
                one.grant !== null &&
                one.reason === null,
            ),
        )
        .map((holder) => `${row.id} ${scope} ${holder}`),
    );
  });
