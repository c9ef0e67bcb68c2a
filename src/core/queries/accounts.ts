import * as v from 'valibot';
import { connectorIndex, connectorToShow } from '../../connectors/catalogue.ts';
import { WAYS } from '../../domain/ways.ts';
import { query } from '../command.ts';
import { customEntries } from '../custom-connectors.ts';
import { environmentInput, idInput, nothing } from '../inputs.ts';
import { connectionsOfApp } from '../own-apps.ts';
import { findAuthorization, loadSlot } from '../owners.ts';
import { presetsFor } from '../presets.ts';
import { redirectUriOf } from '../services.ts';
import { permission } from '../slots.ts';
import type { AuthorizingView, ClientsView, OauthAppsView } from '../views.ts';

/** Clients of the acting developer workspace with what was shared with them (R12). */
export const clients = query({
  args: nothing,
  read: async (call): Promise<ClientsView> => {
    call.require('application.publish');
    const { workspace } = call.acting();
    const rows = await call.db.clients.where('workspaceId').equals(workspace.id).toArray();
    const distributions = await call.db.distributions.where('workspaceId').equals(workspace.id).toArray();
    const applications = new Map(
      (await call.db.applications.where('workspaceId').equals(workspace.id).toArray()).map(({ id, name }) => [id, name]),
    );
    return {
      manage: permission(call, 'client.manage'),
      clients: rows
        .filter(({ removedAt }) => removedAt === null)
        .sort((a, b) => a.name.localeCompare(b.name))
        .map(({ id, name }) => ({
          id,
          name,
          shared: distributions
            .filter(({ channel }) => channel.kind === 'private' && channel.clientIds.includes(id))
            .sort((a, b) => b.at - a.at)
            .map(({ applicationId, version, at }) => ({ name: applications.get(applicationId) ?? 'unknown', version, at })),
        })),
    };
  },
});

/** The OAuth apps that the account registered itself, with the connections that each change affects (R121). Never a secret. */
export const oauthApps = query({
  args: nothing,
  read: async (call): Promise<OauthAppsView> => {
    call.require('credentials.manage');
    const { workspace } = call.acting();
    const apps = await call.db.oauthApps.where('workspaceId').equals(workspace.id).toArray();
    const used = new Map(await Promise.all(apps.map(async (app) => [app.id, await connectionsOfApp(call, app)] as const)));
    return {
      connectors: [...(await customEntries(call)), ...connectorIndex()]
        .filter(({ method, isRetired }) => method.startsWith('oauth2-') && WAYS[method].isOffered && !isRetired)
        .map(({ id, name }) => ({ id, name })),
      apps: apps
        .sort((a, b) => a.name.localeCompare(b.name))
        .map(({ id, connectorId, name, clientId, hasSecret, key = null, registered }) => ({
          id,
          connectorId,
          connectorName: connectorToShow(connectorId).name,
          name,
          clientId,
          hasSecret,
          key,
          isByItself: registered !== undefined,
          redirectUri:
            connectorToShow(connectorId).auth.method === 'oauth2-code'
              ? (registered?.redirectUri ?? redirectUriOf(call, connectorToShow(connectorId)))
              : null,
          usedBy: (used.get(id) ?? []).map(({ displayName }) => displayName).sort(),
        })),
    };
  },
});

/** What belongs to the account and is asked before the service's page opens (R59, R121). Throws as `beginAuthorization` does. */
export const authorizing = query({
  args: v.strictObject({ connectionId: idInput('con'), environment: environmentInput }),
  read: async (call, input): Promise<AuthorizingView> => {
    const { connection, slot } = await loadSlot(call, input, 'authorization.grant');
    const before = await findAuthorization(call, slot);
    const credentials = permission(call, 'credentials.manage');
    const apps = credentials.allowed ? await call.db.oauthApps.where('workspaceId').equals(connection.workspaceId).toArray() : [];
    return {
      values: before?.variables ?? (await presetsFor(call, connection)),
      oauthAppId: connection.oauthAppId,
      apps: apps
        .filter(({ connectorId, registered }) => connectorId === connection.connectorId && registered === undefined)
        .map(({ id, name, clientId }) => ({ id, name, clientId })),
      credentials,
    };
  },
});
