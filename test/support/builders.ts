import type { ConnectionType } from '../../src/domain/connection-type.ts';
import type { ApplicationId, ComponentId, ConnectionId, OauthAppId } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { TestCore } from './core.ts';

/** An application with one form of five fields, in a developer's account of its own. */
export const startShop = async (core: TestCore): Promise<ApplicationId> => {
  await core.do('createWorkspace', { name: 'Studio', side: 'developer', memberName: 'Dana' });
  const { applicationId } = await core.do('createApplication', { name: 'Shop' });
  const field = (name: string, type: 'text' | 'number') => ({ name, label: name, type, required: false, choices: [] });
  await core.do('saveForm', {
    applicationId,
    form: {
      linkName: 'orders',
      name: 'Orders',
      isPublic: false,
      fields: [
        field('customer', 'text'),
        field('phone', 'text'),
        field('amount', 'number'),
        field('status', 'text'),
        field('note', 'text'),
      ],
    },
  });
  await core.do('savePage', { applicationId, name: 'Board' });
  return applicationId;
};

export const defineConnection = async (
  core: TestCore,
  applicationId: ApplicationId,
  connectorId: string,
  part: { readonly type?: ConnectionType; readonly scopes?: readonly string[]; readonly linkName?: string } = {},
): Promise<ConnectionId> =>
  (
    await core.do('defineConnection', {
      connectorId,
      displayName: part.linkName ?? connectorId,
      linkName: part.linkName ?? connectorId.replaceAll('-', '_'),
      type: part.type ?? 'admin',
      scopes: [...(part.scopes ?? [])],
      environmentPolicy: 'separate',
      applicationId,
    })
  ).connectionId;

/** Registers an OAuth app of the account's own at the service, and authorizes the connection through it (R121). */
export const chooseOwnApp = async (
  core: TestCore,
  connectionId: ConnectionId,
  app: { readonly connectorId: string; readonly name?: string; readonly clientId?: string; readonly clientSecret?: string | null },
): Promise<OauthAppId> => {
  const rest = { name: 'Ours', clientId: 'ours', clientSecret: null, ...app };
  const { oauthAppId } = await core.do('saveOauthApp', { oauthAppId: null, isConfirmed: false, ...rest });
  await core.do('chooseOauthApp', { connectionId, oauthAppId });
  return oauthAppId;
};

/** The address at which a service answers a sign-in that was begun here, with a code that it made up. */
export const answerTo = (signInUrl: string | null): string => {
  const { searchParams } = new URL(signInUrl ?? '');
  const callback = new URL(searchParams.get('redirect_uri') ?? '');
  callback.searchParams.set('code', 'c');
  callback.searchParams.set('state', searchParams.get('state') ?? '');
  return callback.href;
};

export const saveComponent = async (core: TestCore, applicationId: ApplicationId, kind: string, config: JsonObject): Promise<ComponentId> =>
  (await core.do('saveComponent', { applicationId, componentId: null, kind, name: `A ${kind}`, config })).componentId;

/** Makes an order in development and gives what it started. */
export const order = (core: TestCore, applicationId: ApplicationId, values: Readonly<Record<string, string>>) =>
  core.do('saveRecord', { ownerId: applicationId, environment: 'development', form: 'orders', recordId: null, values });
