import { useEffect, useState } from 'preact/hooks';
import { platform } from '#platform';
import type { ApplicationRow, ConnectorView } from '../../core/views.ts';
import { CONNECTION_TYPE_NAMES, CONNECTION_TYPES, type ConnectionType } from '../../domain/connection-type.ts';
import type { EnvironmentPolicy } from '../../domain/environment.ts';
import type { ApplicationId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Code, FaultNote, Loaded, SelectField, TextField } from '../parts/basics.tsx';
import { Monogram, SandboxTag } from '../parts/connector.tsx';
import { go, place, setQuery } from '../place.ts';
import { clearDraft, type Draft, readDraft, writeDraft } from './draft.ts';

const STEPS = ['Connector', 'Access', 'Name and place', 'Review'] as const;

const ChooseConnector = () => {
  const live = useLive('catalogue', {});
  return (
    <Loaded live={live}>
      {(cards) => (
        <ul class="cards">
          {cards.map((card) => (
            <li key={card.id} class="card">
              <h3>
                <Monogram name={card.name} /> {card.name} <SandboxTag isSandbox={card.isSandbox} />
              </h3>
              <p>{card.description}</p>
              <Button onPress={() => setQuery({ connector: card.id })} label={`Use this connector: ${card.name}`}>
                Use this connector
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
};

const WHY_NOT: Record<ConnectionType, string> = {
  system: 'Cannot be chosen: it makes itself when a task first needs the service (R24).',
  admin: '',
  'logged-in-user': 'Not for this connector: each person’s own authorization exists for twelve services only (R22).',
};

type PartProps = { readonly draft: Draft; readonly change: (part: Partial<Draft>) => void; readonly connector: ConnectorView };

const Access = ({ draft, change, connector }: PartProps) => (
  <>
    <fieldset>
      <legend>Type</legend>
      {CONNECTION_TYPE_NAMES.map((type) => {
        const isPossible = connector.types.includes(type);
        return (
          <label key={type} class="choice">
            <input
              type="radio"
              name="type"
              checked={draft.type === type}
              aria-disabled={!isPossible}
              onClick={(event) => (isPossible ? change({ type }) : event.preventDefault())}
            />
            <span>
              <strong>{CONNECTION_TYPES[type].label}</strong> {CONNECTION_TYPES[type].sentence}
              {isPossible ? null : <small class="reason"> {WHY_NOT[type]}</small>}
            </span>
          </label>
        );
      })}
    </fieldset>
    <fieldset>
      <legend>Scopes: what it may do</legend>
      {connector.scopes.map((scope) => (
        <label key={scope.name} class="choice">
          <input
            type="checkbox"
            checked={draft.scopes.includes(scope.name)}
            onChange={(event) =>
              change({
                scopes: event.currentTarget.checked ? [...draft.scopes, scope.name] : draft.scopes.filter((one) => one !== scope.name),
              })
            }
          />
          <span>
            {scope.sentence} <Code>{scope.name}</Code>
          </span>
        </label>
      ))}
    </fieldset>
  </>
);

const Place = ({ draft, change, applications }: PartProps & { readonly applications: readonly ApplicationRow[] }) => (
  <>
    <TextField
      label="Display name"
      value={draft.displayName}
      onChange={(displayName) => change({ displayName })}
      hint="What people read; it can be changed later."
      required
    />
    <TextField
      label="Link name"
      value={draft.linkName}
      onChange={(linkName) => change({ linkName })}
      hint="What components name. It is fixed once the connection exists: small letters, digits and _."
      required
    />
    {applications.length === 0 ? (
      <p>
        A connection serves exactly one application, and there is none yet. <a href="#/apps">Create an application</a>; this draft waits.
      </p>
    ) : (
      <SelectField
        label="Application"
        value={draft.applicationId}
        onChange={(applicationId) => change({ applicationId })}
        options={applications.map(({ id, name }) => ({ value: id, label: name }))}
        hint="A connection serves exactly one application."
      />
    )}
    <SelectField
      label="Authorization"
      value={draft.environmentPolicy}
      onChange={(value) => change({ environmentPolicy: value === 'same' ? 'same' : 'separate' })}
      options={[
        { value: 'separate', label: 'One for each environment' },
        { value: 'same', label: 'Always the same for all environments' },
      ]}
    />
  </>
);

const POLICY_WORDS: Record<EnvironmentPolicy, string> = {
  same: 'one authorization for all environments',
  separate: 'an authorization of its own in each environment',
};

const Review = ({ draft, connector, applications }: PartProps & { readonly applications: readonly ApplicationRow[] }) => (
  <p class="lead">
    “{draft.displayName}” (<Code>{draft.linkName}</Code>) connects{' '}
    {applications.find(({ id }) => id === draft.applicationId)?.name ?? 'no application'} to {connector.name} as a connection of the type{' '}
    {CONNECTION_TYPES[draft.type].label}, which is authorized by {CONNECTION_TYPES[draft.type].authorizedBy}, with{' '}
    {POLICY_WORDS[draft.environmentPolicy]}. It asks for {draft.scopes.length} {draft.scopes.length === 1 ? 'scope' : 'scopes'}.
  </p>
);

const startDraft = (connector: ConnectorView, applications: readonly ApplicationRow[], kept: Partial<Draft> | null): Draft => ({
  displayName: connector.suggested.displayName,
  linkName: connector.suggested.linkName,
  type: connector.types[0] ?? 'admin',
  scopes: connector.defaultScopes,
  environmentPolicy: 'separate',
  ...kept,
  applicationId: kept?.applicationId ?? place.value.query.get('app') ?? applications[0]?.id ?? '',
});

const isApplicationId = (id: string): id is ApplicationId => id.startsWith('app_');

const Wizard = ({ connector, applications }: { readonly connector: ConnectorView; readonly applications: readonly ApplicationRow[] }) => {
  const [draft, setDraft] = useState(() => startDraft(connector, applications, readDraft(connector.id)));
  const acting = useAct();
  const step = Math.min(Math.max(Number(place.value.query.get('step') ?? 1), 1), 3);
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  useEffect(() => writeDraft(connector.id, draft), [draft]);
  const parts = { draft, change, connector };
  const create = async (): Promise<`con_${string}` | null> => {
    const { applicationId, ...definition } = draft;
    if (!isApplicationId(applicationId)) return null;
    const { connectionId } = await core.defineConnection({
      ...definition,
      scopes: [...definition.scopes],
      connectorId: connector.id,
      applicationId,
    });
    clearDraft(connector.id);
    return connectionId;
  };
  const createOnly = (): void =>
    acting.run(async () => {
      const id = await create();
      if (id === null) return;
      tell(`The connection ${draft.displayName} is defined. It is not connected yet.`);
      go(`/connections/${id}`);
    });
  const createAndAuthorize = (): void => {
    const provider = platform.openProvider();
    acting.run(async () => {
      let url: string | null = null;
      try {
        const id = await create();
        if (id === null) return provider.close();
        go(`/connections/${id}`);
        ({ url } = await core.beginAuthorization({ connectionId: id, environment: 'development' }));
      } catch (error) {
        provider.close();
        throw error;
      }
      if (url !== null) provider.show(url);
    });
  };
  return (
    <form class="form wide" onSubmit={(event) => event.preventDefault()}>
      <h2 class="title">
        <Monogram name={connector.name} /> {connector.name} <SandboxTag isSandbox={connector.isSandbox} />
      </h2>
      <h3>
        Step {step + 1} of 4: {STEPS[step]}
      </h3>
      {step === 1 ? <Access {...parts} /> : null}
      {step === 2 ? <Place {...parts} applications={applications} /> : null}
      {step === 3 ? <Review {...parts} applications={applications} /> : null}
      <FaultNote fault={acting.fault} />
      <div class="actions">
        <Button onPress={() => setQuery(step === 1 ? { connector: null, step: null } : { step: String(step - 1) })}>Back</Button>
        {step < 3 ? (
          <Button kind="primary" onPress={() => setQuery({ step: String(step + 1) })}>
            Continue
          </Button>
        ) : (
          <>
            <Button onPress={createOnly} isBusy={acting.isBusy}>
              Create only
            </Button>
            <Button kind="primary" onPress={createAndAuthorize} isBusy={acting.isBusy}>
              Create and authorize
            </Button>
          </>
        )}
      </div>
    </form>
  );
};

const WizardFor = ({ connectorId }: { readonly connectorId: string }) => {
  const connector = useLive('connector', { connectorId });
  const applications = useLive('applications', {});
  return (
    <Loaded live={connector}>
      {(one) => <Loaded live={applications}>{(all) => <Wizard key={one.id} connector={one} applications={all} />}</Loaded>}
    </Loaded>
  );
};

export const NewConnection = () => {
  const connectorId = place.value.query.get('connector');
  return connectorId === null ? (
    <>
      <h2>Step 1 of 4: Connector</h2>
      <ChooseConnector />
    </>
  ) : (
    <WizardFor connectorId={connectorId} />
  );
};
