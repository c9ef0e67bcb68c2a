import * as v from 'valibot';
import { FIELD_TYPES, VERSION_PATTERN } from '../../domain/application.ts';
import type { ApplicationId } from '../../domain/ids.ts';
import { isId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { isLinkName } from '../../domain/link-name.ts';
import { isPlainName } from '../../domain/text.ts';

export const FORMAT = 'latchkey.bundle/1';

const name = v.pipe(
  v.string(),
  v.check((value) => isPlainName(value), 'not a plain name'),
);
const label = v.pipe(
  v.string(),
  v.check((value) => isPlainName(value, 200), 'not a plain text'),
);
export const linkNameSchema = v.pipe(v.string(), v.check(isLinkName, 'not a link name'));
const token = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,200}$/));
const isObject = (value: unknown): value is JsonObject => value !== null && typeof value === 'object' && !Array.isArray(value);

export const formSchema = v.strictObject({
  linkName: linkNameSchema,
  name,
  isPublic: v.optional(v.boolean(), false),
  fields: v.pipe(
    v.array(
      v.strictObject({
        name: linkNameSchema,
        label,
        type: v.picklist(FIELD_TYPES),
        required: v.boolean(),
        choices: v.pipe(v.array(label), v.maxLength(200)),
      }),
    ),
    v.maxLength(200),
  ),
});

/** Version 1 of what is signed. Strict: an unknown field is refused, never carried along (S15). */
export const payloadSchema = v.strictObject({
  format: v.literal(FORMAT),
  publishedAt: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  author: v.strictObject({
    name,
    key: v.strictObject({ crv: v.literal('Ed25519'), kty: v.literal('OKP'), x: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)) }),
  }),
  application: v.strictObject({
    id: v.custom<ApplicationId>((value) => isId('app', value), 'not an application id'),
    version: v.pipe(v.string(), v.regex(VERSION_PATTERN)),
    name,
    linkName: linkNameSchema,
    forms: v.pipe(v.array(formSchema), v.maxLength(500)),
    pages: v.pipe(v.array(v.strictObject({ linkName: linkNameSchema, name })), v.maxLength(500)),
  }),
  connections: v.pipe(
    v.array(
      v.strictObject({
        linkName: linkNameSchema,
        displayName: name,
        connectorId: token,
        // A system connection never travels (R86), so the format has no word for it.
        type: v.picklist(['admin', 'logged-in-user']),
        scopes: v.pipe(v.array(token), v.maxLength(500)),
        environmentPolicy: v.picklist(['same', 'separate']),
      }),
    ),
    v.maxLength(10_000),
  ),
  components: v.pipe(
    v.array(v.strictObject({ linkName: linkNameSchema, name, kind: token, config: v.custom<JsonObject>(isObject, 'not an object') })),
    v.maxLength(10_000),
  ),
  requirements: v.strictObject({
    systemConnections: v.pipe(v.array(v.strictObject({ connectorId: token, scopes: v.array(token) })), v.maxLength(500)),
  }),
});

export type Payload = v.InferOutput<typeof payloadSchema>;
