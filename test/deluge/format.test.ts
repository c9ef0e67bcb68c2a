import type { SyntaxNode } from '@lezer/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatScript } from '../../src/deluge/format.ts';
import { parseScript, problemsOf } from '../../src/deluge/parse.ts';
import { mutate, script } from './random-scripts.ts';

/** Every leaf with its text, each in its parents: what must be the same before and after. */
const treeOf = (source: string): string => {
  const { tree, text } = parseScript(source);
  const said = (node: SyntaxNode): string => {
    if (node.firstChild === null) return `${node.name}=${text.slice(node.from, node.to).replace(/\r$/, '')}`;
    const inner: string[] = [];
    for (let child: SyntaxNode | null = node.firstChild; child !== null; child = child.nextSibling) inner.push(said(child));
    return `${node.name}(${inner.join(' ')})`;
  };
  return said(tree.topNode);
};

type Row = readonly [what: string, before: string, after: string];

const ROWS: readonly Row[] = [
  ['spaces round operators', 'x=a+ -b*2;y=!c&&d>=1||e!=f;x+=1;', 'x = a + -b * 2;\ny = !c && d >= 1 || e != f;\nx += 1;\n'],
  [
    'blocks of statements',
    'if(a){info 1;}else if(b){info 2;}else{info 3;}',
    'if(a)\n{\n\tinfo 1;\n}\nelse if(b)\n{\n\tinfo 2;\n}\nelse\n{\n\tinfo 3;\n}\n',
  ],
  ['loops', 'for each index i in {"a"}{continue;}', 'for each index i in {"a"}\n{\n\tcontinue;\n}\n'],
  ['errors', 'try{x=1;}catch(e){info e.message;}', 'try\n{\n\tx = 1;\n}\ncatch (e)\n{\n\tinfo e.message;\n}\n'],
  [
    'one entry a line',
    'r=invokeurl [url:"u" type:GET parameters:{"a":1,"b":{1,2}} connection:"c"];',
    'r = invokeurl\n[\n\turl: "u"\n\ttype: GET\n\tparameters: {"a": 1, "b": {1, 2}}\n\tconnection: "c"\n];\n',
  ],
  [
    'entries of other blocks',
    'sendmail[from:a reply to:b];insert into F[A=1 B="x"];',
    'sendmail\n[\n\tfrom: a\n\treply to: b\n];\ninsert into F\n[\n\tA = 1\n\tB = "x"\n];\n',
  ],
  [
    'a block inside a block',
    'if(a){info invokeurl[url:"u"].get("x");}',
    'if(a)\n{\n\tinfo invokeurl\n\t[\n\t\turl: "u"\n\t].get("x");\n}\n',
  ],
  ['functions', 'void a.b(int x,string y){return;}', 'void a.b(int x, string y)\n{\n\treturn;\n}\n'],
  ['breaks inside expressions stay', 'm={\n"a":1,\n"b":f({\n"c":2})};', 'm = {\n\t"a": 1,\n\t"b": f({\n\t\t"c": 2})};\n'],
  ['one blank line is enough', 'a=1;\n\n\n\nb=2;', 'a = 1;\n\nb = 2;\n'],
  [
    'comments are where they were',
    '// top\na=1; // tail\n/* own */\nif(a) // why\n{ // in\n// last\n}',
    '// top\na = 1; // tail\n/* own */\nif(a) // why\n{ // in\n\t// last\n}\n',
  ],
  ['texts are nobody’s business', `x="a+b=c;{ // }";y='{"a":1}';`, `x = "a+b=c;{ // }";\ny = '{"a":1}';\n`],
  ['line ends', 'a=1; // c\r\nb=2;\r\n', 'a = 1; // c\r\nb = 2;\r\n'],
  ['a mark at the beginning', '\ufeffa=1;', '\ufeffa = 1;\n'],
  ['nothing', '', ''],
];

const UNCHANGED: readonly (readonly [string, string])[] = [
  ['a missing bracket', 'x=foo(1;\ny=2;'],
  ['an open text', 'x="a;\ny=2;'],
  ['curly quotes', 'x=“a”;y=2;'],
  ['semicolons between entries', 'x=invokeurl[url:"u"; type:GET;];'],
  ['a page', '<%{x=1;%><p><%=x%></p><%}%>'],
];

describe('format', () => {
  for (const [what, before, after] of ROWS)
    it(`lays out: ${what}`, () => {
      expect(formatScript(before)).toBe(after);
      expect(formatScript(after)).toBe(after);
    });

  for (const [what, source] of UNCHANGED)
    it(`leaves as it is: ${what}`, () => {
      expect(formatScript(source)).toBe(source);
    });

  it('keeps the tree and its texts, and changes nothing the second time', { timeout: 60_000 }, () => {
    let changed = 0;
    fc.assert(
      fc.property(script, ({ text }) => {
        const formatted = formatScript(text);
        if (formatted !== text) changed += 1;
        expect(treeOf(formatted)).toBe(treeOf(text));
        expect(formatScript(formatted)).toBe(formatted);
      }),
      { numRuns: 400 },
    );
    // Fails where the formatter gives up on what it should lay out.
    expect(changed).toBeGreaterThan(300);
  });

  it('meets mutated scripts: what it lays out keeps its tree, the rest stays', { timeout: 60_000 }, () => {
    let laidOut = 0;
    fc.assert(
      fc.property(script, fc.infiniteStream(fc.double({ min: 0, max: 0.999_999, noNaN: true })), ({ text }, stream) => {
        const source = mutate(text, () => stream.next().value ?? 0);
        const formatted = formatScript(source);
        if (problemsOf(parseScript(source)).length > 0) expect(formatted).toBe(source);
        else {
          laidOut += 1;
          expect(treeOf(formatted)).toBe(treeOf(source));
          expect(formatScript(formatted)).toBe(formatted);
        }
      }),
      { numRuns: 400 },
    );
    expect(laidOut).toBeGreaterThan(20);
  });
});
