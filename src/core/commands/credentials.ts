import * as v from 'valibot';
import { connectorById } from '../../connectors/catalogue.ts';
import { AUTHORIZATION, type Authorization } from '../../domain/authorization.ts';
import { clientIdAddressProblem, isClientIdAddress } from '../../domain/client-id-address.ts';
import type { Connection } from '../../domain/connection.ts';
import { type Connector, isOauth, type Known, wrongVariables } from '../../domain/connector.ts';
import { Fault } from '../../domain/faults.ts';
import type { OauthAppId } from '../../domain/ids.ts';
import type { OauthApp } from '../../domain/oauth-app.ts';
import { next } from '../../domain/transition.ts';
import { clientIdDocument, takesClientIdDocuments } from '../../oauth/client-id-document.ts';
import { secretId } from '../../vault/seal.ts';
import { type Call, command } from '../command.ts';
import { requireConnector } from '../custom-connectors.ts';
import { idInput, nameInput } from '../inputs.ts';
import { connectionsOfApp } from '../own-apps.ts';
import { loadConnection } from '../owners.ts';
import { record } from '../record.ts';
import { defaultVariables, redirectUriOf, serverWith, serviceFor } from '../services.ts';

const credential = v.pipe(v.string(), v.trim(), v.regex(/^[\x21-\x7e]{1,1024}$/, 'printable characters without spaces'));

/** An address for a client id stands for a document (draft-ietf-oauth-client-id-metadata-document), and nobody shares a secret with a document. */
const requireClientId = (clientId: string, hasSecret: boolean): void => {
  if (!isClientIdAddress(clientId)) return;
  const problem = clientIdAddressProblem(clientId) ?? (hasSecret ? 'a client secret stands beside it' : null);
  if (problem !== null) throw new Fault('credentials.client-id-address', problem);
};

const loadApp = async (call: Call, id: OauthAppId): Promise<OauthApp> => {
  const app = await call.db.oauthApps.get(id);
  if (app === undefined || app.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'OAuth app');
  return app;
};

const refused = (row: Authorization): Authorization => ({
  ...row,
  state: next(AUTHORIZATION, row.state, 'refuse'),
  reason: 'oauth.client-changed',
});

const grantsOf = async (call: Call, connections: readonly Connection[]): Promise<Authorization[]> => {
  const rows = await call.db.authorizations
    .where('connectionId')
    .anyOf(connections.map(({ id }) => id))
    .toArray();
  return rows.filter(({ grant }) => grant !== null);
};

/** Grants that another registration got serve no more: a refresh token belongs to its client id (RFC 6749 section 6). */
const orphaned = async (call: Call, connections: readonly Connection[], clientId: string | null): Promise<Authorization[]> =>
  (await grantsOf(call, connections)).filter(({ grant }) => grant?.clientId !== clientId).map(refused);

/** The same for those that a registration got which is no longer there. */
const grantsBy = async (call: Call, connections: readonly Connection[], clientId: string): Promise<Authorization[]> =>
  (await grantsOf(call, connections)).filter(({ grant }) => grant?.clientId === clientId).map(refused);

/**
 * Stores an OAuth app that the account registered itself, or changes it (R121). The secret is sealed at once and never shown again; null
 * leaves the stored one, an empty text removes it. Throws `credentials.affects`, which names the connections, until that is confirmed, and
 * `credentials.client-id-address`.
 */
export const saveOauthApp = command({
  allow: 'credentials.manage',
  input: v.strictObject({
    oauthAppId: v.nullable(idInput('oap')),
    connectorId: v.string(),
    name: nameInput,
    clientId: credential,
    clientSecret: v.nullable(v.union([v.literal(''), credential])),
    isConfirmed: v.boolean(),
  }),
  run: async (call, { oauthAppId, connectorId, name, clientId, clientSecret, isConfirmed }) => {
    const { workspace, member } = call.acting();
    await requireConnector(call, connectorId);
    const before = oauthAppId === null ? null : await loadApp(call, oauthAppId);
    if (before !== null && before.connectorId !== connectorId)
      throw new Fault('credentials.other-service', connectorById(before.connectorId).name);
    if (before?.registered !== undefined) throw new Fault('credentials.registered', connectorById(connectorId).name);
    const using = before === null ? [] : await connectionsOfApp(call, before);
    const isOther = before !== null && (before.clientId !== clientId || clientSecret !== null);
    if (isOther && using.length > 0 && !isConfirmed)
      throw new Fault('credentials.affects', using.map(({ displayName }) => displayName).join(', '));
    const id = before?.id ?? call.newId('oap');
    const hasSecret = clientSecret === null ? (before?.hasSecret ?? false) : clientSecret !== '';
    requireClientId(clientId, hasSecret);
    const app: OauthApp = {
      id,
      workspaceId: workspace.id,
      connectorId,
      name,
      clientId,
      hasSecret,
      createdAt: before?.createdAt ?? call.now(),
      revision: before?.revision ?? 0,
    };
    await record(call, {
      put: {
        oauthApps: [app],
        secrets: clientSecret === null || clientSecret === '' ? [] : [await call.vault.seal('oauth-app', id, clientSecret)],
        authorizations: await orphaned(call, using, clientId),
      },
      remove: { secrets: clientSecret === '' ? [secretId('oauth-app', id)] : [] },
      event: { name: 'credentials.saved', workspaceId: workspace.id, actor: member.id, subject: id, fields: { name } },
    });
    return { oauthAppId: id, affected: using.map(({ displayName }) => displayName) };
  },
});

/**
 * Deletes an OAuth app that no connection uses. One that Latchkey registered itself may be in use: what it got must be authorized again, and
 * with that Latchkey registers itself anew. Throws `credentials.in-use`.
 */
export const deleteOauthApp = command({
  allow: 'credentials.manage',
  input: v.strictObject({ oauthAppId: idInput('oap') }),
  run: async (call, { oauthAppId }) => {
    const { workspace, member } = call.acting();
    const app = await loadApp(call, oauthAppId);
    const using = await connectionsOfApp(call, app);
    if (using.length > 0 && app.registered === undefined)
      throw new Fault('credentials.in-use', using.map(({ displayName }) => displayName).join(', '));
    await record(call, {
      put: { authorizations: await grantsBy(call, using, app.clientId) },
      remove: { oauthApps: [oauthAppId], secrets: [secretId('oauth-app', oauthAppId)] },
      event: { name: 'credentials.deleted', workspaceId: workspace.id, actor: member.id, subject: oauthAppId, fields: { name: app.name } },
    });
    return {};
  },
});

/**
 * The document to host where the client id is its address, as a text, and whether the service's own metadata says that it takes such
 * documents: `unknown` where it has none or could not be asked. Throws `credentials.client-id-address`, `oauth.way-wrong` where nothing comes back to an address.
 */
export const describeClientId = command({
  allow: 'credentials.manage',
  input: v.strictObject({ connectorId: v.string(), name: nameInput, clientId: credential }),
  run: async (call, { connectorId, name, clientId }) => {
    const connector = await requireConnector(call, connectorId);
    if (!isClientIdAddress(clientId))
      throw new Fault('credentials.client-id-address', clientIdAddressProblem(clientId) ?? 'it is no address');
    requireClientId(clientId, false);
    if (!isOauth(connector.auth) || connector.auth.method !== 'oauth2-code') throw new Fault('oauth.way-wrong', connector.name);
    const document = clientIdDocument(clientId, name, redirectUriOf(call, connector));
    return { document: `${JSON.stringify(document, null, 2)}\n`, isTaken: await documentsTakenBy(call, connector, clientId) };
  },
});

const documentsTakenBy = async (call: Call, connector: Connector, clientId: string): Promise<Known> => {
  // Without metadata, or at a tenant that nobody has named yet, there is nobody to ask.
  if (!isOauth(connector.auth) || connector.auth.issuer === null) return 'unknown';
  const variables = await defaultVariables(call, connector);
  if (wrongVariables(connector, variables).length > 0) return 'unknown';
  const service = serviceFor({ connectorId: connector.id }, variables);
  return serverWith(call, service, { clientId, secret: null }).then(takesClientIdDocuments, (): Known => 'unknown');
};

/** Lets the account's own OAuth app authorize a connection, or the connector's again (null). It is no part of the definition (R59, R121). */
export const chooseOauthApp = command({
  allow: 'credentials.manage',
  input: v.strictObject({ connectionId: idInput('con'), oauthAppId: v.nullable(idInput('oap')) }),
  run: async (call, { connectionId, oauthAppId }) => {
    const { workspace, member } = call.acting();
    const connection = await loadConnection(call, connectionId);
    const app = oauthAppId === null ? null : await loadApp(call, oauthAppId);
    const connector = connectorById(connection.connectorId);
    if (app?.registered !== undefined) throw new Fault('credentials.registered', connector.name);
    if (app !== null && app.connectorId !== connector.id) throw new Fault('credentials.other-service', connectorById(app.connectorId).name);
    if (connection.oauthAppId === oauthAppId) return {};
    const after: Connection = { ...connection, oauthAppId };
    await record(call, {
      put: {
        connections: [after],
        authorizations: await orphaned(call, [after], app?.clientId ?? (isOauth(connector.auth) ? connector.auth.clientId : null)),
      },
      event: {
        name: 'connection.credentials-chosen',
        workspaceId: workspace.id,
        actor: member.id,
        subject: connectionId,
        fields: { name: connection.displayName, app: app?.name ?? connector.name },
      },
    });
    return {};
  },
});
