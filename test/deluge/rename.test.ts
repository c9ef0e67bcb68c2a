import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanReferences } from '../../src/deluge/references.ts';
import { renameReferences } from '../../src/deluge/rename.ts';
import { mutate, script } from './random-scripts.ts';

const namesIn = (source: string): string[] => scanReferences(source).references.map(({ linkName }) => linkName);

describe('rename of a link name in a script', () => {
  it('R53 changes what certainly names it, in blocks and in tasks, and keeps the quotes', () => {
    const source = `a = invokeurl [url: "u" connection: "books"];
b = invokeurl [url: "u" connection: 'books'];
c = invokeurl [url: "u" connection: books];
d = zoho.books.createRecord("books", org, m, "books");
e = intuit.quickbooks.create("BOOKS", "Customer", "1", m);`;
    const { text, lines, dynamic } = renameReferences(source, 'books', 'ledger');
    expect(text).toBe(`a = invokeurl [url: "u" connection: "ledger"];
b = invokeurl [url: "u" connection: 'ledger'];
c = invokeurl [url: "u" connection: ledger];
d = zoho.books.createRecord("books", org, m, "ledger");
e = intuit.quickbooks.create("ledger", "Customer", "1", m);`);
    expect(lines.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
    expect(lines[3]).toEqual({
      line: 4,
      before: 'd = zoho.books.createRecord("books", org, m, "books");',
      after: 'd = zoho.books.createRecord("books", org, m, "ledger");',
    });
    expect(dynamic).toEqual([]);
    expect(namesIn(text)).toEqual(['ledger', 'ledger', 'ledger', 'ledger', 'ledger']);
  });

  it('R53 leaves comments, texts, maps and other connections alone', () => {
    const source = `// connection: "books"
info "books";
m = {"connection": "books"};
x = invokeurl [url: "https://books.example/books" connection: "other"];`;
    expect(renameReferences(source, 'books', 'ledger')).toEqual({ text: source, lines: [], dynamic: [] });
  });

  it('R53 says what it could not change: variables, expressions, what is only likely', () => {
    const source = `conn = "books";
a = invokeurl [url: "u" connection: conn];
b = invokeurl [url: "u" connection: "bo" + "oks"];
c = zoho.crm.getRecordById("Deals", id, {"connection": "books"});
d = zoho.people.addThing("form", m, "books");`;
    const { text, lines, dynamic } = renameReferences(source, 'books', 'ledger');
    expect(text).toBe(source);
    expect(lines).toEqual([]);
    expect(dynamic).toEqual([
      { expression: 'conn', line: 2, column: 37 },
      { expression: '"bo" + "oks"', line: 3, column: 37 },
      { expression: '"books"', line: 4, column: 56 },
      { expression: '"books"', line: 5, column: 37 },
    ]);
  });

  it('R53 gives a bare name quotes where the new one is a variable of the script', () => {
    const source = 'ledger = 1;\na = invokeurl [url: "u" connection: books];';
    const { text } = renameReferences(source, 'books', 'ledger');
    expect(text).toBe('ledger = 1;\na = invokeurl [url: "u" connection: "ledger"];');
    expect(namesIn(text)).toEqual(['ledger']);
  });

  it('A26 changes the name in kinds that cannot run: they are references too', () => {
    expect(renameReferences('sftp [ action: "upload" host: "h" connection: "files" ];', 'files', 'drop').text).toBe(
      'sftp [ action: "upload" host: "h" connection: "drop" ];',
    );
  });

  it('R53 leaves no certain name behind in whatever script, and says where the others are', { timeout: 60_000 }, () => {
    let renamed = 0;
    const stream = fc.infiniteStream(fc.double({ min: 0, max: 0.999_999, noNaN: true }));
    fc.assert(
      fc.property(script, stream, fc.boolean(), ({ text }, numbers, isBroken) => {
        const whole = `x = invokeurl [ url: u connection: "a" ];\n${text}\ny = zoho.books.getTemplates("b", "1", a);`;
        const source = isBroken ? mutate(whole, () => numbers.next().value ?? 0) : whole;
        const { text: after, lines, dynamic } = renameReferences(source, 'a', 'zz_new');
        renamed += lines.length;
        const left = namesIn(after).filter((name) => name === 'a').length;
        expect(left).toBeLessThanOrEqual(dynamic.length);
        expect(after.split('\n').length).toBe(source.split('\n').length);
      }),
      { numRuns: 300 },
    );
    expect(renamed).toBeGreaterThan(300);
  });

  it('trap 22, 23 keeps places in pages, line ends and broken scripts', () => {
    const page = '<p>connection: "books"</p>\r\n<%{ x = invokeurl [ url: "u" connection: "books" ]; }%>\r\n';
    expect(renameReferences(page, 'books', 'ledger').lines).toEqual([
      {
        line: 2,
        before: '<%{ x = invokeurl [ url: "u" connection: "books" ]; }%>',
        after: '<%{ x = invokeurl [ url: "u" connection: "ledger" ]; }%>',
      },
    ]);
    const broken = 'x = foo(;\ny = invokeurl [ url: "u" connection: "books" ];\nif(';
    expect(renameReferences(broken, 'books', 'ledger').text).toBe(broken.replace('"books"', '"ledger"'));
  });
});
