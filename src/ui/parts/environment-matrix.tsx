import type { ConnectionRow, SlotView } from '../../core/views.ts';
import { CONNECTION_TYPES } from '../../domain/connection-type.ts';
import { ENVIRONMENT_LABELS, type Environment } from '../../domain/environment.ts';
import { Code, Name, Scroll, Tag } from './basics.tsx';
import { CustomTag, SandboxTag } from './connector.tsx';
import { Status } from './status.tsx';

const slotIn = (row: ConnectionRow, environment: Environment): SlotView | undefined =>
  row.slots.find((slot) => slot.environment === environment || slot.environment === 'all');

const Cell = ({ slot }: { readonly slot: SlotView | undefined }) => {
  if (slot === undefined) return <td>not here</td>;
  return (
    <td>
      <Status status={slot.status} />
      {slot.account === null ? null : (
        <p class="hint">
          <Name>{slot.account}</Name>
          {slot.environment === 'all' ? ', the same everywhere' : ''}
        </p>
      )}
    </td>
  );
};

type Props = { readonly rows: readonly ConnectionRow[]; readonly environments: readonly Environment[]; readonly caption: string };

/** Connections × environments: where each is authorized, and as whom (R74). */
export const EnvironmentMatrix = ({ rows, environments, caption }: Props) => (
  <Scroll>
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Connection</th>
          <th scope="col">Type</th>
          {environments.map((environment) => (
            <th key={environment} scope="col">
              {ENVIRONMENT_LABELS[environment].name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              <a href={`#/connections/${row.id}`}>
                <Name>{row.displayName}</Name>
              </a>{' '}
              <SandboxTag isSandbox={row.isSandbox} /> <CustomTag connectorId={row.connectorId} />
              <p class="hint">
                <Code>{row.linkName}</Code>
              </p>
            </th>
            <td>
              <Tag>{CONNECTION_TYPES[row.type].label}</Tag>
            </td>
            {environments.map((environment) => (
              <Cell key={environment} slot={slotIn(row, environment)} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);
