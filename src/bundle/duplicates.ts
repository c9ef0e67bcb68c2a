/**
 * The first name that stands twice in one object of this JSON text, or null. `JSON.parse` keeps the last one silently; a signed bundle
 * cannot hold any, because it must be canonical, but a source that people write can (RFC 7493 section 2.3). The text parses already.
 */
export const duplicateName = (text: string): string | null => {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '{') open.push(new Set());
    else if (sign === '[') open.push(null);
    else if (sign === '}' || sign === ']') open.pop();
    else if (sign === '"') {
      const start = at;
      for (at += 1; text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
      const names = open.at(-1);
      if (names == null || !/^\s*:/.test(text.slice(at + 1, at + 64))) continue;
      const name = String(JSON.parse(text.slice(start, at + 1)));
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return null;
};
