import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import * as v from 'valibot';

/** RFC 7518 section 4.8; OWASP's floor for PBKDF2-HMAC-SHA512 is 210,000. Below is a downgrade, above is a trap (S6). */
const ITERATIONS = 600_000;
const MOST_ITERATIONS = 10_000_000;

/** The whole header: no compression, no key in it, no algorithm but these (RFC 8725 section 3.1). */
const headerSchema = v.strictObject({
  alg: v.literal('PBES2-HS512+A256KW'),
  enc: v.literal('A256GCM'),
  typ: v.string(),
  p2c: v.pipe(v.number(), v.integer(), v.minValue(ITERATIONS), v.maxValue(MOST_ITERATIONS)),
  p2s: v.string(),
});

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A passphrase is one text whichever keyboard typed it (S7). */
const keyOf = (passphrase: string): Uint8Array => encoder.encode(passphrase.normalize('NFKC'));

/** Is this text encrypted under a passphrase, by its form alone. */
export const isSealedText = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+\s*$/.test(text);

/** Encrypts a text under a passphrase: JWE compact serialization (RFC 7516) of the given type. */
export const sealText = (plain: string, passphrase: string, type: string): Promise<string> =>
  new CompactEncrypt(encoder.encode(plain))
    .setProtectedHeader({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', typ: type })
    .setKeyManagementParameters({ p2c: ITERATIONS })
    .encrypt(keyOf(passphrase));

/** Is the header of this text one that `sealText` writes for this type; looked at before a passphrase is asked for. */
export const isSealedAs = (text: string, type: string): boolean => {
  try {
    const header = v.safeParse(headerSchema, decodeProtectedHeader(text.trim()));
    return header.success && header.output.typ === type;
  } catch {
    return false;
  }
};

/** The text, or null: a wrong passphrase and a damaged file look alike and cost the same (S10). */
export const openText = async (text: string, passphrase: string): Promise<string | null> => {
  try {
    const { plaintext } = await compactDecrypt(text.trim(), keyOf(passphrase), {
      keyManagementAlgorithms: ['PBES2-HS512+A256KW'],
      contentEncryptionAlgorithms: ['A256GCM'],
      maxPBES2Count: MOST_ITERATIONS,
    });
    return decoder.decode(plaintext);
  } catch {
    return null;
  }
};
