import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Scan, scanReferences } from '../deluge/references.ts';
import { EXIT, type Io } from './io.ts';

const HELP = `latchkey deluge refs FILE… [--json]

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
  if (command !== 'refs') return usage(command === undefined ? 'Say what to do.' : `There is no command deluge ${command}.`);
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    });
    if (values.help) {
      io.out(HELP);
      return EXIT.fine;
    }
    if (positionals.length === 0) return usage('Name at least one file.');
    return await refs(positionals, values.json, io);
  } catch (error) {
    return usage(error instanceof TypeError ? error.message : 'The options cannot be read.');
  }
};
