export type Edit = { readonly from: number; readonly to: number; readonly insert: string };

/** One text as an edit of another: what both begin and end with stays, and the cursor in it. */
export const narrow = (before: string, after: string, at = 0): Edit | null => {
  if (before === after) return null;
  const limit = Math.min(before.length, after.length);
  let head = 0;
  while (head < limit && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < limit - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return { from: at + head, to: at + before.length - tail, insert: after.slice(head, after.length - tail) };
};

const isSpace = (unit: string | undefined): boolean => unit !== undefined && /\s/.test(unit);

/** Two texts that differ in white space alone as edits of that white space, so that cursor and undo stay with the words. */
export const spaceEdits = (before: string, after: string): Edit[] => {
  const edits: Edit[] = [];
  let [a, b] = [0, 0];
  while (a < before.length || b < after.length) {
    const [from, start] = [a, b];
    while (isSpace(before[a])) a += 1;
    while (isSpace(after[b])) b += 1;
    const edit = narrow(before.slice(from, a), after.slice(start, b), from);
    if (edit !== null) edits.push(edit);
    if (a < before.length || b < after.length) {
      a += 1;
      b += 1;
    }
  }
  return edits;
};
