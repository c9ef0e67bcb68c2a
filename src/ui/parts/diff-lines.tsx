import { narrow } from '../../deluge/edits.ts';
import type { ChangedLine } from '../../deluge/rename.ts';

/** A line with what changes in it set apart. */
const Line = ({
  text,
  from,
  to,
  kind,
}: {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly kind: 'del' | 'ins';
}) => {
  const Piece = kind;
  return (
    <code translate={false} dir="ltr">
      {text.slice(0, from)}
      {to > from ? <Piece>{text.slice(from, to)}</Piece> : null}
      {text.slice(to)}
    </code>
  );
};

/** What both begin with and is white space says nothing here, and takes room. */
const indentOf = ({ before, after }: ChangedLine): number => {
  const [a = '', b = ''] = [before, after].map((text) => /^\s*/.exec(text)?.[0]);
  return a.startsWith(b) ? b.length : b.startsWith(a) ? a.length : 0;
};

/** The lines that an edit changes, each as it is and as it will be; `title` says which edit. */
export const DiffLines = ({ title, lines }: { readonly title: string; readonly lines: readonly ChangedLine[] }) => (
  <ul class="diff-lines" aria-label={title}>
    {lines.map((changed) => {
      const { line } = changed;
      const indent = indentOf(changed);
      const [before, after] = [changed.before.slice(indent), changed.after.slice(indent)];
      const edit = narrow(before, after) ?? { from: 0, to: 0, insert: '' };
      return (
        <li key={line}>
          <strong>Line {line}</strong>
          <span class="before">
            <span class="sign">− before</span>
            <Line text={before} from={edit.from} to={edit.to} kind="del" />
          </span>
          <span class="after">
            <span class="sign">+ after</span>
            <Line text={after} from={edit.from} to={edit.from + edit.insert.length} kind="ins" />
          </span>
        </li>
      );
    })}
  </ul>
);
