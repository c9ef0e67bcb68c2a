/** A line that changes, as it was and as it will be; null where there is none. Lines count from 1: in the new text, in the old one where the line goes. */
export type ChangedLine = { readonly line: number; readonly before: string | null; readonly after: string | null };

/** Texts beyond this many pairs of lines are compared as a whole: all of the one goes, all of the other comes. */
const MOST_PAIRS = 4_000_000;

/** Which lines of the first text stand in the second too, in the same order: the longest such sequence, as pairs of indexes. */
const keptPairs = (before: readonly string[], after: readonly string[]): [number, number][] => {
  const width = after.length + 1;
  if ((before.length + 1) * width > MOST_PAIRS) return [];
  const length = new Uint16Array((before.length + 1) * width);
  const at = (i: number, j: number): number => length[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      length[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < before.length && j < after.length; ) {
    if (before[i] === after[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
};

/** What stands between two kept lines: as many lines as both have are changed ones, the rest go or come. */
const hunkOf = (gone: readonly string[], came: readonly string[], oldFirst: number, newFirst: number): ChangedLine[] =>
  Array.from({ length: Math.max(gone.length, came.length) }, (_, index): ChangedLine => {
    const [before = null, after = null] = [gone[index], came[index]];
    return { line: (after === null ? oldFirst : newFirst) + index + 1, before, after };
  });

/** The lines that differ between two texts, in their order; the ends of lines do not count. */
export const changedLines = (before: string, after: string): ChangedLine[] => {
  const [old, fresh] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(old.length, fresh.length) - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const [oldEnd, newEnd] = [old.length - tail, fresh.length - tail];
  const kept = keptPairs(old.slice(head, oldEnd), fresh.slice(head, newEnd)).map(([i, j]): [number, number] => [head + i, head + j]);
  const changed: ChangedLine[] = [];
  let [i, j] = [head, head];
  for (const [oldAt, newAt] of [...kept, [oldEnd, newEnd]] satisfies [number, number][]) {
    changed.push(...hunkOf(old.slice(i, oldAt), fresh.slice(j, newAt), i, j));
    [i, j] = [oldAt + 1, newAt + 1];
  }
  return changed;
};
