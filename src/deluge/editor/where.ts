import type { SyntaxNode, Tree } from '@lezer/common';
import { taskOf } from '../tasks.ts';

/** What may be written where the cursor is. */
export type Where =
  | { readonly kind: 'connection'; readonly from: number; readonly quote: string | null }
  | { readonly kind: 'key'; readonly from: number; readonly block: 'invokeurl' | 'invokeapi' }
  | { readonly kind: 'value'; readonly from: number; readonly key: string }
  | { readonly kind: 'member'; readonly from: number; readonly path: string }
  | { readonly kind: 'word'; readonly from: number }
  | { readonly kind: 'nothing' };

const BLOCKS: Readonly<Record<string, 'invokeurl' | 'invokeapi' | 'other'>> = {
  InvokeUrl: 'invokeurl',
  InvokeApi: 'invokeapi',
  OtherBlock: 'other',
};

/** What has brackets of its own between the cursor and the block. */
const INNER = /^(ArgumentList|MapLiteral|ListLiteral|Parenthesized|Conditional|Query)$/;

const ancestor = (node: SyntaxNode, isOne: (node: SyntaxNode) => boolean): SyntaxNode | null => {
  for (let at: SyntaxNode | null = node; at !== null; at = at.parent) if (isOne(at)) return at;
  return null;
};

type Open = { readonly name: string; readonly index: number; readonly bracket: '(' | '[' };

/** The bracket that is open before the cursor, found in the text: what is being written has no tree yet. */
const openBracket = (before: string): Open | null => {
  const bare = before.replace(/"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|\/\/[^\n]*/g, (text) => ' '.repeat(text.length));
  let depth = 0;
  let index = 0;
  for (let at = bare.length - 1; at >= 0; at -= 1) {
    const unit = bare[at] ?? '';
    if (unit === ';' && depth === 0) return null;
    if (/[)\]}]/.test(unit)) depth += 1;
    else if (/[([{]/.test(unit) && depth > 0) depth -= 1;
    else if (unit === '(' || unit === '[') {
      const name = /([A-Za-z_][\w.]*)\s*$/.exec(bare.slice(0, at))?.[1];
      return name === undefined ? null : { name, index, bracket: unit };
    } else if (unit === '{') return null;
    else if (unit === ',' && depth === 0) index += 1;
  }
  return null;
};

/** How far back a call may begin. */
const LOOK = 4_000;

/** Says what a person is writing at an offset of the script. */
export const whereIs = (text: string, tree: Tree, at: number): Where => {
  const node = tree.resolveInner(at, -1);
  if (/Comment$/.test(node.name) && node.to >= at && node.from < at) return { kind: 'nothing' };
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  const word = /[\w$]*$/.exec(line)?.[0] ?? '';
  const from = at - word.length;
  const inText = node.name === 'String' && node.from < at ? text.charAt(node.from) : null;
  const block = ancestor(node, (one) => BLOCKS[one.name] !== undefined || INNER.test(one.name));
  const open = openBracket(text.slice(Math.max(0, at - LOOK), inText === null ? from : node.from));
  const opened = open?.bracket === '[' ? open.name.toLowerCase() : '';
  const kind = block === null ? (opened === 'invokeurl' || opened === 'invokeapi' ? opened : undefined) : BLOCKS[block.name];

  // A text that is being written has no end yet, so what its line says counts and not what the tree says.
  const named = /\bconnection\s*:\s*(["']?)([\w$]*)$/i.exec(line);
  if (named !== null && kind !== undefined) return { kind: 'connection', from, quote: named[1] === '' ? null : (named[1] ?? null) };
  const task = open?.bracket === '(' ? taskOf(open.name.split('.')) : null;
  if (open !== null && task !== null && task.index === open.index && (inText === null || text.slice(node.from + 1, at) === word))
    return { kind: 'connection', from, quote: inText };
  if (inText !== null) return { kind: 'nothing' };

  const member = /([A-Za-z_][\w]*(?:\.\w+)*|[)\]}"'])\s*\.\s*\w*$/.exec(line);
  if (member !== null) return { kind: 'member', from, path: /^[A-Za-z_]/.test(member[1] ?? '') ? (member[1] ?? '') : '' };
  if (/\d$/.test(line.slice(0, line.length - word.length)) || /^\d/.test(word)) return { kind: 'nothing' };
  if (kind === 'invokeurl' || kind === 'invokeapi') {
    const value = /\b([\w-]+)\s*:\s*[\w"/-]*$/.exec(line);
    if (value !== null) return { kind: 'value', from, key: (value[1] ?? '').toLowerCase() };
    // Keys have hyphens, so what is written of one may begin before the word.
    const key = /(?:^|\[|\s)([\w-]*)$/.exec(line)?.[1];
    if (key !== undefined) return { kind: 'key', from: at - key.length, block: kind };
  }
  return { kind: 'word', from };
};
