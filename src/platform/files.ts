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
