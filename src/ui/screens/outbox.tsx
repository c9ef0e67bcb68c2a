import { useRef } from 'preact/hooks';
import type { OutboxView } from '../../core/views.ts';
import { useLive } from '../live.ts';
import { ActivityTabs } from '../parts/activity-tabs.tsx';
import { Code, Empty, FaultNote, Loaded, Name, When } from '../parts/basics.tsx';
import { EnvironmentBadge } from '../parts/environment.tsx';
import { OUTBOX_STATES, OutboxActions } from '../parts/outbox-actions.tsx';
import { useRowKeys } from '../row-keys.ts';

type Entry = OutboxView['entries'][number];

const State = ({ entry }: { readonly entry: Entry }) => {
  const { tone, icon, word } = OUTBOX_STATES[entry.state];
  const tried = entry.tries === 0 ? 'not tried yet' : `tried ${entry.tries === 1 ? 'once' : `${entry.tries} times`}`;
  return (
    <p>
      <span class={`status ${tone}`}>
        <span aria-hidden="true">{icon}</span> <strong>{word}</strong>
      </span>
      {entry.state === 'waiting' && entry.nextAt > 0 ? (
        <>
          , next try by itself <When at={entry.nextAt} />
        </>
      ) : null}
      , {tried}
    </p>
  );
};

const Item = ({ entry }: { readonly entry: Entry }) => {
  const name = entry.label === '' ? entry.componentName : `${entry.componentName}, ${entry.label}`;
  return (
    <li class="card waits" aria-label={name}>
      <div class="title">
        <h2>
          {entry.href === null ? (
            <Name>{entry.componentName}</Name>
          ) : (
            <a href={entry.href}>
              <Name>{entry.componentName}</Name>
            </a>
          )}
        </h2>
        {entry.label === '' ? null : <Code>{entry.label}</Code>}
        <EnvironmentBadge environment={entry.environment} />
      </div>
      <State entry={entry} />
      <p class="hint">
        {entry.kindLabel === '' ? null : `${entry.kindLabel} of `}
        <Name>{entry.ownerName}</Name>, since <When at={entry.createdAt} />, started by{' '}
        {entry.isOwn ? 'you' : <Name>{entry.startedBy}</Name>}
      </p>
      <FaultNote fault={entry.fault} isPast />
      <OutboxActions id={entry.id} state={entry.state} name={name} />
    </li>
  );
};

const List = ({ entries }: OutboxView) => {
  const list = useRef<HTMLUListElement>(null);
  useRowKeys(list);
  const deciding = entries.filter(({ state }) => state === 'held' || state === 'unknown').length;
  return (
    <>
      <p class="lead">
        {entries.length === 1 ? 'One thing waits' : `${entries.length} things wait`} to be sent,{' '}
        {deciding === 0 ? 'and all of it goes out by itself.' : `${deciding} of them until somebody decides.`}
      </p>
      <p class="hint">j and k go from one to the next, Enter opens the form that started it.</p>
      <ul class="rows" ref={list}>
        {entries.map((entry) => (
          <Item key={entry.id} entry={entry} />
        ))}
      </ul>
    </>
  );
};

/** What waits to be sent, why, and what can be done about it; nothing is sent twice and nothing gets lost. */
export const Outbox = () => {
  const live = useLive('outbox', {});
  return (
    <>
      <ActivityTabs />
      <Loaded live={live}>
        {({ entries }) =>
          entries.length === 0 ? (
            <Empty title="Nothing waits to be sent.">
              <p>What a component cannot send at once stands here, with why, and what can be done.</p>
            </Empty>
          ) : (
            <List entries={entries} />
          )
        }
      </Loaded>
    </>
  );
};
