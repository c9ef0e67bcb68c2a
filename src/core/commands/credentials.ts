import * as v from 'valibot';
import { connectorById } from '../../connectors/catalogue.ts';
import { clientIdAddressProblem, isClientIdAddress } from '../../domain/client-id-address.ts';
import type { Connection } from '../../domain/connection.ts';
import { type Connector, isOauth, type Known, takesSigningKey, wrongVariables } from '../../domain/connector.ts';
import { Fault } from '../../domain/faults.ts';
import { clientIdDocument, takesClientIdDocuments } from '../../oauth/client-id-document.ts';
import { readKey } from '../../oauth/signing-key.ts';
import { secretId } from '../../vault/seal.ts';
import { type Call, command } from '../command.ts';
import { requireConnector } from '../custom-connectors.ts';
import { idInput, nameInput } from '../inputs.ts';
import { connectionsOfApp, grantsBy, loadApp, orphaned, requireClientId, storeApp } from '../own-apps.ts';
import { loadConnection } from '../owners.ts';
import { record } from '../record.ts';
import { defaultVariables, redirectUriOf, serverWith, serviceFor } from '../services.ts';

const credential = v.pipe(v.string(), v.trim(), v.regex(/^[\x21-\x7e]{1,1024}$/, 'printable characters without spaces'));

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
  run: async (call, { clientSecret, ...app }) => {
    const { auth, name } = await requireConnector(call, app.connectorId);
    if (takesSigningKey(auth)) throw new Fault('oauth.way-wrong', name);
    return storeApp(call, { ...app, secret: clientSecret, key: null });
  },
});

const keyText = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(20_000));

/**
 * What stands in a private key that was pasted or chosen: whose it is where it says so, and how it signs. Nothing of the key itself comes
 * back, and nothing is stored. Throws `oauth.key-unusable`.
 */
export const readSigningKey = command({
  allow: 'credentials.manage',
  input: v.strictObject({ key: keyText }),
  run: async (_call, { key }) => {
    const { issuer, keyId, algorithm } = await readKey(key);
    return { issuer, keyId, algorithm };
  },
});

/**
 * Stores a private key that signs in the place of a client secret (RFC 7523), sealed like one. `key` is a service's key file, a private JWK
 * or PEM, null leaves the stored one; `issuer` may be empty where the file says whose it is. Throws `oauth.key-unusable`,
 * `credentials.issuer-needed`, and what `saveOauthApp` throws.
 */
export const saveSigningKey = command({
  allow: 'credentials.manage',
  input: v.strictObject({
    oauthAppId: v.nullable(idInput('oap')),
    connectorId: v.string(),
    name: nameInput,
    issuer: v.union([v.literal(''), credential]),
    subject: v.union([v.literal(''), credential]),
    key: v.nullable(keyText),
    isConfirmed: v.boolean(),
  }),
  run: async (call, { issuer, subject, key, ...app }) => {
    const connector = await requireConnector(call, app.connectorId);
    if (!takesSigningKey(connector.auth)) throw new Fault('oauth.way-wrong', connector.name);
    const before = app.oauthAppId === null ? null : await loadApp(call, app.oauthAppId);
    const read = key === null ? null : await readKey(key);
    const facts = read ?? before?.key;
    if (facts === undefined) throw new Fault('credentials.key-needed', connector.name);
    const clientId = issuer === '' ? (read?.issuer ?? before?.clientId ?? '') : issuer;
    if (clientId === '') throw new Fault('credentials.issuer-needed');
    const { algorithm, keyId } = facts;
    return storeApp(call, {
      ...app,
      clientId,
      secret: read?.privateKey.reveal() ?? null,
      key: { algorithm, keyId, subject: subject === '' ? null : subject },
    });
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
