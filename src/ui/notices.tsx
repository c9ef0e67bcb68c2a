import { signal } from '@preact/signals';

const notice = signal<{ readonly id: number; readonly text: string } | null>(null);
const STAYS_MS = 6_000;
let lastId = 0;

/** Says a result once, on screen and to assistive technology. */
export const tell = (text: string): void => {
  const id = ++lastId;
  notice.value = { id, text };
  setTimeout(() => {
    if (notice.value?.id === id) notice.value = null;
  }, STAYS_MS);
};

export const Notices = () => (
  <div class="notices" role="status" aria-live="polite">
    {notice.value === null ? null : <p class="notice">{notice.value.text}</p>}
  </div>
);
