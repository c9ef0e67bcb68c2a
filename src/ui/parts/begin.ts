import { platform } from '#platform';
import type { AuthorizeWay } from '../../core/views.ts';
import type { Environment } from '../../domain/environment.ts';
import { Fault } from '../../domain/faults.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import { core } from '../core.ts';

type Asked = {
  readonly connectionId: ConnectionId;
  readonly environment: Environment;
  readonly variables?: Readonly<Record<string, string>>;
};

/** An extension asks within the click for what it must reach; throws `oauth.host-refused` where that was not allowed. */
export const allowHosts = async (hosts: AuthorizeWay['hosts']): Promise<void> => {
  if (!(await platform.requestHosts(hosts))) throw new Fault('oauth.host-refused', hosts.join(', '));
};

/**
 * Begins what the connection's way is, and gives the service's page to open; null where there is none to open: the extension opens it
 * itself, an app signs in without a person, a code is entered on another device.
 */
export const beginBy = async (begins: AuthorizeWay['begins'], asked: Asked): Promise<string | null> => {
  if (begins === 'app') await core.authorizeAsApp(asked);
  else if (begins === 'device') await core.beginDeviceAuthorization(asked);
  else return (await core.beginAuthorization(asked)).url;
  return null;
};
