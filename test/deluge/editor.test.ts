import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/deluge/editor/analysis.ts';
import type { EditorConnection } from '../../src/deluge/editor/connection.ts';
import { whereIs } from '../../src/deluge/editor/where.ts';
import { narrow, spaceEdits } from '../../src/deluge/edits.ts';
import { formatScript } from '../../src/deluge/format.ts';
import { parseScript } from '../../src/deluge/parse.ts';
import { compileScript } from '../../src/deluge/run.ts';
import { UNSUPPORTED, unsupportedIn } from '../../src/deluge/unsupported.ts';
import { script } from './random-scripts.ts';

const one = (linkName: string, state: EditorConnection['state'] = 'ok'): EditorConnection => ({
  linkName,
  displayName: `The ${linkName}`,
  typeLabel: 'Admin',
  status: 'Connected',
  account: null,
  state,
});
const CONNECTIONS = [one('books'), one('old', 'retired'), one('still', 'paused'), one('theirs', 'elsewhere')];

/** `severity text-under-the-mark: message`. */
const marksOf = (source: string): string[] =>
  analyse(source, CONNECTIONS).marks.map(({ severity, from, to, message }) => `${severity} ${source.slice(from, to)}: ${message}`);

const call = (name: string): string => `x = invokeurl [ url: "u" connection: ${name} ];`;

describe('marks of the editor', () => {
  it('R53 say nothing of a connection that can be used, in whatever case it is written', () => {
    expect(marksOf(call('"books"') + call('BOOKS'))).toEqual([]);
  });

  it('R53 say which connection is unknown, another application’s, retired or paused', () => {
    expect(marksOf([call('"nobody"'), call('"theirs"'), call('"old"'), call('"still"')].join('\n'))).toEqual([
      'error "nobody": no connection here has the link name nobody',
      'error "theirs": The theirs belongs to another application',
      'warning "old": The old is retired: name another connection',
      'warning "still": The still is paused: calls fail until it goes on',
    ]);
  });

  it('R53 say what only a run knows, a token in the script, curly quotes, and what is not understood', () => {
    expect(marksOf(call('"a" + b'))).toEqual(['warning "a" + b: only a run knows which connection this is: "a" + b']);
    expect(marksOf('x = invokeurl [ url: "u" headers: {"Authorization":"Bearer x"} ];')).toEqual([
      'error invokeurl: a token stands in the script: name a connection instead of an Authorization header',
    ]);
    expect(marksOf('info “a”;')).toEqual(['error “a”: curly quotes are no quotes in Deluge: use " instead']);
    expect(marksOf('x = foo(1;\ninfo 2;')[0]).toMatch(/^error /);
    expect(marksOf('if(a) {')).toEqual(['error {: the script ends too early']);
  });

  it('keep inside the script, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (source) => {
        for (const { from, to } of analyse(source, CONNECTIONS).marks)
          expect(from >= 0 && from <= to && to <= Math.max(source.length, parseScript(source).text.length)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('A22 know the places of system connections by the names of their tasks', () => {
    const source = 'x = zoho.books.getTemplates("invoices", "1");';
    const [place] = analyse(source, CONNECTIONS).places;
    expect(place?.reference.linkName).toBe('system:books');
    expect(source.slice(place?.from, place?.to)).toBe('zoho.books.getTemplates');
  });
});

/** A script for each row of the table, and the words under its mark. */
const REFUSED: Readonly<Record<string, readonly (readonly [script: string, under: string])[]>> = {
  InsertTask: [
    ['insert into F [ A = 1 ];', 'insert into'],
    ['id = insert into F [ A = 1 ];', 'insert into'],
  ],
  DeleteTask: [['delete from F[ID == 1];', 'delete from']],
  Query: [['x = F[ID == 1];', 'F[ID == 1]']],
  OtherBlock: [
    ['sendmail [ from: "a" to: "b" ];', 'sendmail'],
    ['sftp [ host: "h" ];', 'sftp'],
  ],
  InvokeUrl: [
    ['x = invokeurl [ url: "u" files: y ];', 'files'],
    ['x = invokeapi [ service: ZohoBooks path: "a" files: y ];', 'files'],
  ],
};

describe('what is not supported', () => {
  it('is marked where the runner refuses it, in words that begin as the runner’s do', async () => {
    expect(Object.keys(REFUSED)).toEqual([...UNSUPPORTED.map(({ node }) => node), 'InvokeUrl']);
    for (const [source, under] of Object.values(REFUSED).flat()) {
      const found = unsupportedIn(parseScript(source)).at(0);
      expect(source.slice(found?.from, found?.to), source).toBe(under);
      const outcome = await compileScript(source).run({
        request: async () => null,
        task: async () => null,
        info: () => undefined,
        now: () => 0,
        input: null,
        system: {},
      });
      // Who teaches the runner one of these takes its row out of the table.
      expect(outcome.isOk ? 'it runs' : `${outcome.message}: a run stops here`, source).toBe(found?.message);
    }
  });
});

/** `|` is the cursor. */
const WHERE: readonly (readonly [script: string, kind: string, detail?: string | null])[] = [
  ['x = invokeurl [ url: "u" connection: | ];', 'connection', null],
  ['x = invokeurl [ url: "u" connection: bo| ];', 'connection', null],
  ['x = invokeurl\n[\n\turl: "u"\n\tconnection: "bo|\n];', 'connection', '"'],
  ["x = invokeurl [ connection: '|' ];", 'connection', "'"],
  ['info "connection: |";', 'nothing'],
  ['// connection: |', 'nothing'],
  ['x = zoho.books.getTemplates("invoices", "1", |', 'connection', null],
  ['x = zoho.books.getTemplates("invoices", "1", "bo|");', 'connection', '"'],
  ['x = zoho.books.getTemplates("invoices", "|");', 'nothing'],
  ['x = zoho.books.createRecord("invoices", "1", {"a":foo(1, 2)}, |);', 'connection', null],
  ['x = intuit.quickbooks.create(|', 'connection', null],
  ['x = invokeurl\n[\n\turl: "u"\n\tcon|\n];', 'key', 'invokeurl'],
  ['x = invokeurl\n[\n\tcontent-t|\n];', 'key', 'invokeurl'],
  ['x = invokeapi [ ser| ];', 'key', 'invokeapi'],
  ['x = invokeurl\n[\n\ttype: PO|\n];', 'value', 'type'],
  ['x = "a".toU|', 'member', ''],
  ['x = zoho.bo|', 'member', 'zoho'],
  ['x = zoho.books.get|', 'member', 'zoho.books'],
  ['x = foo(1).get|', 'member', ''],
  ['tot|', 'word'],
  ['x = 12|', 'nothing'],
];

describe('where the cursor is', () => {
  for (const [marked, kind, detail] of WHERE)
    it(`${kind}: ${JSON.stringify(marked)}`, () => {
      const at = marked.indexOf('|');
      const source = marked.replace('|', '');
      const where = whereIs(source, parseScript(source).tree, at);
      expect(where.kind).toBe(kind);
      if (detail === undefined) return;
      const { kind: _, from: __, ...rest } = { from: 0, ...where };
      expect(Object.values(rest)).toEqual([detail]);
    });
});

const apply = (text: string, edits: readonly { from: number; to: number; insert: string }[]): string =>
  edits.toReversed().reduce((now, { from, to, insert }) => now.slice(0, from) + insert + now.slice(to), text);

describe('edits', () => {
  it('narrow to what is different', () => {
    expect(narrow('connection: "a"', 'connection: "b"')).toEqual({ from: 13, to: 14, insert: 'b' });
    expect(narrow('aa', 'aaa')).toEqual({ from: 2, to: 2, insert: 'a' });
    expect(narrow('same', 'same')).toBeNull();
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (before, after) => {
        const edit = narrow(before, after);
        expect(edit === null ? before : apply(before, [edit])).toBe(after);
      }),
    );
  });

  it('lay a script out by its white space alone', () => {
    fc.assert(
      fc.property(script, ({ text }) => {
        const after = formatScript(text);
        const edits = spaceEdits(text, after);
        expect(apply(text, edits)).toBe(after);
        for (const { from, to, insert } of edits) expect(`${text.slice(from, to)}${insert}`.trim()).toBe('');
      }),
      { numRuns: 150 },
    );
  });
});
