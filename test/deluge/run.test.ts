import { describe, expect, it } from 'vitest';
import type { ScriptHost, ScriptRequest } from '../../src/deluge/frame.ts';
import { toWire } from '../../src/deluge/http.ts';
import { compileScript, LIMITS, type Limits } from '../../src/deluge/run.ts';
import { toJson, type Value } from '../../src/deluge/values.ts';

type Ran = { result: unknown; info: string[]; requests: ScriptRequest[]; error: string | null; line: number | null };

const run = async (source: string, over: Partial<ScriptHost> = {}, limits: Limits = LIMITS): Promise<Ran> => {
  const info: string[] = [];
  const requests: ScriptRequest[] = [];
  const outcome = await compileScript(source).run(
    {
      request: async (request) => {
        requests.push(request);
        return new Map<string, Value>([['ok', true]]);
      },
      task: async ({ name, args }) => `${name}(${args.length})`,
      info: (text) => void info.push(text),
      now: () => Date.UTC(2026, 10, 24, 12),
      input: new Map<string, Value>([['City', 'Rome']]),
      system: { 'thisapp.environment.type': 'stage' },
      ...over,
    },
    limits,
  );
  return {
    result: outcome.isOk ? toJson(outcome.result) : null,
    info,
    requests,
    error: outcome.isOk ? null : outcome.message,
    line: outcome.isOk ? null : outcome.place.line,
  };
};

/** What `return` gives. */
const VALUES: readonly (readonly [script: string, value: unknown])[] = [
  ['return 1 + 2 * 3 - 4 / 2;', 5],
  ['return (1 + 2) * 3 % 5;', 4],
  ['return 7 / 2;', 3.5],
  ['return "a" + 1 + true;', 'a1true'],
  ['return -3.5;', -3.5],
  ['return 1 < 2 && !(2 >= 3) || false;', true],
  ['return "5" == 5;', true],
  ['return "a" != "b";', true],
  ['return if(1 > 2, "yes", "no");', 'no'],
  ['return ifnull(null, "other");', 'other'],
  ['x = 1; x += 2; x *= 5; return x;', 15],
  ['x = "a"; x += "b"; return x;', 'ab'],
  ['return {"a": 1, "b": {"c": [1, 2]}}.get("b").get("c").get(1);', 2],
  ['m = Map(); m.put("k", "v"); m.put("n", 1); return m;', { k: 'v', n: 1 }],
  ['m = {"a": 1}; return m.a;', 1],
  ['m = {"a": 1}; m.b = 2; return m.keys();', ['a', 'b']],
  ['l = List(); l.add(1); l.add("b"); return l.size();', 2],
  ['return {1, 2, 3};', [1, 2, 3]],
  ['return {};', {}],
  ['l = list:String(); l.add("x"); return l;', ['x']],
  ['return "a,b , c".toList();', ['a', 'b', 'c']],
  ['return "[1,2]".toJSONList().get(0);', 1],
  ['return "{\\"a\\":{\\"b\\":1}}".toMap().get("a").get("b");', 1],
  ['return "{\\"a\\":7}".getJSON("a");', 7],
  ['return {"a": "x"}.toString();', '{"a":"x"}'],
  ['return "Hello".toUpperCase().subString(1, 3);', 'EL'],
  ['return "Hello".CONTAINS("ell");', true],
  ['return "a.b.c".replaceAll(".", "-");', 'a-b-c'],
  ['return "12".toLong() + 1;', 13],
  ['return 2.456.round(2);', 2.46],
  ['return \'24-Nov-2026\'.addDay(7).toString("yyyy-MM-dd");', '2026-12-01'],
  ["return '24-Nov-2026'.daysBetween('30-Nov-2026');", 6],
  ['return zoho.currentdate.toString();', '24-Nov-2026'],
  ['return zoho.currenttime.toString("HH:mm");', '12:00'],
  ['return "1".equalsIgnoreCase("1") && {1,2}.contains(2);', true],
  ['return {3,1,2}.sort().get(0);', 1],
  ['return input.City;', 'Rome'],
  ['return thisapp.environment.type;', 'stage'],
  ['return encodeUrl("a b&c");', 'a%20b%26c'],
  ['x = null; return x.get("a");', null],
  ['return isNull(null);', true],
  ['n = 0; for each x in {1,2,3} { n = n + x; } return n;', 6],
  ['n = ""; for each index i in {"a","b"} { n = n + i; } return n;', '01'],
  ['for each x in {1,2,3} { if(x == 2) { return x; } } return 0;', 2],
  ['n = 0; for each x in {1,2,3,4} { if(x == 2) { continue; } if(x == 4) { break; } n = n + x; } return n;', 4],
  ['if(1 == 2) { return "a"; } else if(2 == 2) { return "b"; } else { return "c"; }', 'b'],
  ['try { x = 1 / 0; } catch (e) { return e.message + " at " + e.lineNo; }', 'division by zero at 1'],
  ['int twice(int n) { return n * 2; } return twice(21);', 42],
  ['int down(int n) { if(n == 0) { return 0; } return down(n - 1); } return down(20);', 0],
  ['string x = "typed"; return x;', 'typed'],
  ['/* c */ return "https://a//b /* no */"; // end', 'https://a//b /* no */'],
  ['return {"__proto__": 1}.keys();', ['__proto__']],
  ['return zoho.crm.getRecordById("Leads", 1);', 'zoho.crm.getRecordById(2)'],
];

/** What stops a script, and on which line. */
const ERRORS: readonly (readonly [script: string, message: RegExp, line: number])[] = [
  ['x = 1;\nreturn y;', /y has no value here/, 2],
  ['return "a" * 2;', /\* needs numbers/, 1],
  ['return nosuch(1);', /there is no function nosuch/, 1],
  ['return "a".nosuch();', /a text has no nosuch/, 1],
  ['return {1}.get(5);', /the list has no element 5/, 1],
  ['return "x".toMap();', /no JSON object/, 1],
  ['info 1;\ninsert into F [ A = 1 ];', /insert into is not supported/, 2],
  ['x = Orders[ID == 1];', /fetching entries of a form is not supported/, 1],
  ['sendmail [ from: a to: b ];', /sendmail is not supported/, 1],
  ['x = ;\nreturn 1;', /not understood/, 1],
  ['x = invokeurl [ url: "u" type: FETCH ];', /FETCH is no type of request/, 1],
  ['x = null; return x.a;', /null has no member a/, 1],
];

describe('a script', () => {
  for (const [script, value] of VALUES)
    it(`gives ${script}`, async () => expect(await run(script)).toMatchObject({ error: null, result: value }));
  for (const [script, message, line] of ERRORS)
    it(`stops at ${JSON.stringify(script)}`, async () => {
      const ran = await run(script);
      expect(ran.error).toMatch(message);
      expect(ran.line).toBe(line);
    });

  it('runs up to what is not understood, and not beyond', async () => {
    expect(await run('info 1;\ninfo = = 2;\ninfo 3;')).toMatchObject({ info: ['1'], line: 2 });
  });

  it('shows what info says: maps as JSON, nothing as null', async () => {
    expect((await run('info {"a": 1}; info null; info {1,"b"}; info 1.5;')).info).toEqual(['{"a":1}', 'null', '[1,"b"]', '1.5']);
  });

  it('R53 asks the host for each request, with the connection’s link name', async () => {
    const { requests, result } = await run(
      'c = "books"; r = invokeurl [ url: "https://a/" + input.City type: POST parameters: {"a": "b"} headers: {"X": 1} content-type: application/json connection: c detailed: true ]; s = invokeurl [ url: "u" connection: bare ]; return r.get("ok");',
    );
    expect(result).toBe(true);
    expect(
      requests.map(({ url, method, connection, contentType, isDetailed, headers }) => ({
        url,
        method,
        connection,
        contentType,
        isDetailed,
        headers,
      })),
    ).toEqual([
      {
        url: 'https://a/Rome',
        method: 'POST',
        connection: 'books',
        contentType: 'application/json',
        isDetailed: true,
        headers: [['X', '1']],
      },
      { url: 'u', method: 'GET', connection: 'bare', contentType: null, isDetailed: false, headers: [] },
    ]);
  });

  it('takes the type from a variable, and a map’s text as the query of a GET', async () => {
    const { requests } = await run(
      'type = "post"; m = {"a": "b c"}; invokeurl [ url: "u" type: type ]; invokeurl [ url: "u?x=1" parameters: m.toString() ];',
    );
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
    const [, second] = requests;
    if (second === undefined) throw new Error('no request');
    expect(toWire(second)).toMatchObject({ url: 'u?x=1&a=b+c', body: null });
  });

  it('catches what befell a request, and says it where nothing catches it', async () => {
    const request = async () => {
      throw new Error('socket timeout error');
    };
    expect((await run('try { invokeurl [ url: "u" ]; } catch (e) { return e.message; }', { request })).result).toBe('socket timeout error');
    expect(await run('info 1;\nx = invokeurl [ url: "u" ];', { request })).toMatchObject({ error: 'socket timeout error', line: 2 });
  });

  it('S40 has no way out: no global, no constructor, no prototype', async () => {
    for (const script of [
      'return globalThis;',
      'return process;',
      'return fetch("https://a");',
      'return {1}.constructor;',
      'return "a".__defineGetter__("x");',
    ])
      expect((await run(script)).error, script).not.toBeNull();
    expect((await run('m = Map(); return m.__proto__;')).result).toBeNull();
    expect((await run('return "a".constructor("return 1");')).error).toMatch(/a text has no constructor/);
    expect((await run('return toString.constructor;')).error).not.toBeNull();
  });

  it('S40 ends by its budgets, and no catch keeps it going', async () => {
    const limits = { ...LIMITS, statements: 1_000 };
    const loop =
      'l = List(); for each i in {1,2,3,4,5,6,7,8,9,10} { l.addAll({1,2,3,4,5,6,7,8,9,10}); } for each a in l { for each b in l { x = a; } }';
    expect((await run(`try { ${loop} } catch (e) { return 1; }`, {}, limits)).error).toMatch(/more than it may/);
    expect((await run('void f() { f(); } f();', {}, LIMITS)).error).toMatch(/deep/);
    let clock = 0;
    const slow = await run(loop, { now: () => (clock += 1_000) }, { ...LIMITS, milliseconds: 1 });
    expect(slow.error).toMatch(/longer than it may/);
    const doubling = `x = "aaaaaaaaaa"; ${'x = x + x; '.repeat(30)} return x.length();`;
    expect((await run(doubling)).error).toMatch(/4 MiB/);
    expect((await run(`return ${'('.repeat(20_000)}1${')'.repeat(20_000)};`)).error).not.toBeUndefined();
  });

  it('traces each variable as it is set', async () => {
    const seen: [string, unknown][] = [];
    await run('a = 1; string b = "x"; a += 1;', { trace: (name, value) => void seen.push([name, toJson(value)]) });
    expect(seen).toEqual([
      ['a', 1],
      ['b', 'x'],
      ['a', 2],
    ]);
  });
});
