import type { ConnectionSummary, ServiceSummary } from '../../core/views.ts';
import { CONNECTION_TYPES } from '../../domain/connection-type.ts';
import { BeyondModel, Name, Tag } from './basics.tsx';
import { Monogram, SandboxTag } from './connector.tsx';
import { Host } from './host.tsx';
import { IdentityScopes } from './identity-scopes.tsx';
import { AskedScope } from './scope-list.tsx';

type AccessProps = Pick<ConnectionSummary, 'scopes' | 'identity' | 'hosts' | 'usedBy'> & { readonly added?: readonly string[] };

/** What it may do, where, and what uses it. */
const Access = ({ scopes, identity, hosts, usedBy, added = [] }: AccessProps) => (
  <>
    <ul class="plain">
      {scopes.map((scope) => (
        <li key={scope.name}>
          <AskedScope scope={scope}>{added.includes(scope.name) ? <Tag>added</Tag> : null}</AskedScope>
        </li>
      ))}
    </ul>
    <IdentityScopes identity={identity} />
    <p class="hint">
      Reaches{' '}
      {hosts.map((host) => (
        <span key={host}>
          <Host host={host} />{' '}
        </span>
      ))}
      · used by {usedBy.join(', ') || 'nothing yet'}
    </p>
  </>
);

/** One connection of a bundle: what it may do, where, for whom. */
export const ConnectionSummaryCard = ({ summary }: { readonly summary: ConnectionSummary }) => (
  <section class="card" aria-label={`Connection ${summary.displayName}`}>
    <h3>
      <Monogram name={summary.connectorName} /> <Name>{summary.displayName}</Name> <SandboxTag isSandbox={summary.isSandbox} />
    </h3>
    <p>
      <Tag>{CONNECTION_TYPES[summary.type].label}</Tag> {summary.isBeyondModel ? <BeyondModel /> : null} authorized by{' '}
      {summary.authorizedBy}
    </p>
    <Access {...summary} />
  </section>
);

/** A service that a bundle needs without bringing a connection: what it may do, where, and what becomes of the account's own one. */
export const ServiceSummaryCard = ({ summary }: { readonly summary: ServiceSummary }) => (
  <section class="card" aria-label={`System connection to ${summary.name}`}>
    <h3>
      <Monogram name={summary.name} /> System connection to <Name>{summary.name}</Name> <SandboxTag isSandbox={summary.isSandbox} />
    </h3>
    <p>
      <Tag>{CONNECTION_TYPES.system.label}</Tag> {summary.standing.says}
    </p>
    <Access
      {...summary}
      added={summary.standing.state === 'widened' || summary.standing.state === 'waiting' ? summary.standing.added : []}
    />
  </section>
);
