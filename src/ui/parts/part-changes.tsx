import type { PartChange } from '../../domain/component-change.ts';
import { Tag } from './basics.tsx';
import { DiffLines } from './diff-lines.tsx';

/** What a part says that changes in it: sentences, what it newly changes at services, and the lines of its texts behind a fold. */
export const PartChanges = ({ name, says, writes, edits }: Pick<PartChange, 'says' | 'writes' | 'edits'> & { readonly name: string }) => (
  <>
    {says.length + writes.length === 0 ? null : (
      <ul class="plain">
        {says.map((one) => (
          <li key={one}>{one}</li>
        ))}
        {writes.map((one) => (
          <li key={`+${one}`}>
            + {one} <Tag tone="warn">changes data</Tag>
          </li>
        ))}
      </ul>
    )}
    {edits.map(({ of, lines }) => (
      <details key={of}>
        <summary>
          {of}: {lines.length === 1 ? '1 line changes' : `${lines.length} lines change`}
        </summary>
        <DiffLines title={`${of} of ${name}`} lines={lines} />
      </details>
    ))}
  </>
);
