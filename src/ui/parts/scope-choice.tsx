import { useState } from 'preact/hooks';
import type { ConnectorView } from '../../core/views.ts';
import { Button } from './basics.tsx';
import { ScopeWords } from './scope-list.tsx';

type Props = {
  readonly connector: ConnectorView;
  readonly chosen: readonly string[];
  readonly onChange: (scopes: readonly string[]) => void;
};

/** A list longer than this gets a search. */
const LONG = 12;

const hasAll = (chosen: readonly string[], names: readonly string[]): boolean =>
  chosen.length === names.length && names.every((name) => chosen.includes(name));

/** What the connection asks for: presets, a search, and each scope in plain words first. */
export const ScopeChoice = ({ connector, chosen, onChange }: Props) => {
  const [text, setText] = useState('');
  const { scopes, defaultScopes } = connector;
  if (scopes.length === 0)
    return (
      <fieldset>
        <legend>Scopes: what it may do</legend>
        <p>
          {connector.keys.length > 0
            ? `What a key may do is set at ${connector.name} when the key is made.`
            : `The record of ${connector.name} has no scopes; the service decides what it allows.`}
        </p>
      </fieldset>
    );
  const presets = [
    { label: 'Usual', names: defaultScopes },
    { label: 'Read only', names: scopes.filter(({ access }) => access === 'read').map(({ name }) => name) },
    { label: 'Everything', names: scopes.map(({ name }) => name) },
  ].filter(({ names }) => names.length > 0);
  const shown = scopes.filter(({ sentence, name }) => `${sentence} ${name}`.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <fieldset>
      <legend>Scopes: what it may do</legend>
      <div class="actions">
        {presets.map(({ label, names }) => (
          <button key={label} type="button" class="chip" aria-pressed={hasAll(chosen, names)} onClick={() => onChange(names)}>
            {label} <span class="count">{names.length}</span>
          </button>
        ))}
        <Button onPress={() => onChange([])}>None</Button>
      </div>
      {scopes.length <= LONG ? null : (
        <label class="field">
          Search the scopes <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      )}
      <p role="status" class="hint">
        {chosen.length} of {scopes.length} chosen{shown.length === scopes.length ? '' : `, ${shown.length} shown`}.
      </p>
      {shown.map((scope) => (
        <label key={scope.name} class="choice">
          <input
            type="checkbox"
            checked={chosen.includes(scope.name)}
            onChange={(event) =>
              onChange(event.currentTarget.checked ? [...chosen, scope.name] : chosen.filter((one) => one !== scope.name))
            }
          />
          <span>
            <ScopeWords scope={scope} />
          </span>
        </label>
      ))}
    </fieldset>
  );
};
