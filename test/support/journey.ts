import type { Environment } from '../../src/domain/environment.ts';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
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
  choice: { email: string; deny?: boolean; untick?: readonly string[]; isSwitch?: boolean },
): Promise<void> => {
  const { url } = await core.do(choice.isSwitch === true ? 'switchAuthorization' : 'beginAuthorization', { connectionId, environment });
  if (url === null) throw new Error('no page to open');
  await core.do('completeAuthorization', { callbackUrl: await authorizeAt(url, choice) });
};

/** The connection of this link name that the acting member sees. */
export const connectionId = async (core: TestCore, linkName: string): Promise<ConnectionId> => {
  const { rows } = await core.see('connections', {});
  const row = rows.find((one) => one.linkName === linkName);
  if (row === undefined) throw new Error(`no connection ${linkName}`);
  return row.id;
};

/** Publishes to stage and hands the version out over the Marketplace, untested connections confirmed; gives the signed file. */
export const publish = async (
  core: TestCore,
  applicationId: ApplicationId,
  version: string,
): Promise<{ fileName: string; text: string }> => {
  const { releaseId } = await core.do('publishApplication', { applicationId, version });
  return core.do('distributeRelease', { releaseId, channel: { kind: 'marketplace' }, isConfirmed: true });
};

/** Installs a bundle as the acting member; gives the installation's id. */
export const install = async (core: TestCore, text: string) => {
  const { hash } = await core.do('previewBundle', { text });
  return (await core.do('installBundle', { text, hash })).installationId;
};
