import type { ApplicationRow, ConnectorView } from '../../core/views.ts';
import { CONNECTION_TYPE_NAMES, CONNECTION_TYPES, type ConnectionType } from '../../domain/connection-type.ts';
import type { EnvironmentPolicy } from '../../domain/environment.ts';
import { useLive } from '../live.ts';
import { Button, Code, Loaded, SelectField, TextField } from '../parts/basics.tsx';
import { Monogram, SandboxTag } from '../parts/connector.tsx';
import { setQuery } from '../place.ts';
import type { Draft } from './draft.ts';

/** Step 1: which service. */
export const ChooseConnector = () => {
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

/** Step 2: the type, with the rule where one is forbidden, and the scopes. */
export const Access = ({ draft, change, connector }: PartProps) => (
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

/** Step 3: names, application, environments. */
export const Place = ({ draft, change, applications }: PartProps & { readonly applications: readonly ApplicationRow[] }) => (
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
    <SelectField
      label="Application"
      value={draft.applicationId}
      onChange={(applicationId) => change({ applicationId })}
      options={[...applications.map(({ id, name }) => ({ value: id, label: name })), { value: '', label: 'None yet' }]}
      hint="A connection serves exactly one application. Without one, the first component that names it enables it for its own (R49)."
    />
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

/** Step 4: the decision, read back as a sentence. */
export const Review = ({ draft, connector, applications }: PartProps & { readonly applications: readonly ApplicationRow[] }) => (
  <p class="lead">
    “{draft.displayName}” (<Code>{draft.linkName}</Code>) connects{' '}
    {applications.find(({ id }) => id === draft.applicationId)?.name ?? 'no application yet'} to {connector.name} as a connection of the
    type {CONNECTION_TYPES[draft.type].label}, which is authorized by {CONNECTION_TYPES[draft.type].authorizedBy}, with{' '}
    {POLICY_WORDS[draft.environmentPolicy]}. It asks for {draft.scopes.length} {draft.scopes.length === 1 ? 'scope' : 'scopes'}.
  </p>
);
