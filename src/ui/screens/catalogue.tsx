import type { ConnectorView } from '../../core/views.ts';
import { CONNECTION_TYPES } from '../../domain/connection-type.ts';
import { useLive } from '../live.ts';
import { Code, Loaded, Tag } from '../parts/basics.tsx';
import { Monogram, SandboxTag } from '../parts/connector.tsx';

export const Catalogue = () => {
  const live = useLive('catalogue', {});
  return (
    <Loaded live={live}>
      {(cards) => (
        <>
          <p class="lead">{cards.length} built-in connectors. A connection is made from one of these.</p>
          <ul class="cards">
            {cards.map((card) => (
              <li key={card.id} class="card">
                <h2>
                  <Monogram name={card.name} /> <a href={`#/catalogue/${card.id}`}>{card.name}</a> <SandboxTag isSandbox={card.isSandbox} />
                </h2>
                <p>{card.description}</p>
                <p class="hint">
                  {card.category} · {card.types.map((type) => CONNECTION_TYPES[type].label).join(', ')}
                </p>
              </li>
            ))}
          </ul>
        </>
      )}
    </Loaded>
  );
};

const Page = ({ view }: { readonly view: ConnectorView }) => (
  <>
    <h2 class="title">
      <Monogram name={view.name} /> {view.name} <SandboxTag isSandbox={view.isSandbox} />
    </h2>
    <p class="lead">{view.description}</p>
    <p>
      <a class="button primary" href={`#/connections/new?connector=${view.id}`}>
        Create a connection to {view.name}
      </a>
    </p>
    <section class="card" aria-labelledby="scopes">
      <h2 id="scopes">Scopes</h2>
      <ul class="plain">
        {view.scopes.map((scope) => (
          <li key={scope.name}>
            {scope.sentence} <Tag>{scope.access}</Tag> <Code>{scope.name}</Code>
          </li>
        ))}
      </ul>
    </section>
    <section class="card" aria-labelledby="facts">
      <h2 id="facts">What it does</h2>
      <dl class="facts">
        <dt>Types</dt>
        <dd>{view.types.map((type) => CONNECTION_TYPES[type].label).join(', ')}</dd>
        <dt>Operations</dt>
        <dd>{view.operations.map(({ label }) => label).join(', ')}</dd>
        <dt>Hosts</dt>
        <dd>
          {view.hosts.map((host) => (
            <Code key={host}>{host} </Code>
          ))}
        </dd>
      </dl>
    </section>
  </>
);

export const Connector = ({ params }: { readonly params: Readonly<Record<string, string | undefined>> }) => {
  const live = useLive('connector', { connectorId: params['connector'] ?? '' });
  return <Loaded live={live}>{(view) => <Page view={view} />}</Loaded>;
};
