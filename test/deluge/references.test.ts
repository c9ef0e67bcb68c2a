import { describe, expect, it } from 'vitest';
import { scanReferences } from '../../src/deluge/references.ts';

/** What a script refers to, in short: `name` where it is certain, `name?` likely, `name|` one of, `name!` unsupported kind. */
const MARKS = { likely: '?', 'one of': '|', 'unsupported kind': '!' } as const;
const refs = (source: string, known: readonly string[] = []): string[] =>
  scanReferences(source, known).references.map(({ linkName, certainty }) => linkName + (certainty === undefined ? '' : MARKS[certainty]));
const dynamic = (source: string): string[] => scanReferences(source).dynamic.map(({ expression }) => expression);
const errors = (source: string): string[] => scanReferences(source).errors.map(({ message }) => message);

const call = (entries: string): string => `r = invokeurl\n[\n\turl :"https://api.example/x"\n${entries}\n];\n`;

/** RULES 3.4, one line or more for each trap: the script, what it refers to, what cannot be known, whether something is wrong with it. */
type Row = readonly [trap: string, script: string, references: string[], dynamic?: string[], errors?: number];

const TRAPS: readonly Row[] = [
  ['1 a line comment', `// x = invokeurl [ url: "u" connection:"no" ];\n${call('connection:"yes"')}`, ['yes']],
  ['1 a commented entry', call('// connection:"no"\nconnection:"yes"'), ['yes']],
  ['2 a block comment over a block', `/* ${call('connection:"no"')} */ info 1;`, []],
  ['2 comments between key and value', call('connection /* here */ : // there\n "yes"'), ['yes']],
  ['3 no comment inside a text', call('parameters: "/* http://x // */"\nconnection:"yes"'), ['yes']],
  [
    '4 the word in texts, maps and names',
    'm = Map(); m.put("connection","x"); n = {"connection":"x"}; connectionString = "connection:y"; info "connection: z";',
    [],
  ],
  ['4 a header called connection', call('headers: {"Connection":"keep-alive"}\nconnection:"yes"'), ['yes']],
  ['5 single quotes with double ones inside', call(`parameters: '{"connection":"no"}'\nconnection:'yes'`), ['yes']],
  ['5 escapes', call('parameters: "a \\" connection:\\"no\\" \\\\"\nconnection:"yes"'), ['yes']],
  ['5 a date in single quotes', `d = '24-Nov-2026';\n${call('connection:"yes"')}`, ['yes']],
  ['6 a text without its end', `x = foo("bar);\n${call('connection:"yes"')}`, ['yes'], [], 1],
  ['7 case and spacing of keys', call('CONNECTION    :\n\t"yes"'), ['yes']],
  [
    '8 the keyword in any case, the bracket anywhere',
    'x = InvokeURL // c\n [url:"u" connection:"a"];\ny = invokeurl[url:"u" connection:"b"];',
    ['a', 'b'],
  ],
  [
    '9 any order of keys',
    call('connection:"yes"\ncontent-type: application/json\nresponse-format: FILE\nresponse-decoding: "UTF-8"'),
    ['yes'],
  ],
  [
    '10 a key twice, commas, a quoted type',
    'x = invokeurl [url:"a", url:"b", type: "GET", connection:"first", connection:"last"];',
    ['last'],
  ],
  ['10 one line', 'invokeurl [url: u type: GET connection: c];', ['c']],
  ['11 colons inside values', call('parameters:{"a":"b","connection":"no"}\nbody: if(x,"a:b","c")\nconnection:"yes"'), ['yes']],
  [
    '12 values called like keys',
    'url = "u"; type = "t";\nx = invokeurl [ url :url\n type :type\n connection: connection ];',
    ['connection'],
  ],
  ['13 a bare name', call('connection: crm_link'), ['crm_link']],
  ['13 a variable with one value', `conn = "one";\n${call('connection: conn')}`, ['one']],
  ['13 a variable of a variable', `a = "one"; b = a;\n${call('connection: b')}`, ['one']],
  ['13 a variable with two values', `conn = "one";\nif(x) { conn = "two"; }\n${call('connection: conn')}`, ['one|', 'two|']],
  ['13 a parameter', `void f(string conn) { ${call('connection: conn')} }`, [], ['conn']],
  ['13 a variable of another function', `void f() { conn = "other"; }\nvoid g() { ${call('connection: conn')} }`, ['conn']],
  ['14 what only a run knows', call('connection: "zoho" + suffix'), [], ['"zoho" + suffix']],
  ['14 a condition', call('connection: if(env == "stage","a","b")'), [], ['if(env == "stage","a","b")']],
  ['14 a member', call('connection: cfg.get("conn")') + call('connection: input.conn'), [], ['cfg.get("conn")', 'input.conn']],
  ['14 a loop’s element', `for each conn in list { ${call('connection: conn')} }`, [], ['conn']],
  ['10 semicolons between entries', 'x = invokeurl [ url: "u"; type: GET; connection: "yes"; ];', ['yes'], [], 3],
  ['6 a block that is broken', 'x = invokeurl [ url: "u" +\n headers: {"a":\n connection:"yes"\n];', ['yes?'], [], 3],
  ['15 placeholders', call('connection: <Your_Oauth_Connection_Name>') + call('connection: ""') + call('connection: null'), [], [], 3],
  ['15 a placeholder in quotes', call('connection: "<your_connection>"'), [], [], 1],
  ['16 a token in the script', call('headers: {"Authorization":"Bearer x"}'), [], [], 1],
  ['16 a token put into a map', `h = Map();\nh.put("Authorization","Bearer x");\n${call('headers: h')}`, [], [], 1],
  ['17 the same name twice', call('connection:"yes"') + call('connection:"yes"'), ['yes', 'yes']],
  [
    '18 nested, and in expressions',
    `if(a) { for each x in l { try { info invokeurl [url:"u" connection:"a"]; } catch (e) { y = invokeurl [url:"u" connection:"b"].get("data"); } } }\ninvokeurl [url:"u" connection:"c"];`,
    ['a', 'b', 'c'],
  ],
  [
    '19 other brackets',
    'o = Orders[ID == input.x && Status == "connection"]; l = [1,2,3];\ninsert into F [ A=b\n connection="no" ];\nsendmail [ from: zoho.adminuserid to: "a@b.c" connection: "no" ];\nsendsms [ to: "1" connection: "no" ];',
    [],
  ],
  [
    '20 calls over lines with criteria',
    'x = zoho.crm.searchRecords(\n "Leads",\n "Zoho_CRM_ID == \\"" + id + "\\", [x]",\n 1, 200,\n {"a":"b"},\n "crm_link");',
    ['crm_link'],
  ],
  ['20 criteria are no connection', 'zoho.crm.searchRecords("Accounts","(Account_Name:starts_with:A)");', ['system:crm']],
  ['21 a chain behind the task', 'x = zoho.desk.getRecordById(org,"tickets",id,"zohodesk").get("contactId");', ['zohodesk']],
  [
    '22 a page',
    '<style>/* connection:"no" */ a { color: red; } // x</style>\n<%{ x = invokeurl [ url: "u" connection: "yes" ];\n%><p><%=x.get("a")%></p>\n<% }%>',
    ['yes'],
  ],
  ['23 line ends, tabs, a mark at the beginning', `\ufeff${call('\tconnection\t:\t"yes"').replaceAll('\n', '\r\n')}`, ['yes']],
  ['23 curly quotes', call('connection: “yes”'), [], [], 2],
  ['26 an excerpt that begins with else', `else { ${call('connection:"yes"')} }`, ['yes']],
  ['26 a missing brace', `if(x) { ${call('connection:"yes"')}`, ['yes'], [], 1],
  ['26 one brace too many', `}\n${call('connection:"yes"')}`, ['yes'], [], 1],
  [
    '27 keys of two words, typed declarations, function heads',
    `String filename = "a";\nl = list:String();\nvoid books.createX(int id) { sendmail [ from: a to: b reply to : c subject: "x" ]; ${call('connection:"yes"')} }`,
    ['yes'],
  ],
  ['28 list literals', `a = [1, 2, 3];\nb = {"a","b"};\n${call('files: [x, y]\nconnection:"yes"')}`, ['yes']],
];

describe('traps of the scanner', () => {
  for (const [trap, script, expected, unknown = [], wrong = 0] of TRAPS)
    it(`R53 trap ${trap}`, () => {
      expect([refs(script), dynamic(script), errors(script).length, errors(script)]).toEqual([expected, unknown, wrong, errors(script)]);
    });
});

describe('integration tasks', () => {
  it('R53 A22 name their connection by position, Zoho’s last and third parties’ first', () => {
    expect(refs('zoho.books.createRecord("invoices", org, m, "books_link");')).toEqual(['books_link']);
    expect(refs('zoho.crm.v8.createRecord("Leads", m, Map(), "crm_link");')).toEqual(['crm_link']);
    expect(refs('x = zoho.creator.v2_1.createRecords("o","a","f",l,Map(),"c_link");')).toEqual(['c_link']);
    expect(refs('intuit.quickbooks.create("qb","Customer","1",m); salesforce.sales.create("sf","Lead",m);')).toEqual(['qb', 'sf']);
    expect(refs('zoho.writer.documents.markAsReady("d","w_link");')).toEqual(['w_link']);
  });

  it('A22 R90 without it they use the service’s system connection', () => {
    expect(refs('zoho.books.createRecord("invoices", org, m);')).toEqual(['system:books']);
    expect(refs('zoho.creator.createRecord("o","a","f",m,Map()); x = zoho.currentdate; zoho.encryption.base64Encode("x");')).toEqual([]);
  });

  it('R53 a connection in an options map is likely', () => {
    expect(refs('zoho.crm.getRecordById("Deals",id,{"connection":"x"});')).toEqual(['x?']);
  });

  it('R53 of a task that nobody has written down only a known name is likely', () => {
    const script = 'zoho.people.addThing("form", m, "people_link");';
    expect(refs(script)).toEqual([]);
    expect(refs(script, ['People_Link'])).toEqual(['people_link?']);
  });

  it('A26 invokeapi counts, sftp and ftp are named as unsupported', () => {
    expect(refs('x = invokeapi [ service: ZohoBooks path: "/a" type: GET connection: "b" ];')).toEqual(['b']);
    expect(refs('sftp [ action: "upload" host: "h" connection: "s" ];')).toEqual(['s!']);
  });

  it('R53 says where: line, column and task', () => {
    const { references } = scanReferences(`info 1;\n${call('\tconnection: "yes"')}`);
    expect(references).toEqual([{ linkName: 'yes', task: 'invokeurl', line: 5, column: 14 }]);
  });
});

describe('the old functions', () => {
  it('R53 with round brackets are no references', () => {
    expect(refs('x = invokeUrl("https://a","GET",b,h,true); y = getUrl("https://connection"); z = postUrl("u", m);')).toEqual([]);
  });
});
