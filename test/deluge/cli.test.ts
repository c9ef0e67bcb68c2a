import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deluge } from '../../src/cli/deluge.ts';
import { closeNow, listen } from '../../src/sandbox/listen.ts';

let folder = '';
let server: Server;
let base = '';
const heard: { method: string; url: string; type: string | null; body: string }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-deluge-'));
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      heard.push({ method: request.method ?? '', url: request.url ?? '', type: request.headers['content-type'] ?? null, body });
      if (request.url?.startsWith('/moved')) response.writeHead(302, { location: 'http://localhost:1/' });
      else response.writeHead(request.url?.startsWith('/wrong') ? 422 : 200, { 'content-type': 'application/json' });
      response.end('{"data":[{"id":7}]}');
    });
  });
  base = `http://localhost:${await listen(server, 0)}`;
});
afterAll(() => closeNow(server));

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

const run = async (...args: string[]): Promise<{ code: number; out: string; error: string }> => {
  let out = '';
  let error = '';
  const code = await deluge(args, {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
  });
  return { code, out, error };
};

describe('latchkey deluge refs', () => {
  it('R53 prints what each file refers to, and says by its exit code whether anything is wrong', async () => {
    const good = await file('good.dg', 'x = invokeurl [ url: "u" connection: "books" ];');
    const bad = await file('bad.dg', 'x = invokeurl [ url: "u" connection: a + b ];\ny = "open;');
    expect(await run('refs', good)).toEqual({ code: 0, out: `${good}:1:38 books (invokeurl)\n`, error: '' });
    const { code, out } = await run('refs', good, bad, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual([
      { file: good, references: [{ linkName: 'books', task: 'invokeurl', line: 1, column: 38 }], dynamic: [], errors: [] },
      {
        file: bad,
        references: [],
        dynamic: [{ expression: 'a + b', line: 1, column: 38 }],
        errors: [{ message: 'a text has no closing quote', line: 2, column: 5 }],
      },
    ]);
  });

  it('says how it is used, without a stack', async () => {
    for (const args of [[], ['nothing'], ['refs'], ['refs', '--what'], ['refs', join(folder, 'none.dg')], ['run'], ['run', 'a', 'b']]) {
      const { code, error } = await run(...args);
      expect(code).toBe(2);
      expect(error).not.toMatch(/ {4}at /);
      expect(error.length).toBeGreaterThan(10);
    }
    expect(await run('--help')).toMatchObject({ code: 0, error: '' });
  });
});

describe('latchkey deluge run', () => {
  it('sends each request to the base of its connection, in the documented form', async () => {
    const script = await file(
      'run.dg',
      `r = invokeurl [ url: "https://books.example/v3/contacts?x=1" type: POST parameters: {"name":"A & B"} connection: "books" ];
       s = invokeurl [ url: "https://books.example/v3/contacts" parameters: {"q":"a b"} connection: books ];
       t = invokeurl [ url: "https://books.example/v3/contacts" type: PUT body: {"a":{"b":1}} parameters: {"p":"1"} content-type: "application/json" connection: "books" ];
       u = invokeurl [ url: "https://books.example/wrong" type: DELETE connection: "books" detailed: true ];
       info r.get("data").get(0).get("id");
       return u.get("responseCode") + " " + input.City;`,
    );
    const input = await file('input.json', '{"City":"Rome"}');
    heard.length = 0;
    const { code, out } = await run('run', script, '--json', '--input', input, '--connection', `Books=${base}`);
    expect(code).toBe(0);
    expect(heard).toEqual([
      { method: 'POST', url: '/v3/contacts?x=1', type: 'application/x-www-form-urlencoded', body: 'name=A+%26+B' },
      { method: 'GET', url: '/v3/contacts?q=a+b', type: null, body: '' },
      { method: 'PUT', url: '/v3/contacts?p=1', type: 'application/json', body: '{"a":{"b":1}}' },
      { method: 'DELETE', url: '/wrong', type: null, body: '' },
    ]);
    expect(JSON.parse(out)).toMatchObject({ ok: true, result: '422 Rome', info: [{ text: '7', line: 5, column: 8 }], error: null });
    expect(JSON.parse(out).requests).toHaveLength(4);
  });

  it('S23 S40 sends nothing without a connection, to no other host, and follows no redirect', async () => {
    heard.length = 0;
    const outcomes: string[] = [];
    for (const text of [
      'x = invokeurl [ url: "http://localhost:1/" ];',
      'x = invokeurl [ url: "https://a/b" connection: "other" ];',
      'x = invokeurl [ url: "https://a/moved" connection: "books" ];',
      'x = zoho.writer.mergeAndStore("d", {"a":1}, {"b":2}, "books");',
      'x = zoho.crm.getRecords("Leads", 1, 10, Map());',
    ]) {
      const { code, error } = await run('run', await file('no.dg', text), '--connection', `books=${base}`);
      expect(code).toBe(1);
      outcomes.push(
        error
          .replace(/^.*?:1:\d+ /, '')
          .replace(/localhost:\d+/, 'HOST')
          .trim(),
      );
    }
    expect(outcomes).toEqual([
      'invokeurl needs a connection here: a script has no network of its own',
      'the connection other has no base URL: give it by --connection',
      'HOST could not be reached',
      'the task zoho.writer.mergeAndStore cannot run yet',
      'zoho.crm.getRecords needs a connection here: a script has no network of its own',
    ]);
    expect(heard.map(({ url }) => url)).toEqual(['/moved']);
  });

  it('says what is wrong with the command', async () => {
    const script = await file('one.dg', 'return 1;');
    expect((await run('run', script, '--connection', 'books')).code).toBe(2);
    expect((await run('run', script, '--connection', 'books=ftp://a')).code).toBe(2);
    expect((await run('run', script, '--input', script)).code).toBe(2);
    expect((await run('run', join(folder, 'none.dg'))).code).toBe(2);
  });
});
