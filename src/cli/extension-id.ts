import { createHash } from 'node:crypto';

/** The id that Chromium derives from a manifest key: the first 128 bits of its SHA-256, in the letters a to p. */
export const extensionIdOf = (manifestKey: string): string => {
  const digest = createHash('sha256').update(Buffer.from(manifestKey, 'base64')).digest('hex').slice(0, 32);
  return [...digest].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16))).join('');
};
