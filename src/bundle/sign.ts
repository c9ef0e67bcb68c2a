import { CompactSign, exportJWK, exportPKCS8, generateKeyPair, importPKCS8 } from 'jose';
import { Fault } from '../domain/faults.ts';
import type { AuthorPublicKey } from './author-key.ts';
import { keyIdOf } from './author-key.ts';
import { canonicalText } from './canonical.ts';
import type { PayloadInput } from './format/v1.ts';

/** A new Ed25519 author key. The private part is PKCS #8 text, to be sealed at once. */
export const makeAuthorKey = async (): Promise<{ publicKey: AuthorPublicKey; privateKey: string }> => {
  const pair = await generateKeyPair('Ed25519', { extractable: true });
  const { x } = await exportJWK(pair.publicKey);
  if (x === undefined) throw new Fault('core.internal');
  return { publicKey: { crv: 'Ed25519', kty: 'OKP', x }, privateKey: await exportPKCS8(pair.privateKey) };
};

const encoder = new TextEncoder();

/** Signs the payload's canonical bytes; the answer is the whole bundle file's text, canonical itself. */
export const signBundle = async (payload: PayloadInput, privateKey: string): Promise<string> => {
  const key = await importPKCS8(privateKey, 'Ed25519');
  const compact = await new CompactSign(encoder.encode(canonicalText(payload)))
    .setProtectedHeader({ alg: 'Ed25519', typ: 'latchkey-bundle+jws', kid: await keyIdOf(payload.author.key) })
    .sign(key);
  const [header = '', , signature = ''] = compact.split('.');
  // Detached content (RFC 7515 appendix F): the payload stands beside the signature as readable JSON.
  return canonicalText({ payload, signature: `${header}..${signature}` });
};
