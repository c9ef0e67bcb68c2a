import { signal } from '@preact/signals';

/** What goes on by itself once the vault is unlocked; null while nobody asked. */
export const unlockAsked = signal<{ readonly resume: (() => void) | null } | null>(null);

/** Asks for the passphrase in place; `resume` is what the person had begun. */
export const askToUnlock = (resume: (() => void) | null): void => {
  unlockAsked.value = { resume };
};
