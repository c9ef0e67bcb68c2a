import type { SyntaxNode, Tree } from '@lezer/common';
import { gapBetween, isStatementStart, type Token } from './format-rules.ts';
import { parseScript, problemsOf, type Script } from './parse.ts';

/** Everything that stands in the script, in its order: what has no parts of its own. */
const tokensOf = ({ tree, text }: Script): Token[] => {
  const tokens: Token[] = [];
  const walk = (node: SyntaxNode, depth: number): void => {
    const inner = node.name === 'Block' ? depth + 1 : depth;
    let child = node.firstChild;
    if (child === null) {
      if (node.to > node.from) tokens.push({ node, depth, text: text.slice(node.from, node.to).replace(/\r$/, ''), breaks: 0 });
      return;
    }
    for (; child !== null; child = child.nextSibling) walk(child, child.name === '{' || child.name === '}' ? depth : inner);
  };
  for (let child = tree.topNode.firstChild; child !== null; child = child.nextSibling) walk(child, 0);
  let end = 0;
  return tokens.map((token) => {
    const breaks = (text.slice(end, token.node.from).match(/\n/g) ?? []).length;
    end = token.node.to;
    return { ...token, breaks };
  });
};

const OPENERS: ReadonlySet<string> = new Set(['(', '[', '{']);
const CLOSERS: ReadonlySet<string> = new Set([')', ']', '}']);

const isBlockBrace = ({ node }: Token): boolean => node.parent?.name === 'Block' && (node.name === '{' || node.name === '}');

/** How deep a line is that begins with this token: its statement's depth, and one more for what is still open before it. */
const indentOf = (token: Token, open: readonly number[]): number => {
  const { node, depth } = token;
  if (isBlockBrace(token) || isStatementStart(token) || /^(else|catch)$/.test(node.name)) return depth;
  const last = open.at(-1);
  if (CLOSERS.has(node.name)) return last ?? depth;
  if (last !== undefined) return last + 1;
  if (node.name === 'LineComment' || node.name === 'BlockComment') return depth;
  return node.name === '[' ? depth : depth + 1;
};

/** Tokens on their lines, by the rules of the table. */
const layOut = (tokens: readonly Token[]): string => {
  let out = '';
  let before: Token | null = null;
  let lineIndent = 0;
  const open: number[] = [];
  for (const token of tokens) {
    const gap = before === null ? 'break' : gapBetween(before, token);
    if (gap === 'break') {
      // The bracket of a block of entries stands below its word, as deep as the line of that word.
      const isEntries = token.node.name === '[' && before !== null && open.length > 0;
      lineIndent = isEntries ? lineIndent : indentOf(token, open);
      const isBlank = before !== null && token.breaks > 1 && !OPENERS.has(before.node.name) && !CLOSERS.has(token.node.name);
      out += `${before === null ? '' : '\n'}${isBlank ? '\n' : ''}${'\t'.repeat(lineIndent)}`;
    } else out += gap;
    if (!isBlockBrace(token)) {
      if (OPENERS.has(token.node.name)) open.push(lineIndent);
      else if (CLOSERS.has(token.node.name)) open.pop();
    }
    out += token.text;
    before = token;
  }
  return out === '' ? '' : `${out}\n`;
};

const namesOf = (tree: Tree): string => {
  const names: string[] = [];
  tree.iterate({ enter: ({ name }) => void names.push(name) });
  return names.join(' ');
};

const understood = (source: string): Script | null => {
  if (source.includes('<%')) return null;
  const script = parseScript(source);
  return problemsOf(script).length > 0 ? null : script;
};

/** Is this something that can be laid out: no page, and understood from end to end. */
export const mayFormat = (source: string): boolean => understood(source) !== null;

/**
 * Lays a script out: tabs by blocks as Zoho's own editor has them, spaces round operators, one entry a line in blocks, comments where
 * they are. Line breaks inside expressions stay where their author put them. A page, and a script with anything that is not
 * understood, comes back as it is.
 */
export const formatScript = (source: string): string => {
  const script = understood(source);
  if (script === null) return source;
  const laidOut = layOut(tokensOf(script));
  // Whatever the rules above do, another tree would be another script.
  const again = parseScript(laidOut);
  if (namesOf(again.tree) !== namesOf(script.tree)) return source;
  const lines = source.includes('\r\n') ? laidOut.replace(/\r?\n/g, '\r\n') : laidOut;
  return source.startsWith('\ufeff') ? `\ufeff${lines}` : lines;
};
