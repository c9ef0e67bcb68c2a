import { useState } from 'preact/hooks';
import type { AuditRow } from '../../core/views.ts';
import { ENVIRONMENT_LABELS, ENVIRONMENTS, type Environment } from '../../domain/environment.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { ActivityTabs } from '../parts/activity-tabs.tsx';
import { Button, Empty, Loaded, Name, Scroll, When } from '../parts/basics.tsx';
import { EnvironmentBadge } from '../parts/environment.tsx';
import { SaveButton } from '../parts/save-button.tsx';
import { place, setQuery } from '../place.ts';

const PAGE = 50;
const KINDS = ['connection', 'authorization', 'application', 'component', 'bundle', 'record', 'member', 'client', 'credentials', 'command'];

const Filters = () => {
  const frame = useLive('frame', {});
  const members = frame.state === 'ready' ? (frame.value.acting?.workspace.members ?? []) : [];
  const { query } = place.value;
  return (
    <search class="filters">
      <label>
        Who{' '}
        <select value={query.get('who') ?? ''} onChange={(event) => setQuery({ who: event.currentTarget.value })}>
          <option value="">Everybody</option>
          {members.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        About{' '}
        <select value={query.get('kind') ?? ''} onChange={(event) => setQuery({ kind: event.currentTarget.value })}>
          <option value="">Everything</option>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {kind}
            </option>
          ))}
        </select>
      </label>
      <label>
        Environment{' '}
        <select value={query.get('in') ?? ''} onChange={(event) => setQuery({ in: event.currentTarget.value })}>
          <option value="">All</option>
          {ENVIRONMENTS.map((environment) => (
            <option key={environment} value={environment}>
              {ENVIRONMENT_LABELS[environment].name}
            </option>
          ))}
        </select>
      </label>
    </search>
  );
};

type Filter = {
  readonly actor: `mem_${string}` | null;
  readonly kind: string | null;
  readonly environment: Environment | null;
  readonly subject: string | null;
};

const isMember = (text: string | null): text is `mem_${string}` => text?.startsWith('mem_') === true;

const filterOf = (query: URLSearchParams): Filter => {
  const who = query.get('who');
  return {
    actor: isMember(who) ? who : null,
    kind: KINDS.find((kind) => kind === query.get('kind')) ?? null,
    environment: ENVIRONMENTS.find((one) => one === query.get('in')) ?? null,
    subject: query.get('about'),
  };
};

const Lines = ({ rows }: { readonly rows: readonly AuditRow[] }) => (
  <Scroll>
    <table>
      <caption>{rows.length} lines, newest first. They are never changed or deleted.</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">What</th>
          <th scope="col">Environment</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td>
              <When at={row.at} />
            </td>
            <th scope="row">
              <Name>{row.actorName}</Name>
            </th>
            <td>{row.sentence}</td>
            <td>{row.environment === null ? '' : <EnvironmentBadge environment={row.environment} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);

/** Saves what the filter shows, all of it, as JSON lines. */
const Export = ({ filter }: { readonly filter: Filter }) => (
  <SaveButton make={() => core.exportAudit(filter)}>Export these lines</SaveButton>
);

export const Activity = () => {
  const { query } = place.value;
  const filter = filterOf(query);
  const [before, setBefore] = useState<readonly number[]>([]);
  const live = useLive('audit', { limit: PAGE, before: before.at(-1) ?? null, ...filter });
  return (
    <>
      <ActivityTabs />
      <Filters key="filters" />
      <div class="actions">
        <Export filter={filter} />
      </div>
      <Loaded live={live}>
        {({ rows, next }) => (
          <>
            {rows.length === 0 ? <Empty title="Nothing recorded that matches." /> : <Lines rows={rows} />}
            <div class="actions">
              {before.length === 0 ? null : <Button onPress={() => setBefore(before.slice(0, -1))}>Newer lines</Button>}
              {next === null ? null : <Button onPress={() => setBefore([...before, next])}>Older lines</Button>}
            </div>
          </>
        )}
      </Loaded>
    </>
  );
};
