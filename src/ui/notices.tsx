import { signal } from '@preact/signals';

type Undo = () => Promise<unknown>;
type Notice = { readonly id: number; readonly text: string; readonly undo: Undo | null };

const notice = signal<Notice | null>(null);
const STAYS_MS = 6_000;
const UNDO_STAYS_MS = 10_000;
let lastId = 0;

const show = (text: string, undo: Undo | null): void => {
  const id = ++lastId;
  notice.value = { id, text, undo };
  setTimeout(
    () => {
      if (notice.value?.id === id) notice.value = null;
    },
    undo === null ? STAYS_MS : UNDO_STAYS_MS,
  );
};

/** Says a result once, on screen and to assistive technology. */
export const tell = (text: string): void => show(text, null);

/** The same, with ten seconds to take it back; `undone` is said when that has worked. */
export const tellWithUndo = (text: string, undo: Undo, undone: string): void => show(text, () => undo().then(() => tell(undone)));

export const Notices = () => {
  const shown = notice.value;
  return (
    <div class="notices" role="status" aria-live="polite">
      {shown === null ? null : (
        <p class="notice">
          {shown.text}{' '}
          {shown.undo === null ? null : (
            <button
              type="button"
              class="button small"
              onClick={() => {
                notice.value = null;
                // What could not be taken back is said like any other fault's text would be: nothing was changed by trying.
                shown.undo?.().catch(() => tell('It could not be taken back. Nothing was changed.'));
              }}
            >
              Undo
            </button>
          )}
        </p>
      )}
    </div>
  );
};
