import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { fromWire, toWire, type WireAnswer, type WireRequest } from '../deluge/http.ts';
import { parseScript } from '../deluge/parse.ts';
import { type Scan, scanReferences } from '../deluge/references.ts';
import { compileScript } from '../deluge/run.ts';
import { taskRequest } from '../deluge/task-requests.ts';
import { fromJson, parseJson, toJson, type Value } from '../deluge/values.ts';
import { type JsonValue, readPath } from '../domain/json.ts';
import { EXIT, type Io } from './io.ts';

const HELP = `latchkey deluge refs FILE… [--json]
latchkey deluge run FILE [--json] [--input FILE] [--connection NAME=BASE_URL]…

  run: runs a script. Its requests go to the base URL of the connection that they name, without tokens, and nowhere else.
  --input is JSON: what the script reads as input.<Field>. With --json
  { file, ok, result, info: [{ text, line, column }], requests: [{ method, url, body, status }], error: { message, line, column } | null }.

  refs:
  Which connections the scripts name, and where. With --json a list of
  { file, references: [{ linkName, task, line, column, certainty? }],
    dynamic: [{ expression, line, column }], errors: [{ message, line, column }] }.

Exit codes: 0 fine, 1 something is wrong or cannot be known, 2 usage.
`;

type Found = Scan & { readonly file: string };

const said = ({ file, references, dynamic, errors }: Found): string =>
  [
    ...references.map(
      ({ line, column, linkName, task, certainty }) =>
        `${file}:${line}:${column} ${linkName} (${task}${certainty === undefined ? '' : `, ${certainty}`})`,
    ),
    ...dynamic.map(({ line, column, expression }) => `${file}:${line}:${column} cannot be known: ${expression}`),
    ...errors.map(({ line, column, message }) => `${file}:${line}:${column} error: ${message}`),
  ]
    .map((one) => `${one}\n`)
    .join('');

const refs = async (files: readonly string[], isJson: boolean, io: Io): Promise<number> => {
  const found: Found[] = [];
  for (const file of files) {
    let source: string;
    try {
      source = await readFile(file, 'utf8');
    } catch {
      io.error(`${file} cannot be read.\n`);
      return EXIT.usage;
    }
    found.push({ file, ...scanReferences(source) });
  }
  io.out(isJson ? `${JSON.stringify(found, null, 2)}\n` : found.map(said).join(''));
  return found.some(({ errors, dynamic }) => errors.length + dynamic.length > 0) ? EXIT.findings : EXIT.fine;
};

/** The connections of `--connection NAME=BASE_URL`, by name in small letters; null where one of them is no such pair. */
const basesOf = (given: readonly string[]): ReadonlyMap<string, URL> | null => {
  const bases = new Map<string, URL>();
  for (const pair of given) {
    const [, name = '', base = ''] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
    if (!/^https?:/.test(base) || !URL.canParse(base)) return null;
    bases.set(name.toLowerCase(), new URL(base));
  }
  return bases;
};

/** A script's address at the base of its connection: its path and query, wherever the service would be. */
const atBase = (url: string, base: URL): string => {
  const asked = URL.canParse(url) ? new URL(url) : new URL(url, 'http://script.invalid/');
  const prefix = base.pathname.replace(/\/$/, '');
  const path = asked.pathname.startsWith(`${prefix}/`) ? asked.pathname : `${prefix}${asked.pathname}`;
  return `${base.origin}${path}${asked.search}`;
};

/** Zoho's own limit for an answer (RULES 3.1). */
const ANSWER_MS = 40_000;

const send = async ({ method, url, headers, body }: WireRequest): Promise<WireAnswer> => {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body === null ? {} : { body }),
    });
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    throw new Error(isLate ? 'socket timeout error' : `${new URL(url).host} could not be reached`);
  }
  return { status: response.status, headers: [...response.headers], text: await response.text() };
};

type Ran = { readonly method: string; readonly url: string; readonly body: string | null; readonly status: number };

type Bases = ReadonlyMap<string, URL>;

const baseOf = (connection: string | null, bases: Bases, what: string): URL => {
  if (connection === null || connection === '') throw new Error(`${what} needs a connection here: a script has no network of its own`);
  const base = bases.get(connection.toLowerCase());
  if (base === undefined) throw new Error(`the connection ${connection} has no base URL: give it by --connection`);
  return base;
};

/** The request of an integration task, below the base URL of the connection that it names. */
const taskWire = (name: string, args: readonly Value[], bases: Bases): { wire: WireRequest; result: string | null } => {
  const request = taskRequest(name, args);
  if (request === null) throw new Error(`the task ${name} cannot run yet`);
  const base = baseOf(request.connection, bases, name);
  const query = new URLSearchParams(request.query).toString();
  const headers = Object.entries(request.headers);
  if (request.body !== null) headers.push(['Content-Type', request.body.type]);
  const url = `${base.origin}${base.pathname.replace(/\/$/, '')}/${request.path}${query === '' ? '' : `?${query}`}`;
  return { wire: { method: request.method, url, headers, body: request.body?.text ?? null }, result: request.result };
};

/** What a task gives back: the part of the answer that its row names, or all of it where the service refused. */
const taskValue = ({ status, text }: WireAnswer, result: string | null): Value => {
  let json: JsonValue;
  try {
    json = JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
  return fromJson(result === null || status >= 400 ? json : (readPath(json, result) ?? json));
};

const runScript = async (file: string, bases: Bases, input: Value, isJson: boolean, io: Io): Promise<number> => {
  const source = await readFile(file, 'utf8');
  const info: { text: string; at: number }[] = [];
  const requests: Ran[] = [];
  const exchange = async (wire: WireRequest): Promise<WireAnswer> => {
    const answer = await send(wire);
    requests.push({ method: wire.method, url: wire.url, body: wire.body, status: answer.status });
    return answer;
  };
  const outcome = await compileScript(source).run({
    request: async (request) => {
      const base = baseOf(request.connection, bases, request.service === null ? 'invokeurl' : 'invokeapi');
      return fromWire(request, await exchange(toWire({ ...request, url: atBase(request.url, base) })));
    },
    task: async ({ name, args }) => {
      const { wire, result } = taskWire(name, args, bases);
      return taskValue(await exchange(wire), result);
    },
    info: (text, at) => void info.push({ text, at }),
    now: () => Date.now(),
    input,
    system: { 'thisapp.environment.type': 'development', 'thisapp.environment.linkname': 'development' },
  });
  const { placeOf } = parseScript(source);
  const error = outcome.isOk ? null : { message: outcome.message, ...outcome.place };
  if (isJson)
    io.out(
      `${JSON.stringify(
        {
          file,
          ok: outcome.isOk,
          result: outcome.isOk ? toJson(outcome.result) : null,
          info: info.map(({ text, at }) => ({ text, ...placeOf(at) })),
          requests,
          error,
        },
        null,
        2,
      )}\n`,
    );
  else {
    for (const { text } of info) io.out(`${text}\n`);
    if (error !== null) io.error(`${file}:${error.line}:${error.column} ${error.message}\n`);
  }
  return outcome.isOk ? EXIT.fine : EXIT.findings;
};

/** `latchkey deluge …` */
export const deluge = async (args: readonly string[], io: Io): Promise<number> => {
  const [command, ...rest] = args;
  if (command === '--help' || command === '-h') {
    io.out(HELP);
    return EXIT.fine;
  }
  const usage = (why: string): number => {
    io.error(`${why}\n\n${HELP}`);
    return EXIT.usage;
  };
  if (command !== 'refs' && command !== 'run')
    return usage(command === undefined ? 'Say what to do.' : `There is no command deluge ${command}.`);
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        ...(command === 'run' ? ({ input: { type: 'string' }, connection: { type: 'string', multiple: true, default: [] } } as const) : {}),
      },
    });
    if (values.help) {
      io.out(HELP);
      return EXIT.fine;
    }
    if (positionals.length === 0) return usage('Name at least one file.');
    if (command === 'refs') return await refs(positionals, values.json, io);
    const { input: inputFile, connection } = values;
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) return usage('Name one file.');
    const bases = basesOf(Array.isArray(connection) ? connection : []);
    if (bases === null) return usage('A connection is given as NAME=BASE_URL, with an http or https address.');
    const input = typeof inputFile === 'string' ? parseJson(await readFile(inputFile, 'utf8')) : new Map<string, Value>();
    if (input === undefined) return usage(`${inputFile} is no JSON.`);
    return await runScript(file, bases, input, values.json, io);
  } catch (error) {
    // Node's own words for a wrong option, or for a file that is not there.
    return usage(error instanceof Error ? error.message : 'The command cannot be read.');
  }
};
