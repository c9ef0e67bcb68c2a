import { TreeFragment } from '@lezer/common';
import { describe, it } from 'vitest';
import { parser } from '../../src/deluge/deluge.grammar';
import type { ScriptHost } from '../../src/deluge/frame.ts';
import { scanReferences } from '../../src/deluge/references.ts';
import { compileScript } from '../../src/deluge/run.ts';

const ROUNDS = 7;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const timed = async (act: () => unknown): Promise<number> => {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
};
const measure = async (act: () => unknown): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await timed(act));
  return median(times);
};
const row = (what: string, product: number, floor: number): void =>
  console.log(`${what.padEnd(78)} ${product.toFixed(2)} ms / ${floor.toFixed(2)} ms = ${(product / floor).toFixed(2)}`);

const BLOCK = `// one of many
resp = invokeurl
[
  url: "https://books.example/v3/contacts?org=" + org
  type: POST
  parameters: {"name": input.Name, "total": total * 2 + 1}
  connection: "books_link"
];
if(resp.get("code") == 200) { for each line in resp.get("lines") { total = total + line.get("amount").toLong(); } }
else { info "not stored: " + resp; }
x = zoho.crm.createRecord("Leads", {"Last_Name": input.Name}, Map(), "crm_link");
`;

const HOST: ScriptHost = {
  request: async () => null,
  task: async () => null,
  info: () => undefined,
  now: () => Date.now(),
  input: null,
  system: {},
};

describe('Deluge against its floors', () => {
  it('parse and scan, re-parse after a keystroke, a loop', async () => {
    const megabyte = BLOCK.repeat(Math.ceil(1_000_000 / BLOCK.length));
    const scanned = await measure(() => scanReferences(megabyte));
    let sum = 0;
    const read = await measure(() => {
      for (let at = 0; at < megabyte.length; at += 1) sum += megabyte.charCodeAt(at);
    });
    row('parse + scan of 1 MB of scripts against reading it once, char by char', scanned, read);

    const script = BLOCK.repeat(Math.ceil(5_000 / BLOCK.split('\n').length));
    const tree = parser.parse(script);
    const full = await measure(() => parser.parse(script));
    const at = Math.floor(script.length / 2);
    const typed = `${script.slice(0, at)}x${script.slice(at)}`;
    const fragments = TreeFragment.applyChanges(TreeFragment.addTree(tree), [{ fromA: at, toA: at, fromB: at, toB: at + 1 }]);
    const again = await measure(() => parser.parse(typed, fragments));
    row('re-parse after one keystroke in 5,000 lines against a full parse', again, full);

    const list = `{${Array.from({ length: 1_000 }, (_, n) => n).join(',')}}`;
    const program = compileScript(`n = 0; l = ${list}; for each a in l { for each b in l { n = n + b; } } return n;`);
    const limits = { statements: 10_000_000, milliseconds: 60_000, depth: 8 };
    const looped = await measure(() => program.run(HOST, limits));
    const numbers = Array.from({ length: 1_000 }, (_, n) => n);
    const plain = await measure(() => {
      let n = 0;
      for (const _ of numbers) for (const b of numbers) n += b;
      sum += n;
    });
    row('a loop of 1,000,000 turns against the same in JavaScript', looped, plain);
    if (sum === 0) throw new Error('nothing was read');
  });
});
