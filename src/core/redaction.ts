import type { Credential } from './credential.ts';

const CUT = '•••';

/** Shorter encodings are found by chance in what has nothing to do with the secret. */
const LEAST_ENCODED = 8;

const toBase64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

/** What base64 (RFC 4648 section 4) makes of a secret wherever it begins in a longer text: the signs that hold nothing else, for each of three places. */
const inBase64 = (bytes: Uint8Array): string[] =>
  [0, 1, 2].map((offset) => {
    const shifted = new Uint8Array(offset + bytes.length);
    shifted.set(bytes, offset);
    return toBase64(shifted).slice(Math.ceil((offset * 8) / 6), Math.floor((shifted.length * 8) / 6));
  });

const inHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Every way in which a service writes a secret down again: as it is, in an address, in base64, base64url or hex. */
const spellingsOf = (value: string): string[] => {
  const bytes = new TextEncoder().encode(value);
  const inUrl = encodeURIComponent(value);
  const hex = inHex(bytes);
  const base64 = inBase64(bytes);
  const base64url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const encoded = [...base64, ...base64url, hex, hex.toUpperCase()].filter((text) => text.length >= LEAST_ENCODED);
  return [value, inUrl, inUrl.replace(/%../g, (part) => part.toLowerCase()), ...encoded];
};

/** The text with each text of JSON in it (RFC 8259 section 7), quotes and all, as `change` has it. One that never ends is left alone. */
const mapTexts = (text: string, change: (token: string) => string): string => {
  let made = '';
  let at = 0;
  for (;;) {
    const open = text.indexOf('"', at);
    let end = open + 1;
    while (open !== -1 && end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    if (open === -1 || end >= text.length) return made + text.slice(at);
    made += text.slice(at, open) + change(text.slice(open, end + 1));
    at = end + 1;
  }
};

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g;

const unescaped = (text: string): string =>
  text.replace(ESCAPE, (_, code?: string, sign?: string) =>
    code === undefined ? (sign ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
  );

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Cuts what a credential holds out of texts that a service has sent back (S2), also where JSON writes it with escapes, at any depth of texts
 * in texts. What holds nothing of it stays byte for byte as it was.
 */
export const redactorOf = ({ spellings }: Pick<Credential, 'spellings'>): ((text: string) => string) => {
  const values = [...new Set(spellings.map((secret) => secret.reveal()).filter((value) => value !== ''))];
  // The longest first: a secret that is a part of another must not leave the rest of it.
  const written = [...new Set(values.flatMap(spellingsOf))].sort((a, b) => b.length - a.length);
  const cut = (text: string): string => written.reduce((rest, one) => rest.replaceAll(one, CUT), text);
  const redact = (text: string): string => {
    if (!text.includes('\\')) return cut(text);
    const known = mapTexts(text, (token) => {
      if (!token.includes('\\')) return token;
      const value = parsed(token);
      const clean = typeof value === 'string' ? redact(value) : value;
      return clean === value ? token : JSON.stringify(clean);
    });
    const clean = cut(known);
    if (parsed(clean) !== undefined) return clean;
    // Escapes outside of any text of JSON: in a page, a script, or half an answer.
    const plain = unescaped(clean);
    return cut(plain) === plain ? clean : cut(plain);
  };
  return redact;
};
