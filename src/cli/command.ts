import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Fault, type FaultCode, type FaultData, faultRemedy, faultText } from '../domain/faults.ts';
import { EXIT, type Io } from './io.ts';

/** What a command was called with, its options already known to be of its table. */
export type Call = {
  readonly given: readonly string[];
  readonly text: (option: string) => string | undefined;
  readonly has: (option: string) => boolean;
  readonly io: Io;
};

export type Command = {
  readonly help: string;
  /** How many things are named beside options. */
  readonly given: number;
  readonly options: Readonly<Record<string, 'text' | 'flag'>>;
  readonly required: readonly string[];
  readonly run: (call: Call) => Promise<number>;
};

/** Faults that say that the command was wrong, and not what it read. */
const USAGE_FAULTS: ReadonlySet<FaultCode> = new Set(['file.unreadable', 'file.unwritable']);

/** A command ends with this where it cannot be carried out as it was typed. */
export class Usage extends Error {}

/** A reason as one line for people. */
export const said = (fault: FaultData): string => `${faultText(fault)} ${faultRemedy(fault)}\n`;

/** A reason as data. */
export type ShownProblem = { readonly code: string; readonly message: string; readonly path?: string };
export const shown = (fault: FaultData & { readonly path?: string }): ShownProblem => ({
  code: fault.code,
  message: faultText(fault),
  ...(fault.path === undefined || fault.path === '' ? {} : { path: fault.path }),
});

const read = (name: string, command: Command, args: readonly string[], io: Io): Call | 'help' => {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const [option, kind] of Object.entries(command.options)) options[option] = { type: kind === 'flag' ? 'boolean' : 'string' };
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new Usage(error instanceof Error ? (error.message.split('. ')[0] ?? '') : '');
  }
  const { values, positionals } = parsed;
  if (values['help'] === true) return 'help';
  const missing = command.required.find((option) => typeof values[option] !== 'string' || values[option] === '');
  if (positionals.length !== command.given)
    throw new Usage(`${name} takes ${command.given} of what its first line shows before the options.`);
  if (missing !== undefined) throw new Usage(`--${missing} is missing.`);
  return {
    given: positionals,
    text: (option) => {
      const value = values[option];
      return typeof value === 'string' ? value : undefined;
    },
    has: (option) => values[option] === true,
    io,
  };
};

/** A group of commands: finds the one that is named, reads its options, and turns every fault into words and an exit code. */
export const groupOf =
  (group: string, about: string, commands: Readonly<Record<string, Command>>) =>
  async ([name = '', ...args]: readonly string[], io: Io): Promise<number> => {
    const help = `${about}\n\n${Object.values(commands)
      .map((command) => command.help.split('\n')[0])
      .join('\n')}\n\nEach says more with --help. Exit codes: 0 good, 1 refused, 2 usage.\n`;
    if (name === '--help' || name === '-h') {
      io.out(help);
      return EXIT.fine;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      io.error(`${name === '' ? 'Say what to do.' : `There is no command ${group} ${name}.`}\n\n${help}`);
      return EXIT.usage;
    }
    try {
      const call = read(`${group} ${name}`, command, args, io);
      if (call !== 'help') return await command.run(call);
      io.out(command.help);
      return EXIT.fine;
    } catch (error) {
      if (error instanceof Usage) io.error(`${error.message}\n\n${command.help}`);
      else if (error instanceof Fault) io.error(said(error));
      else throw error;
      return error instanceof Fault && !USAGE_FAULTS.has(error.code) ? EXIT.findings : EXIT.usage;
    }
  };
