import {
  continuedIndent,
  defineLanguageFacet,
  delimitedIndent,
  foldInside,
  foldNodeProp,
  indentNodeProp,
  Language,
  LanguageSupport,
  languageDataProp,
} from '@codemirror/language';
import { type Input, Parser, type PartialParse, type Tree, type TreeFragment } from '@lezer/common';
import { styleTags, tags } from '@lezer/highlight';
import { parser } from '../deluge.grammar';
import { onlyScript } from '../parse.ts';

const data = defineLanguageFacet({
  commentTokens: { line: '//', block: { open: '/*', close: '*/' } },
  closeBrackets: { brackets: ['(', '[', '{', '"', "'"] },
  // An opening bracket on a line of its own belongs to the line before, as Zoho's editor has it.
  indentOnInput: /^\s*(?:[[\]{})]|else|catch)$/i,
  wordChars: '_',
});

const STYLES = styleTags({
  'if else in try catch ForEach': tags.controlKeyword,
  'return break continue info': tags.keyword,
  'InvokeUrlWord InvokeApiWord BlockWord InsertInto DeleteFrom': tags.definitionKeyword,
  BlockKey: tags.attributeName,
  TypeName: tags.typeName,
  TypedName: tags.typeName,
  'FunctionName/...': tags.function(tags.variableName),
  'Call/Variable': tags.function(tags.variableName),
  'Variable Name/...': tags.variableName,
  PropertyName: tags.propertyName,
  String: tags.string,
  'SmartString Placeholder StraySemicolon': tags.invalid,
  Number: tags.number,
  Boolean: tags.bool,
  Null: tags.null,
  LineComment: tags.lineComment,
  BlockComment: tags.blockComment,
  'CompareOp TimesOp AndOp OrOp AssignOp "=" "+" "-" "!"': tags.operator,
  '( )': tags.paren,
  '[ ]': tags.squareBracket,
  '{ }': tags.brace,
  ', ; : .': tags.punctuation,
});

const INDENTS = indentNodeProp.add({
  Block: delimitedIndent({ closing: '}' }),
  'MapLiteral ListLiteral ArgumentList ParameterList Parenthesized': delimitedIndent({ closing: '})]', align: false }),
  'InvokeUrl InvokeApi OtherBlock InsertTask': (context) =>
    /^\s*[[\]]/.test(context.textAfter) ? context.baseIndent : context.baseIndent + context.unit,
  IfStatement: continuedIndent({ except: /^\s*(?:\{|else\b)/i }),
  'ElseClause ForEachStatement FunctionDefinition': continuedIndent({ except: /^\s*\{/ }),
  TryStatement: continuedIndent({ except: /^\s*(?:\{|catch\b)/i }),
  CatchClause: continuedIndent({ except: /^\s*\{/ }),
  'Assignment Declaration ExpressionStatement InfoStatement ReturnStatement': continuedIndent({ except: /^\s*[[\]})]/ }),
});

/** The brackets of a block of entries fold as a block of statements does. */
const foldEntries = (node: { firstChild: unknown; getChild(name: string): { from: number; to: number } | null }) => {
  const [open, close] = [node.getChild('['), node.getChild(']')];
  return open === null || close === null ? null : { from: open.to, to: close.from };
};

const FOLDS = foldNodeProp.add({
  'Block MapLiteral ListLiteral': foldInside,
  'InvokeUrl InvokeApi OtherBlock InsertTask': foldEntries,
  BlockComment: ({ from, to }) => ({ from: from + 2, to: to - 2 }),
});

const configured = parser.configure({
  props: [languageDataProp.add((type) => (type.isTop ? data : undefined)), STYLES, INDENTS, FOLDS],
});

/** Trees of pages: their texts have blanks where the document has none, so nothing of them serves another document. */
const pages = new WeakSet<Tree>();

/** Reads a page's scripts as the scanner does (trap 22); everything else goes through the incremental parser untouched. */
class ScriptParser extends Parser {
  override createParse(input: Input, fragments: readonly TreeFragment[], ranges: readonly { from: number; to: number }[]): PartialParse {
    const text = input.read(0, input.length);
    if (!text.includes('<%'))
      return configured.createParse(
        input,
        fragments.filter(({ tree }) => !pages.has(tree)),
        ranges,
      );
    const inner = configured.startParse(onlyScript(text), [], ranges);
    return {
      advance: () => {
        const tree = inner.advance();
        if (tree !== null) pages.add(tree);
        return tree;
      },
      stopAt: (at) => inner.stopAt(at),
      get parsedPos() {
        return inner.parsedPos;
      },
      get stoppedAt() {
        return inner.stoppedAt;
      },
    };
  }
}

export const delugeLanguage = new Language(data, new ScriptParser(), [], 'deluge');

/** Deluge for CodeMirror: highlighting, indentation, folding, brackets and comments. */
export const deluge = (): LanguageSupport => new LanguageSupport(delugeLanguage);
