import { base64url, compactVerify, decodeProtectedHeader } from 'jose';
import * as v from 'valibot';
import { Fault } from '../domain/faults.ts';
import type { JsonObject } from '../domain/json.ts';
import { type AuthorPublicKey, importAuthorKey, keyIdOf } from './author-key.ts';
import { fromBase64url } from './base64url.ts';
import { canonicalText, parseModest, requireCanonical } from './canonical.ts';
import { FORMAT, type Payload, type PayloadInput, payloadSchema } from './format/v1.ts';
import { findSecrets } from './secrets.ts';

export type VerifiedBundle = {
  readonly payload: Payload;
  readonly keyId: string;
  /** SHA-256 of the file's bytes in hex: its name everywhere. */
  readonly hash: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
};

const encoder = new TextEncoder();

const envelopeSchema = v.strictObject({
  payload: v.looseObject({
    format: v.string(),
    author: v.looseObject({ key: v.strictObject({ crv: v.literal('Ed25519'), kty: v.literal('OKP'), x: v.string() }) }),
  }),
  signature: v.pipe(v.string(), v.regex(/^[\w-]+\.\.[\w-]+$/)),
});

/** What a signature must say of itself, to the letter: no other algorithm, no embedded key (S44, RFC 8725). */
const requireHeader = (signature: string, keyId: string): void => {
  let header: unknown;
  try {
    header = decodeProtectedHeader(signature);
  } catch {
    throw new Fault('bundle.signature-wrong');
  }
  const expected = canonicalText({ alg: 'Ed25519', kid: keyId, typ: 'latchkey-bundle+jws' });
  if (canonicalText(header as JsonObject) !== expected) throw new Fault('bundle.signature-wrong');
};

const requireSignature = async (payloadText: string, signature: string, key: AuthorPublicKey): Promise<string> => {
  const publicKey = await importAuthorKey(key);
  const keyId = await keyIdOf(key);
  requireHeader(signature, keyId);
  const [header = '', , value = ''] = signature.split('.');
  if (fromBase64url(value) === null) throw new Fault('bundle.signature-wrong');
  const compact = `${header}.${base64url.encode(encoder.encode(payloadText))}.${value}`;
  await compactVerify(compact, publicKey, { algorithms: ['Ed25519'] }).catch(() => {
    throw new Fault('bundle.signature-wrong');
  });
  return keyId;
};

const requireFormat = (format: string): void => {
  if (format === FORMAT) return;
  const version = /^latchkey\.bundle\/(\d{1,6})$/.exec(format);
  throw version === null ? new Fault('bundle.not-a-bundle') : new Fault('bundle.format-newer', format);
};

const sha256Hex = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export const hashText = (text: string): Promise<string> => sha256Hex(encoder.encode(text));

/** A bundle of this size takes long enough for somebody else to be heard between two checks. */
const LARGE = 256 * 1024;
const breathe = (text: string): Promise<void> =>
  text.length < LARGE ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, 0));

/**
 * The bundle in this text, or the one fault that stops it: size and depth, JSON, shape, format, canonical form, key, signature, schema,
 * secrets, in that order. Nothing of the payload is used before its signature holds. Stores nothing.
 */
export const verifyBundle = async (text: string): Promise<VerifiedBundle> => {
  const value = parseModest(text);
  const envelope = v.safeParse(envelopeSchema, value);
  if (!envelope.success) {
    const format = v.safeParse(v.looseObject({ payload: v.looseObject({ format: v.string() }) }), value);
    if (format.success) requireFormat(format.output.payload.format);
    throw new Fault('bundle.not-a-bundle');
  }
  const { payload: raw, signature } = envelope.output;
  requireFormat(raw.format);
  await breathe(text);
  requireCanonical(text, value);
  // The whole file is canonical, so what stands between the envelope's two members is the payload's own canonical text.
  const payloadText = text.slice('{"payload":'.length, text.length - `,"signature":"${signature}"}`.length);
  const keyId = await requireSignature(payloadText, signature, raw.author.key);
  await breathe(text);
  const payload = v.safeParse(payloadSchema, raw);
  if (!payload.success) throw new Fault('bundle.field-wrong', v.getDotPath(payload.issues[0]) ?? 'unknown field');
  requireUniqueNames(payload.output);
  await breathe(text);
  const { found } = findSecrets({
    application: payload.output.application,
    connections: payload.output.connections,
    components: payload.output.components,
  });
  const [secret] = found;
  if (secret !== undefined) throw new Fault('bundle.secret-found', secret.where);
  const bytes = encoder.encode(text);
  return { payload: payload.output, keyId, hash: await sha256Hex(bytes), bytes };
};

const requireUniqueNames = (payload: Payload): void => {
  for (const [what, list] of [
    ['connections', payload.connections],
    ['components', payload.components],
    ['application.forms', payload.application.forms],
    ['application.pages', payload.application.pages],
  ] as const) {
    const seen = new Set<string>();
    for (const { linkName } of list) {
      if (seen.has(linkName)) throw new Fault('bundle.field-wrong', `${what}: ${linkName} twice`);
      seen.add(linkName);
    }
  }
};

/** The payload of a verified bundle as it was signed: what the format fills in where a bundle says nothing is not in it. */
export const signedPayload = ({ bytes }: VerifiedBundle): PayloadInput => {
  const { payload } = v.parse(v.object({ payload: v.unknown() }), JSON.parse(new TextDecoder().decode(bytes)));
  if (!v.is(payloadSchema, payload)) throw new Fault('core.internal');
  return payload;
};
