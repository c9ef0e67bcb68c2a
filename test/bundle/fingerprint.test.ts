import fc from 'fast-check';
import { base64url } from 'jose';
import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../src/bundle/author-key.ts';
import { digitsOf, namesKey, wordsOf } from '../../src/bundle/fingerprint.ts';

const keyIds = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => base64url.encode(bytes));

describe('S46 a fingerprint', () => {
  it('S46 shows 128 bits in eight words and eight groups of digits', () => {
    const keyId = base64url.encode(Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 0x7f : index === 3 ? 1 : 0)));
    // The first block is that of 127.0 in the proquint paper.
    expect(wordsOf(keyId)).toBe('lusab babad babab babab babab babab babab babab');
    expect(digitsOf(keyId)).toBe('32512 00001 00000 00000 00000 00000 00000 00000');
  });

  it('S46 differs in each way of showing it wherever the first 128 bits differ', () => {
    fc.assert(
      fc.property(keyIds, fc.nat(127), (keyId, bit) => {
        const bytes = base64url.decode(keyId);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const other = base64url.encode(bytes);
        for (const show of [wordsOf, digitsOf, fingerprintOf]) {
          expect(show(other)).not.toBe(show(keyId));
          expect(namesKey(show(keyId), keyId)).toBe(true);
          expect(namesKey(show(keyId).toUpperCase().replaceAll(' ', '-'), keyId)).toBe(true);
          expect(namesKey(show(keyId), other)).toBe(false);
          expect(namesKey(show(keyId).slice(0, -1), keyId)).toBe(false);
        }
        expect(namesKey(keyId, keyId)).toBe(true);
        expect(namesKey('', keyId)).toBe(false);
      }),
    );
  });
});
