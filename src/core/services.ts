import * as v from 'valibot';
import { connectorById } from '../connectors/catalogue.ts';
import type { Connection } from '../domain/connection.ts';
import { type Connector, fillVariables, isOauth, isSandbox, type OauthAuth, wrongVariables } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { Secret } from '../domain/secret.ts';
import type { Net, Registration, Server } from '../oauth/client.ts';
import { discover } from '../oauth/discover.ts';
import { serverOf } from '../oauth/record.ts';
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

export const serviceFor = (connection: Pick<Connection, 'connectorId'>, variables: Readonly<Record<string, string>>): Service => {
  const connector = connectorById(connection.connectorId);
  const [wrong] = wrongVariables(connector, variables);
  if (wrong !== undefined) throw new Fault(isSandbox(connector) ? 'deployment.sandbox-wrong' : 'core.input-invalid', wrong.label);
  const fill = (template: string): string => fillVariables(template, variables);
  const apiBase = fill(connector.apiBase);
  return { connector, variables, apiBase, bases: [apiBase, ...connector.alsoAt.map(fill)] };
};

/**
 * Where the service sends its answer. A server that does not say its name in it gets an address of its own where the host has several,
 * so that another one's answer cannot be taken for it (S19, RFC 9700 section 4.4.2).
 */
export const redirectUriOf = (ctx: Pick<Context, 'redirectUri' | 'hasRedirectPaths'>, { auth, variables }: Connector): string => {
  if (!ctx.hasRedirectPaths || !isOauth(auth) || auth.endpoints === null) return ctx.redirectUri;
  const examples = Object.fromEntries(variables.map(({ name, example }) => [name, example]));
  const { host } = new URL(fillVariables(auth.endpoints.authorization ?? auth.endpoints.token, examples));
  return `${ctx.redirectUri}/${host}`;
};

/** How this service speaks OAuth. Throws `oauth.not-spoken` where it is authorized with keys. */
export const oauthOf = ({ connector }: Pick<Service, 'connector'>): OauthAuth => {
  if (!isOauth(connector.auth)) throw new Fault('oauth.not-spoken', connector.name);
  return connector.auth;
};

const TOKEN_BYTES = 1024 * 1024;

/** How `oauth/` reaches this service; plain http only for the sandbox on this device. */
export const netFor = (ctx: Context, { connector }: Service): Net => ({
  fetch: async (url, init) => {
    const response = await guardedFetch(ctx, url, init, { bytes: TOKEN_BYTES, tooLarge: 'oauth.answer-unreadable', purpose: 'sign-in' });
    // A passing trouble, whatever the body says: what is stored stays as it is.
    if (response.status >= 500 || response.status === 429) throw new Fault('oauth.provider-down', new URL(url).host);
    return response;
  },
  isInsecureAllowed: isSandbox(connector),
});

/** A fault of the network, said more precisely: the sandbox is not running, or the device is offline. */
export const explainNetwork = (ctx: Context, service: Service, error: unknown): unknown => {
  if (!(error instanceof Fault) || (error.code !== 'oauth.provider-down' && error.code !== 'run.unreachable')) return error;
  if (isSandbox(service.connector)) return new Fault('oauth.sandbox-down', service.variables['sandboxOrigin'] ?? null);
  return ctx.isOnline() ? error : new Fault('oauth.offline');
};

/** Whose registration authorizes this connection: the account's own OAuth app where one was chosen (R121), else the connector's. */
export const registrationFor = async (ctx: Context, connection: Connection, service: Service): Promise<Registration> => {
  const app = connection.oauthAppId === null ? undefined : await ctx.db.oauthApps.get(connection.oauthAppId);
  if (app === undefined) {
    const { clientId } = oauthOf(service);
    if (clientId === null) throw new Fault('credentials.needed', service.connector.name);
    return { clientId, secret: null };
  }
  if (!app.hasSecret) return { clientId: app.clientId, secret: null };
  const secret = v.safeParse(v.string(), await ctx.vault.open('oauth-app', app.id));
  if (!secret.success) throw new Fault('vault.tampered');
  return { clientId: app.clientId, secret: new Secret(secret.output) };
};

/** The service's authorization server, freshly discovered or as its record writes it, with the registration that authorizes this connection. */
export const serverFor = async (ctx: Context, service: Service, connection: Connection): Promise<Server> => {
  try {
    const auth = oauthOf(service);
    const registration = await registrationFor(ctx, connection, service);
    if (auth.issuer === null) return serverOf(auth, service.variables, registration);
    return await discover(fillVariables(auth.issuer, service.variables), registration, netFor(ctx, service));
  } catch (error) {
    throw explainNetwork(ctx, service, error);
  }
};
