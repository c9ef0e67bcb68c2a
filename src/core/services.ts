import * as v from 'valibot';
import { connectorById } from '../connectors/catalogue.ts';
import type { Grant } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import {
  appCredential,
  type Connector,
  examplesOf,
  fillVariables,
  isOauth,
  isSandbox,
  type OauthAuth,
  wrongVariables,
} from '../domain/connector.ts';
import { isCustomId } from '../domain/custom.ts';
import { Fault } from '../domain/faults.ts';
import type { OauthApp, OwnRegistration } from '../domain/oauth-app.ts';
import { Secret } from '../domain/secret.ts';
import type { Net, Registration, Server } from '../oauth/client.ts';
import { REDIRECT_PARAMETER } from '../oauth/code.ts';
import { type Metadata, readMetadata, serverAt } from '../oauth/discover.ts';
import { issuerOf, serverOf } from '../oauth/record.ts';
import type { SigningKey } from '../oauth/signing-key.ts';
import type { Context } from './context.ts';
import { guardedFetch } from './net.ts';

/** A connector with its variables filled in for one account. */
export type Service = {
  readonly connector: Connector;
  readonly variables: Readonly<Record<string, string>>;
  readonly apiBase: string;
  /** Every base that its credential may go to, `apiBase` first. */
  readonly bases: readonly string[];
};

/** Where the sandbox is: a setting of this device, else what the deployment says. */
export const readSandboxOrigin = async (ctx: Context): Promise<string> => {
  const setting = await ctx.db.settings.get('sandbox-origin');
  return setting?.key === 'sandbox-origin' ? setting.value : ctx.sandboxOrigin;
};

/** The values a new authorization of this connector starts with. */
export const defaultVariables = async (ctx: Context, connector: Connector): Promise<Record<string, string>> => {
  if (isSandbox(connector)) return { sandboxOrigin: await readSandboxOrigin(ctx) };
  // What the service says itself starts as the record's example, until it has been said.
  return Object.fromEntries(connector.variables.flatMap(({ name, example, learned }) => (learned === undefined ? [] : [[name, example]])));
};

/** Values that stand for the account's own before somebody has authorized: the record's examples, and where the sandbox is. */
export const exampleVariables = async (ctx: Context, connector: Connector): Promise<Record<string, string>> => ({
  ...examplesOf(connector),
  ...(await defaultVariables(ctx, connector)),
});

export const serviceFor = (connection: Pick<Connection, 'connectorId'>, variables: Readonly<Record<string, string>>): Service =>
  serviceOf(connectorById(connection.connectorId), variables);

/** The same for whoever goes on with the connector that it began with, which may be changed meanwhile. */
export const serviceOf = (connector: Connector, variables: Readonly<Record<string, string>>): Service => {
  const [wrong] = wrongVariables(connector, variables);
  if (wrong !== undefined) throw new Fault(isSandbox(connector) ? 'deployment.sandbox-wrong' : 'core.input-invalid', wrong.label);
  const fill = (template: string): string => fillVariables(template, variables);
  const apiBase = fill(connector.apiBase);
  return { connector, variables, apiBase, bases: [apiBase, ...connector.alsoAt.map(fill)] };
};

/**
 * Where the service sends its answer. A server that need not say its name in it gets an address of its own, so that another one's answer
 * cannot be taken for it: a path where the host has several, else a parameter. There the built-in ones share one, because whom they speak
 * to was fixed when Latchkey was built (S19, RFC 9700 section 4.4.2).
 */
export const redirectUriOf = (
  ctx: Pick<Context, 'redirectUri' | 'hasRedirectPaths'>,
  connector: Pick<Connector, 'id' | 'auth' | 'variables'>,
): string => {
  const { id, auth } = connector;
  if (!isOauth(auth)) return ctx.redirectUri;
  const isOwn = isCustomId(id) || (ctx.hasRedirectPaths && auth.endpoints !== null);
  if (!isOwn) return ctx.redirectUri;
  const { host } = new URL(issuerOf(auth, examplesOf(connector)));
  return ctx.hasRedirectPaths ? `${ctx.redirectUri}/${host}` : `${ctx.redirectUri}?${REDIRECT_PARAMETER}=${host}`;
};

/** How this service speaks OAuth. Throws `oauth.not-spoken` where it is authorized with keys. */
export const oauthOf = ({ connector }: Pick<Service, 'connector'>): OauthAuth => {
  if (!isOauth(connector.auth)) throw new Fault('oauth.not-spoken', connector.name);
  return connector.auth;
};

/** Scopes as the service knows them, with the account's values in them (Dynamics 365 names the organisation's own host). */
export const scopesFor = ({ variables }: Pick<Service, 'variables'>, scopes: readonly string[]): string[] =>
  scopes.map((scope) => fillVariables(scope, variables));

const TOKEN_BYTES = 1024 * 1024;

/** How long renewals take an issuer's metadata for what it says now, unless it refuses something. */
const METADATA_LIFE = 12 * 60 * 60_000;

/** The issuer that publishes this service's metadata, or null where its record writes the endpoints. */
const publisherOf = ({ connector: { auth }, variables }: Pick<Service, 'connector' | 'variables'>): string | null =>
  isOauth(auth) && auth.issuer !== null ? issuerOf(auth, variables) : null;

/** How `oauth/` reaches this service; plain http only for the sandbox on this device. */
export const netFor = (ctx: Context, service: Service): Net => ({
  fetch: async (url, init) => {
    let isGood = false;
    try {
      const response = await guardedFetch(ctx, url, init, {
        bytes: TOKEN_BYTES,
        tooLarge: 'oauth.answer-unreadable',
        purpose: 'sign-in',
        hasCertificate: appCredential(service.connector.auth) === 'certificate',
      });
      isGood = response.ok;
      // A passing trouble, whatever the body says: what is stored stays as it is.
      if (response.status >= 500 || response.status === 429) throw new Fault('oauth.provider-down', new URL(url).host);
      return response;
    } finally {
      // Its endpoints may have moved: whoever asks next reads where they are.
      if (!isGood) ctx.metadata.delete(publisherOf(service) ?? '');
    }
  },
  isInsecureAllowed: isSandbox(service.connector),
});

/** A fault of the network, said more precisely: the sandbox is not running, or the device is offline. */
export const explainNetwork = (ctx: Context, service: Pick<Service, 'connector' | 'variables'>, error: unknown): unknown => {
  if (!(error instanceof Fault) || (error.code !== 'oauth.provider-down' && error.code !== 'run.unreachable')) return error;
  if (isSandbox(service.connector)) return new Fault('oauth.sandbox-down', service.variables['sandboxOrigin'] ?? null);
  return ctx.isOnline() ? error : new Fault('oauth.offline');
};

/**
 * The registration that Latchkey made for this workspace at the server of this service, for answers to this host's redirect address (RFC 7591).
 * A grant that another of them got keeps that one, because its refresh token belongs to it (RFC 6749 section 6).
 */
export const ownRegistration = async (
  ctx: Context,
  { workspaceId }: Pick<Connection, 'workspaceId'>,
  service: Service,
  grant: Pick<Grant, 'clientId'> | null = null,
): Promise<OauthApp | undefined> => {
  const issuer = issuerOf(oauthOf(service), service.variables);
  const redirectUri = redirectUriOf(ctx, service.connector);
  const apps = await ctx.db.oauthApps.where('workspaceId').equals(workspaceId).toArray();
  const own = apps.filter(({ connectorId, registered }) => connectorId === service.connector.id && registered?.issuer === issuer);
  const isGood = ({ registered }: OauthApp): boolean => registered?.redirectUri === redirectUri && !hasEnded(registered, ctx.now());
  return own.find(({ clientId }) => clientId === grant?.clientId) ?? own.find(isGood);
};

const hasEnded = ({ secretEndsAt }: OwnRegistration, now: number): boolean => secretEndsAt !== null && secretEndsAt <= now;

/**
 * The OAuth app of the account that was chosen for this connection (R121). Looked at again at each use: its secret goes to no other service,
 * whatever a restored or damaged row names (S23).
 */
const chosenApp = async (ctx: Context, { oauthAppId, connectorId, workspaceId }: Connection): Promise<OauthApp | undefined> => {
  const app = oauthAppId === null ? undefined : await ctx.db.oauthApps.get(oauthAppId);
  return app?.connectorId === connectorId && app.workspaceId === workspaceId ? app : undefined;
};

/** Does Latchkey register itself for this connection: the server lets it, and the account chose no OAuth app of its own (R121). */
export const registersItself = async (ctx: Context, connection: Connection, service: Service): Promise<boolean> =>
  oauthOf(service).dynamicRegistration && (await chosenApp(ctx, connection)) === undefined;

/**
 * Whose registration authorizes this connection: the account's own OAuth app where one was chosen (R121), else the connector's or the one that
 * Latchkey made itself. Throws `credentials.needed`, or `oauth.client-changed` where that one is no longer there.
 */
const registrationFor = async (
  ctx: Context,
  connection: Connection,
  service: Service,
  grant: Pick<Grant, 'clientId'> | null,
): Promise<Registration> => {
  const { clientId, dynamicRegistration } = oauthOf(service);
  const app =
    (await chosenApp(ctx, connection)) ?? (dynamicRegistration ? await ownRegistration(ctx, connection, service, grant) : undefined);
  const credential = appCredential(service.connector.auth);
  if (credential === 'account-key' || credential === 'client-key') {
    const key = await signingKeyFor(ctx, service, app);
    return { clientId: key.issuer, secret: null, ...(credential === 'client-key' ? { key } : { accountKey: key }) };
  }
  if (app === undefined) {
    if (dynamicRegistration) throw new Fault('oauth.client-changed');
    if (clientId === null) throw new Fault('credentials.needed', service.connector.name);
    return { clientId, secret: null };
  }
  if (credential === 'certificate') return { clientId: app.clientId, secret: null, hasCertificate: true };
  if (!app.hasSecret) return { clientId: app.clientId, secret: null };
  return { clientId: app.clientId, secret: await openSecret(ctx, app) };
};

const openSecret = async (ctx: Context, { id }: OauthApp): Promise<Secret> => {
  const secret = v.safeParse(v.string(), await ctx.vault.open('oauth-app', id));
  if (!secret.success) throw new Fault('vault.tampered');
  return new Secret(secret.output);
};

/** The key that signs for an app, with what the record wants its assertions to say. Throws `credentials.key-needed`. */
const signingKeyFor = async (ctx: Context, service: Service, app: OauthApp | undefined): Promise<SigningKey> => {
  if (app?.key === undefined || !app.hasSecret) throw new Fault('credentials.key-needed', service.connector.name);
  const { assertionAudience } = oauthOf(service);
  return {
    ...app.key,
    issuer: app.clientId,
    privateKey: await openSecret(ctx, app),
    audience: assertionAudience === null ? null : fillVariables(assertionAudience, service.variables),
  };
};

const read = async (ctx: Context, service: Service, issuer: string): Promise<Metadata> => {
  const as = await readMetadata(issuer, netFor(ctx, service));
  ctx.metadata.set(issuer, { as, at: ctx.now() });
  return as;
};

/** What was read within half a day and since the last refusal; else what is read now. */
const readOrKnown = async (ctx: Context, service: Service, issuer: string): Promise<Metadata> => {
  const known = ctx.metadata.get(issuer);
  const age = known === undefined ? Number.POSITIVE_INFINITY : ctx.now() - known.at;
  return known !== undefined && age >= 0 && age < METADATA_LIFE ? known.as : read(ctx, service, issuer);
};

/** The service's authorization server for this registration: as its record writes it, or as it publishes itself now. */
export const serverWith = async (ctx: Context, service: Service, registration: Registration, metadata = read): Promise<Server> => {
  const issuer = publisherOf(service);
  const auth = oauthOf(service);
  if (issuer === null) return serverOf(auth, service.variables, registration);
  return serverAt(await metadata(ctx, service, issuer), registration, { auth, variables: service.variables });
};

type ReadMetadata = typeof read;

const serverBy = async (
  ctx: Context,
  service: Service,
  connection: Connection,
  grant: Pick<Grant, 'clientId'> | null,
  metadata: ReadMetadata,
): Promise<Server> => {
  try {
    return await serverWith(ctx, service, await registrationFor(ctx, connection, service, grant), metadata);
  } catch (error) {
    throw explainNetwork(ctx, service, error);
  }
};

/** The same with the registration that authorizes this connection. */
export const serverFor = (ctx: Context, service: Service, connection: Connection): Promise<Server> =>
  serverBy(ctx, service, connection, null, read);

/**
 * The server that this grant came from, with the registration that got it. While nobody signs in, what the server published half a day
 * ago still holds, and a renewal is one request.
 */
export const serverOfGrant = (ctx: Context, service: Service, connection: Connection, grant: Pick<Grant, 'clientId'>): Promise<Server> =>
  serverBy(ctx, service, connection, grant, readOrKnown);

/** The same for later: what it takes of this device is opened now, and reaching the server needs nothing of it any more. */
export const openServerOfGrant = async (
  ctx: Context,
  service: Service,
  connection: Connection,
  grant: Pick<Grant, 'clientId'>,
): Promise<() => Promise<Server>> => {
  const registration = await registrationFor(ctx, connection, service, grant);
  return () => serverWith(ctx, service, registration, readOrKnown);
};
