import { ensureSyntaxTree, getIndentation, indentUnit } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import type { Tree } from '@lezer/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deluge } from '../../src/deluge/editor/language.ts';
import { parseScript } from '../../src/deluge/parse.ts';
import { mutate, script } from './random-scripts.ts';
import { readScript } from './run-script.ts';

const nodesOf = (tree: Tree | null): string[] => {
  const nodes: string[] = [];
  tree?.iterate({ enter: ({ name, from, to }) => void nodes.push(`${name} ${from}-${to}`) });
  return nodes;
};

const stateOf = (doc: string): EditorState =>
  EditorState.create({ doc, extensions: [deluge(), indentUnit.of('\t'), EditorState.tabSize.of(4)] });
const treeOf = (state: EditorState): Tree | null => ensureSyntaxTree(state, state.doc.length, 10_000);

/** The change that makes one text of another. */
const replaced = (state: EditorState, text: string): EditorState => {
  const before = state.doc.toString();
  let head = 0;
  while (head < Math.min(before.length, text.length) && before[head] === text[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(before.length, text.length) - head && before.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
  return state.update({ changes: { from: head, to: before.length - tail, insert: text.slice(head, text.length - tail) } }).state;
};

describe('the editor’s language', () => {
  it('reads a script as the scanner does, edit after edit', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(script, fc.infiniteStream(fc.double({ min: 0, max: 0.999_999, noNaN: true })), ({ text }, stream) => {
        let state = stateOf(text);
        treeOf(state);
        for (let step = 0; step < 4; step += 1) {
          state = replaced(state, mutate(state.doc.toString(), () => stream.next().value ?? 0).replaceAll('\r', ''));
          expect(nodesOf(treeOf(state))).toEqual(nodesOf(parseScript(state.doc.toString()).tree));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('trap 22 becomes a page and a script again', () => {
    const source = readScript('07-books-invoice');
    let state = stateOf(source);
    treeOf(state);
    for (const text of [`<p>{</p><%${source}%>`, source, `${source}<%`, source]) {
      state = replaced(state, text);
      expect(nodesOf(treeOf(state))).toEqual(nodesOf(parseScript(text).tree));
    }
  });

  it('indents by blocks, as the formatter does', () => {
    for (const name of ['07-books-invoice', '24-error-handling', '26-detailed-response', '61-retry']) {
      const source = readScript(name);
      const state = stateOf(source);
      treeOf(state);
      for (let line = 1; line <= state.doc.lines; line += 1) {
        const { text, from } = state.doc.line(line);
        if (text.trim() === '' || text.trimStart().startsWith('//')) continue;
        const tabs = /^\t*/.exec(text)?.[0].length ?? 0;
        expect(getIndentation(state, from), `${name}:${line} ${text}`).toBe(tabs * 4);
      }
    }
  });
});
