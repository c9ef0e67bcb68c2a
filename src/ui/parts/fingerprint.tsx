import type { KeyWords } from '../../core/views.ts';
import { Code } from './basics.tsx';

/** A key's fingerprint to read aloud, to type and to compare: three forms of the same 128 bits (S46). */
export const Fingerprint = ({ of: { words, digits, hex } }: { readonly of: KeyWords }) => (
  <dl class="fingerprint">
    <div>
      <dt>In words</dt>
      <dd>
        <Code>{words}</Code>
      </dd>
    </div>
    <div>
      <dt>In digits</dt>
      <dd>
        <Code>{digits}</Code>
      </dd>
    </div>
    <div>
      <dt>In hex</dt>
      <dd>
        <Code>{hex}</Code>
      </dd>
    </div>
  </dl>
);
