import { useEffect, useRef, useState } from 'preact/hooks';
import type { Queries } from '../../core/api.ts';
import type { ConnectionRow } from '../../core/views.ts';
import { CONNECTION_TYPE_NAMES, CONNECTION_TYPES } from '../../domain/connection-type.ts';
import { ENVIRONMENT_LABELS, ENVIRONMENTS_OF_SIDE } from '../../domain/environment.ts';
import { isApplicationId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { Button, Code, CopyButton, Empty, FaultNote, Loaded, Name, Scroll, Tag } from '../parts/basics.tsx';
import { CustomTag, Monogram, SandboxTag } from '../parts/connector.tsx';
import { EnvironmentBadge } from '../parts/environment.tsx';
import { Status } from '../parts/status.tsx';
import { place, setQuery } from '../place.ts';

const Row = ({ row }: { readonly row: ConnectionRow }) => (
  <tr>
    <th scope="row">
      <a href={`#/connections/${row.id}`}>
        <Name>{row.displayName}</Name>
      </a>
      <p class="hint">
        <Code>{row.linkName}</Code> <CopyButton text={row.linkName} what={`link name ${row.linkName}`} />
      </p>
    </th>
    <td>
      <Monogram name={row.connectorName} /> {row.connectorName} <SandboxTag isSandbox={row.isSandbox} />{' '}
      <CustomTag connectorId={row.connectorId} />
    </td>
    <td>
      <Tag>{CONNECTION_TYPES[row.type].label}</Tag>
    </td>
    <td>{row.owner === null ? 'none' : <Name>{row.owner.name}</Name>}</td>
    <td>
      {row.slots.map((slot) => (
        <div key={`${slot.environment} ${slot.holder}`} class="slot-line">
          <EnvironmentBadge environment={slot.environment} /> <Status status={slot.status} />
        </div>
      ))}
    </td>
  </tr>
);

const ConnectionTable = ({ rows, caption }: { readonly rows: readonly ConnectionRow[]; readonly caption: string }) => (
  <Scroll>
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Connection</th>
          <th scope="col">Connector</th>
          <th scope="col">Type</th>
          <th scope="col">Application</th>
          <th scope="col">Status</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </tbody>
    </table>
  </Scroll>
);

type Option = { readonly value: string; readonly label: string };

const Pick = ({ name, label, options }: { readonly name: string; readonly label: string; readonly options: readonly Option[] }) => (
  <label>
    {label}{' '}
    <select value={place.value.query.get(name) ?? ''} onChange={(event) => setQuery({ [name]: event.currentTarget.value, page: null })}>
      {options.map(({ value, label: text }) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  </label>
);

const STATUSES: readonly Option[] = [
  { value: '', label: 'Any status' },
  { value: 'connected', label: 'Connected' },
  { value: 'not-connected', label: 'Not connected' },
  { value: 'needs-attention', label: 'Needs attention' },
];

const Filters = () => {
  const catalogue = useLive('connectorNames', { isUsable: false });
  const applications = useLive('applications', {});
  const cards = catalogue.state === 'ready' ? catalogue.value : [];
  const apps = applications.state === 'ready' ? applications.value : [];
  return (
    <search class="filters">
      <label>
        Search{' '}
        <input
          type="search"
          value={place.value.query.get('q') ?? ''}
          onInput={(event) => setQuery({ q: event.currentTarget.value, page: null })}
        />
      </label>
      <Pick
        name="type"
        label="Type"
        options={[{ value: '', label: 'All types' }, ...Object.entries(CONNECTION_TYPES).map(([value, { label }]) => ({ value, label }))]}
      />
      <Pick
        name="connector"
        label="Connector"
        options={[{ value: '', label: 'All connectors' }, ...cards.map(({ id, name }) => ({ value: id, label: name }))]}
      />
      <Pick
        name="app"
        label="Application"
        options={[
          { value: '', label: 'All applications' },
          { value: 'none', label: 'None' },
          ...apps.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <Pick
        name="in"
        label="Environment"
        options={[
          { value: '', label: 'All environments' },
          ...ENVIRONMENTS_OF_SIDE.developer.map((value) => ({ value, label: ENVIRONMENT_LABELS[value].name })),
        ]}
      />
      <Pick name="status" label="Status" options={STATUSES} />
      <Pick
        name="sort"
        label="Order"
        options={[
          { value: '', label: 'By name' },
          { value: 'newest', label: 'Newest first' },
        ]}
      />
    </search>
  );
};

const argsOf = (query: URLSearchParams, offset: number): Queries['connections']['args'] => {
  const owner = query.get('app');
  const status = query.get('status');
  return {
    search: query.get('q') ?? '',
    type: CONNECTION_TYPE_NAMES.find((name) => name === query.get('type')) ?? null,
    connectorId: query.get('connector'),
    owner: owner === 'none' ? ('none' as const) : isApplicationId(owner) ? owner : null,
    status: status === 'connected' || status === 'not-connected' || status === 'needs-attention' ? status : null,
    environment: ENVIRONMENTS_OF_SIDE.developer.find((one) => one === query.get('in')) ?? null,
    sort: query.get('sort') === 'newest' ? ('newest' as const) : ('name' as const),
    limit: 50,
    offset,
  };
};

/** Tests everything on the page that is connected, one after the other; it can be stopped. */
const TestAll = ({ rows }: { readonly rows: readonly ConnectionRow[] }) => {
  const acting = useAct();
  const [progress, setProgress] = useState<string | null>(null);
  const stop = useRef(false);
  const slots = rows.flatMap((row) =>
    row.slots.filter((slot) => slot.status.isConnected && slot.test.allowed).map((slot) => ({ row, environment: slot.commandEnvironment })),
  );
  const test = (): void =>
    acting.run(async () => {
      stop.current = false;
      const failed: string[] = [];
      let done = 0;
      for (const { row, environment } of slots) {
        if (stop.current) break;
        setProgress(`Testing ${done + 1} of ${slots.length}: ${row.displayName}`);
        const { isOk } = await core.testConnection({ connectionId: row.id, environment });
        if (!isOk) failed.push(row.displayName);
        done += 1;
      }
      setProgress(`${done - failed.length} of ${done} work${failed.length === 0 ? '.' : `; not: ${failed.join(', ')}.`}`);
    });
  const permission = slots.length === 0 ? { allowed: false, says: 'Nothing on this page is connected.' } : { allowed: true, says: null };
  return (
    <>
      <Button onPress={test} isBusy={acting.isBusy} permission={permission}>
        Test all shown
      </Button>
      {acting.isBusy ? (
        <Button
          onPress={() => {
            stop.current = true;
          }}
        >
          Stop testing
        </Button>
      ) : null}
      <p role="status">{progress}</p>
      <FaultNote fault={acting.fault} />
    </>
  );
};

export const Connections = () => {
  const [offsets, setOffsets] = useState<readonly number[]>([]);
  const { query } = place.value;
  const live = useLive('connections', argsOf(query, offsets.at(-1) ?? 0));
  const isFiltered = ['q', 'type', 'connector', 'app', 'in', 'status'].some((name) => query.get(name) !== null);
  // Another filter begins at its first page.
  const key = query.toString();
  useEffect(() => setOffsets([]), [key]);
  return (
    <>
      <p class="lead">
        A connection is a named way to one service. It is defined here, travels in the bundle, and is unlocked by each client.
      </p>
      <div class="actions">
        <a class="button primary" href="#/connections/new">
          New connection
        </a>
        <a class="button" href="#/catalogue">
          Catalogue
        </a>
      </div>
      <Filters />
      <Loaded live={live}>
        {({ rows, next }) => (
          <>
            {rows.length > 0 ? (
              <ConnectionTable
                rows={rows}
                caption={`${rows.length} ${rows.length === 1 ? 'connection' : 'connections'}${next === null ? '' : ' on this page'}`}
              />
            ) : isFiltered ? (
              <Empty title="No connection matches.">Change the search or the filter.</Empty>
            ) : (
              <Empty title="There is no connection yet.">Choose a connector and define the first one.</Empty>
            )}
            <div class="actions">
              {offsets.length === 0 ? null : <Button onPress={() => setOffsets(offsets.slice(0, -1))}>Previous page</Button>}
              {next === null ? null : <Button onPress={() => setOffsets([...offsets, next])}>Next page</Button>}
              {rows.length === 0 ? null : <TestAll rows={rows} />}
            </div>
          </>
        )}
      </Loaded>
    </>
  );
};
