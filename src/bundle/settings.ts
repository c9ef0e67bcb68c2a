import * as v from 'valibot';
import { Fault } from '../domain/faults.ts';
import { SETTINGS_FORMAT } from '../domain/settings-format.ts';
import { parseModest } from './canonical.ts';
import { duplicateName } from './duplicates.ts';
import { idField, linkNameField } from './format/fields.ts';
import { findSecrets } from './secrets.ts';

const LIMITS = { bytes: 256 * 1024, text: 2_000 };

/** What an import makes of a connection: a copy under this link name, one of the workspace that is free, or nothing. */
const importSetting = v.variant('take', [
  v.strictObject({ take: v.literal('copy'), linkName: linkNameField }),
  v.strictObject({ take: v.literal('existing'), linkName: linkNameField }),
  v.strictObject({ take: v.literal('nothing') }),
]);

/** The choices of an installation or an import in one file, so that nobody is asked for them again. No secret has a place in it. */
export const settingsSchema = v.strictObject({
  $schema: v.exactOptional(v.string()),
  format: v.literal(SETTINGS_FORMAT),
  application: v.strictObject({
    id: idField('app'),
    /** RFC 7638 thumbprint of the author's key; without it any author's application of that id is meant. */
    author: v.exactOptional(v.pipe(v.string(), v.regex(/^[\w-]{43}$/))),
  }),
  /** The feed to follow for updates; `…/c/<channel>` names the channel. */
  feed: v.exactOptional(v.pipe(v.string(), v.maxLength(2_000))),
  connections: v.optional(
    v.record(
      linkNameField,
      v.strictObject({
        /** Values of the account that stand in the service's addresses: data centre, subdomain. */
        variables: v.optional(v.record(v.pipe(v.string(), v.maxLength(64)), v.pipe(v.string(), v.maxLength(300))), {}),
        import: v.exactOptional(importSetting),
      }),
    ),
    {},
  ),
});

export type Settings = v.InferOutput<typeof settingsSchema>;
export type SettingsInput = v.InferInput<typeof settingsSchema>;

/**
 * The settings in this text. Throws `settings.not-settings`, `settings.field-wrong` (which names the field), `settings.secret-found`, and
 * the faults of `parseModest` for a file that is too large.
 */
export const parseSettings = (text: string): Settings => {
  let value: unknown;
  try {
    value = parseModest(text, LIMITS);
  } catch (error) {
    throw error instanceof Fault && error.code === 'bundle.too-large' ? error : new Fault('settings.not-settings');
  }
  if (!v.is(v.looseObject({ format: v.literal(SETTINGS_FORMAT) }), value)) throw new Fault('settings.not-settings');
  const twice = duplicateName(text);
  if (twice !== null) throw new Fault('settings.field-wrong', `${twice} stands twice`);
  const parsed = v.safeParse(settingsSchema, value);
  if (!parsed.success) throw new Fault('settings.field-wrong', v.getDotPath(parsed.issues[0]) ?? 'unknown field');
  const { $schema: _, application, ...rest } = parsed.output;
  // The author's thumbprint is random by nature, and public.
  const [secret] = findSecrets({ id: application.id, ...rest }).found;
  if (secret !== undefined) throw new Fault('settings.secret-found', secret.where);
  return parsed.output;
};
