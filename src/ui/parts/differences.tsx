import type { DifferenceLine } from '../../domain/difference.ts';
import { Code, Name } from './basics.tsx';

const SIGNS: Record<DifferenceLine['change'], string> = { added: '+ New', removed: '− Gone', changed: '~ Changed' };

/** What a version changes, a line for each part. */
export const Differences = ({ lines }: { readonly lines: readonly DifferenceLine[] }) =>
  lines.length === 0 ? (
    <p class="hint">It changes nothing.</p>
  ) : (
    <ul class="plain">
      {lines.map(({ change, what, name, says }) => (
        <li key={`${change} ${what} ${name}`}>
          {SIGNS[change]} {what} <Name>{name}</Name> {says === null ? null : <Code>{says}</Code>}
        </li>
      ))}
    </ul>
  );
