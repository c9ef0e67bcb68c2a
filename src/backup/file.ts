import * as v from 'valibot';
import { canonicalText, type Limits, parseModest } from '../bundle/canonical.ts';
import { isSealedAs, isSealedText, openText, sealText } from '../bundle/passphrase-file.ts';
import { Fault } from '../domain/faults.ts';
import { BACKUP_FORMAT, type Backup, backupSchema } from './format/v1.ts';

/** As many bytes as one message to a worker carries safely. */
export const BACKUP_LIMITS: Limits = { bytes: 32 * 1024 * 1024, text: 24 * 1024 * 1024 };

const TYPE = 'latchkey-backup+jwe';

/** Is this text an encrypted backup, by its form alone. */
export const isEncryptedBackup = (text: string): boolean => isSealedText(text);

/** The file's text: JWE compact serialization (RFC 7516) under a passphrase, readable canonical JSON without one. */
export const writeBackup = async (backup: Backup, passphrase: string | null): Promise<string> => {
  if (passphrase === null && backup.secrets !== null) throw new Fault('core.internal');
  const plain = canonicalText(backup);
  const text = passphrase === null ? plain : await sealText(plain, passphrase, TYPE);
  if (text.length > BACKUP_LIMITS.bytes) throw new Fault('backup.too-large', `${Math.ceil(text.length / 1024 / 1024)} MiB`);
  return text;
};

/** A wrong passphrase and a damaged file look alike and cost the same (S10). */
const decrypt = async (text: string, passphrase: string | null): Promise<string> => {
  if (!isSealedAs(text, TYPE)) throw new Fault('backup.unreadable', 'its header');
  if (passphrase === null) throw new Fault('backup.passphrase-needed');
  const plain = await openText(text, passphrase);
  if (plain === null) throw new Fault('backup.not-opened');
  return plain;
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
