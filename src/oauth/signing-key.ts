import { exportPKCS8, importJWK, importPKCS8 } from 'jose';
import * as v from 'valibot';
import { Fault } from '../domain/faults.ts';
import type { SigningAlgorithm } from '../domain/oauth-app.ts';
import { Secret } from '../domain/secret.ts';

/** A key that speaks for an account, and what its assertions say (RFC 7523 section 3). */
export type SigningKey = {
  readonly algorithm: SigningAlgorithm;
  /** PKCS #8, PEM. */
  readonly privateKey: Secret;
  readonly keyId: string | null;
  readonly issuer: string;
  /** Whom it speaks for; the issuer itself where nobody else. */
  readonly subject: string | null;
  /** Whom it speaks to; the token endpoint where the service wants nothing else. */
  readonly audience: string | null;
};

/** The key as the platform signs with it. Throws `oauth.key-unusable`: what jose says of a key may repeat a part of it. */
export const importSigningKey = (privateKey: Secret, algorithm: SigningAlgorithm): Promise<CryptoKey> =>
  importPKCS8(privateKey.reveal(), algorithm).catch(() => {
    throw new Fault('oauth.key-unusable', algorithm);
  });

/** What stands in a key that somebody pasted: whose it is only where the file says it. */
export type ReadKey = Pick<SigningKey, 'algorithm' | 'privateKey' | 'keyId'> & { readonly issuer: string | null };

const ALGORITHM = 'RS256';

const objectIn = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed !== null && typeof parsed === 'object' ? { ...parsed } : {};
  } catch {
    return null;
  }
};

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/**
 * The key in the file that a service gives for a service account (Google Cloud, "JSON key"). What else stands in it, its own addresses among
 * it, is not used: the record says where tokens come from. Throws `oauth.key-unusable` for a file that is no such key.
 */
export const readKeyFile = (text: string): SigningKey => {
  const { private_key, private_key_id, client_email } = objectIn(text) ?? {};
  if (typeof private_key !== 'string' || typeof client_email !== 'string' || !private_key.includes('PRIVATE KEY'))
    throw new Fault('oauth.key-unusable', ALGORITHM);
  return {
    algorithm: ALGORITHM,
    privateKey: new Secret(private_key),
    keyId: textOf(private_key_id),
    issuer: client_email,
    subject: null,
    audience: null,
  };
};

/** What kind of key it is says how it signs; an RSA key could sign in two ways, and the older one is known everywhere. */
const TRIED: readonly SigningAlgorithm[] = ['RS256', 'ES256', 'EdDSA'];

/** Throws `oauth.key-unusable`: what jose says of a key may repeat a part of it. */
const algorithmOf = async (pem: string): Promise<SigningAlgorithm> => {
  for (const algorithm of TRIED) {
    const key = await importPKCS8(pem, algorithm).catch(() => null);
    if (key !== null) return algorithm;
  }
  throw new Fault('oauth.key-unusable', TRIED.join(', '));
};

const number = v.pipe(v.string(), v.regex(/^[\w-]+$/));

/** The members of a private key that are used (RFC 7518 section 6, RFC 8037 section 2); what else stands in it is left out. */
const privateJwk = v.variant('kty', [
  v.object({
    kty: v.literal('RSA'),
    ...v.entriesFromList(['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'], number),
  }),
  v.object({ kty: v.literal('EC'), crv: v.literal('P-256'), x: number, y: number, d: number }),
  v.object({ kty: v.literal('OKP'), crv: v.literal('Ed25519'), x: number, d: number }),
]);

const jwkAlgorithm = (kty: v.InferOutput<typeof privateJwk>['kty'], alg: unknown): SigningAlgorithm => {
  if (kty === 'RSA') return alg === 'PS256' ? 'PS256' : ALGORITHM;
  return kty === 'EC' ? 'ES256' : 'EdDSA';
};

/** A private JWK (RFC 7517 section 4), as some services hand it out. Throws `oauth.key-unusable`. */
const readJwk = async (object: Readonly<Record<string, unknown>>): Promise<ReadKey> => {
  const jwk = v.safeParse(privateJwk, object);
  if (!jwk.success) throw new Fault('oauth.key-unusable', TRIED.join(', '));
  const { alg, kid } = object;
  const algorithm = jwkAlgorithm(jwk.output.kty, alg);
  try {
    const key = await importJWK(jwk.output, algorithm, { extractable: true });
    if (key instanceof Uint8Array) throw new TypeError('not a private key');
    return { algorithm, privateKey: new Secret(await exportPKCS8(key)), keyId: textOf(kid), issuer: null };
  } catch {
    throw new Fault('oauth.key-unusable', algorithm);
  }
};

/** A key as somebody pasted it: a service's JSON key file, a private JWK, or PEM (PKCS #8). Throws `oauth.key-unusable`. */
export const readKey = async (text: string): Promise<ReadKey> => {
  const object = objectIn(text);
  if (object !== null && 'kty' in object) return readJwk(object);
  if (object === null) {
    const pem = text.trim();
    return { algorithm: await algorithmOf(pem), privateKey: new Secret(pem), keyId: null, issuer: null };
  }
  const key = readKeyFile(text);
  return { ...key, algorithm: await algorithmOf(key.privateKey.reveal()) };
};
