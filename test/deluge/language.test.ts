import type { SyntaxNode } from '@lezer/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScript, partsOf, problemsOf } from '../../src/deluge/parse.ts';
import { fuzz } from './fuzz.ts';
import { type Shape, script } from './random-scripts.ts';

const OPERATORS = /^(TimesOp|CompareOp|AndOp|OrOp|AssignOp)$/;
const LEAVES = /^(Variable|Name)$/;

const shapeOf = (node: SyntaxNode): Shape => [
  node.name,
  ...(LEAVES.test(node.name)
    ? []
    : partsOf(node)
        .filter(({ name }) => !OPERATORS.test(name))
        .map(shapeOf)),
];

describe('the language', () => {
  it('a printed tree is read back as that tree', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(script, ({ text, shape }) => {
        const parsed = parseScript(text);
        expect(problemsOf(parsed)).toEqual([]);
        expect(shapeOf(parsed.tree.topNode)).toEqual(shape);
      }),
      { numRuns: 400 },
    );
  });

  it('mutated scripts crash nothing and hang nothing (a short share of the soak)', { timeout: 60_000 }, async () => {
    const { finished, slowest } = await fuzz(1_500, 7);
    expect(finished).toBeGreaterThan(0);
    expect(slowest).toBeLessThan(2_000);
  });
});
