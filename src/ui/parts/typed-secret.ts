import { Fault } from '../../domain/faults.ts';

/** Where a secret is typed: an input, or null where the service takes none. */
type Control = { value: string } | null;

export type TypedSecret = {
  /**
   * Hands what stands in the control to `store`, null where nothing does. The control is empty once that is stored, and while the vault is
   * locked: nobody keeps a secret until it is opened. Otherwise it stays, for the next try. Throws what `store` throws, and
   * `credentials.secret-gone` where it emptied the control and nobody has entered the secret again.
   */
  hand<T>(control: Control, store: (secret: string | null) => Promise<T>): Promise<T>;
};

export const createTypedSecret = (): TypedSecret => {
  let isEmptied = false;
  return {
    hand: async (control, store) => {
      const typed = control?.value.trim() ?? '';
      if (typed === '' && isEmptied) throw new Fault('credentials.secret-gone');
      const empty = (): void => {
        if (control !== null) control.value = '';
      };
      try {
        const stored = await store(typed === '' ? null : typed);
        isEmptied = false;
        empty();
        return stored;
      } catch (error) {
        if (error instanceof Fault && error.code === 'vault.locked' && typed !== '') {
          isEmptied = true;
          empty();
        }
        throw error;
      }
    },
  };
};
