import type { DifferenceLine } from '../../domain/difference.ts';
import { Name } from './basics.tsx';
import { PartChanges } from './part-changes.tsx';

const SIGNS: Record<DifferenceLine['change'], string> = { added: '+ New', removed: '− Gone', changed: '~ Changed' };

/** What a version changes: each part with what changes in it. */
export const Differences = ({ lines }: { readonly lines: readonly DifferenceLine[] }) =>
  lines.length === 0 ? (
    <p class="hint">It changes nothing.</p>
  ) : (
    <ul class="plain differences">
      {lines.map(({ change, what, linkName, name, says, writes, edits }) => (
        <li key={`${what} ${linkName}`}>
          <strong>
            {SIGNS[change]} {what} <Name>{name}</Name>
          </strong>
          <PartChanges name={name} says={says} writes={writes} edits={edits} />
        </li>
      ))}
    </ul>
  );
