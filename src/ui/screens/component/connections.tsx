import type { ConnectionRow } from '../../../core/views.ts';
import { CONNECTION_TYPES } from '../../../domain/connection-type.ts';
import { Authorize } from '../../parts/authorize.tsx';
import { Name, Tag } from '../../parts/basics.tsx';
import { CustomTag } from '../../parts/connector.tsx';
import { Status } from '../../parts/status.tsx';

/** Edit mode lists the connections of the component that is open, in development (R52): service, account, status, type, Authorize. */
export const ComponentConnections = ({ rows }: { readonly rows: readonly ConnectionRow[] }) => (
  <section class="card" aria-labelledby="used-connections">
    <h2 id="used-connections">Connections of this component</h2>
    {rows.length === 0 ? <p class="hint">It uses no connection yet.</p> : null}
    {rows.map((row) => {
      const slot = row.slots.find(({ commandEnvironment }) => commandEnvironment === 'development');
      return (
        <div key={row.id} class="row">
          <div class="grow">
            <a href={`#/connections/${row.id}`}>
              <Name>{row.displayName}</Name>
            </a>{' '}
            <Tag>{CONNECTION_TYPES[row.type].label}</Tag> <span class="hint">{row.connectorName}</span>{' '}
            <CustomTag connectorId={row.connectorId} />
            {slot === undefined ? null : (
              <p>
                <Status status={slot.status} /> {slot.account === null ? null : <Name>{slot.account}</Name>}
              </p>
            )}
          </div>
          {slot === undefined || slot.status.isConnected ? null : (
            <Authorize
              connectionId={row.id}
              displayName={row.displayName}
              environment="development"
              status={slot.status}
              permission={slot.authorize}
              hasGrant={slot.authorizationId !== null}
              kind="plain"
            />
          )}
        </div>
      );
    })}
  </section>
);
