import { base64url } from 'jose';
import { fingerprintOf } from './author-key.ts';

const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aiou';

/** The first 128 bits of a key's thumbprint as eight numbers of 16 bits, the unit of every way to show it (S46). */
const blocksOf = (keyId: string): number[] => {
  const bytes = base64url.decode(keyId);
  return Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0));
};

/** 16 bits as five letters that can be said aloud: consonant, vowel, consonant, vowel, consonant (proquints, arXiv 0901.4016). */
const sayable = (block: number): string => {
  const consonant = (shift: number): string => CONSONANTS[(block >> shift) & 15] ?? '';
  const vowel = (shift: number): string => VOWELS[(block >> shift) & 3] ?? '';
  return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0);
};

/** A key's fingerprint as eight words to read aloud; word n stands for the same bits as group n of the digits and of the hex form. */
export const wordsOf = (keyId: string): string => blocksOf(keyId).map(sayable).join(' ');

/** A key's fingerprint as eight groups of five digits. */
export const digitsOf = (keyId: string): string =>
  blocksOf(keyId)
    .map((block) => String(block).padStart(5, '0'))
    .join(' ');

const plain = (text: string): string => text.toLowerCase().replace(/[\s:.-]+/g, '');

/** Does what a person typed name this key: its words, its digits, its hex form, or the whole thumbprint. Nothing shorter does. */
export const namesKey = (given: string, keyId: string): boolean =>
  given.trim() === keyId || [wordsOf, digitsOf, fingerprintOf].some((show) => plain(show(keyId)) === plain(given));
