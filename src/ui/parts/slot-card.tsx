import { useEffect, useState } from 'preact/hooks';
import type { SlotView } from '../../core/views.ts';
import { type Ending, endingPlace, type Withdrawal } from '../../domain/ending.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { place, setQuery } from '../place.ts';
import { Authorize, type Reusable } from './authorize.tsx';
import { Button, Code, FaultNote, Name, TextField, When } from './basics.tsx';
import { Confirm } from './confirm.tsx';
import { Dialog } from './dialog.tsx';
import { EnvironmentBadge } from './environment.tsx';
import { Form } from './form.tsx';
import { OutLink } from './out-link.tsx';
import { Status } from './status.tsx';
import { TestButton } from './test-button.tsx';

const REVOKED: Record<Withdrawal, (name: string, ending: Ending) => string> = {
  told: (name) => `The authorization of ${name} is revoked.`,
  'no-way': (name, ending) => `The authorization of ${name} is forgotten here. End it at the service too: ${endingPlace(ending)}.`,
  failed: (name, ending) =>
    `The authorization of ${name} is forgotten here; ${ending.serviceName} could not be told. End it there: ${endingPlace(ending)}.`,
};

/** What a service that cannot be told leaves to the person. */
const EndsThere = ({ ending }: { readonly ending: Ending }) => {
  const { canTell, page, serviceName } = ending;
  if (canTell === 'yes') return <p>{serviceName} is told to end it.</p>;
  if (canTell === 'unknown') return <p>{serviceName} is told to end it, if it has a request for that.</p>;
  return (
    <p>
      {serviceName} has no request that ends it: it is forgotten here, and stays good there until you end it at{' '}
      {page === null ? endingPlace(ending) : <OutLink href={page} />}.
    </p>
  );
};

const Revoke = ({ slot, name }: { readonly slot: SlotView; readonly name: string }) => {
  const { authorizationId } = slot;
  if (authorizationId === null) return null;
  const revoke = async (): Promise<void> => {
    const { withdrawal } = await core.revokeAuthorization({ authorizationId });
    tell(REVOKED[withdrawal ?? 'told'](name, slot.ending));
  };
  return (
    <Confirm
      verb="Revoke"
      title={`Revoke the authorization of ${name}`}
      confirm="Revoke the authorization"
      permission={slot.revoke}
      act={revoke}
    >
      <p>
        What uses it stops at once for {slot.holderName}. The definition, its references and its application stay. It can be authorized
        again at any time.
      </p>
      <EndsThere ending={slot.ending} />
    </Confirm>
  );
};

/** The account's name is for people: the service is not told (R76). */
const RenameAccount = ({ slot, name }: { readonly slot: SlotView; readonly name: string }) => {
  const acting = useAct();
  const [isOpen, setOpen] = useState(false);
  const [account, setAccount] = useState(slot.account ?? '');
  const { authorizationId } = slot;
  if (authorizationId === null) return null;
  const save = (): void =>
    acting.run(async () => {
      await core.renameAccount({ authorizationId, account });
      setOpen(false);
      tell(`The account of ${name} is called ${account}.`);
    });
  const title = `Name the account of ${name} in ${slot.environment}`;
  return (
    <>
      <Button onPress={() => setOpen(true)} permission={slot.rename} label={title}>
        Name the account
      </Button>
      <Dialog title={title} isOpen={isOpen} onClose={() => setOpen(false)}>
        <Form acting={acting} onSubmit={save} submit="Save the name" kind="primary">
          <TextField label="Name of the account" value={account} onChange={setAccount} required />
        </Form>
      </Dialog>
    </>
  );
};

/** A person's own pause (A25). */
const PauseOwn = ({ slot, name }: { readonly slot: SlotView; readonly name: string }) => {
  const acting = useAct();
  const { authorizationId } = slot;
  if (authorizationId === null || !slot.pause.allowed || slot.holder === 'shared') return null;
  const toggle = (): void => acting.run(async () => void (await core.pauseAuthorization({ authorizationId, isPaused: !slot.isPaused })));
  return (
    <>
      <Button onPress={toggle} isBusy={acting.isBusy} label={`${slot.isPaused ? 'Resume' : 'Pause'} your authorization of ${name}`}>
        {slot.isPaused ? 'Resume' : 'Pause'}
      </Button>
      <FaultNote fault={acting.fault} />
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

const Actions = ({
  slot,
  connectionId,
  displayName,
  reusable,
}: {
  readonly slot: SlotView;
  readonly connectionId: ConnectionId;
  readonly displayName: string;
  readonly reusable: readonly Reusable[];
}) => {
  // Who comes from defining it wants to authorize next; once that stands open the address forgets it.
  const isAsked = place.value.query.get('authorize') === slot.commandEnvironment;
  useEffect(() => {
    if (isAsked) setQuery({ authorize: null });
  }, [isAsked]);
  return (
    <div class="actions">
      <Authorize
        connectionId={connectionId}
        displayName={displayName}
        environment={slot.commandEnvironment}
        status={slot.status}
        permission={slot.authorize}
        hasGrant={slot.authorizationId !== null}
        change={slot.switch}
        reusable={reusable}
        isAsked={isAsked}
        kind={slot.status.isConnected && slot.status.reason === null ? 'plain' : 'primary'}
      />
      {slot.status.isConnected && slot.status.flow === null ? (
        <TestButton connectionId={connectionId} displayName={displayName} environment={slot.commandEnvironment} permission={slot.test} />
      ) : null}
      {slot.status.flow === null ? (
        <>
          <RenameAccount key={slot.account} slot={slot} name={displayName} />
          <PauseOwn slot={slot} name={displayName} />
          <Revoke slot={slot} name={displayName} />
        </>
      ) : null}
    </div>
  );
};

/** One authorization of a connection: who, what, where, until when, and what can be done about it. */
export const SlotCard = ({
  slot,
  connectionId,
  displayName,
  isMember,
  reusable = [],
}: {
  readonly slot: SlotView;
  readonly connectionId: ConnectionId;
  readonly displayName: string;
  readonly isMember: boolean;
  readonly reusable?: readonly Reusable[];
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
    {isMember && !slot.authorize.allowed ? (
      // Another person's authorization: managers may see and revoke it, and nothing else (A11).
      <div class="actions">
        <Revoke slot={slot} name={displayName} />
      </div>
    ) : (
      <Actions slot={slot} connectionId={connectionId} displayName={displayName} reusable={reusable} />
    )}
  </section>
);
