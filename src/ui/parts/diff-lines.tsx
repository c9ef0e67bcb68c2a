import '../styles/diff-lines.css';
import { narrow } from '../../deluge/edits.ts';
import type { ChangedLine } from '../../domain/changed-lines.ts';

const SIGNS = { before: '− before', after: '+ after', gone: '− gone', new: '+ new' } as const;

/** A line with what changes in it set apart. */
const Line = ({
  side,
  sign,
  text,
  from,
  to,
}: {
  readonly side: 'before' | 'after';
  readonly sign: keyof typeof SIGNS;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}) => {
  const Piece = side === 'before' ? 'del' : 'ins';
  return (
    <span class={side}>
      <span class="sign">{SIGNS[sign]}</span>
      <code translate={false} dir="ltr">
        {text.slice(0, from)}
        {to > from ? <Piece>{text.slice(from, to)}</Piece> : null}
        {text.slice(to)}
      </code>
    </span>
  );
};

const indent = (text: string): string => /^\s*/.exec(text)?.[0] ?? '';

/** What both begin with and is white space says nothing here, and takes room. */
const sharedIndent = (before: string, after: string): number => {
  const [a, b] = [indent(before), indent(after)];
  return a.startsWith(b) ? b.length : b.startsWith(a) ? a.length : 0;
};

const Changed = ({ before, after }: ChangedLine) => {
  if (before === null || after === null) {
    const text = (before ?? after ?? '').trim();
    return before === null ? (
      <Line side="after" sign="new" text={text} from={0} to={text.length} />
    ) : (
      <Line side="before" sign="gone" text={text} from={0} to={text.length} />
    );
  }
  const shared = sharedIndent(before, after);
  const [old, fresh] = [before.slice(shared), after.slice(shared)];
  const edit = narrow(old, fresh) ?? { from: 0, to: 0, insert: '' };
  return (
    <>
      <Line side="before" sign="before" text={old} from={edit.from} to={edit.to} />
      <Line side="after" sign="after" text={fresh} from={edit.from} to={edit.from + edit.insert.length} />
    </>
  );
};

/** The lines that change, each as it is and as it will be; `title` says of what. */
export const DiffLines = ({ title, lines }: { readonly title: string; readonly lines: readonly ChangedLine[] }) => (
  <ul class="diff-lines" aria-label={title}>
    {lines.map((changed) => (
      <li key={`${changed.line} ${changed.after === null}`}>
        <strong>Line {changed.line}</strong>
        <Changed {...changed} />
      </li>
    ))}
  </ul>
);
