import type { Environment } from '../../../src/domain/environment.ts';
import type { ConnectionId } from '../../../src/domain/ids.ts';
import type { TestCore } from '../core.ts';
import { mappedFetch, type Providers } from './serve.ts';

/** Opens the simulator's page for this authorization and follows the link of one person; gives the address it leads back to. */
export const acceptAt = async (providers: Providers, url: string, person: string): Promise<string> => {
  const text = await (await mappedFetch(providers)(url, {})).text();
  const link = [...text.matchAll(/<a href="([^"]+)">Accept as ([^<]+)<\/a>/g)].find(([, , name]) => name === person)?.[1];
  if (link === undefined) throw new Error(`nobody to accept as ${person}: ${text.slice(0, 200)}`);
  return link.replaceAll('&amp;', '&');
};

/** Signs in at the simulator as this person. */
export const signInAt = async (
  core: TestCore,
  providers: Providers,
  connectionId: ConnectionId,
  environment: Environment,
  person: string,
): Promise<void> => {
  const { url, flowId } = await core.do('beginAuthorization', { connectionId, environment });
  if (url === null) throw new Error('no page to open');
  await core.do('completeAuthorization', { callbackUrl: await acceptAt(providers, url, person) });
  const flow = await core.ctx.db.flows.get(flowId);
  if (flow?.state !== 'done') throw new Error(`not authorized: ${flow?.fault?.code} ${flow?.fault?.detail ?? ''}`);
};
