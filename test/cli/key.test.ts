import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { decodeProtectedHeader } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { readKeyFile } from '../../src/bundle/key-file.ts';
import { sealText } from '../../src/bundle/passphrase-file.ts';
import { key } from '../../src/cli/key.ts';
import { askHidden } from '../../src/cli/passphrase.ts';
import { ran } from '../support/terminal.ts';

const PASSPHRASE = 'correct horse battery staple';
let folder = '';
let passphraseFile = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-key-'));
  passphraseFile = join(folder, 'passphrase');
  await writeFile(passphraseFile, `${PASSPHRASE}\n`);
});

const refusal = (text: string, passphrase: string): Promise<string> =>
  readKeyFile(text, passphrase).then(
    () => 'good',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );

describe('latchkey key', () => {
  it('S6 writes a key that only the passphrase opens, with the rounds that are asked for, for its owner alone', async () => {
    const out = join(folder, 'author.key');
    const made = await ran(key, 'create', '--out', out, '--passphrase-file', passphraseFile);
    expect(made).toMatchObject({ code: 0, error: '' });
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    const text = await readFile(out, 'utf8');
    const header = decodeProtectedHeader(text);
    expect(header).toMatchObject({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', typ: 'latchkey-key+jwe' });
    expect(Number(header['p2c'])).toBeGreaterThanOrEqual(600_000);
    const opened = await readKeyFile(text, PASSPHRASE);
    expect(made.out).not.toContain(PASSPHRASE);
    expect(await refusal(text, 'correct horse battery stapl')).toBe('key.not-opened');
    const middle = Math.floor(text.lastIndexOf('.') + 5);
    expect(await refusal(text.slice(0, middle) + (text[middle] === 'A' ? 'B' : 'A') + text.slice(middle + 1), PASSPHRASE)).toBe(
      'key.not-opened',
    );
    const shown = await ran(key, 'show', '--key', out, '--passphrase-file', passphraseFile);
    expect(made.out).toContain(shown.out);
    expect(opened.keyId).toMatch(/^[\w-]{43}$/);
  });

  it('never writes over a file that is there', async () => {
    const out = join(folder, 'mine');
    await writeFile(out, 'something of mine');
    const { code, error } = await ran(key, 'create', '--out', out, '--passphrase-file', passphraseFile);
    expect([code, error]).toEqual([1, expect.stringContaining('never written over')]);
    expect(await readFile(out, 'utf8')).toBe('something of mine');
  });

  it('S7 refuses a passphrase of less than twelve characters, before it makes a key', async () => {
    const short = join(folder, 'short');
    await writeFile(short, 'hunter2');
    const { code, error } = await ran(key, 'create', '--out', join(folder, 'none'), '--passphrase-file', short);
    expect([code, error]).toEqual([1, expect.stringContaining('too short')]);
    await expect(stat(join(folder, 'none'))).rejects.toThrow();
  });

  it('refuses what is no key file, and a file whose two halves do not belong together', async () => {
    expect(await refusal('hello', PASSPHRASE)).toBe('key.unreadable');
    expect(await refusal(await sealText('{}', PASSPHRASE, 'latchkey-backup+jwe'), PASSPHRASE)).toBe('key.unreadable');
    expect(await refusal(await sealText('hello', PASSPHRASE, 'latchkey-key+jwe'), PASSPHRASE)).toBe('key.unreadable');
    // The public half of RFC 8037 appendix A.2 with another private one.
    const foreign = { crv: 'Ed25519', kty: 'OKP', d: 'A'.repeat(43), x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    expect(await refusal(await sealText(JSON.stringify(foreign), PASSPHRASE, 'latchkey-key+jwe'), PASSPHRASE)).toBe('key.unreadable');
  });

  it('asks on a terminal without an echo, takes a correction, and lets a person leave', async () => {
    const ask = async (typed: string): Promise<{ answer: string | null; written: string; raw: boolean[] }> => {
      const raw: boolean[] = [];
      let written = '';
      const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (isRaw: boolean) => raw.push(isRaw) });
      const asked = askHidden('Passphrase: ', {
        input,
        write: (text) => {
          written += text;
        },
      });
      input.write(typed);
      return { answer: await asked, written, raw };
    };
    expect(await ask('secrex\u007ft äö\r')).toEqual({ answer: 'secret äö', written: 'Passphrase: \n', raw: [true, false] });
    expect((await ask('half\u0003')).answer).toBeNull();
  });

  it('says how it is used', async () => {
    for (const args of [
      [],
      ['nothing'],
      ['create'],
      ['create', '--out'],
      ['create', '--out', 'x', '--what'],
      ['show'],
      ['create', 'x', '--out', 'y'],
    ]) {
      const { code, error } = await ran(key, ...args);
      expect(code, args.join(' ')).toBe(2);
      expect(error).toContain('latchkey key');
      expect(error).not.toMatch(/ {4}at /);
    }
    for (const args of [['--help'], ['-h'], ['create', '--help'], ['show', '-h']])
      expect(await ran(key, ...args)).toMatchObject({ code: 0, error: '' });
  });
});
