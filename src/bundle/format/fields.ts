import * as v from 'valibot';
import { type IdPrefix, isId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { isLinkName } from '../../domain/link-name.ts';
import { isPlainName } from '../../domain/text.ts';

/** What fields of files have in common: each says of itself what it is, so that a refusal can name it. */
export const idField = <P extends IdPrefix>(prefix: P) =>
  v.custom<`${P}_${string}`>((value) => isId(prefix, value), `not an id of the kind ${prefix}`);

export const nameField = v.pipe(
  v.string(),
  v.check((value) => isPlainName(value), 'not a plain name'),
);

export const labelField = v.pipe(
  v.string(),
  v.check((value) => isPlainName(value, 200), 'not a plain text'),
);

export const linkNameField = v.pipe(v.string(), v.check(isLinkName, 'not a link name'));

/** A scope, a connector's id, a kind: visible ASCII without spaces. */
export const tokenField = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,200}$/));

export const objectField = v.custom<JsonObject>(
  (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
  'not an object',
);

/** Epoch milliseconds. */
export const timeField = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
