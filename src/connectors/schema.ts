import * as v from 'valibot';
import { BEARER, type Connector, type ConnectorAuth, type Placement } from '../domain/connector.ts';
import type { JsonObject } from '../domain/json.ts';

const name = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{1,48}$/));
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(400));
/** https anywhere, http on this device only; a `{variable}` may stand for the whole origin or a part of the host. */
const url = v.pipe(v.string(), v.regex(/^(https:\/\/[^\s]+|\{[A-Za-z]\w*\}[^\s]*)$/));
const base = v.pipe(url, v.endsWith('/'));
const path = v.pipe(v.string(), v.regex(/^([A-Za-z0-9._~{}@:,-]+(\/[A-Za-z0-9._~{}@:,-]+)*\/?)?(\?[\w.~%=&{}$,:+'()*!-]*)?$/));
const member = v.pipe(v.string(), v.regex(/^[A-Za-z_][\w.-]*$/));
const known = v.optional(v.picklist(['yes', 'no', 'unknown']), 'unknown');
const members = v.optional(v.record(member, v.string()), {});
const object = v.custom<JsonObject>((value) => value !== null && typeof value === 'object' && !Array.isArray(value), 'not an object');

const isPattern = (value: string): boolean => {
  try {
    return new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
};

const placement = v.strictObject({
  in: v.picklist(['header', 'query', 'path', 'body']),
  name: member,
  prefix: v.optional(v.string(), ''),
}) satisfies v.GenericSchema<unknown, Placement>;

const oauth = v.strictObject({
  method: v.picklist(['oauth2-code', 'oauth2-client-credentials', 'oauth2-device', 'oauth2-jwt-bearer']),
  issuer: v.optional(v.nullable(url), null),
  endpoints: v.optional(
    v.nullable(
      v.strictObject({
        authorization: v.optional(v.nullable(url), null),
        token: url,
        refresh: v.optional(v.nullable(url), null),
        revocation: v.optional(v.nullable(url), null),
        device: v.optional(v.nullable(url), null),
        registration: v.optional(v.nullable(url), null),
      }),
    ),
    null,
  ),
  clientId: v.optional(v.nullable(text), null),
  dynamicRegistration: v.optional(v.boolean(), false),
  pkce: v.optional(v.picklist(['required', 'supported', 'unsupported', 'unknown']), 'unknown'),
  publicClient: known,
  cors: known,
  corsNeeds: v.optional(v.nullable(text), null),
  rotates: known,
  clientAuthentication: v.optional(v.picklist(['basic', 'post', 'private-key-jwt', 'tls']), 'post'),
  assertionAudience: v.optional(v.nullable(text), null),
  identityScopes: v.optional(v.array(text), []),
  scopeSeparator: v.optional(v.string(), ' '),
  authorizationParams: members,
  tokenParams: members,
  callbackVariables: v.optional(v.array(member), []),
  answerVariables: v.optional(v.array(member), []),
  placement: v.optional(placement, BEARER),
  answer: v.optional(
    v.strictObject({
      tokenAt: v.exactOptional(v.string()),
      envelope: v.exactOptional(v.picklist(['code', 'errcode', 'status'])),
      zeroNeverExpires: v.exactOptional(v.boolean()),
      scopeCutAt: v.exactOptional(v.literal('|')),
      scopeInCallback: v.exactOptional(v.boolean()),
    }),
    {},
  ),
  request: v.optional(
    v.strictObject({
      tokenBody: v.exactOptional(v.literal('json')),
      renamed: v.exactOptional(v.record(member, member)),
      codeParam: v.exactOptional(member),
      headers: v.exactOptional(v.record(member, v.string())),
      basicWithoutSecret: v.exactOptional(v.boolean()),
    }),
    {},
  ),
});

const auth = v.variant('method', [
  oauth,
  v.strictObject({
    method: v.picklist(['api-key', 'bearer']),
    fields: v.pipe(v.array(v.strictObject({ name: member, label: text, placement })), v.minLength(1), v.maxLength(2)),
  }),
  v.strictObject({
    method: v.literal('basic'),
    user: v.strictObject({
      label: text,
      variable: v.optional(v.nullable(member), null),
      fixed: v.optional(v.nullable(v.string()), null),
    }),
    password: v.strictObject({ label: text, fixed: v.optional(v.nullable(v.string()), null) }),
  }),
  v.strictObject({ method: v.literal('aws-sigv4'), service: text }),
  v.strictObject({ method: v.literal('oauth1') }),
  v.strictObject({ method: v.literal('none') }),
]) satisfies v.GenericSchema<unknown, ConnectorAuth>;

const failure = v.optional(
  v.nullable(v.strictObject({ path: text, ok: v.array(v.string()), message: v.optional(v.nullable(text), null) })),
  null,
);

const operation = v.strictObject({
  id: name,
  label: text,
  does: v.picklist(['action', 'query', 'message']),
  scopes: v.optional(v.array(text), []),
  method: v.picklist(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path,
  encoding: v.optional(v.picklist(['json', 'form']), 'json'),
  fixed: v.optional(object, {}),
  inputs: v.array(
    v.strictObject({
      name: member,
      label: text,
      type: v.picklist(['text', 'number', 'date']),
      required: v.boolean(),
      in: v.picklist(['query', 'body', 'path']),
      at: v.optional(v.nullable(text), null),
    }),
  ),
  result: v.strictObject({ path: text, label: text }),
  rows: v.optional(
    v.nullable(v.strictObject({ path: text, columns: v.pipe(v.array(v.strictObject({ name: text, label: text })), v.minLength(1)) })),
    null,
  ),
  idempotencyHeader: v.optional(v.nullable(member), null),
  upsertKey: v.optional(v.nullable(member), null),
  failure,
});

const pattern = v.pipe(
  text,
  v.check((value) => isPattern(value), 'not a regular expression'),
);

const variable = v.strictObject({
  name: member,
  label: text,
  example: text,
  pattern,
  learned: v.exactOptional(
    v.strictObject({
      from: v.picklist(['callback', 'answer', 'request']),
      at: v.pipe(v.string(), v.regex(/^[\w-]+(\.[\w-]+)*$/)),
      pick: v.exactOptional(pattern),
      url: v.exactOptional(url),
    }),
  ),
});

/** One connector record as it stands in `src/connectors/*.json`. Strict: a misspelt field is an error, not a default. */
export const connectorSchema = v.strictObject({
  id: name,
  name: text,
  aliases: v.optional(v.array(text), []),
  category: text,
  description: text,
  standsFor: v.optional(v.nullable(name), null),
  isRetired: v.optional(v.boolean(), false),
  auth,
  alternatives: v.optional(v.array(text), []),
  variables: v.optional(v.array(variable), []),
  scopes: v.optional(v.array(v.strictObject({ name: text, sentence: text, access: v.picklist(['read', 'write', 'admin']) })), []),
  defaultScopes: v.optional(v.array(text), []),
  apiBase: base,
  alsoAt: v.optional(v.array(base), []),
  apiHeaders: members,
  test: v.optional(
    v.nullable(
      v.strictObject({
        method: v.picklist(['GET', 'POST']),
        path: v.union([path, url]),
        body: v.optional(v.nullable(object), null),
        scopes: v.optional(v.array(text), []),
        accountField: v.optional(v.nullable(text), null),
        failure,
      }),
    ),
    null,
  ),
  operations: v.optional(v.array(operation), []),
  facts: v.strictObject({
    isVerified: v.boolean(),
    confirmed: v.optional(v.array(text), []),
    checkedOn: v.pipe(v.string(), v.isoDate()),
    note: v.optional(v.pipe(v.string(), v.maxLength(2_000)), ''),
    docsUrl: v.optional(v.nullable(url), null),
    setupUrl: v.optional(v.nullable(url), null),
  }),
  registration: v.optional(v.array(text), []),
}) satisfies v.GenericSchema<unknown, Connector>;

/** The records that stand in the files; throws valibot's own error, which the build and a test show. */
export const parseConnector = (record: unknown): Connector => v.parse(connectorSchema, record);
