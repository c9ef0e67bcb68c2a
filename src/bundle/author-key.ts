import { base64url, calculateJwkThumbprint, importJWK } from 'jose';
import { Fault } from '../domain/faults.ts';

/** An Ed25519 public key as it stands in a bundle (RFC 8037). */
export type AuthorPublicKey = { readonly crv: 'Ed25519'; readonly kty: 'OKP'; readonly x: string };

const P = 2n ** 255n - 19n;

/** y of one point of order 8; the other is its negative. */
const Y8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;

/** y coordinates of the points whose order divides 8; a key like these verifies signatures of anyone (S45, RFC 8032 section 5.1.7). */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, Y8, P - Y8]);

const littleEndian = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);

/** Refuses keys of wrong length, in non-canonical form or of small order. Throws `bundle.key-wrong`. */
export const requireStrongKey = (key: AuthorPublicKey): void => {
  let bytes: Uint8Array;
  try {
    bytes = base64url.decode(key.x);
  } catch {
    throw new Fault('bundle.key-wrong');
  }
  if (bytes.length !== 32 || base64url.encode(bytes) !== key.x) throw new Fault('bundle.key-wrong');
  const y = littleEndian(bytes) & (2n ** 255n - 1n);
  if (y >= P || SMALL_ORDER_Y.has(y)) throw new Fault('bundle.key-wrong');
};

/** RFC 7638 thumbprint: the key's name. */
export const keyIdOf = (key: AuthorPublicKey): Promise<string> => calculateJwkThumbprint({ crv: key.crv, kty: key.kty, x: key.x });

/** The first 128 bits of the thumbprint in groups, for people to compare (S46). */
export const fingerprintOf = (keyId: string): string => {
  const hex = [...base64url.decode(keyId).slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return (hex.match(/.{4}/g) ?? []).join(' ');
};

export const importAuthorKey = async (key: AuthorPublicKey): Promise<CryptoKey> => {
  requireStrongKey(key);
  const imported = await importJWK({ crv: key.crv, kty: key.kty, x: key.x }, 'Ed25519').catch(() => null);
  if (imported === null || imported instanceof Uint8Array) throw new Fault('bundle.key-wrong');
  return imported;
};
