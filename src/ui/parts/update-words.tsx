import type { UpdateRow } from '../../core/views.ts';
import { Name } from './basics.tsx';

const asks = (asksAgain: number | null): string => {
  if (asksAgain === null) return 'What it asks for stands in its review.';
  if (asksAgain === 0) return 'No connection has to be authorized again.';
  return `${asksAgain} ${asksAgain === 1 ? 'connection has' : 'connections have'} to be authorized again.`;
};

/** What is offered, from where, and what it asks for. */
export const UpdateWords = ({ row }: { readonly row: UpdateRow }) => (
  <>
    <p>
      <strong>
        {row.isStopped ? '▲ ' : ''}
        <Name>{row.name}</Name> {row.version}
      </strong>{' '}
      is offered
    </p>
    <p class="hint">
      {row.isStopped ? `${row.installed} was stopped by its publisher and runs no more.` : `${row.installed} is here.`}{' '}
      {asks(row.asksAgain)}
    </p>
  </>
);
