import { Fault } from '../domain/faults.ts';
import { PASSPHRASE_MOST, strengthOf } from '../domain/passphrase.ts';
import { type Call, Usage } from './command.ts';
import { readText } from './files.ts';

/** What a terminal offers to a prompt. */
type Terminal = {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly write: (text: string) => void;
};

const CONTROL_C = '\u0003';
const CONTROL_D = '\u0004';
const ERASE = new Set(['\u0008', '\u007f']);

/** Reads one line from a terminal and shows none of it. Null where the person gave up. */
export const askHidden = (question: string, { input, write }: Terminal): Promise<string | null> =>
  new Promise((resolve) => {
    write(question);
    input.setRawMode?.(true);
    let typed: string[] = [];
    const finish = (answer: string | null): void => {
      input.setRawMode?.(false);
      input.pause();
      input.off('data', listen);
      write('\n');
      resolve(answer);
    };
    const listen = (data: string | Uint8Array): void => {
      for (const sign of String(data)) {
        const isEnd = sign === '\r' || sign === '\n';
        if (isEnd || sign === CONTROL_C || sign === CONTROL_D) {
          finish(isEnd ? typed.join('') : null);
          return;
        }
        if (ERASE.has(sign)) typed = typed.slice(0, -1);
        else typed.push(sign);
      }
    };
    input.setEncoding('utf8');
    input.on('data', listen);
    input.resume();
  });

const fromFile = async (path: string): Promise<string> => (await readText(path, 4 * PASSPHRASE_MOST)).replace(/\r?\n$/, '');

const fromTerminal = async (question: string): Promise<string> => {
  if (!process.stdin.isTTY) throw new Usage('Give the passphrase by --passphrase-file, or run this in a terminal.');
  const typed = await askHidden(question, { input: process.stdin, write: (text) => void process.stderr.write(text) });
  if (typed === null) throw new Usage('Nothing was typed.');
  return typed;
};

/** The passphrase that opens a key file, from `--passphrase-file` (or the option that is named) or a prompt without echo. */
export const askPassphrase = (call: Call, option = 'passphrase-file'): Promise<string> => {
  const path = call.text(option);
  const which = option.replace(/-?passphrase-file$/, '');
  return path === undefined ? fromTerminal(`Passphrase of the ${which === '' ? 'key' : `${which} key`}: `) : fromFile(path);
};

/** A passphrase for a new key file; typed twice where a person types it. Throws `key.passphrase-short`, `key.passphrase-different`. */
export const choosePassphrase = async (call: Call): Promise<string> => {
  const path = call.text('passphrase-file');
  const chosen = path === undefined ? await fromTerminal('New passphrase: ') : await fromFile(path);
  if (strengthOf(chosen) === 'too short') throw new Fault('key.passphrase-short');
  if (path === undefined && (await fromTerminal('The same again: ')) !== chosen) throw new Fault('key.passphrase-different');
  return chosen;
};
