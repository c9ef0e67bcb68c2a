import type { ConnectionView } from '../../core/views.ts';
import { CONNECTION_TYPES } from '../../domain/connection-type.ts';
import { faultText } from '../../domain/faults.ts';
import { isApplicationId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell, tellWithUndo } from '../notices.tsx';
import { BeyondModel, Button, Code, CopyButton, FaultNote, Loaded, Name, Tag } from '../parts/basics.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { CustomTag, Monogram, SandboxTag } from '../parts/connector.tsx';
import { EnvironmentBadge } from '../parts/environment.tsx';
import { SlotCard } from '../parts/slot-card.tsx';
import { go } from '../place.ts';
import { Change, Credentials } from './connection-change.tsx';

const Delete = ({ view }: { readonly view: ConnectionView }) => {
  const remove = async (): Promise<void> => {
    await core.deleteConnection({ connectionId: view.id });
    const { displayName, linkName, connectorId, environmentPolicy, owner, type } = view;
    const said = `The connection ${displayName} is deleted.`;
    const scopes = view.scopes.filter(({ isAsked }) => isAsked).map(({ name }) => name);
    const applicationId = owner !== null && isApplicationId(owner.id) ? owner.id : null;
    // What was authorized is gone for good; the definition comes back as it was (R63).
    if (type === 'system') tell(said);
    else
      tellWithUndo(
        said,
        () => core.defineConnection({ displayName, linkName, connectorId, environmentPolicy, type, scopes, applicationId }),
        `The connection ${displayName} is back, not connected.`,
      );
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

/** At a client a manager pauses what is authorized; definition, grants and every other client stay (R47, A25). */
const Pause = ({ view }: { readonly view: ConnectionView }) => {
  const acting = useAct();
  if (!view.pause.allowed) return null;
  const toggle = (): void =>
    acting.run(async () => {
      await core.pauseConnection({ connectionId: view.id, isPaused: !view.isPaused });
      tell(view.isPaused ? `${view.displayName} serves again.` : `${view.displayName} is paused; its authorizations are kept.`);
    });
  return (
    <section class="card" aria-labelledby="pause">
      <h2 id="pause">Pause</h2>
      <p>
        {view.isPaused
          ? 'Nothing here uses it until it is resumed.'
          : 'Pausing stops every use here at once and keeps what was authorized.'}
      </p>
      <Button onPress={toggle} isBusy={acting.isBusy} label={`${view.isPaused ? 'Resume' : 'Pause'} ${view.displayName}`}>
        {view.isPaused ? 'Resume' : 'Pause'}
      </Button>
      <FaultNote fault={acting.fault} />
    </section>
  );
};

/** Whose registration authorizes it where the account has chosen no OAuth app. */
const NO_APP: Readonly<Record<ConnectionView['registration'], (connector: string) => string>> = {
  none: () => 'none',
  own: () => 'none yet: whoever authorizes brings their own',
  connector: (name) => `of the connector ${name}`,
  itself: () => 'Latchkey registers itself at this service',
};

const AskedScopes = ({ scopes }: Pick<ConnectionView, 'scopes'>) => {
  const asked = scopes.filter(({ isAsked }) => isAsked);
  if (scopes.length === 0) return <>none: what it may do is set at the service</>;
  if (asked.length === 0) return <>none</>;
  return (
    <ul class="plain">
      {asked.map((scope) => (
        <li key={scope.name}>
          {scope.sentence} <Code>{scope.name}</Code>
        </li>
      ))}
    </ul>
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
        <Monogram name={view.connectorName} /> {view.connectorName} <SandboxTag isSandbox={view.isSandbox} />{' '}
        <CustomTag connectorId={view.connectorId} />
      </dd>
      <dt>Type</dt>
      <dd>
        <Tag>{CONNECTION_TYPES[view.type].label}</Tag> {view.isBeyondModel ? <BeyondModel /> : null} {CONNECTION_TYPES[view.type].sentence}
      </dd>
      <dt>Application</dt>
      <dd>{view.owner === null ? 'none' : <Name>{view.owner.name}</Name>}</dd>
      <dt>Environments</dt>
      <dd>{view.environmentPolicy === 'same' ? 'One authorization for all' : 'An authorization for each'}</dd>
      {view.registration === 'none' ? null : (
        <>
          <dt>OAuth app</dt>
          <dd>
            <Name>{view.oauthApps.find(({ id }) => id === view.oauthAppId)?.name ?? NO_APP[view.registration](view.connectorName)}</Name>
          </dd>
        </>
      )}
      <dt>Scopes</dt>
      <dd>
        <AskedScopes scopes={view.scopes} />
      </dd>
      {view.owner?.kind === 'installation' ? (
        <>
          <dt>Came or changed with</dt>
          <dd>{view.publishedIn.join(', ')}</dd>
        </>
      ) : (
        <>
          <dt>Published in</dt>
          <dd>
            {view.publishedIn.length === 0 ? 'no version yet' : `${view.publishedIn.join(', ')}; it stays for the clients that have it`}
          </dd>
        </>
      )}
    </dl>
  </section>
);

const References = ({ view }: { readonly view: ConnectionView }) => (
  <section class="card" aria-labelledby="references">
    <h2 id="references">References</h2>
    {!view.seeReferences.allowed ? (
      <p class="hint">{view.seeReferences.says}</p>
    ) : view.references.length === 0 ? (
      <p>No component uses it yet.</p>
    ) : (
      <ul class="plain">
        {view.references.map((reference) => (
          <li key={`${reference.componentId} ${reference.line ?? ''} ${reference.task ?? ''}`}>
            <EnvironmentBadge environment={reference.environment} />{' '}
            <a href={reference.href}>
              <Name>{reference.componentName}</Name>
            </a>
            , {reference.kindLabel} of <Name>{reference.owner.name}</Name>
            {reference.line === null ? null : `, line ${reference.line} (${reference.task ?? 'script'})`}
            {reference.certainty === null ? null : <Tag>{reference.certainty}</Tag>}
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
                  reusable={view.reusable.filter(({ environment }) => environment === slot.environment)}
                />
              ))}
            </div>
          </section>
          <Pause view={view} />
          <Definition view={view} />
          <References view={view} />
          {view.edit.allowed || view.owner?.kind === 'application' ? (
            <Change view={view} />
          ) : view.credentials.allowed && view.registration !== 'none' ? (
            // A client is shown nothing that defines a connection (R14); whose OAuth app authorizes it is the account's own matter (R59).
            <section class="card" aria-labelledby="own-app">
              <h2 id="own-app">OAuth app</h2>
              <Credentials view={view} />
            </section>
          ) : null}
          {view.owner?.kind === 'installation' ? null : <Delete view={view} />}
        </>
      )}
    </Loaded>
  );
};
