import { CompactSign, compactVerify, importPKCS8 } from 'jose';
import { type AuthorPublicKey, importAuthorKey } from '../bundle/author-key.ts';
import { fromBase64url } from '../bundle/base64url.ts';
import { canonicalText, parseModest } from '../bundle/canonical.ts';
import type { OpenKey } from '../bundle/key-file.ts';
import type { JsonObject } from '../domain/json.ts';
import { decode, encode } from './store.ts';

type Typ = 'latchkey-head+jws' | 'latchkey-root+jws';

const headerOf = (kid: string, typ: Typ): { alg: string; kid: string; typ: Typ } => ({ alg: 'Ed25519', kid, typ });

/** Signs the canonical bytes of a value: JWS compact serialization (RFC 7515) with exactly this header. */
export const signCompact = async (value: JsonObject, typ: Typ, key: OpenKey): Promise<string> =>
  new CompactSign(encode(canonicalText(value)))
    .setProtectedHeader(headerOf(key.keyId, typ))
    .sign(await importPKCS8(key.privateKey, 'Ed25519'));

/** Whom a header names, if it is to the letter one that `signCompact` writes; else null (S44, RFC 8725). */
export const signerOf = (header: string, typ: Typ): string | null => {
  const bytes = fromBase64url(header);
  const text = bytes === null ? null : decode(bytes);
  const kid = text === null ? undefined : /"kid":"([\w-]{43})"/.exec(text)?.[1];
  return kid !== undefined && text === canonicalText(headerOf(kid, typ)) ? kid : null;
};

/** The signed text, where the signature holds and its form is exact; else null. Nothing of it was used before. */
export const openCompact = async (text: string, key: AuthorPublicKey): Promise<string | null> => {
  const parts = text.split('.');
  const bytes = parts.map(fromBase64url);
  const [, payload] = bytes;
  if (parts.length !== 3 || payload == null || bytes.includes(null)) return null;
  const isGood = await compactVerify(text, await importAuthorKey(key), { algorithms: ['Ed25519'] }).then(
    () => true,
    () => false,
  );
  return isGood ? decode(payload) : null;
};

/** The value of a signed text, if the text is the canonical form of it and within the limits; else null (S13). */
export const canonicalValue = (text: string, bytes: number): unknown => {
  try {
    const value = parseModest(text, { bytes, text: bytes });
    // What was parsed from JSON is JSON.
    return canonicalText(value as JsonObject) === text ? value : null;
  } catch {
    return null;
  }
};
