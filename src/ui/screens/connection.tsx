import type { ConnectionView } from '../../core/views.ts';
import { CONNECTION_TYPES } from '../../domain/connection-type.ts';
import { faultText } from '../../domain/faults.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Code, CopyButton, Loaded, Name, Tag } from '../parts/basics.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Monogram, SandboxTag } from '../parts/connector.tsx';
import { SlotCard } from '../parts/slot-card.tsx';
import { go } from '../place.ts';
import { Change } from './connection-change.tsx';

const Delete = ({ view }: { readonly view: ConnectionView }) => {
  const remove = async (): Promise<void> => {
    await core.deleteConnection({ connectionId: view.id });
    tell(`The connection ${view.displayName} is deleted.`);
    go('/connections');
  };
  return (
    <Confirm
      verb="Delete…"
      title={`Delete… the connection ${view.displayName}`}
      confirm="Delete the connection"
      permission={view.delete}
      act={remove}
    >
      <p>Its authorizations are revoked at the service and deleted here. Nothing else is touched.</p>
    </Confirm>
  );
};

const Definition = ({ view }: { readonly view: ConnectionView }) => (
  <section class="card" aria-labelledby="definition">
    <h2 id="definition">Definition</h2>
    <dl class="facts">
      <dt>Link name</dt>
      <dd>
        <Code>{view.linkName}</Code> <CopyButton text={view.linkName} what={`link name ${view.linkName}`} />
      </dd>
      <dt>Connector</dt>
      <dd>
        <Monogram name={view.connectorName} /> {view.connectorName} <SandboxTag isSandbox={view.isSandbox} />
      </dd>
      <dt>Type</dt>
      <dd>
        <Tag>{CONNECTION_TYPES[view.type].label}</Tag> {CONNECTION_TYPES[view.type].sentence}
      </dd>
      <dt>Application</dt>
      <dd>{view.owner === null ? 'none' : <Name>{view.owner.name}</Name>}</dd>
      <dt>Environments</dt>
      <dd>{view.environmentPolicy === 'same' ? 'One authorization for all' : 'An authorization for each'}</dd>
      <dt>Scopes</dt>
      <dd>
        <ul class="plain">
          {view.scopes
            .filter(({ isAsked }) => isAsked)
            .map((scope) => (
              <li key={scope.name}>
                {scope.sentence} <Code>{scope.name}</Code>
              </li>
            ))}
        </ul>
      </dd>
      <dt>Published in</dt>
      <dd>{view.publishedIn.length === 0 ? 'no version yet' : `${view.publishedIn.join(', ')}; it stays for the clients that have it`}</dd>
    </dl>
  </section>
);

const References = ({ view }: { readonly view: ConnectionView }) => (
  <section class="card" aria-labelledby="references">
    <h2 id="references">References</h2>
    {view.references.length === 0 ? (
      <p>No component uses it yet.</p>
    ) : (
      <ul class="plain">
        {view.references.map((reference) => (
          <li key={reference.componentId}>
            <Name>{reference.componentName}</Name>, {reference.kindLabel} of <Name>{reference.owner.name}</Name>
          </li>
        ))}
      </ul>
    )}
  </section>
);

const latestFailure = (view: ConnectionView): string | null => {
  const [first] = view.slots.filter(({ status }) => status.reason !== null);
  return first?.status.reason ? faultText(first.status.reason) : null;
};

export const Connection = ({ params }: { readonly params: Readonly<Record<string, string | undefined>> }) => {
  const live = useLive('connection', { connectionId: `con_${(params['id'] ?? '').slice(4)}` });
  return (
    <Loaded live={live}>
      {(view) => (
        <>
          <h2 class="title">
            <Monogram name={view.connectorName} /> <Name>{view.displayName}</Name>
          </h2>
          <p class="lead">
            {latestFailure(view) ??
              (view.slots.every(({ status }) => status.isConnected)
                ? 'Connected everywhere on this side.'
                : 'Not connected everywhere yet.')}
          </p>
          <section aria-labelledby="authorizations">
            <h2 id="authorizations">Authorizations</h2>
            <div class="cards">
              {view.slots.map((slot) => (
                <SlotCard
                  key={`${slot.environment} ${slot.holder}`}
                  slot={slot}
                  connectionId={view.id}
                  displayName={view.displayName}
                  isMember={view.type === 'logged-in-user'}
                />
              ))}
            </div>
          </section>
          <Definition view={view} />
          <References view={view} />
          <Change view={view} />
          <Delete view={view} />
        </>
      )}
    </Loaded>
  );
};
