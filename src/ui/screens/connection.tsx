import { useState } from 'preact/hooks';
import type { ConnectionView, SlotView } from '../../core/views.ts';
import { CONNECTION_TYPES } from '../../domain/connection-type.ts';
import { faultText } from '../../domain/faults.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Authorize } from '../parts/authorize.tsx';
import { Button, Code, CopyButton, FaultNote, Loaded, Name, Tag, When } from '../parts/basics.tsx';
import { Monogram, SandboxTag } from '../parts/connector.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { EnvironmentBadge } from '../parts/environment.tsx';
import { Status } from '../parts/status.tsx';
import { TestButton } from '../parts/test-button.tsx';
import { go } from '../place.ts';

const Revoke = ({ slot, name }: { readonly slot: SlotView; readonly name: string }) => {
  const acting = useAct();
  const [isOpen, setOpen] = useState(false);
  const { authorizationId } = slot;
  if (authorizationId === null) return null;
  const revoke = (): void =>
    acting.run(async () => {
      const { isToldToService } = await core.revokeAuthorization({ authorizationId });
      setOpen(false);
      tell(
        isToldToService
          ? `The authorization of ${name} is revoked.`
          : `The authorization of ${name} is deleted here; the service could not be told.`,
      );
    });
  return (
    <>
      <Button onPress={() => setOpen(true)} permission={slot.revoke} label={`Revoke the authorization of ${name}`}>
        Revoke
      </Button>
      <Dialog title={`Revoke the authorization of ${name}`} isOpen={isOpen} onClose={() => setOpen(false)}>
        <p>
          What uses it stops at once for {slot.holderName}. The definition, its references and its application stay. It can be authorized
          again at any time.
        </p>
        <FaultNote fault={acting.fault} />
        <div class="actions">
          <Button onPress={() => setOpen(false)}>Cancel</Button>
          <Button kind="danger" onPress={revoke} isBusy={acting.isBusy}>
            Revoke the authorization
          </Button>
        </div>
      </Dialog>
    </>
  );
};

const Facts = ({ slot }: { readonly slot: SlotView }) => (
  <dl class="facts">
    <dt>Account</dt>
    <dd>
      <Name>{slot.account ?? 'unknown'}</Name>
    </dd>
    <dt>Authorized</dt>
    <dd>
      <When at={slot.grantedAt} /> by <Name>{slot.grantedByName ?? 'unknown'}</Name>
    </dd>
    <dt>Access ends</dt>
    <dd>
      <When at={slot.expiresAt} />
      {slot.canRenew ? ', renewed by itself' : ', then it must be authorized again'}
    </dd>
    <dt>Granted</dt>
    <dd>{slot.grantedScopes.length === 0 ? 'none of the scopes' : slot.grantedScopes.map((scope) => <Code key={scope}>{scope} </Code>)}</dd>
    {slot.missingScopes.length === 0 ? null : (
      <>
        <dt>Not granted</dt>
        <dd>
          {slot.missingScopes.map((scope) => (
            <Code key={scope}>{scope} </Code>
          ))}
        </dd>
      </>
    )}
    <dt>Last test</dt>
    <dd>
      {slot.lastTest === null ? (
        'not tested'
      ) : (
        <>
          {slot.lastTest.isOk ? '● it works' : '▲ it failed'}, <When at={slot.lastTest.at} />, {slot.lastTest.milliseconds} ms
        </>
      )}
    </dd>
  </dl>
);

export const SlotCard = ({
  slot,
  connectionId,
  displayName,
  isMember,
}: {
  readonly slot: SlotView;
  readonly connectionId: ConnectionId;
  readonly displayName: string;
  readonly isMember: boolean;
}) => (
  <section class="card slot" aria-label={`${displayName}, ${slot.environment}, ${slot.holderName}`}>
    <h3>
      <EnvironmentBadge environment={slot.environment} /> {isMember ? <Name>{slot.holderName}</Name> : 'One for everyone'}
    </h3>
    <p>
      <Status status={slot.status} />
    </p>
    {slot.authorizationId === null ? null : <Facts slot={slot} />}
    {slot.lastFailure === null || slot.status.flow !== null ? null : <FaultNote fault={slot.lastFailure.fault} />}
    {slot.authorize.allowed ? null : <p class="hint">Can be authorized by {slot.who}.</p>}
    <div class="actions">
      <Authorize
        connectionId={connectionId}
        displayName={displayName}
        environment={slot.commandEnvironment}
        status={slot.status}
        permission={slot.authorize}
        hasGrant={slot.authorizationId !== null}
        kind={slot.status.isConnected && slot.status.reason === null ? 'plain' : 'primary'}
      />
      {slot.status.isConnected && slot.status.flow === null ? (
        <TestButton connectionId={connectionId} displayName={displayName} environment={slot.commandEnvironment} permission={slot.test} />
      ) : null}
      {slot.status.flow === null ? <Revoke slot={slot} name={displayName} /> : null}
    </div>
  </section>
);

const Delete = ({ view }: { readonly view: ConnectionView }) => {
  const acting = useAct();
  const [isOpen, setOpen] = useState(false);
  const remove = (): void =>
    acting.run(async () => {
      await core.deleteConnection({ connectionId: view.id });
      tell(`The connection ${view.displayName} is deleted.`);
      go('/connections');
    });
  return (
    <>
      <Button onPress={() => setOpen(true)} permission={view.delete} label={`Delete the connection ${view.displayName}`}>
        Delete…
      </Button>
      <Dialog title={`Delete the connection ${view.displayName}`} isOpen={isOpen} onClose={() => setOpen(false)}>
        <p>Its authorizations are revoked at the service and deleted here. Nothing else is touched.</p>
        <FaultNote fault={acting.fault} />
        <div class="actions">
          <Button onPress={() => setOpen(false)}>Cancel</Button>
          <Button kind="danger" onPress={remove} isBusy={acting.isBusy}>
            Delete the connection
          </Button>
        </div>
      </Dialog>
    </>
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
          <Delete view={view} />
        </>
      )}
    </Loaded>
  );
};
