import { WINDOW_LOCK } from '../domain/window.ts';

/** Saves text as a file through the browser's own download. */
export const download = (fileName: string, text: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The download has its own handle by then; the object URL would keep the text in memory.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};

/** Says for as long as this window is open that it is, and under which title it was opened: an update that waits for it can name it. */
export const holdWindow = (): void => {
  const since = new Date().toLocaleTimeString();
  void navigator.locks?.request(
    `${WINDOW_LOCK}${document.title}, open since ${since}`,
    { mode: 'shared' },
    () => new Promise(() => undefined),
  );
};

/** Calls back at once and at each change of the browser's own view of the network. */
export const watchOnline = (tell: (isOnline: boolean) => void): (() => void) => {
  const say = (): void => tell(navigator.onLine);
  addEventListener('online', say);
  addEventListener('offline', say);
  say();
  return () => {
    removeEventListener('online', say);
    removeEventListener('offline', say);
  };
};
