const LINK_NAME = /^[a-z][a-z0-9_]{0,49}$/;

/** Words that would mean something else where a link name stands (S16). */
const RESERVED: ReadonlySet<string> = new Set([
  'constructor',
  'prototype',
  'null',
  'true',
  'false',
  'if',
  'else',
  'for',
  'each',
  'return',
  'info',
  'try',
  'catch',
  'break',
  'continue',
  'connection',
]);

/** May this stand as a link name (R35). */
export const isLinkName = (value: string): boolean => LINK_NAME.test(value) && !RESERVED.has(value);

const cut = (stem: string, tail: string): string => stem.slice(0, 50 - tail.length) + tail;

/** `_copy`, `_copy_2`, `_copy_3` … for the duplicate of a connection (R33, A21). */
export const copyNameOf = (linkName: string, isTaken: (linkName: string) => boolean): string => {
  for (let n = 1; ; n += 1) {
    const name = cut(linkName, n === 1 ? '_copy' : `_copy_${n}`);
    if (!isTaken(name)) return name;
  }
};

/** A link name made from a display name; a sequence number keeps it apart from those taken (R30, R31). */
export const linkNameFrom = (displayName: string, isTaken: (linkName: string) => boolean): string => {
  const words = displayName.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = words.replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '');
  const stem = isLinkName(slug.slice(0, 50)) ? slug.slice(0, 50) : cut('connection_', slug);
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? stem : cut(stem, `_${n}`);
    if (!isTaken(name)) return name;
  }
};
