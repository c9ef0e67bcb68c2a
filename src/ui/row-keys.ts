import type { RefObject } from 'preact';
import { useSingleKeys } from './single-keys.ts';

const step = (list: HTMLElement | null, by: 1 | -1): boolean => {
  const rows = [...(list?.children ?? [])];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : at + by];
  const target = next?.querySelector<HTMLElement>('a, button');
  if (target === null || target === undefined) return false;
  target.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return true;
};

/** j and k go to the next and the previous row of the list; Enter then does what the row's first link or button does. */
export const useRowKeys = (list: RefObject<HTMLElement | null>): void =>
  useSingleKeys({ j: () => step(list.current, 1), k: () => step(list.current, -1) }, [list]);
