import * as v from 'valibot';
import { FIELD_TYPES, VERSION_PATTERN } from '../../domain/application.ts';
import { idField, labelField, linkNameField, nameField, objectField, timeField, tokenField } from './fields.ts';

export const FORMAT = 'latchkey.bundle/1';

export const formSchema = v.strictObject({
  linkName: linkNameField,
  name: nameField,
  isPublic: v.exactOptional(v.boolean(), false),
  fields: v.pipe(
    v.array(
      v.strictObject({
        name: linkNameField,
        label: labelField,
        type: v.picklist(FIELD_TYPES),
        required: v.boolean(),
        choices: v.pipe(v.array(labelField), v.maxLength(200)),
      }),
    ),
    v.maxLength(200),
  ),
});

export const connectionSchema = v.strictObject({
  linkName: linkNameField,
  displayName: nameField,
  connectorId: tokenField,
  // A system connection never travels (R86), so the format has no word for it.
  type: v.picklist(['admin', 'logged-in-user']),
  scopes: v.pipe(v.array(tokenField), v.maxLength(500)),
  environmentPolicy: v.picklist(['same', 'separate']),
});

export const componentSchema = v.strictObject({ linkName: linkNameField, name: nameField, kind: tokenField, config: objectField });

/** Version 1 of what is signed. Strict: an unknown field is refused, never carried along (S15). */
export const payloadSchema = v.strictObject({
  format: v.literal(FORMAT),
  publishedAt: timeField,
  author: v.strictObject({
    name: nameField,
    key: v.strictObject({ crv: v.literal('Ed25519'), kty: v.literal('OKP'), x: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)) }),
  }),
  application: v.strictObject({
    id: idField('app'),
    version: v.pipe(v.string(), v.regex(VERSION_PATTERN)),
    name: nameField,
    linkName: linkNameField,
    forms: v.pipe(v.array(formSchema), v.maxLength(500)),
    pages: v.pipe(v.array(v.strictObject({ linkName: linkNameField, name: nameField })), v.maxLength(500)),
  }),
  connections: v.pipe(v.array(connectionSchema), v.maxLength(10_000)),
  components: v.pipe(v.array(componentSchema), v.maxLength(10_000)),
  requirements: v.strictObject({
    systemConnections: v.pipe(v.array(v.strictObject({ connectorId: tokenField, scopes: v.array(tokenField) })), v.maxLength(500)),
  }),
});

export type Payload = v.InferOutput<typeof payloadSchema>;

/** What a source says before defaults are filled in; a bundle is signed as it was given. */
export type PayloadInput = v.InferInput<typeof payloadSchema>;
