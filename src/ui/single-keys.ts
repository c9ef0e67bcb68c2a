import { useEffect } from 'preact/hooks';

const KEY = 'latchkey.single-keys';

/** Single letters as shortcuts can be switched off: who dictates or slips says them by accident (WCAG 2.1.4). */
export const areSingleKeysOn = (): boolean => localStorage.getItem(KEY) !== 'off';

export const setSingleKeys = (isOn: boolean): void => {
  if (isOn) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, 'off');
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select, dialog *'));

/**
 * Listens for a key that is a shortcut by itself, by `event.key`; null listens for none. Silent while it is switched off, in fields and
 * dialogs, and beside Ctrl, Meta and Alt, which belong to the browser. `press` answers false where it did
 * nothing, so that the key goes on; `inputs` is what it reads that changes.
 */
export const useSingleKeys = (press: Readonly<Record<string, () => boolean>> | null, inputs: readonly unknown[]): void => {
  useEffect(() => {
    if (press === null) return undefined;
    const listen = (event: KeyboardEvent): void => {
      const act = Object.hasOwn(press, event.key) ? press[event.key] : undefined;
      if (act === undefined || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !areSingleKeysOn()) return;
      if (act()) event.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, inputs);
};
