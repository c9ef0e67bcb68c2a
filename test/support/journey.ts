import type { Environment } from '../../src/domain/environment.ts';
import type { ConnectionId } from '../../src/domain/ids.ts';
import type { TestCore } from './core.ts';
import { authorizeAt } from './sandbox.ts';

/** Acts as the member of this name, in whichever workspace they are. */
export const actAs = async (core: TestCore, name: string): Promise<void> => {
  const { workspaces } = await core.see('frame', {});
  const member = workspaces.flatMap(({ members }) => members).find((one) => one.name === name);
  if (member === undefined) throw new Error(`nobody is called ${name}`);
  await core.do('actAs', { memberId: member.id });
};

/** Begins, walks the sandbox's pages and hands the answer back, as the window of the web app does. */
export const authorize = async (
  core: TestCore,
  connectionId: ConnectionId,
  environment: Environment,
  choice: { email: string; deny?: boolean; untick?: readonly string[] },
): Promise<void> => {
  const { url } = await core.do('beginAuthorization', { connectionId, environment });
  if (url === null) throw new Error('no page to open');
  await core.do('completeAuthorization', { callbackUrl: await authorizeAt(url, choice) });
};

/** The connection of this link name that the acting member sees. */
export const connectionId = async (core: TestCore, linkName: string): Promise<ConnectionId> => {
  const rows = await core.see('connections', {});
  const row = rows.find((one) => one.linkName === linkName);
  if (row === undefined) throw new Error(`no connection ${linkName}`);
  return row.id;
};
