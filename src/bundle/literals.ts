/** A text in quotes, and what it is given to; empty where nothing says that. */
export type Literal = { readonly value: string; readonly name: string };

type Quoted = { readonly body: string; readonly from: number; readonly to: number };

/**
 * What stands in quotes on this line. A quote behind a letter, or one that nothing closes on the line, is an apostrophe in a comment or
 * between the scripts of a page, and what comes after it is read without it. By hand, because it takes linear time whatever is in the line.
 */
const quotedIn = (line: string): Quoted[] => {
  const found: Quoted[] = [];
  const unclosed = new Set<string>();
  for (let from = 0; from < line.length; from += 1) {
    const quote = line[from] ?? '';
    if ((quote !== '"' && quote !== "'") || unclosed.has(quote)) continue;
    if (quote === "'" && /\w/.test(line[from - 1] ?? '')) continue;
    let to = from + 1;
    while (to < line.length && line[to] !== quote) to += line[to] === '\\' ? 2 : 1;
    if (to >= line.length) {
      // What was passed over stood behind a backslash, and does so from there too: this quote closes nowhere on the line.
      unclosed.add(quote);
      continue;
    }
    found.push({ body: line.slice(from + 1, to), from, to: to + 1 });
    from = to;
  }
  return found;
};

/** How far before a literal its name is looked for. */
const REACH = 120;

/** What a value is given to: `name =`, `key:`, `"key":`, `.put("key",`; the last of a path. */
const nameBefore = (lead: string): string => {
  const text = lead.slice(-REACH).trimEnd();
  const isPut = text.endsWith(',') && /\.put\s*\(\s*["'][^"']*["']\s*,$/i.test(text);
  if (!isPut && !/[=:]$/.test(text)) return '';
  const named = text.replace(/(?:[!=+]?=|[:,])$/, '').trimEnd();
  const quote = named.at(-1);
  if (quote === '"' || quote === "'") return named.slice(named.lastIndexOf(quote, named.length - 2) + 1, -1);
  return /[\w$-]+$/.exec(named)?.[0] ?? '';
};

/** How deep texts in texts are looked into: JSON in a literal. */
const DEPTH = 2;

/** Shorter ones without a name say nothing. */
const SHORT = 8;

export type ReadLine = {
  readonly literals: readonly Literal[];
  /** The line without what stands in quotes. */
  readonly bare: string;
};

/**
 * The text literals on one line of a script with their names, also those in a comment, in a part that is not understood, or between the
 * scripts of a page: a secret is one there too, which is why this reads lines and no tree. `before` is the line before.
 */
export const readLine = (line: string, before = '', depth = DEPTH): ReadLine => {
  const literals: Literal[] = [];
  let bare = '';
  let last = 0;
  for (const { body, from, to } of quotedIn(line)) {
    bare += `${line.slice(last, from)} `;
    last = to;
    const lead = line.slice(Math.max(0, from - REACH), from);
    const name = nameBefore(lead.trim() === '' ? before : lead);
    if (name === '' && body.length < SHORT) continue;
    const value = body.includes('\\') ? body.replace(/\\(.)/g, '$1') : body;
    literals.push({ value, name });
    if (depth > 0 && /["']/.test(value)) literals.push(...readLine(value, '', depth - 1).literals);
  }
  return { literals, bare: bare + line.slice(last) };
};

/**
 * The words of a text that may be a value, with their names where they are `name=value`, else with this one. What is an address has only
 * what it is asked for (`?name=value`): a path names things.
 */
export const wordsOf = (text: string, called = ''): Literal[] =>
  text.split(/[\s"'<>(){}[\],;&?|\\]+/).flatMap((word): Literal[] => {
    if (word.length < SHORT || word.includes('://') || word.startsWith('/')) return [];
    const [, name, value] = /^([A-Za-z_][\w.-]{0,79})=([^=].*)$/.exec(word) ?? [];
    return [name === undefined || value === undefined ? { value: word, name: called } : { value, name }];
  });
