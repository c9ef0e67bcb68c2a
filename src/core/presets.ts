import { parseSettings, type Settings, type SettingsInput } from '../bundle/settings.ts';
import type { VerifiedBundle } from '../bundle/verify.ts';
import { connectorById, hasConnector } from '../connectors/catalogue.ts';
import { type Connection, installationOf } from '../domain/connection.ts';
import { isSandbox, listedVariables, typedVariables, wrongVariables } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import type { Installation, Presets } from '../domain/installation.ts';
import { SETTINGS_FORMAT } from '../domain/settings-format.ts';
import type { Call } from './command.ts';
import type { Context } from './context.ts';
import { parseFeedAddress } from './feed-address.ts';
import { feedsOf, speaksOf } from './feeds.ts';
import { existingFor, type ImportChoice } from './importing.ts';
import type { DeploymentView } from './views.ts';

type Bundle = Pick<VerifiedBundle, 'payload' | 'keyId'>;

/** The variables that somebody may set beforehand: those that they would be asked for, and which of several organizations is meant. */
const settable = (connectorId: string) => {
  const connector = connectorById(connectorId);
  return isSandbox(connector) ? [] : [...typedVariables(connector), ...listedVariables(connector)];
};

/**
 * Settings that are meant for this bundle and fit it. Throws the faults of `parseSettings`, `settings.other-application`,
 * `settings.field-wrong`, `feed.address-wrong`.
 */
export const settingsFor = (text: string, { payload, keyId }: Bundle): Settings => {
  const settings = parseSettings(text);
  const { id, author } = settings.application;
  if (id !== payload.application.id || (author !== undefined && author !== keyId))
    throw new Fault('settings.other-application', payload.application.name);
  if (settings.feed !== undefined) parseFeedAddress(settings.feed);
  for (const [linkName, { variables }] of Object.entries(settings.connections)) {
    const definition = payload.connections.find((one) => one.linkName === linkName);
    if (definition === undefined) throw new Fault('settings.field-wrong', `connections.${linkName}: the bundle has no such connection`);
    const known = settable(definition.connectorId);
    const foreign = Object.keys(variables).find((name) => !known.some((one) => one.name === name));
    if (foreign !== undefined) throw new Fault('settings.field-wrong', `connections.${linkName}.variables.${foreign}`);
    const [wrong] = wrongVariables({ variables: known.filter(({ name }) => Object.hasOwn(variables, name)) }, variables);
    if (wrong !== undefined)
      throw new Fault('settings.field-wrong', `connections.${linkName}.variables.${wrong.name}, for example ${wrong.example}`);
  }
  return settings;
};

/** What an installation keeps of its settings. */
export const presetsOf = ({ connections }: Settings): Presets =>
  Object.fromEntries(
    Object.entries(connections).flatMap(([linkName, { variables }]) =>
      Object.keys(variables).length === 0 ? [] : [[linkName, variables]],
    ),
  );

/** The values that were set for this connection when its application was installed; a person's own come before them. */
export const presetsFor = async (ctx: Context, connection: Connection): Promise<Readonly<Record<string, string>>> => {
  const installationId = installationOf(connection);
  const installation = installationId === null ? undefined : await ctx.db.installations.get(installationId);
  return installation?.presets?.[connection.linkName] ?? {};
};

/**
 * The settings' choices as an import takes them. Throws `store.missing` where a connection that is to serve is not here, and
 * `connection.cannot-serve` where it is not free for that, or is to serve twice.
 */
export const importChoicesOf = async (
  call: Call,
  { connections }: Settings,
  { payload }: Bundle,
): Promise<Record<string, ImportChoice>> => {
  const used = new Set<string>();
  const rows = await call.db.connections.where('workspaceId').equals(call.acting().workspace.id).toArray();
  const entries = Object.entries(connections).flatMap(([name, { import: wanted }]): [string, ImportChoice][] => {
    if (wanted === undefined) return [];
    if (wanted.take !== 'existing') return [[name, wanted]];
    const row = rows.find(({ linkName }) => linkName === wanted.linkName);
    const definition = payload.connections.find(({ linkName }) => linkName === name);
    if (row === undefined || definition === undefined) throw new Fault('store.missing', `connection ${wanted.linkName}`);
    if (used.has(existingFor(rows, definition, row.id).id)) throw new Fault('connection.cannot-serve', `${row.linkName}, ${name}`);
    used.add(row.id);
    return [[name, { take: 'existing', connectionId: row.id }]];
  });
  return Object.fromEntries(entries);
};

/** Settings as somebody reads them before they agree. */
export const settingsView = async (call: Call, settings: Settings, bundle: Bundle): Promise<DeploymentView> => ({
  feed: settings.feed ?? null,
  variables: bundle.payload.connections.flatMap(({ linkName, displayName, connectorId }) =>
    settable(connectorId).flatMap(({ name, label }) => {
      const value = settings.connections[linkName]?.variables[name];
      return value === undefined ? [] : [{ connection: displayName, label, value }];
    }),
  ),
  imports: call.acting().workspace.side === 'developer' ? await importChoicesOf(call, settings, bundle) : {},
});

/** The settings with which the same application is installed elsewhere as it is here: what was set, and what managers typed since. */
export const settingsOf = async (call: Call, installation: Installation): Promise<SettingsInput> => {
  const feed = (await feedsOf(call, installation.workspaceId)).find((one) => speaksOf(one, installation));
  const rows = await call.db.connections.where('ownerId').equals(installation.id).toArray();
  const connections: Record<string, { variables: Record<string, string> }> = {};
  const asking = rows.filter(({ connectorId }) => hasConnector(connectorId) && settable(connectorId).length > 0);
  const ids = asking.map(({ id }) => id);
  const authorizations = await call.db.authorizations.where('connectionId').anyOf(ids).toArray();
  const shared = authorizations.filter(({ holder, environment }) => holder === 'shared' && environment !== 'stage');
  const typed = new Map(shared.map(({ connectionId, variables }) => [connectionId, variables]));
  for (const { id, linkName, connectorId } of asking) {
    const known = { ...installation.presets?.[linkName], ...typed.get(id) };
    const variables = Object.fromEntries(
      settable(connectorId).flatMap(({ name }) => (known[name] === undefined ? [] : [[name, known[name]]])),
    );
    if (Object.keys(variables).length > 0) connections[linkName] = { variables };
  }
  return {
    format: SETTINGS_FORMAT,
    application: { id: installation.applicationId, author: installation.authorKeyId },
    ...(feed === undefined ? {} : { feed: `${feed.address}c/${feed.channel}` }),
    connections,
  };
};
