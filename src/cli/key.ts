import { fingerprintOf, keyIdOf } from '../bundle/author-key.ts';
import { digitsOf, wordsOf } from '../bundle/fingerprint.ts';
import { type OpenKey, readKeyFile, writeKeyFile } from '../bundle/key-file.ts';
import { makeAuthorKey } from '../bundle/sign.ts';
import { type Call, groupOf } from './command.ts';
import { readText, writeKey } from './files.ts';
import { EXIT } from './io.ts';
import { askPassphrase, choosePassphrase } from './passphrase.ts';

const MOST_BYTES = 16 * 1024;

/** A key's fingerprint in the three ways that people compare it. */
export const fingerprintLines = (keyId: string): string =>
  `fingerprint  ${fingerprintOf(keyId)}\n   in words  ${wordsOf(keyId)}\n  in digits  ${digitsOf(keyId)}\n`;

/** The key of `--key`, or of another option, opened with its passphrase. Throws `key.unreadable`, `key.not-opened`. */
export const openKeyOf = async (call: Call, option = 'key', passphraseOption = 'passphrase-file'): Promise<OpenKey> => {
  const text = await readText(call.text(option) ?? '', MOST_BYTES);
  return readKeyFile(text, await askPassphrase(call, passphraseOption));
};

/** `latchkey key …` */
export const key = groupOf('key', 'The keys that sign bundles and feeds.', {
  create: {
    help: `latchkey key create --out FILE [--passphrase-file FILE]

  Makes an Ed25519 key and writes it encrypted under a passphrase (JWE, PBES2-HS512+A256KW). Never over a file that is there.
`,
    given: 0,
    options: { out: 'text', 'passphrase-file': 'text' },
    required: ['out'],
    run: async (call) => {
      const out = call.text('out') ?? '';
      const passphrase = await choosePassphrase(call);
      const made = await makeAuthorKey();
      await writeKey(out, await writeKeyFile(made.privateKey, passphrase));
      call.io.out(`${out} holds the key. Without the passphrase nobody can use it, you neither.\n`);
      call.io.out(fingerprintLines(await keyIdOf(made.publicKey)));
      return EXIT.fine;
    },
  },
  show: {
    help: `latchkey key show --key FILE [--passphrase-file FILE]

  Prints the fingerprint of a key, in words and in digits.
`,
    given: 0,
    options: { key: 'text', 'passphrase-file': 'text' },
    required: ['key'],
    run: async (call) => {
      const { keyId } = await openKeyOf(call);
      call.io.out(fingerprintLines(keyId));
      return EXIT.fine;
    },
  },
});
