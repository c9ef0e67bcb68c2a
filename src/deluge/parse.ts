import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from './deluge.grammar';

/** A place in a script as people count: lines and columns begin at 1, columns in UTF-16 units. */
export type Place = { readonly line: number; readonly column: number };

export type Problem = Place & { readonly message: string };

/** A script and its tree; the tree's offsets are those of `text`. */
export type Script = {
  readonly text: string;
  readonly tree: Tree;
  placeOf(offset: number): Place;
  offsetOf(place: Place): number;
  textOf(node: Pick<SyntaxNode, 'from' | 'to'>): string;
};

const blank = (part: string): string => part.replace(/[^\n]/g, ' ');

/** Blanks closing braces that nothing opened, from the end: `<%{ … %> … <% } %>` has its opening one in the page's own mark. */
const balanced = (text: string): string => {
  const bare = text.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, blank);
  let open = (bare.match(/\{/g) ?? []).length - (bare.match(/\}/g) ?? []).length;
  let out = text;
  for (let at = bare.lastIndexOf('}'); at >= 0 && open < 0; at = bare.lastIndexOf('}', at - 1)) {
    out = `${out.slice(0, at)} ${out.slice(at + 1)}`;
    open += 1;
    if (at === 0) break;
  }
  return out;
};

/** In a page, only what stands between `<%` and `%>` is script (RULES 3.4, trap 22); the rest becomes blanks, so that places stay. */
export const onlyScript = (text: string): string => {
  if (!text.includes('<%')) return text;
  let out = '';
  let at = 0;
  for (let open = text.indexOf('<%'); open >= 0; open = text.indexOf('<%', at)) {
    const close = text.indexOf('%>', open);
    const end = close < 0 ? text.length : close;
    const isPrinted = text[open + 2] === '=';
    const head = isPrinted || text[open + 2] === '{' ? 3 : 2;
    // What is printed is an expression: its mark ends it as a semicolon does.
    const tail = close < 0 ? '' : isPrinted ? '; ' : '  ';
    out += `${blank(text.slice(at, open))}${' '.repeat(Math.min(head, end - open))}${text.slice(open + head, end)}${tail}`;
    at = close < 0 ? text.length : close + 2;
  }
  return balanced(out + blank(text.slice(at)));
};

/** Parses a script or a page with scripts in it. Never throws: what is not understood is an error node, and the rest goes on. */
export const parseScript = (source: string): Script => {
  const text = onlyScript(source);
  return scriptOf(text, parser.parse(text));
};

/** A script whose tree is there already, as the editor's is. */
export const scriptOf = (text: string, tree: Tree): Script => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const placeOf = (offset: number): Place => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
  const offsetOf = ({ line, column }: Place): number => Math.min(text.length, (starts[line - 1] ?? text.length) + column - 1);
  return { text, tree, placeOf, offsetOf, textOf: ({ from, to }) => text.slice(from, to) };
};

/** Is a text without its closing quote. */
const isUnterminated = (text: string): boolean =>
  text.length < 2 || text.at(-1) !== text[0] || /(?<!\\)(?:\\\\)*\\$/.test(text.slice(0, -1));

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** What a text literal says, its quotes and escapes taken away. */
export const stringValue = (literal: string): string => {
  const body = literal.slice(1, isUnterminated(literal) ? undefined : -1);
  return body.replace(/\\([\s\S])/g, (_, unit: string) => ESCAPES[unit] ?? unit);
};

/** Everything in the script that was not understood, each once, in its order. */
export const problemsOf = (script: Script): Problem[] => {
  const problems: Problem[] = [];
  let last = -1;
  script.tree.iterate({
    enter: ({ type, from, to }) => {
      const say = (message: string): void => void problems.push({ message, ...script.placeOf(from) });
      if (type.name === 'String' && isUnterminated(script.text.slice(from, to))) {
        say('a text has no closing quote');
        // The rest of its line went with it, the semicolon too.
        last = to + 2;
      } else if (type.name === 'StraySemicolon') say('entries of a block stand apart by white space alone: no semicolon here');
      else if (type.name === 'SmartString') say('curly quotes are no quotes in Deluge: use " instead');
      // One trouble makes several error nodes close to each other; one sentence for them is enough.
      else if (type.isError && from > last) {
        const rest = script.text.slice(from, Math.max(to, from + 40));
        // Where nothing but a gap is wrong, the word behind it says best where that is.
        const found = (to > from ? rest.slice(0, to - from) : (/^\s*(\w+|\S)/.exec(rest)?.[1] ?? '')).trim().slice(0, 40);
        say(
          from >= script.text.length
            ? 'the script ends too early'
            : `not understood here: ${found === '' ? 'something is missing' : found}`,
        );
        last = Math.max(to, from) + 1;
      }
    },
  });
  return problems;
};

/** Children that are expressions or statements: punctuation and comments are none. */
export const partsOf = (node: SyntaxNode): SyntaxNode[] => {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (/^[A-Z]/.test(child.name) && !child.type.isError && !/Comment$/.test(child.name)) found.push(child);
  return found;
};

/** What a call is given. */
export const argumentsOf = (node: SyntaxNode): SyntaxNode[] => {
  const list = node.getChild('ArgumentList');
  return list === null ? [] : partsOf(list);
};

/** `a.b.c` as its parts, or null where it is no plain name. */
export const pathOf = (script: Script, node: SyntaxNode | null): string[] | null => {
  const path: string[] = [];
  let here = node;
  while (here?.name === 'Member') {
    const property = here.getChild('PropertyName');
    if (property === null) return null;
    path.unshift(script.textOf(property));
    here = here.firstChild;
  }
  return here?.name === 'Variable' ? [script.textOf(here), ...path] : null;
};

/** The entry of a block by its key (`invokeurl [ type: GET ]`), in small letters; the last one where it stands twice. */
export const entryOf = (script: Pick<Script, 'textOf'>, block: SyntaxNode, key: string): SyntaxNode | undefined =>
  block.getChildren('Entry').findLast((one) => {
    const name = one.getChild('BlockKey');
    return name !== null && script.textOf(name).toLowerCase() === key;
  });

/** The value of an entry; null without one, and where the key stands alone. */
export const entryValue = (entry: SyntaxNode | undefined): SyntaxNode | null =>
  entry === undefined ? null : (partsOf(entry).find(({ name }) => name !== 'BlockKey') ?? null);
