/** Controls, line and paragraph separators, format characters, what Unicode says is drawn as nothing, and the Braille blank (S17). */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * The one such character that keyboards write and that is seen: it makes a sign a coloured one (❤️) or a key (1️⃣). Joined emoji are refused,
 * because the same joiner between letters is seen by nobody.
 */
const EMOJI_STYLE = /(?<=\p{Extended_Pictographic})\ufe0f|(?<=[0-9#*])\ufe0f(?=\u20e3)/gu;

const isHidden = (value: string): boolean => HIDDEN.test(value) && HIDDEN.test(value.replace(EMOJI_STYLE, ''));

/** May this be shown as a name: visible, normalized (NFC), trimmed, 1 to `limit` characters. */
export const isPlainName = (value: string, limit = 64): boolean =>
  value.length > 0 && [...value].length <= limit && value.trim() === value && value.normalize('NFC') === value && !isHidden(value);

/** May this be shown as a text: it may be empty or have spaces around it, but nothing in it is hidden (S17). */
export const isPlainText = (value: string, limit: number): boolean =>
  value.length <= limit && value.normalize('NFC') === value && !isHidden(value);

/** A name as it is compared: NFKC and case folding (Unicode 3.13, D146), without what is drawn as nothing. */
const folded = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    // Upper case first, so that ß is ss and both forms of sigma are one.
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC');

/** Do people read these as one name: width, ligatures, case and what cannot be seen set aside. */
export const isSameName = (one: string, other: string): boolean => folded(one) === folded(other);

/** Two letters or digits that stand for a name in a tile: the first of its first two words, whatever stands around them. */
export const monogramOf = (name: string): string =>
  (name.match(/[\p{L}\p{N}]+/gu) ?? [])
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
