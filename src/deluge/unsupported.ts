import type { SyntaxNode } from '@lezer/common';
import type { Script } from './parse.ts';

export type Unsupported = { readonly from: number; readonly to: number; readonly message: string };

type Row = { readonly node: string; readonly words: (text: string) => string };

const firstWord = (text: string): string => (/^\w+/.exec(text)?.[0] ?? '').toLowerCase();

/** What the parser knows and the runner refuses, by the name of its node. */
export const UNSUPPORTED: readonly Row[] = [
  { node: 'InsertTask', words: () => 'insert into is not supported: a run stops here' },
  { node: 'DeleteTask', words: () => 'delete from is not supported: a run stops here' },
  { node: 'Query', words: () => 'fetching entries of a form is not supported: a run stops here' },
  { node: 'OtherBlock', words: (text) => `${firstWord(text)} is not supported: a run stops here` },
];

/** The word that a mark stands under: the block's own, or all of something short. */
const headOf = (node: SyntaxNode): Pick<SyntaxNode, 'from' | 'to'> => {
  const first = node.firstChild;
  return first !== null && node.name !== 'Query' ? first : node;
};

const filesEntry = (script: Script, node: SyntaxNode): SyntaxNode | null =>
  node
    .getChildren('Entry')
    .map((entry) => entry.getChild('BlockKey'))
    .find((key) => key !== null && script.textOf(key).toLowerCase() === 'files') ?? null;

/** Every place of a script that the runner would refuse, in its order. */
export const unsupportedIn = (script: Script): Unsupported[] => {
  const found: Unsupported[] = [];
  script.tree.iterate({
    enter: (at) => {
      const row = UNSUPPORTED.find((one) => one.node === at.name);
      if (row === undefined && at.name !== 'InvokeUrl' && at.name !== 'InvokeApi') return;
      const { node } = at;
      const files = row === undefined ? filesEntry(script, node) : null;
      if (row !== undefined) {
        const { from, to } = headOf(node);
        found.push({ from, to, message: row.words(script.textOf(node)) });
      } else if (files !== null)
        found.push({ from: files.from, to: files.to, message: 'files are not supported in invokeurl yet: a run stops here' });
    },
  });
  return found;
};
