import { useLayoutEffect } from 'preact/hooks';
import type { ConnectorView } from '../../core/views.ts';
import { CONNECTION_TYPES } from '../../domain/connection-type.ts';
import { isCustomId } from '../../domain/custom.ts';
import { registersItselfWords } from '../../domain/registration.ts';
import { goBackToCatalogue, noteArrival } from '../catalogue-place.ts';
import { useLive } from '../live.ts';
import { BeyondModel, Button, Code, Loaded, Tag } from '../parts/basics.tsx';
import { certaintyWords, FactTable } from '../parts/certainty.tsx';
import { CustomTag, Monogram, SandboxTag } from '../parts/connector.tsx';
import { HereNote } from '../parts/here-note.tsx';
import { IdentityScopes } from '../parts/identity-scopes.tsx';
import { RegisterSteps } from '../parts/register-steps.tsx';
import { ScopeWords } from '../parts/scope-list.tsx';
import { isFactConfirmed, NotVerified, VerdictWords } from '../parts/verdict.tsx';
import { go } from '../place.ts';
import { useSingleKeys } from '../single-keys.ts';

type Props = { readonly view: ConnectorView };

/** What whoever authorizes brings, where it holds something secret. */
const BROUGHT: Readonly<Record<ConnectorView['appCredential'], string>> = {
  secret: 'Whoever authorizes brings an OAuth app of their own, with its secret. The secret stays on their device, in no bundle.',
  'account-key': 'Whoever authorizes brings the key of a service account. The key stays on their device, in no bundle.',
  'client-key': 'Whoever authorizes brings an OAuth app of their own, with its private key. The key stays on their device, in no bundle.',
  certificate: 'Whoever authorizes brings an OAuth app of their own, and its certificate in their browser.',
};

const Truth = ({ view }: Props) => (
  <section class="card" aria-labelledby="truth">
    <h2 id="truth">Where it works</h2>
    <p>
      <strong>
        <VerdictWords verdict={view.truth.verdict} words={view.truth.words} />
      </strong>{' '}
      {view.truth.isConfirmed ? null : <NotVerified />}
    </p>
    <p>
      {view.truth.reason} {view.worksHere === 'yes' ? view.truth.needsForWebApp : null}
    </p>
    {view.creation.allowed ? <p>{view.sentence}</p> : null}
    {view.truth.needsOwnApp ? (
      <p>{view.truth.needsSecret ? BROUGHT[view.appCredential] : 'Whoever authorizes brings an OAuth app of their own.'}</p>
    ) : null}
    <HereNote connector={view} />
    {view.alternatives.length === 0 ? null : (
      <p class="hint">The service also has: {view.alternatives.join(', ')}. Latchkey does not use that here.</p>
    )}
  </section>
);

/** A record of one's own: the workspace's is changed, and a built-in one's can be begun with (A18, R20). */
const OwnRecord = ({ view }: Props) => {
  if (view.isSandbox) return null;
  const isCustom = isCustomId(view.id);
  return (
    <section class="card" aria-labelledby="own-record">
      <h2 id="own-record">
        {isCustom ? 'This workspace made it' : 'A connector of your own'} <BeyondModel />
      </h2>
      <p>
        {isCustom
          ? 'It is marked custom wherever it shows, and goes into no bundle (R20).'
          : view.isRetired
            ? 'The service has ended for new accounts. Where yours still has an endpoint, begin with this record and give it that address (A18).'
            : 'Where an account speaks to the service at an address of its own, a custom connector can begin with this record. It goes into no bundle (R20).'}
      </p>
      <a class="button" href={`#/custom-connectors?${isCustom ? 'edit' : 'from'}=${view.id}`}>
        {isCustom ? `Change ${view.name}` : `Begin a custom connector with ${view.name}`}
      </a>
    </section>
  );
};
const ItselfNote = ({ name }: Pick<ConnectorView, 'name'>) => (
  <>
    <p>Nothing. {registersItselfWords(name)}</p>
    <p class="hint">
      The registration stays on this device and stands under <a href="#/oauth-apps">OAuth apps</a>. You can bring an OAuth app of your own
      all the same: add it there, and choose it on the connection (R121).
    </p>
  </>
);

const Types = ({ view }: Props) => (
  <section class="card" aria-labelledby="types">
    <h2 id="types">Types</h2>
    <ul class="plain">
      {view.types.map((type) => (
        <li key={type}>
          <Tag>{CONNECTION_TYPES[type].label}</Tag> {CONNECTION_TYPES[type].sentence}{' '}
          {type === 'logged-in-user' && view.isTypeLimited ? <BeyondModel /> : null}
        </li>
      ))}
    </ul>
    {view.types.includes('logged-in-user') ? null : (
      <p class="hint">Not as Logged-in user: that type exists for twelve services only (R22). Settings can lift that limit.</p>
    )}
  </section>
);

const Scopes = ({ view }: Props) => (
  <section class="card" aria-labelledby="scopes">
    <h2 id="scopes">What it may be allowed to do</h2>
    {view.scopes.length === 0 ? (
      <p>
        {view.keys.length > 0
          ? `The record has no scopes: what a key may do is set at ${view.name} when the key is made.`
          : 'The record has no scopes: the service decides what it allows.'}
      </p>
    ) : (
      <>
        {isFactConfirmed(view.facts, 'scopes') ? null : (
          <p class="hint">
            Nobody compared these names with a source: <NotVerified />
          </p>
        )}
        <ul class="plain">
          {view.scopes.map((scope) => (
            <li key={scope.name}>
              <ScopeWords scope={scope} />
            </li>
          ))}
        </ul>
      </>
    )}
    <IdentityScopes identity={view.identity} />
  </section>
);

const Variables = ({ view }: Props) =>
  view.variables.length === 0 || view.isSandbox ? null : (
    <section class="card" aria-labelledby="variables">
      <h2 id="variables">What is asked for when somebody authorizes</h2>
      <p class="hint">It belongs to the account and is part of no connection or bundle (R59).</p>
      {isFactConfirmed(view.facts, 'variables') ? null : (
        <p class="hint">
          Nobody compared this with a source: <NotVerified />
        </p>
      )}
      <ul class="plain">
        {view.variables.map(({ name, label, example }) => (
          <li key={name}>
            <strong>{label}</strong>, like <Code>{example}</Code>
            {view.typed.includes(name) ? '. Whoever authorizes types it.' : '. The service says it by itself.'}
          </li>
        ))}
      </ul>
    </section>
  );

const Requests = ({ view }: Props) => (
  <section class="card" aria-labelledby="requests">
    <h2 id="requests">What it sends, and where</h2>
    <dl class="facts">
      <dt>Hosts</dt>
      <dd>
        {view.hosts.map((host) => (
          <div key={host}>
            <Code>{host}</Code>
          </div>
        ))}
        {['endpoints', 'apiBase'].every((name) => isFactConfirmed(view.facts, name)) ? null : <NotVerified />}
      </dd>
      <dt>Test request</dt>
      <dd>
        {view.test === null ? (
          'None: an authorization cannot be tried by a request that only looks.'
        ) : (
          <Code>
            {view.test.method} {view.test.path}
          </Code>
        )}{' '}
        {view.test === null || isFactConfirmed(view.facts, 'testRequest') ? null : <NotVerified />}
      </dd>
      <dt>Operations</dt>
      <dd>
        {view.operations.length === 0
          ? 'None built in; a script can call it by invokeurl.'
          : view.operations.map(({ label }) => label).join(', ')}{' '}
        {view.operations.length === 0 || isFactConfirmed(view.facts, 'operations') ? null : <NotVerified />}
      </dd>
    </dl>
  </section>
);

const Page = ({ view }: Props) => {
  const create = (): void => go(`/connections/new?connector=${view.id}`);
  const press = (): boolean => {
    create();
    return true;
  };
  useSingleKeys(view.creation.allowed ? { n: press } : null, [view.id, view.creation.allowed]);
  return (
    <>
      <h2 class="title">
        <Monogram name={view.name} /> {view.name} <SandboxTag isSandbox={view.isSandbox} /> <CustomTag connectorId={view.id} />
        {view.isRetired ? <Tag tone="warn">retired</Tag> : null}
      </h2>
      <p class="lead">{view.description}</p>
      <p class="hint">
        {view.category}
        {view.aliases.length === 0 ? '' : ` · also called ${view.aliases.join(', ')}`}
      </p>
      <div>
        <Button kind="primary" onPress={create} permission={view.creation} label={`Create connection to ${view.name}`}>
          Create connection
        </Button>
      </div>
      <Truth view={view} />
      {view.isRetired ? <OwnRecord view={view} /> : null}
      {view.isRetired ? null : (
        <section class="card" aria-labelledby="register">
          <h2 id="register">What to do at the service first</h2>
          {view.truth.registersItself ? <ItselfNote name={view.name} /> : <RegisterSteps connector={view} />}
        </section>
      )}
      <Variables view={view} />
      <Scopes view={view} />
      <Types view={view} />
      <Requests view={view} />
      {view.isRetired ? null : <OwnRecord view={view} />}
      <section class="card" aria-labelledby="sure">
        <h2 id="sure">How sure Latchkey is of this</h2>
        <p>
          <strong>{certaintyWords(view)}</strong>
        </p>
        {view.facts.note === '' ? null : <p class="out">{view.facts.note}</p>}
        <FactTable facts={view.facts} name={view.name} />
      </section>
    </>
  );
};

export const Connector = ({ params }: { readonly params: Readonly<Record<string, string | undefined>> }) => {
  const connectorId = params['connector'] ?? '';
  const live = useLive('connector', { connectorId });
  // At once: the link below may be pressed before the next frame.
  useLayoutEffect(() => noteArrival(connectorId), [connectorId]);
  return (
    <>
      <p>
        {/* biome-ignore lint/a11y/useValidAnchor: it navigates, and goes back where that keeps the place */}
        <a
          href="#/catalogue"
          onClick={(event) => {
            if (!event.ctrlKey && !event.metaKey && !event.shiftKey && goBackToCatalogue()) event.preventDefault();
          }}
        >
          Catalogue
        </a>
      </p>
      <Loaded live={live}>{(view) => <Page view={view} />}</Loaded>
    </>
  );
};
