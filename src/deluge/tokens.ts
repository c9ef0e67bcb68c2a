import { ExternalTokenizer, type InputStream, type Stack } from '@lezer/lr';
import * as terms from './deluge.grammar.terms';

/** Dashes and curly quotes are no letters, as in the grammar: `url: “https://…”` holds no key called “https. */
const isLetterBeyondAscii = (code: number): boolean => code > 160 && (code < 0x2013 || code > 0x201f) && code !== 0xfeff;
const isWordStart = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95 || code === 36 || isLetterBeyondAscii(code);
const isWordPart = (code: number): boolean => isWordStart(code) || (code >= 48 && code <= 57);
const isSpace = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 13 || code === 160 || code === 65_279;

/** Where the next thing that is neither space nor comment begins, as an offset from here. */
const skip = (input: InputStream, from: number): number => {
  let at = from;
  for (;;) {
    const code = input.peek(at);
    if (isSpace(code)) at += 1;
    else if (code === 47 && input.peek(at + 1) === 47) while (input.peek(at) !== 10 && input.peek(at) !== -1) at += 1;
    else if (code === 47 && input.peek(at + 1) === 42) {
      at += 2;
      while (input.peek(at) !== -1 && !(input.peek(at) === 42 && input.peek(at + 1) === 47)) at += 1;
      if (input.peek(at) !== -1) at += 2;
    } else return at;
  }
};

/** The word at an offset, in small letters, and where it ends; null where there is none. */
const wordAt = (input: InputStream, from: number): { readonly text: string; readonly end: number } | null => {
  if (!isWordStart(input.peek(from))) return null;
  let end = from;
  let text = '';
  while (isWordPart(input.peek(end))) {
    text += String.fromCharCode(input.peek(end));
    end += 1;
  }
  return { text: text.toLowerCase(), end };
};

/** Words that begin a block of entries, where a bracket follows them and nothing else (RULES 3.4, trap 28). */
const BLOCKS: Readonly<Record<string, number>> = {
  invokeurl: terms.InvokeUrlWord,
  invokeapi: terms.InvokeApiWord,
  sftp: terms.BlockWord,
  ftp: terms.BlockWord,
  sendmail: terms.BlockWord,
  sendsms: terms.BlockWord,
};

const TYPES: ReadonlySet<string> = new Set([
  'void',
  'string',
  'text',
  'int',
  'bigint',
  'long',
  'float',
  'decimal',
  'bool',
  'boolean',
  'date',
  'datetime',
  'time',
  'map',
  'list',
  'file',
  'collection',
  'key-value',
]);

/** A key of a block: one word or words with hyphens, and a colon behind them. */
const keyEnd = (input: InputStream, first: { readonly text: string; readonly end: number }): number | null => {
  let { end } = first;
  while (input.peek(end) === 45) {
    const next = wordAt(input, end + 1);
    if (next === null) break;
    end = next.end;
  }
  if (input.peek(skip(input, end)) === 58) return end;
  // The one key of two words; any other pair is a value with the next key behind it.
  const second = first.text === 'reply' ? wordAt(input, skip(input, end)) : null;
  return second?.text === 'to' && input.peek(skip(input, second.end)) === 58 ? second.end : null;
};

/** Two or three words that are one: `for each index`, `insert into`, `delete from`. */
const joined = (
  input: InputStream,
  first: { readonly text: string; readonly end: number },
): { readonly token: number; readonly end: number } | null => {
  const second = wordAt(input, skip(input, first.end));
  if (second === null) return null;
  if (first.text === 'for' && second.text === 'each') {
    const third = wordAt(input, skip(input, second.end));
    const fourth = third?.text === 'index' ? wordAt(input, skip(input, third.end)) : null;
    // `for each index in list` may also name its variable so.
    return { token: terms.ForEach, end: third?.text === 'index' && fourth !== null && fourth.text !== 'in' ? third.end : second.end };
  }
  if (first.text === 'insert' && second.text === 'into') return { token: terms.InsertInto, end: second.end };
  if (first.text === 'delete' && second.text === 'from') return { token: terms.DeleteFrom, end: second.end };
  return null;
};

/** The last character before the token that counts. */
const before = (input: InputStream): number => {
  let at = -1;
  while (isSpace(input.peek(at))) at -= 1;
  return input.peek(at);
};

/** After these a statement cannot have ended yet. */
const GOES_ON: ReadonlySet<number> = new Set([...'.;)],+-*/%=!<>&|:(['].map((unit) => unit.charCodeAt(0)));

/** Ends a statement without its semicolon: before a closing brace, at the end, and after a block task, as Zoho's own samples have it. */
const maySemi = (input: InputStream): boolean => {
  const code = input.peek(0);
  if (code === 125 || code === -1) return true;
  // What goes on may stand on the next line, behind a comment too: `]` and then `.get("data")`.
  return before(input) === 93 && !GOES_ON.has(input.peek(skip(input, 0)));
};

export const words = new ExternalTokenizer(
  (input: InputStream, stack: Stack) => {
    const word = wordAt(input, 0);
    if (word !== null && stack.canShift(terms.BlockKey)) {
      const end = keyEnd(input, word);
      if (end !== null) return input.acceptToken(terms.BlockKey, end);
    }
    if (stack.canShift(terms.insertSemi) && maySemi(input)) return input.acceptToken(terms.insertSemi);
    if (word === null) return;
    if (stack.canShift(terms.PropertyName)) return input.acceptToken(terms.PropertyName, word.end);
    const block = BLOCKS[word.text];
    if (block !== undefined && Object.hasOwn(BLOCKS, word.text) && stack.canShift(block) && input.peek(skip(input, word.end)) === 91)
      return input.acceptToken(block, word.end);
    const two = joined(input, word);
    if (two !== null && stack.canShift(two.token)) return input.acceptToken(two.token, two.end);
    if (TYPES.has(word.text) && stack.canShift(terms.TypeName) && isWordStart(input.peek(skip(input, word.end))))
      return input.acceptToken(terms.TypeName, word.end);
  },
  { contextual: true },
);

const KEYWORDS: Readonly<Record<string, number>> = {
  if: terms._if,
  else: terms._else,
  in: terms._in,
  try: terms._try,
  catch: terms._catch,
  return: terms._return,
  break: terms._break,
  continue: terms._continue,
  info: terms.info,
  true: terms._true,
  false: terms._false,
  null: terms._null,
};

/** Keywords in any case. */
export const keyword = (value: string): number => {
  const name = value.toLowerCase();
  return Object.hasOwn(KEYWORDS, name) ? (KEYWORDS[name] ?? -1) : -1;
};
