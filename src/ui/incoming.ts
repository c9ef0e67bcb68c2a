import { signal } from '@preact/signals';
import type { FeedId } from '../domain/ids.ts';
import { isSettings } from '../domain/settings-format.ts';
import { go } from './place.ts';

type Received = { readonly name: string; readonly text: string };

/**
 * A bundle file that was dropped, picked, pasted or opened with the app, or the bundle of a feed; kept in memory until it is installed or
 * replaced.
 */
export const incoming = signal<(Received & { readonly feedId: FeedId | null }) | null>(null);

/** Deployment settings that were dropped or picked; they answer what the bundle beside them asks. */
export const settings = signal<Received | null>(null);

/** Reads the file's exact text: a byte-order mark or broken UTF-8 must not be mended on the way. */
export const readExactly = async (file: Blob): Promise<string> =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(await file.arrayBuffer());

/** A backup file that was dropped or picked; kept in memory until it is restored or replaced. */
export const backup = signal<Received | null>(null);

export const receiveBackup = async (file: { readonly name: string } & Blob): Promise<void> => {
  backup.value = { name: file.name, text: await readExactly(file) };
  go('/backup');
};

export const receive = async (file: { readonly name: string } & Blob): Promise<void> => {
  const text = await readExactly(file);
  if (isSettings(text)) settings.value = { name: file.name, text };
  else incoming.value = { name: file.name, text, feedId: null };
  go('/install');
};
