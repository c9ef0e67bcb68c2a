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

/** The lines that an edit changes, each as it is and as it will be; `title` says which edit. */
export const DiffLines = ({ title, lines }: { readonly title: string; readonly lines: readonly ChangedLine[] }) => (
  <ul class="diff-lines" aria-label={title}>
    {lines.map(({ line, before, after }) => {
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
