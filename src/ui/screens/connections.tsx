import type { ConnectionRow } from '../../core/views.ts';
import { CONNECTION_TYPES } from '../../domain/connection-type.ts';
import { useLive } from '../live.ts';
import { Code, CopyButton, Empty, Loaded, Name, Scroll, Tag } from '../parts/basics.tsx';
import { Monogram, SandboxTag } from '../parts/connector.tsx';
import { EnvironmentBadge } from '../parts/environment.tsx';
import { Status } from '../parts/status.tsx';
import { place, setQuery } from '../place.ts';

const matches = (row: ConnectionRow, text: string, type: string): boolean => {
  const words = `${row.displayName} ${row.linkName} ${row.connectorName} ${row.owner?.name ?? ''}`.toLowerCase();
  return words.includes(text.trim().toLowerCase()) && (type === '' || row.type === type);
};

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
      <Monogram name={row.connectorName} /> {row.connectorName} <SandboxTag isSandbox={row.isSandbox} />
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

/** The shared list of connections, also shown on an application's page. */
export const ConnectionTable = ({ rows, caption }: { readonly rows: readonly ConnectionRow[]; readonly caption: string }) => (
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

const Filters = () => (
  <search class="filters">
    <label>
      Search{' '}
      <input type="search" value={place.value.query.get('q') ?? ''} onInput={(event) => setQuery({ q: event.currentTarget.value })} />
    </label>
    <label>
      Type{' '}
      <select value={place.value.query.get('type') ?? ''} onChange={(event) => setQuery({ type: event.currentTarget.value })}>
        <option value="">All types</option>
        {Object.entries(CONNECTION_TYPES).map(([name, { label }]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
    </label>
  </search>
);

export const Connections = () => {
  const live = useLive('connections', {});
  const { query } = place.value;
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
        {(rows) => {
          const shown = rows.filter((row) => matches(row, query.get('q') ?? '', query.get('type') ?? ''));
          if (rows.length === 0) return <Empty title="There is no connection yet.">Choose a connector and define the first one.</Empty>;
          return shown.length === 0 ? (
            <Empty title="No connection matches.">Change the search or the filter.</Empty>
          ) : (
            <ConnectionTable rows={shown} caption={`${shown.length} of ${rows.length} connections`} />
          );
        }}
      </Loaded>
    </>
  );
};
