import { useState } from 'preact/hooks';
import type { ConnectionView } from '../../core/views.ts';
import type { ApplicationId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { Button, Code, FaultNote, SelectField, TextField } from '../parts/basics.tsx';
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

const isApplicationId = (id: string): id is ApplicationId => id.startsWith('app_');

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
