/** Controls, direction marks, zero-width and tag characters: they make a name look like another one (S17). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

/** May this be shown as a name: visible, normalized (NFC), trimmed, 1 to `limit` characters. */
export const isPlainName = (value: string, limit = 64): boolean =>
  value.length > 0 && [...value].length <= limit && value.trim() === value && value.normalize('NFC') === value && !HIDDEN.test(value);

/** May this be shown as a text: it may be empty or have spaces around it, but nothing in it is hidden (S17). */
export const isPlainText = (value: string, limit: number): boolean =>
  value.length <= limit && value.normalize('NFC') === value && !HIDDEN.test(value);

/** Two letters or digits that stand for a name in a tile: the first of its first two words, whatever stands around them. */
export const monogramOf = (name: string): string =>
  (name.match(/[\p{L}\p{N}]+/gu) ?? [])
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
