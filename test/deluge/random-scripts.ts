import fc from 'fast-check';

/** A piece of a script, and the names of the nodes that it must be read as, from the outside in. */
export type Made = { readonly text: string; readonly shape: Shape };
export type Shape = readonly [string, ...Shape[]];

const name = fc.constantFrom('a', 'b', 'total', 'resp', 'Map1', 'x_y', 'connection', 'url', 'type', 'index', 'each', 'from');
const space = fc.constantFrom('', ' ', '\n', '\t', ' /* c: [ */ ', ' // d ]\n');

const leaf: fc.Arbitrary<Made> = fc.oneof(
  name.map((text): Made => ({ text, shape: ['Variable'] })),
  fc.nat(9_999).map((number): Made => ({ text: String(number), shape: ['Number'] })),
  fc.stringMatching(/^[a-z :{}[\]()/,;.'-]{0,8}$/).map((text): Made => ({ text: `"${text}"`, shape: ['String'] })),
  fc.constantFrom('true', 'FALSE', 'null').map((text): Made => ({ text, shape: [text === 'null' ? 'Null' : 'Boolean'] })),
);

const { expression } = fc.letrec<{ expression: Made; inner: Made }>((tie) => ({
  inner: fc.oneof({ maxDepth: 3, withCrossShrink: true }, leaf, tie('expression')),
  expression: fc.oneof(
    leaf,
    // Parenthesized, so that precedence is the printer's and not the luck of the draw.
    fc.tuple(tie('inner'), fc.constantFrom('+', '-', '*', '/', '==', '<=', '&&', '||'), tie('inner'), space).map(
      ([a, operator, b, gap]): Made => ({
        text: `((${a.text})${gap}${operator}${gap}(${b.text}))`,
        shape: ['Parenthesized', ['Binary', ['Parenthesized', a.shape], ['Parenthesized', b.shape]]],
      }),
    ),
    fc.tuple(name, fc.array(tie('inner'), { maxLength: 3 }), space).map(
      ([called, args, gap]): Made => ({
        text: `${called}(${args.map(({ text }) => text).join(`,${gap}`)})`,
        shape: ['Call', ['Variable'], ['ArgumentList', ...args.map(({ shape }) => shape)]],
      }),
    ),
    fc.tuple(name, name, tie('inner')).map(
      ([on, method, arg]): Made => ({
        text: `${on}.${method}(${arg.text})`,
        shape: ['Call', ['Member', ['Variable'], ['PropertyName']], ['ArgumentList', arg.shape]],
      }),
    ),
    fc.array(fc.tuple(name, tie('inner')), { minLength: 1, maxLength: 3 }).map(
      (entries): Made => ({
        text: `{${entries.map(([key, { text }]) => `"${key}":${text}`).join(',')}}`,
        shape: ['MapLiteral', ...entries.map(([, { shape }]): Shape => ['MapEntry', ['String'], shape])],
      }),
    ),
    fc.array(tie('inner'), { minLength: 1, maxLength: 3 }).map(
      (items): Made => ({
        text: `{${items.map(({ text }) => text).join(', ')}}`,
        shape: ['MapLiteral', ...items.map(({ shape }) => shape)],
      }),
    ),
    fc
      .tuple(
        fc.constantFrom('invokeurl', 'invokeUrl', 'INVOKEURL'),
        fc.uniqueArray(fc.tuple(fc.constantFrom('url', 'type', 'connection', 'content-type', 'parameters'), tie('inner')), {
          minLength: 1,
          maxLength: 4,
          selector: ([key]) => key,
        }),
        space,
      )
      .map(
        ([word, entries, gap]): Made => ({
          text: `${word}${gap}[ ${entries.map(([key, { text }]) => `${key}${gap}:${gap}${text}`).join('\n')} ]`,
          shape: ['InvokeUrl', ['InvokeUrlWord'], ...entries.map(([, { shape }]): Shape => ['Entry', ['BlockKey'], shape])],
        }),
      ),
  ),
}));

const { statement } = fc.letrec<{ statement: Made; block: Made }>((tie) => ({
  block: fc.array(tie('statement'), { maxLength: 3 }).map(
    (inner): Made => ({
      text: `{\n${inner.map(({ text }) => text).join('\n')}\n}`,
      shape: ['Block', ...inner.map(({ shape }) => shape)],
    }),
  ),
  statement: fc.oneof(
    { maxDepth: 3 },
    fc
      .tuple(name, expression)
      .map(([target, value]): Made => ({ text: `${target} = ${value.text};`, shape: ['Assignment', ['Variable'], value.shape] })),
    expression.map((value): Made => ({ text: `info ${value.text};`, shape: ['InfoStatement', value.shape] })),
    expression.map((value): Made => ({ text: `return ${value.text};`, shape: ['ReturnStatement', value.shape] })),
    fc.tuple(expression, tie('block'), tie('block')).map(
      ([test, yes, no]): Made => ({
        text: `if(${test.text}) ${yes.text} else ${no.text}`,
        shape: ['IfStatement', ['Condition', test.shape], yes.shape, ['ElseClause', no.shape]],
      }),
    ),
    fc.tuple(fc.constantFrom('for each', 'For Each', 'for each index'), name, expression, tie('block')).map(
      ([word, variable, list, body]): Made => ({
        text: `${word} ${variable} in ${list.text} ${body.text}`,
        shape: ['ForEachStatement', ['ForEach'], ['Name'], list.shape, body.shape],
      }),
    ),
    fc.tuple(tie('block'), tie('block')).map(
      ([body, handler]): Made => ({
        text: `try ${body.text} catch (e) ${handler.text}`,
        shape: ['TryStatement', body.shape, ['CatchClause', ['Name'], handler.shape]],
      }),
    ),
  ),
}));

export const script: fc.Arbitrary<Made> = fc.array(statement, { maxLength: 5 }).map(
  (statements): Made => ({
    text: statements.map(({ text }) => text).join('\n'),
    shape: ['Script', ...statements.map(({ shape }) => shape)],
  }),
);

/** A script with something done to it that its author did not mean: characters and pieces taken, doubled, moved, put in. */
const PIECES = [
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '"',
  "'",
  ':',
  ';',
  ',',
  '.',
  '//',
  '/*',
  '*/',
  '\\',
  '<%',
  '%>',
  'invokeurl [',
  'connection:',
  'if(',
  'else',
  'for each x in',
  'try {',
  '\u201c',
  '\ufeff',
  '=',
  '\u0000',
  '((((((((',
  '😀',
];

export const mutate = (text: string, random: () => number): string => {
  let out = text;
  const pick = (limit: number): number => Math.floor(random() * limit);
  for (let times = 1 + pick(4); times > 0; times -= 1) {
    const from = pick(out.length + 1);
    const to = Math.min(out.length, from + pick(20));
    const kind = pick(4);
    if (kind === 0) out = out.slice(0, from) + out.slice(to);
    else if (kind === 1) out = out.slice(0, to) + out.slice(from, to) + out.slice(to);
    else if (kind === 2) out = out.slice(0, from) + (PIECES[pick(PIECES.length)] ?? '') + out.slice(from);
    else {
      const at = pick(out.length + 1);
      out = out.slice(0, at) + out.slice(from, to) + out.slice(at);
    }
  }
  return out;
};
