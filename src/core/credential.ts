import { AwsClient } from 'aws4fetch';
import * as v from 'valibot';
import type { Authorization, Grant } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import { BEARER, type Connector, type ConnectorAuth, fillVariables, isOauth, type Placement } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { isAllowed, type Placed, type ServiceRequest } from '../domain/request.ts';
import { Secret } from '../domain/secret.ts';
import type { Context } from './context.ts';
import type { Service } from './services.ts';
import { accessToken } from './tokens.ts';

/** What authenticates the requests of one authorization: each secret with its place, and every spelling that must not come back. */
export type Credential = {
  readonly parts: readonly Placed<Secret>[];
  readonly spellings: readonly Secret[];
  readonly token: Secret | null;
  /** Where each request is signed by itself instead (AWS Signature Version 4). */
  readonly sign?: (request: ServiceRequest) => Promise<ServiceRequest>;
};

/** Which secrets a person types to authorize with keys, in their order; none where it goes another way. */
export const keyNames = (auth: ConnectorAuth): readonly { readonly name: string; readonly label: string }[] => {
  if (auth.method === 'api-key' || auth.method === 'bearer') return auth.fields.map(({ name, label }) => ({ name, label }));
  if (auth.method === 'aws-sigv4')
    return [
      { name: 'accessKeyId', label: 'Access key ID' },
      { name: 'secretAccessKey', label: 'Secret access key' },
    ];
  if (auth.method !== 'basic') return [];
  const user = auth.user.variable === null && auth.user.fixed === null ? [{ name: 'user', label: auth.user.label }] : [];
  const password = auth.password.fixed === null ? [{ name: 'password', label: auth.password.label }] : [];
  return [...user, ...password];
};

const keysSchema = v.strictObject({ keys: v.record(v.string(), v.string()) });

export const sealKeys = (ctx: Context, id: Authorization['id'], keys: Readonly<Record<string, string>>) =>
  ctx.vault.seal('tokens', id, { keys: { ...keys } });

const openKeys = async (ctx: Context, id: Authorization['id']): Promise<Readonly<Record<string, string>>> => {
  const parsed = v.safeParse(keysSchema, await ctx.vault.open('tokens', id));
  if (!parsed.success) throw new Fault('run.unauthorized');
  return parsed.output.keys;
};

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const AUTHORIZATION: Placement = { in: 'header', name: 'Authorization', prefix: '' };

/** Signs each request by itself: method, address, headers and body go into the signature (AWS Signature Version 4). */
const signerFor = (
  name: string,
  { variables, apiBase }: Service,
  { accessKeyId = '', secretAccessKey = '' }: Readonly<Record<string, string>>,
): NonNullable<Credential['sign']> => {
  const client = new AwsClient({ accessKeyId, secretAccessKey, retries: 0 });
  return async ({ method, url, headers, body }) => {
    // The test request may go to another service of the same account than the connection does: those of AWS are called as their hosts begin.
    const other = isAllowed(apiBase, url) ? undefined : /^https:\/\/([a-z0-9-]+)\./.exec(url)?.[1];
    const aws = { service: other ?? fillVariables(name, variables), region: variables['region'] ?? 'us-east-1' };
    const signed = await client.sign(url, { method, headers, aws, ...(body === null ? {} : { body }) });
    return { method, url: signed.url, headers: Object.fromEntries(signed.headers), body };
  };
};

/** The credential of keys that a person has typed. */
export const fromKeys = (service: Service, keys: Readonly<Record<string, string>>): Credential => {
  const {
    connector: { auth },
    variables,
  } = service;
  const secrets = Object.values(keys).map((key) => new Secret(key));
  if (auth.method === 'api-key' || auth.method === 'bearer')
    return {
      parts: auth.fields.map(({ name, placement }) => ({ placement, value: new Secret(keys[name] ?? '') })),
      spellings: secrets,
      token: null,
    };
  if (auth.method === 'none') return { parts: [], spellings: [], token: null };
  if (auth.method === 'aws-sigv4') return { parts: [], spellings: secrets, token: null, sign: signerFor(auth.service, service, keys) };
  if (auth.method !== 'basic') throw new Fault('run.unauthorized');
  const fixed = auth.user.fixed === null ? null : fillVariables(auth.user.fixed, { ...variables, ...keys });
  const user = fixed ?? (auth.user.variable === null ? keys['user'] : variables[auth.user.variable]) ?? '';
  // RFC 7617 section 2.
  const pair = new Secret(base64(`${user}:${auth.password.fixed ?? keys['password'] ?? ''}`));
  return {
    parts: [{ placement: { ...AUTHORIZATION, prefix: 'Basic ' }, value: pair }],
    spellings: [...secrets, pair],
    token: null,
  };
};

/** An access token where the connector's record puts it, which is not always where RFC 6750 does (quirk H1). */
export const tokenCredential = ({ auth }: Pick<Connector, 'auth'>, token: Secret): Credential => ({
  parts: [{ placement: isOauth(auth) ? auth.placement : BEARER, value: token }],
  spellings: [token],
  token,
});

/**
 * What authenticates now; `rejected` is a credential that the service has just refused. Throws `oauth.*`, or `run.unauthorized`
 * where nothing else is there to try.
 */
export const credentialFor = async (
  ctx: Context,
  connection: Connection,
  service: Service,
  authorization: Authorization & { readonly grant: Grant },
  rejected: Credential | null = null,
): Promise<Credential> => {
  if (isOauth(service.connector.auth))
    return tokenCredential(service.connector, await accessToken(ctx, connection, service, authorization, rejected?.token ?? null));
  if (rejected !== null) throw new Fault('run.unauthorized');
  return fromKeys(service, await openKeys(ctx, authorization.id));
};

const intoBody = (body: string | null, contentType: string, name: string, value: string): string => {
  if (contentType.includes('json')) return JSON.stringify({ ...(JSON.parse(body ?? '{}') as object), [name]: value });
  const form = new URLSearchParams(body ?? '');
  form.set(name, value);
  return form.toString();
};

const PLACES: Record<Placement['in'], (request: ServiceRequest, name: string, value: string) => ServiceRequest> = {
  header: (request, name, value) => ({ ...request, headers: { ...request.headers, [name]: value } }),
  query: (request, name, value) => {
    const url = new URL(request.url);
    url.searchParams.set(name, value);
    return { ...request, url: url.href };
  },
  path: (request, name, value) => ({
    ...request,
    url: request.url.replaceAll(`%7B${name}%7D`, encodeURIComponent(value)).replaceAll(`{${name}}`, encodeURIComponent(value)),
  }),
  body: (request, name, value) => {
    const type = request.headers['content-type'] ?? 'application/json';
    return { ...request, headers: { ...request.headers, 'content-type': type }, body: intoBody(request.body, type, name, value) };
  },
};

/** The request with what authenticates it: only the worker sees it, and only the service. */
export const withCredential = async (request: ServiceRequest, { parts, sign }: Credential): Promise<ServiceRequest> => {
  if (sign !== undefined) return sign(request);
  return parts.reduce<ServiceRequest>(
    (made, { placement, value }) => PLACES[placement.in](made, placement.name, `${placement.prefix}${value.reveal()}`),
    request,
  );
};
