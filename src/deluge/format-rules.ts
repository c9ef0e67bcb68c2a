import type { SyntaxNode } from '@lezer/common';

/** A piece of a script that is never changed, and what stood before it. */
export type Token = {
  readonly node: SyntaxNode;
  /** How many blocks it is in. */
  readonly depth: number;
  readonly text: string;
  /** Line breaks before it in the source. */
  readonly breaks: number;
};

export type Gap = 'break' | ' ' | '';

const COMMENT = /^(Line|Block)Comment$/;
const STATEMENT_PARENTS: ReadonlySet<string> = new Set(['Script', 'Block']);
/** What has entries between brackets, one a line. */
const ENTRIES: ReadonlySet<string> = new Set(['InvokeUrl', 'InvokeApi', 'OtherBlock', 'InsertTask']);
const ENTRY: ReadonlySet<string> = new Set(['Entry', 'FieldEntry']);

/** Does the token begin a node whose parent is one of these. */
const begins = (node: SyntaxNode, isOne: (node: SyntaxNode) => boolean): boolean => {
  for (let at: SyntaxNode | null = node; at !== null && at.from === node.from; at = at.parent) if (isOne(at)) return true;
  return false;
};

/** Is the token the first of its statement. */
export const isStatementStart = ({ node }: Token): boolean =>
  !COMMENT.test(node.name) && begins(node, (at) => !/^[{}]$/.test(at.name) && at.parent !== null && STATEMENT_PARENTS.has(at.parent.name));

const isIn = ({ node }: Token, names: ReadonlySet<string>): boolean => node.parent !== null && names.has(node.parent.name);

const isBracketOfEntries = (token: Token): boolean => /^[[\]]$/.test(token.node.name) && isIn(token, ENTRIES);

const isBlockBrace = (token: Token): boolean => /^[{}]$/.test(token.node.name) && token.node.parent?.name === 'Block';

const isUnary = ({ node }: Token): boolean => node.parent?.name === 'Unary' && (node.name === '!' || node.name === '-');

/** A bracket that belongs to the word before it. */
const TIGHT_OPENERS: ReadonlySet<string> = new Set(['ArgumentList', 'Conditional', 'Condition', 'ParameterList', 'Query']);

const mustBreak = (before: Token, token: Token): boolean => {
  if (before.node.name === 'LineComment') return true;
  // A second semicolon is a statement of its own that nobody meant.
  if (token.node.name === ';' && token.node.parent?.name === 'EmptyStatement' && before.node.name === ';') return false;
  if (COMMENT.test(token.node.name)) return false;
  if (isStatementStart(token) || isBlockBrace(token) || isBracketOfEntries(token)) return true;
  if (isBlockBrace(before) && before.node.name === '{') return true;
  if (/^(else|catch)$/.test(token.node.name)) return true;
  return begins(token.node, (at) => ENTRY.has(at.name) && at.parent !== null && ENTRIES.has(at.parent.name));
};

/** These stand close to what is before them, whatever it is. */
const isTight = (before: Token, token: Token): boolean => {
  const [a, b] = [before.node.name, token.node.name];
  if (b === ',' || b === ';' || b === ':' || a === '.' || b === '.') return true;
  if (a === '(' || a === '[' || b === ')' || b === ']') return true;
  if (isUnary(before)) return true;
  if (a === '{' || b === '}') return true;
  return (b === '(' || b === '[') && isIn(token, TIGHT_OPENERS);
};

/** Where an author's own line break stays: inside an expression, but never where it would look like the end of a statement. */
const mayStay = (before: Token, token: Token): boolean => token.node.name !== ';' && token.node.name !== ',' && !isUnary(before);

/** What stands between two tokens. */
export const gapBetween = (before: Token, token: Token): Gap => {
  if (mustBreak(before, token)) return 'break';
  if (COMMENT.test(token.node.name) || COMMENT.test(before.node.name)) return token.breaks > 0 ? 'break' : ' ';
  if (token.breaks > 0 && mayStay(before, token)) return 'break';
  return isTight(before, token) ? '' : ' ';
};
