import { base64url } from 'jose';

/** The bytes of strict base64url: no padding, and the bits that a last character has too many are zero; else null (S44, RFC 4648 section 3.5). */
export const fromBase64url = (text: string): Uint8Array | null => {
  try {
    const bytes = base64url.decode(text);
    return base64url.encode(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
};
