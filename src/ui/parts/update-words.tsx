import type { UpdateRow } from '../../core/views.ts';
import { Name } from './basics.tsx';

const asks = (asksAgain: number | null): string => {
  if (asksAgain === null) return 'What it asks for stands in its review.';
  if (asksAgain === 0) return 'No connection has to be authorized again.';
  return `${asksAgain} ${asksAgain === 1 ? 'connection has' : 'connections have'} to be authorized again.`;
};

const replaces = ({ installed, host, isStopped }: UpdateRow): string =>
  isStopped ? `In place of ${installed}, which its publisher stopped and which runs no more.` : `In place of ${installed}, from ${host}.`;

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
      {replaces(row)} {asks(row.asksAgain)}
    </p>
  </>
);
