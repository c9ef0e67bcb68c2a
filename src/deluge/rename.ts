import type { SyntaxNode } from '@lezer/common';
import { type Place, parseScript, type Script } from './parse.ts';
import { scanScript } from './references.ts';

/** A line that a rename touches, as it was and as it will be: no line comes or goes by it. */
export type RenamedLine = { readonly line: number; readonly before: string; readonly after: string };

/** A place that may name the connection and was left alone, because only a person or a run can tell. */
export type LeftAlone = Place & { readonly expression: string };

export type Renamed = { readonly text: string; readonly lines: readonly RenamedLine[]; readonly dynamic: readonly LeftAlone[] };

type Edit = { readonly from: number; readonly to: number; readonly insert: string };

const LITERALS = /^(String|Variable)$/;

/** The literal that stands at a place, and not something around it. */
const literalAt = (script: Script, offset: number): SyntaxNode | null => {
  for (let node: SyntaxNode | null = script.tree.resolveInner(offset, 1); node !== null && node.from === offset; node = node.parent)
    if (LITERALS.test(node.name)) return node;
  return null;
};

const isWord = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);

/** The literal with another name in it: its quotes stay; a bare name gets some where the new one would be read as a variable. */
const written = (literal: string, to: string, isFree: boolean): string => {
  const quote = literal[0];
  if (quote === '"' || quote === "'") return `${quote}${to}${quote}`;
  return isFree && isWord(to) ? to : `"${to}"`;
};

const assignedNames = (script: Script): ReadonlySet<string> => {
  const names = new Set<string>();
  script.tree.iterate({
    enter: (at) => {
      if (at.name !== 'Assignment' && at.name !== 'Name') return;
      const { node } = at;
      const target = node.name === 'Assignment' ? node.firstChild : node.name === 'Name' ? node : null;
      if (target?.name === 'Variable' || target?.name === 'Name') names.add(script.textOf(target));
    },
  });
  return names;
};

const apply = (source: string, edits: readonly Edit[]): string => {
  let out = '';
  let at = 0;
  for (const { from, to, insert } of edits) {
    out += source.slice(at, from) + insert;
    at = to;
  }
  return out + source.slice(at);
};

const renamedLines = (before: string, after: string): RenamedLine[] => {
  const now = after.split('\n');
  return before.split('\n').flatMap((text, index) => {
    const other = now[index] ?? '';
    return other === text ? [] : [{ line: index + 1, before: text.replace(/\r$/, ''), after: other.replace(/\r$/, '') }];
  });
};

/**
 * Gives a connection another link name in a script. Only literals that certainly name it are changed; what may name it, by a variable
 * or an expression, is listed as dynamic and left to a person. Names are compared without case (RULES 3.4, trap 25).
 */
export const renameReferences = (source: string, from: string, to: string): Renamed => {
  const script = parseScript(source);
  const { references, dynamic } = scanScript(script, [from]);
  const taken = assignedNames(script);
  const edits: Edit[] = [];
  const left: LeftAlone[] = [...dynamic];
  for (const { linkName, certainty, line, column } of references) {
    if (linkName.toLowerCase() !== from.toLowerCase()) continue;
    const offset = script.offsetOf({ line, column });
    const node = literalAt(script, offset);
    const literal = node === null ? '' : script.textOf(node);
    // A kind that cannot run still names its connection in so many words.
    const isCertain = certainty === undefined || certainty === 'unsupported kind';
    const isLiteral = node !== null && (node.name === 'String' || !taken.has(literal));
    if (node !== null && isCertain && isLiteral) edits.push({ from: node.from, to: node.to, insert: written(literal, to, !taken.has(to)) });
    else left.push({ expression: node === null ? linkName : literal, line, column });
  }
  const text = apply(
    source,
    edits.toSorted((a, b) => a.from - b.from),
  );
  return { text, lines: renamedLines(source, text), dynamic: left.toSorted((a, b) => a.line - b.line || a.column - b.column) };
};
