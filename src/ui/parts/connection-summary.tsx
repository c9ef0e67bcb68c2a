import type { ConnectionSummary } from '../../core/views.ts';
import { CONNECTION_TYPES } from '../../domain/connection-type.ts';
import { BeyondModel, Code, Name, Tag } from './basics.tsx';
import { Monogram, SandboxTag } from './connector.tsx';
import { Host } from './host.tsx';
import { IdentityScopes } from './identity-scopes.tsx';
import { SensitiveTag } from './scope-list.tsx';

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
    <ul class="plain">
      {summary.scopes.map((scope) => (
        <li key={scope.name}>
          {scope.sentence} {scope.writes ? <Tag tone="warn">changes data</Tag> : null} <SensitiveTag of={scope} /> <Code>{scope.name}</Code>
        </li>
      ))}
    </ul>
    <IdentityScopes identity={summary.identity} />
    <p class="hint">
      Reaches{' '}
      {summary.hosts.map((host) => (
        <span key={host}>
          <Host host={host} />{' '}
        </span>
      ))}
      · used by {summary.usedBy.join(', ') || 'nothing yet'}
    </p>
  </section>
);
