import type { ConnectorView } from '../../core/views.ts';
import type { Verdict } from '../../domain/truth.ts';
import { Tag } from './basics.tsx';

const LOOKS: Readonly<Record<Verdict, { readonly sign: string; readonly tone: string }>> = {
  both: { sign: '●', tone: 'ok' },
  settings: { sign: '◔', tone: 'info' },
  open: { sign: '●', tone: 'ok' },
  key: { sign: '●', tone: 'info' },
  'own-app': { sign: '◔', tone: 'info' },
  extension: { sign: '◔', tone: 'warn' },
  oauth1: { sign: '▲', tone: 'bad' },
  retired: { sign: '▲', tone: 'bad' },
};

/** Where a connector works: sign, words and colour. */
export const VerdictWords = ({ verdict, words }: { readonly verdict: Verdict; readonly words: string }) => (
  <span class={`status ${LOOKS[verdict].tone}`}>
    <span aria-hidden="true">{LOOKS[verdict].sign}</span> {words}
  </span>
);

/** Did somebody compare this fact of the record with a source; what the record does not say needs no mark. */
export const isFactConfirmed = ({ rows }: Pick<ConnectorView['facts'], 'rows'>, name: string): boolean =>
  rows.every((row) => row.name !== name || row.isConfirmed);

export const NotVerified = () => <Tag>not verified</Tag>;
