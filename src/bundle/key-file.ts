import { calculateJwkThumbprint, exportJWK, exportPKCS8, importJWK, importPKCS8 } from 'jose';
import * as v from 'valibot';
import { Fault } from '../domain/faults.ts';
import { type AuthorPublicKey, requireStrongKey } from './author-key.ts';
import { canonicalText } from './canonical.ts';
import { isSealedAs, openText, sealText } from './passphrase-file.ts';

/** A signing key that is open: its name (RFC 7638), its public half, and PKCS #8 text. */
export type OpenKey = { readonly keyId: string; readonly publicKey: AuthorPublicKey; readonly privateKey: string };

const TYPE = 'latchkey-key+jwe';

/** A private Ed25519 key as a JWK (RFC 8037); nothing else is in the file. */
const jwkSchema = v.strictObject({
  kty: v.literal('OKP'),
  crv: v.literal('Ed25519'),
  x: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
  d: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
});

/** A key file's text: the key as a JWK, encrypted under a passphrase (RFC 7517 section 7). */
export const writeKeyFile = async (privateKey: string, passphrase: string): Promise<string> => {
  const key = v.parse(jwkSchema, await exportJWK(await importPKCS8(privateKey, 'Ed25519', { extractable: true })));
  return sealText(canonicalText(key), passphrase, TYPE);
};

/** Does the public half belong to the private one; a file that was put together by hand may say anything. */
const requirePair = async (key: v.InferOutput<typeof jwkSchema>): Promise<CryptoKey> => {
  const imported = await importJWK(key, 'Ed25519', { extractable: true }).catch(() => null);
  if (imported === null || imported instanceof Uint8Array) throw new Fault('key.unreadable');
  const probe = new TextEncoder().encode(TYPE);
  const signature = await crypto.subtle.sign('Ed25519', imported, probe);
  const publicKey = await crypto.subtle.importKey('jwk', { kty: key.kty, crv: key.crv, x: key.x }, 'Ed25519', false, ['verify']);
  if (!(await crypto.subtle.verify('Ed25519', publicKey, signature, probe))) throw new Fault('key.unreadable');
  return imported;
};

/** Opens a key file. Throws `key.unreadable`, `key.not-opened`, `bundle.key-wrong`. */
export const readKeyFile = async (text: string, passphrase: string): Promise<OpenKey> => {
  if (!isSealedAs(text, TYPE)) throw new Fault('key.unreadable');
  const plain = await openText(text, passphrase);
  if (plain === null) throw new Fault('key.not-opened');
  let value: unknown;
  try {
    value = JSON.parse(plain);
  } catch {
    throw new Fault('key.unreadable');
  }
  const parsed = v.safeParse(jwkSchema, value);
  if (!parsed.success) throw new Fault('key.unreadable');
  const { kty, crv, x } = parsed.output;
  requireStrongKey({ kty, crv, x });
  return {
    keyId: await calculateJwkThumbprint({ kty, crv, x }),
    publicKey: { kty, crv, x },
    privateKey: await exportPKCS8(await requirePair(parsed.output)),
  };
};
