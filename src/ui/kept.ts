import { useRef } from 'preact/hooks';
import type { Live } from './live.ts';

/** The last value stays while a changed question is being answered, so that a list does not vanish at each key. */
export const useKept = <T>(live: Live<T>): Live<T> => {
  const last = useRef<Live<T>>(live);
  if (live.state !== 'loading') last.current = live;
  return last.current;
};
