import * as v from 'valibot';
import { idField, objectField } from '../bundle/format/fields.ts';
import { VERSION_PATTERN } from '../domain/application.ts';
import { ENVIRONMENTS } from '../domain/environment.ts';
import { isId, type OwnerId } from '../domain/ids.ts';
import { isPlainName } from '../domain/text.ts';

export const idInput = idField;
export const ownerInput = v.custom<OwnerId>((value) => isId('app', value) || isId('ins', value), 'not an application or installation');
export const environmentInput = v.picklist(ENVIRONMENTS);
export const nameInput = v.pipe(
  v.string(),
  v.trim(),
  v.check((value) => isPlainName(value), 'a name of 1 to 64 visible characters'),
);
export const versionInput = v.pipe(v.string(), v.trim(), v.regex(VERSION_PATTERN, 'a version like 1.0.0'));
export const partInput = v.pipe(v.string(), v.maxLength(60));
/** Values of an account that stand in a service's addresses (R59); the connector's patterns are checked where they are used. */
export const variablesInput = v.record(v.string(), v.pipe(v.string(), v.trim(), v.maxLength(300)));
export const nothing = v.strictObject({});
export const jsonObjectInput = objectField;
export const bundleTextInput = v.string();
