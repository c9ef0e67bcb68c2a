import type { ApplicationRow, ConnectorView } from '../../core/views.ts';
import { CONNECTION_TYPE_NAMES, CONNECTION_TYPES, type ConnectionType } from '../../domain/connection-type.ts';
import type { EnvironmentPolicy } from '../../domain/environment.ts';
import { registersItselfWords } from '../../domain/registration.ts';
import { BeyondModel, Code, SelectField, TextField } from '../parts/basics.tsx';
import { CatalogueBrowser } from '../parts/catalogue-browser.tsx';
import { certaintyWords } from '../parts/certainty.tsx';
import { HereNote } from '../parts/here-note.tsx';
import { IdentityScopes } from '../parts/identity-scopes.tsx';
import { OwnApp } from '../parts/own-app.tsx';
import { ScopeChoice } from '../parts/scope-choice.tsx';
import { VerdictWords } from '../parts/verdict.tsx';
import { place } from '../place.ts';
import type { Draft } from './draft.ts';

const hrefWith = (connectorId: string): string => {
  const query = new URLSearchParams(place.value.query);
  query.set('connector', connectorId);
  return `#/connections/new?${query}`;
};

/** Step 1: which service. What was asked stays in the address, so that Back leads to the same list. */
export const ChooseConnector = () => (
  <CatalogueBrowser hrefOf={({ id }) => hrefWith(id)} labelOf={({ name }) => `Use this connector: ${name}`} heading="h3" />
);

const WHY_NOT: Record<ConnectionType, string> = {
  system: 'Cannot be chosen: it makes itself when a task first needs the service (R24).',
  admin: '',
  'logged-in-user':
    'Not for this connector: each person’s own authorization exists for twelve services only (R22). Settings can lift that limit.',
};

type PartProps = { readonly draft: Draft; readonly change: (part: Partial<Draft>) => void; readonly connector: ConnectorView };

/** Step 2: the type, with the rule where one is forbidden, and the scopes. */
export const Access = ({ draft, change, connector }: PartProps) => (
  <>
    <p>
      <VerdictWords verdict={connector.verdict} words={connector.words} />. {connector.sentence}
    </p>
    <p class="hint">{certaintyWords(connector)}</p>
    <HereNote connector={connector} />
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
              <strong>{CONNECTION_TYPES[type].label}</strong> {CONNECTION_TYPES[type].sentence}{' '}
              {isPossible && type === 'logged-in-user' && connector.isTypeLimited ? <BeyondModel /> : null}
              {isPossible ? null : <small class="reason"> {WHY_NOT[type]}</small>}
            </span>
          </label>
        );
      })}
    </fieldset>
    <ScopeChoice connector={connector} chosen={draft.scopes} onChange={(scopes) => change({ scopes })} />
  </>
);

/** Step 3: names, application, environments. */
export const Place = ({ draft, change, connector, applications }: PartProps & { readonly applications: readonly ApplicationRow[] }) => (
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
    {connector.truth.registersItself ? <p>{registersItselfWords(connector.name)}</p> : null}
    {connector.truth.needsOwnApp ? (
      <OwnApp connector={connector} chosen={draft.oauthAppId} onChoose={(oauthAppId) => change({ oauthAppId })} />
    ) : null}
  </>
);

const POLICY_WORDS: Record<EnvironmentPolicy, string> = {
  same: 'one authorization for all environments',
  separate: 'an authorization of its own in each environment',
};

/** What is asked when somebody authorizes, because it belongs to their account and not to the definition (R59). */
const AskedLater = ({ connector }: Pick<PartProps, 'connector'>) => {
  const labels = [
    ...connector.variables.filter(({ name }) => connector.typed.includes(name)).map(({ label }) => label),
    ...connector.keys.map(({ label }) => label),
  ];
  return labels.length === 0 ? null : (
    <p>Whoever authorizes is asked for: {labels.join('; ')}. It belongs to their account and is no part of the connection (R59).</p>
  );
};

/** Step 4: the decision, read back as a sentence. */
export const Review = ({ draft, connector, applications }: PartProps & { readonly applications: readonly ApplicationRow[] }) => (
  <>
    <p class="lead">
      “{draft.displayName}” (<Code>{draft.linkName}</Code>) connects{' '}
      {applications.find(({ id }) => id === draft.applicationId)?.name ?? 'no application yet'} to {connector.name} as a connection of the
      type {CONNECTION_TYPES[draft.type].label}, which is authorized by {CONNECTION_TYPES[draft.type].authorizedBy}, with{' '}
      {POLICY_WORDS[draft.environmentPolicy]}. It asks for {draft.scopes.length} {draft.scopes.length === 1 ? 'scope' : 'scopes'}.
    </p>
    <IdentityScopes identity={connector.identity} />
    <p>
      It speaks to{' '}
      {connector.hosts.map((host, at) => (
        <>
          {at === 0 ? '' : ', '}
          <Code key={host}>{host}</Code>
        </>
      ))}{' '}
      and to nothing else.
    </p>
    <AskedLater connector={connector} />
    <HereNote connector={connector} />
  </>
);
