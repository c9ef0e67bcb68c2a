import * as v from 'valibot';
import type { Connector } from '../domain/connector.ts';

const name = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{1,48}$/));
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(300));
/** https anywhere, http on this device only; a `{variable}` may stand for the whole origin. */
const url = v.pipe(v.string(), v.regex(/^(https:\/\/[^\s]+|\{[A-Za-z]\w*\}[^\s]*)$/));
const path = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._~{}-]+(\/[A-Za-z0-9._~{}-]+)*$/));
const member = v.pipe(v.string(), v.regex(/^[A-Za-z_][\w-]*$/));

/** One connector record as it stands in `src/connectors/*.json`. Strict: a misspelt field is an error, not a default. */
export const connectorSchema = v.strictObject({
  id: name,
  name: text,
  category: text,
  description: text,
  standsFor: v.nullable(name),
  auth: v.strictObject({
    method: v.literal('oauth2-code'),
    issuer: url,
    clientId: text,
    identityScopes: v.array(text),
    authorizationParams: v.record(member, v.string()),
  }),
  variables: v.array(v.strictObject({ name: member, label: text, example: text, pattern: text })),
  scopes: v.array(v.strictObject({ name: text, sentence: text, access: v.picklist(['read', 'write', 'admin']) })),
  defaultScopes: v.array(text),
  apiBase: v.pipe(url, v.endsWith('/')),
  test: v.strictObject({ method: v.literal('GET'), path, scopes: v.array(text), accountField: text }),
  operations: v.array(
    v.strictObject({
      id: name,
      label: text,
      does: v.picklist(['action', 'query']),
      scopes: v.array(text),
      method: v.picklist(['GET', 'POST']),
      path,
      inputs: v.array(
        v.strictObject({
          name: member,
          label: text,
          type: v.picklist(['text', 'number', 'date']),
          required: v.boolean(),
          in: v.picklist(['query', 'body']),
        }),
      ),
      result: v.strictObject({ path: text, label: text }),
      idempotencyHeader: v.nullable(member),
    }),
  ),
}) satisfies v.GenericSchema<unknown, Connector>;

/** The records that stand in the files; throws valibot's own error, which the build and a test show. */
export const parseConnector = (record: unknown): Connector => v.parse(connectorSchema, record);
