import { useState } from 'preact/hooks';
import type { ConnectionView } from '../../core/views.ts';
import { CONNECTION_TYPES } from '../../domain/connection-type.ts';
import { ENVIRONMENT_LABELS, type Environment } from '../../domain/environment.ts';
import { isApplicationId, type OauthAppId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { Button, Code, FaultNote, SelectField, TextField } from '../parts/basics.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Form } from '../parts/form.tsx';
import { go } from '../place.ts';

const asked = (view: ConnectionView): string[] => view.scopes.filter(({ isAsked }) => isAsked).map(({ name }) => name);

const Edit = ({ view }: { readonly view: ConnectionView }) => {
  const acting = useAct();
  const [displayName, setDisplayName] = useState(view.displayName);
  const [scopes, setScopes] = useState<readonly string[]>(asked(view));
  const more = scopes.filter((scope) => !asked(view).includes(scope));
  const save = (): void =>
    acting.run(async () => {
      const { changed } = await core.editConnection({ connectionId: view.id, displayName, scopes });
      tell(changed.length === 0 ? 'Nothing was changed.' : `Changed: ${changed.join(' and ')}.`);
    });
  if (!view.edit.allowed) return <p class="hint">{view.edit.says}</p>;
  return (
    <Form acting={acting} onSubmit={save} submit="Save the changes">
      <TextField
        label="Display name"
        value={displayName}
        onChange={setDisplayName}
        hint="A new name changes neither the link name nor any reference (R32)."
        required
      />
      <fieldset>
        <legend>Scopes</legend>
        {view.scopes.map((scope) => (
          <label key={scope.name} class="choice">
            <input
              type="checkbox"
              checked={scopes.includes(scope.name)}
              onChange={(event) =>
                setScopes(event.currentTarget.checked ? [...scopes, scope.name] : scopes.filter((one) => one !== scope.name))
              }
            />
            <span>
              {scope.sentence} <Code>{scope.name}</Code>
            </span>
          </label>
        ))}
      </fieldset>
      {more.length === 0 ? null : (
        <p class="hint">Who has authorized it is asked again for what is new; what was granted goes on serving meanwhile (R120).</p>
      )}
    </Form>
  );
};

const Access = ({ view }: { readonly view: ConnectionView }) => {
  const acting = useAct();
  const current = view.owner?.id ?? '';
  const set = (applicationId: string): void =>
    acting.run(async () => {
      await core.setConnectionAccess({
        connectionId: view.id,
        applicationId: isApplicationId(applicationId) ? applicationId : null,
        isMove: true,
      });
      tell('Access is changed.');
    });
  return (
    <>
      {view.owner !== null && !view.disable.allowed ? (
        <p class="hint">{view.disable.says}</p>
      ) : (
        <SelectField
          label="Enabled for"
          value={current}
          onChange={set}
          options={[{ value: '', label: 'No application' }, ...view.applications.map(({ id, name }) => ({ value: id, label: name }))]}
          hint="One connection serves one application at a time (R40)."
        />
      )}
      <FaultNote fault={acting.fault} />
    </>
  );
};

/** One authorization for every environment, or one for each; where several are there, which one goes on (R72). */
const Policy = ({ view }: { readonly view: ConnectionView }) => {
  const [keep, setKeep] = useState<Environment | null>(null);
  if (!view.edit.allowed) return null;
  const isSame = view.environmentPolicy === 'same';
  const mustChoose = !isSame && view.separateGrants.length > 1;
  const change = async (): Promise<void> => {
    const { revoked } = await core.setEnvironmentPolicy({
      connectionId: view.id,
      environmentPolicy: isSame ? 'separate' : 'same',
      keep: mustChoose ? keep : null,
    });
    tell(isSame ? 'Each environment has an authorization of its own now.' : `One authorization serves all now; ${revoked} revoked.`);
  };
  const verb = isSame ? 'Use separate authorizations…' : 'Always use the same authorization…';
  return (
    <>
      {mustChoose ? (
        <fieldset>
          <legend>Which authorization goes on for all environments</legend>
          {view.separateGrants.map((environment) => (
            <label key={environment} class="choice">
              <input type="radio" name="keep" checked={keep === environment} onChange={() => setKeep(environment)} />{' '}
              {ENVIRONMENT_LABELS[environment].name}
            </label>
          ))}
        </fieldset>
      ) : null}
      <Confirm
        verb={verb}
        title={`${verb} for ${view.displayName}`}
        confirm={isSame ? 'Use separate authorizations' : 'Always use the same authorization'}
        permission={mustChoose && keep === null ? { allowed: false, says: 'Choose above which one goes on (R72).' } : view.edit}
        act={change}
      >
        <p>
          {isSame
            ? 'What is authorized stays in the environment that it was made in; the others are not connected until somebody authorizes them.'
            : mustChoose
              ? 'The one that you chose serves every environment. The others are revoked at the service and deleted.'
              : 'What is authorized serves every environment. Nothing is revoked.'}
        </p>
      </Confirm>
    </>
  );
};

/** The type is part of what clients were promised, so it changes only before anything holds the connection to it (R25, A12). */
const Type = ({ view }: { readonly view: ConnectionView }) => {
  const acting = useAct();
  if (view.type === 'system') return null;
  const current = view.type;
  const set = (type: string): void =>
    acting.run(async () => {
      await core.changeConnectionType({ connectionId: view.id, type: type === 'admin' ? 'admin' : 'logged-in-user' });
      tell('The type is changed.');
    });
  return view.changeType.allowed ? (
    <>
      <SelectField
        label="Type"
        value={current}
        onChange={set}
        options={view.types.map((type) => ({ value: type, label: CONNECTION_TYPES[type].label }))}
        {...(view.types.length > 1 ? {} : { hint: 'Logged-in user connections exist for twelve services only (R22, R23).' })}
      />
      <FaultNote fault={acting.fault} />
    </>
  ) : (
    <p class="hint">
      The type stays {CONNECTION_TYPES[current].label}: {view.changeType.says}
    </p>
  );
};

const isOauthAppId = (text: string): text is OauthAppId => text.startsWith('oap_');

/** What stands where no OAuth app of the account was chosen. */
const NO_APP_OPTIONS: Readonly<Record<ConnectionView['registration'], (connector: string) => string>> = {
  none: () => 'None',
  own: () => 'None yet',
  connector: (name) => `Of the connector ${name}`,
  itself: () => 'Latchkey registers itself at this service',
};

/** Which registration authorizes it: the connector's, Latchkey's own, or the account's own OAuth app (R121). */
export const Credentials = ({ view }: { readonly view: ConnectionView }) => {
  const acting = useAct();
  if (!view.credentials.allowed || view.registration === 'none') return null;
  const set = (id: string): void =>
    acting.run(async () => {
      await core.chooseOauthApp({ connectionId: view.id, oauthAppId: isOauthAppId(id) ? id : null });
      tell('Chosen. What another app authorized must be authorized again.');
    });
  return (
    <>
      <SelectField
        label="OAuth app"
        value={view.oauthAppId ?? ''}
        onChange={set}
        options={[
          { value: '', label: NO_APP_OPTIONS[view.registration](view.connectorName) },
          ...view.oauthApps.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        hint="Your own registrations stand under OAuth apps (R121)."
      />
      <p>
        <a href="#/oauth-apps">OAuth apps</a>
      </p>
      <FaultNote fault={acting.fault} />
    </>
  );
};

/** What can be changed of a definition; what cannot says which rule forbids it and what would make it possible. */
export const Change = ({ view }: { readonly view: ConnectionView }) => {
  const acting = useAct();
  const duplicate = (): void =>
    acting.run(async () => {
      const { connectionId, linkName } = await core.duplicateConnection({ connectionId: view.id });
      tell(`Duplicated as ${linkName}; it is enabled for no application yet.`);
      go(`/connections/${connectionId}`);
    });
  const retire = (): void =>
    acting.run(async () => {
      await core.retireConnection({ connectionId: view.id, isRetired: !view.isRetired });
      tell(view.isRetired ? `${view.displayName} is back in the pickers.` : `${view.displayName} left the pickers; what uses it goes on.`);
    });
  return (
    <details class="card">
      <summary>Change, move, duplicate or retire</summary>
      <Edit key={`${view.displayName} ${asked(view).join(' ')}`} view={view} />
      <Access view={view} />
      <Type view={view} />
      <Policy key={view.environmentPolicy} view={view} />
      <Credentials view={view} />
      <div class="actions">
        <Button onPress={duplicate} isBusy={acting.isBusy} permission={view.duplicate} label={`Duplicate ${view.displayName}`}>
          Duplicate
        </Button>
        <Button
          onPress={retire}
          isBusy={acting.isBusy}
          permission={view.retire}
          label={view.isRetired ? `Bring back ${view.displayName}` : `Retire ${view.displayName}`}
        >
          {view.isRetired ? 'Bring back' : 'Retire'}
        </Button>
      </div>
      <FaultNote fault={acting.fault} />
    </details>
  );
};
