import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import * as v from 'valibot';
import { canonicalText, type Limits, parseModest } from '../bundle/canonical.ts';
import { Fault } from '../domain/faults.ts';
import { BACKUP_FORMAT, type Backup, backupSchema } from './format/v1.ts';

/** As many bytes as one message to a worker carries safely. */
export const BACKUP_LIMITS: Limits = { bytes: 32 * 1024 * 1024, text: 24 * 1024 * 1024 };

/** RFC 7518 section 4.8; OWASP's floor for PBKDF2-HMAC-SHA512 is 210,000. Below is a downgrade, above is a trap (S6). */
const ITERATIONS = 600_000;
const MOST_ITERATIONS = 10_000_000;
const TYPE = 'latchkey-backup+jwe';

/** The whole header: no compression, no key in it, no algorithm but these (RFC 8725 section 3.1). */
const headerSchema = v.strictObject({
  alg: v.literal('PBES2-HS512+A256KW'),
  enc: v.literal('A256GCM'),
  typ: v.literal(TYPE),
  p2c: v.pipe(v.number(), v.integer(), v.minValue(ITERATIONS), v.maxValue(MOST_ITERATIONS)),
  p2s: v.string(),
});

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A passphrase is one text whichever keyboard typed it (S7). */
const keyOf = (passphrase: string): Uint8Array => encoder.encode(passphrase.normalize('NFKC'));

/** Is this text an encrypted backup, by its form alone. */
export const isEncryptedBackup = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+\s*$/.test(text);

/** The file's text: JWE compact serialization (RFC 7516) under a passphrase, readable canonical JSON without one. */
export const writeBackup = async (backup: Backup, passphrase: string | null): Promise<string> => {
  if (passphrase === null && backup.secrets !== null) throw new Fault('core.internal');
  const plain = canonicalText(backup);
  const text =
    passphrase === null
      ? plain
      : await new CompactEncrypt(encoder.encode(plain))
          .setProtectedHeader({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', typ: TYPE })
          .setKeyManagementParameters({ p2c: ITERATIONS })
          .encrypt(keyOf(passphrase));
  if (text.length > BACKUP_LIMITS.bytes) throw new Fault('backup.too-large', `${Math.ceil(text.length / 1024 / 1024)} MiB`);
  return text;
};

/** A wrong passphrase and a damaged file look alike and cost the same (S10). */
const decrypt = async (text: string, passphrase: string | null): Promise<string> => {
  let header: unknown;
  try {
    header = decodeProtectedHeader(text);
  } catch {
    throw new Fault('backup.unreadable', 'its header');
  }
  if (!v.is(headerSchema, header)) throw new Fault('backup.unreadable', 'its header');
  if (passphrase === null) throw new Fault('backup.passphrase-needed');
  try {
    const { plaintext } = await compactDecrypt(text, keyOf(passphrase), {
      keyManagementAlgorithms: ['PBES2-HS512+A256KW'],
      contentEncryptionAlgorithms: ['A256GCM'],
      maxPBES2Count: MOST_ITERATIONS,
    });
    return decoder.decode(plaintext);
  } catch {
    throw new Fault('backup.not-opened');
  }
};

const requireFormat = (value: unknown): void => {
  const format = v.safeParse(v.looseObject({ format: v.string() }), value);
  if (!format.success) throw new Fault('backup.unreadable', 'it is no backup of Latchkey');
  if (format.output.format === BACKUP_FORMAT) return;
  if (/^latchkey\.backup\/\d{1,6}$/.test(format.output.format)) throw new Fault('backup.newer', format.output.format);
  throw new Fault('backup.unreadable', 'it is no backup of Latchkey');
};

/**
 * The content of a backup file: size, form, passphrase, format, schema, in that order. Stores nothing.
 * Throws `backup.too-large`, `backup.unreadable`, `backup.passphrase-needed`, `backup.not-opened`, `backup.newer`.
 */
export const readBackup = async (text: string, passphrase: string | null): Promise<Backup> => {
  if (text.length > BACKUP_LIMITS.bytes) throw new Fault('backup.too-large', `${Math.ceil(text.length / 1024 / 1024)} MiB`);
  const isEncrypted = isEncryptedBackup(text);
  const plain = isEncrypted ? await decrypt(text.trim(), passphrase) : text;
  let value: unknown;
  try {
    value = parseModest(plain, { ...BACKUP_LIMITS, bytes: 2 * BACKUP_LIMITS.bytes });
  } catch (error) {
    throw new Fault('backup.unreadable', error instanceof Fault ? error.detail : null);
  }
  requireFormat(value);
  const parsed = v.safeParse(backupSchema, value);
  if (!parsed.success) throw new Fault('backup.unreadable', v.getDotPath(parsed.issues[0]) ?? 'unknown field');
  // Secrets in a readable file are nothing that Latchkey wrote.
  if (!isEncrypted && parsed.output.secrets !== null) throw new Fault('backup.unreadable', 'secrets');
  return parsed.output;
};
