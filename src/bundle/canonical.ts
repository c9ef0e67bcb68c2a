import canonicalize from 'canonicalize';
import { Fault } from '../domain/faults.ts';
import type { JsonValue } from '../domain/json.ts';

/** The one text of a JSON value (RFC 8785). */
export const canonicalText = (value: JsonValue): string => {
  const text = canonicalize(value);
  if (text === undefined) throw new Fault('core.internal');
  return text;
};

export const MAX_BYTES = 16 * 1024 * 1024;
export const MAX_DEPTH = 32;

/** How much a file and one text in it may hold (S11). */
export type Limits = { readonly bytes: number; readonly text: number };
const BUNDLE_LIMITS: Limits = { bytes: MAX_BYTES, text: 256 * 1024 };

/** What one member's name and a whole value may hold (S11). */
const MAX_KEY = 128;
const MAX_NODES = 2_000_000;

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Nesting is limited on the text, because a deep value passes JSON.parse and then breaks messages (SECURITY finding 8). */
const isTooDeep = (text: string): boolean => {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (inString) {
      if (unit === 0x5c) at += 1;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x7b || unit === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (unit === 0x7d || unit === 0x5d) depth -= 1;
  }
  return false;
};

/** Limits and forbidden names, before anything looks at what the texts say. */
const requireModest = (value: unknown, limits: Limits): void => {
  let nodes = 0;
  const look = (here: unknown): void => {
    nodes += 1;
    if (nodes > MAX_NODES) throw new Fault('bundle.too-large', 'more than two million values');
    if (typeof here === 'string' && here.length > limits.text)
      throw new Fault('bundle.field-wrong', `a text of more than ${limits.text / 1024} KiB`);
    // A whole number that is not exact here is another number elsewhere (S13, RFC 7493 section 2.2).
    if (typeof here === 'number' && Number.isInteger(here) && !Number.isSafeInteger(here)) throw new Fault('bundle.not-canonical');
    if (Array.isArray(here)) here.forEach(look);
    else if (here !== null && typeof here === 'object') {
      for (const [key, entry] of Object.entries(here)) {
        if (FORBIDDEN_KEYS.has(key)) throw new Fault('bundle.field-wrong', key);
        if (key.length > MAX_KEY) throw new Fault('bundle.field-wrong', 'a name of more than 128 characters');
        look(entry);
      }
    }
  };
  look(value);
};

/**
 * Parses text of modest size, depth and names; whether it is canonical is asked apart.
 * Throws `bundle.too-large`, `bundle.not-json`, `bundle.incomplete`, `bundle.field-wrong`, `bundle.not-canonical` for a number that is not exact.
 */
export const parseModest = (text: string, limits: Limits = BUNDLE_LIMITS): unknown => {
  if (text.length > limits.bytes) throw new Fault('bundle.too-large', `${Math.ceil(text.length / 1024 / 1024)} MiB`);
  if (isTooDeep(text)) throw new Fault('bundle.field-wrong', 'nested too deeply');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault(/^\s*\{/.test(text) && !/\}\s*$/.test(text) ? 'bundle.incomplete' : 'bundle.not-json');
  }
  requireModest(value, limits);
  return value;
};

/** Throws `bundle.not-canonical` unless `text` is exactly the canonical form of `value`. */
export const requireCanonical = (text: string, value: unknown): void => {
  let canonical: string | undefined;
  try {
    canonical = canonicalize(value);
  } catch {
    canonical = undefined;
  }
  if (canonical !== text) throw new Fault('bundle.not-canonical');
};
