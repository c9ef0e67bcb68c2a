import type { Authorization, Grant, Holder } from '../domain/authorization.ts';
import { askedScopes, type Connection } from '../domain/connection.ts';
import { type Connector, fillVariables } from '../domain/connector.ts';
import type { Environment, EnvironmentScope } from '../domain/environment.ts';
import { Fault } from '../domain/faults.ts';
import type { Flow } from '../domain/flow.ts';
import type { MemberId, WorkspaceId } from '../domain/ids.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { TokenSet } from '../domain/secret.ts';
import { isAppWay } from '../domain/ways.ts';
import type { Server } from '../oauth/client.ts';
import { readAccount } from '../oauth/code.ts';
import { learnVariables, unheardVariables } from '../oauth/tenant.ts';
import type { Seal } from '../vault/seal.ts';
import type { Context } from './context.ts';
import { type Credential, tokenCredential } from './credential.ts';
import { grantedRow } from './granting.ts';
import { offerFor } from './passphrases.ts';
import { accountIn, probeOf } from './probe.ts';
import { type Change, overRaces, record } from './record.ts';
import { sealTokens } from './sealed-tokens.ts';
import { sendWith } from './send.ts';
import { defaultVariables, netFor, type Service, serviceOf } from './services.ts';

/** Whose authorization it becomes, where, and by whom it was asked for. */
export type Asker = {
  readonly workspaceId: WorkspaceId;
  readonly environment: Environment;
  readonly scope: EnvironmentScope;
  readonly holder: Holder;
  readonly memberId: MemberId;
  readonly purpose: 'authorize' | 'switch';
};

/** What a server has given, before anything is known of the account behind it. */
export type Given = { readonly tokens: TokenSet; readonly extra: JsonObject; readonly subject: string | null };

export type Arrived = { readonly tokens: TokenSet; readonly account: string | null; readonly subject: string; readonly service: Service };

/** The service while some of the account's values are not known yet: the record's examples stand in, for pages and requests without a token. */
export const serviceSoFar = async (ctx: Context, connector: Connector, known: Readonly<Record<string, string>>): Promise<Service> =>
  serviceOf(connector, { ...(await defaultVariables(ctx, connector)), ...known });

/** Requests that tell a tenant or region (quirk V3), sent with the new token to the address that the record names. */
const askedAfter = async (ctx: Context, service: Service, credential: Credential): Promise<Record<string, JsonValue>> => {
  const answers: Record<string, JsonValue> = {};
  for (const { name, learned } of service.connector.variables) {
    if (learned?.from !== 'request' || learned.url === undefined) continue;
    const url = fillVariables(learned.url, service.variables);
    const { json } = await sendWith(ctx, service, { method: 'GET', url, headers: {}, body: null }, credential);
    if (json !== undefined) answers[name] = json;
  }
  return answers;
};

/** The account's name by the connector's test request, where no userinfo says it (R76). */
const probedAccount = async (ctx: Context, service: Service, credential: Credential): Promise<string | null> => {
  const probe = probeOf(service);
  return probe === null ? null : accountIn(service, await sendWith(ctx, service, probe, credential));
};

/**
 * Learns from a token answer which account it is for, and where that account lives. `connector` is the one that was asked for the token: it
 * goes nowhere else, although the connector may be another by now (S23). Throws `oauth.tenant-refused`.
 */
export const arriveWith = async (
  ctx: Context,
  connector: Connector,
  heard: Readonly<Record<string, string>>,
  server: Server,
  { tokens, extra, subject }: Given,
): Promise<Arrived> => {
  const known = { ...heard, ...learnVariables(connector, { answer: extra }, heard) };
  const credential = tokenCredential(connector, tokens.accessToken);
  Object.assign(
    known,
    learnVariables(connector, { request: await askedAfter(ctx, await serviceSoFar(ctx, connector, known), credential) }, known),
  );
  const [unheard] = unheardVariables(connector, known);
  // An example of the record may stand in for what is not known while a page is opened; a token is never sent to it.
  if (unheard !== undefined) throw new Fault('oauth.tenant-refused', unheard.label);
  const service = serviceOf(connector, known);
  // The name is a courtesy: a grant is not thrown away because the account's name could not be read (R76).
  const named = subject === null ? probedAccount(ctx, service, credential) : readAccount(server, tokens, subject, netFor(ctx, service));
  const account = await named.catch(() => null);
  return { tokens, account, subject: subject ?? account ?? '', service };
};

/** The row and the event of a grant that has arrived. */
const grantOf = async (
  ctx: Context,
  connection: Connection,
  asker: Asker,
  { tokens, account, subject, service }: Arrived,
  server: Pick<Server, 'as' | 'client'>,
): Promise<{ row: Authorization; account: string; event: Change['event'] }> => {
  const { scope, holder, memberId, environment, purpose, workspaceId } = asker;
  const count = await ctx.db.authorizations.where('connectionId').equals(connection.id).count();
  const grant: Grant = {
    account: account ?? `${service.connector.name} Account ${count + 1}`,
    subject,
    issuer: server.as.issuer,
    clientId: server.client.client_id,
    madeIn: environment,
    scopes: tokens.scopes ?? askedScopes(connection, scope),
    grantedBy: memberId,
    grantedAt: ctx.now(),
    renewedAt: null,
    expiresAt: tokens.expiresAt,
    canRenew: tokens.refreshToken !== null || isAppWay(service.connector.auth),
  };
  const slot = { connectionId: connection.id, environment: scope, holder };
  return {
    row: await grantedRow(ctx, connection, slot, grant, service.variables),
    account: grant.account,
    event: {
      name: purpose === 'switch' ? 'authorization.switched' : 'authorization.granted',
      workspaceId,
      actor: memberId,
      subject: connection.id,
      environment,
      fields: { name: connection.displayName, account: grant.account },
    },
  };
};

/**
 * Stores a grant that has arrived with its sealed tokens, and the flow that led to it; gives its account. What else is written to the row
 * meanwhile (a test, a renewal of the grant before) does not lose it: it is decided anew over that.
 */
export const storeGrant = (
  ctx: Context,
  connection: Connection,
  asker: Asker,
  arrived: Arrived,
  server: Pick<Server, 'as' | 'client'>,
  early: Seal,
  flows: readonly Flow[] = [],
): Promise<{ readonly account: string }> =>
  overRaces(async () => {
    const { row, account, event } = await grantOf(ctx, connection, asker, arrived, server);
    await record(ctx, {
      put: {
        authorizations: [row],
        secrets: [await sealTokens(await ctx.vault.sealer().catch(() => early), row.id, arrived.tokens)],
        flows,
        settings: await offerFor(ctx, arrived.service.connector),
      },
      connector: arrived.service.connector,
      event,
    });
    return { account };
  });
