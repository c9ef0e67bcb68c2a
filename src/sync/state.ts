import * as v from 'valibot';
import { appsSchema, hashField } from './apps.ts';
import type { FeedState } from './check.ts';
import { isChannel } from './layout.ts';

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** What a client stores of a channel between two checks. */
const stateSchema = v.strictObject({
  channel: v.pipe(v.string(), v.check(isChannel)),
  root: v.string(),
  head: v.nullable(
    v.strictObject({
      text: v.string(),
      hash: hashField,
      etag: v.nullable(v.string()),
      epoch: whole,
      n: whole,
      iat: whole,
      exp: whole,
      apps: appsSchema,
    }),
  ),
  fork: v.nullable(v.strictObject({ seen: v.string(), other: v.string() })),
});

/** The trusted state in a text that `JSON.stringify` made of it, or null. */
export const parseState = (text: string): FeedState | null => {
  try {
    const parsed = v.safeParse(stateSchema, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
};
