import { useState } from 'preact/hooks';
import { strengthOf } from '../../domain/passphrase.ts';
import { Field } from './basics.tsx';
import { ShowButton } from './show-button.tsx';

type Props = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** A new passphrase: its strength is said, in words. */
  readonly isNew?: boolean;
};

/** A passphrase can be pasted and shown; caps lock is said, because nothing of what is typed is seen (S7). */
export const PassphraseField = ({ label, value, onChange, isNew = false }: Props) => {
  const [isShown, setShown] = useState(false);
  const [hasCaps, setCaps] = useState(false);
  const inputOf = (id: string, describedBy: string | undefined) => ({
    id,
    value,
    required: true,
    'aria-describedby': describedBy,
    autocomplete: isNew ? 'new-password' : 'current-password',
    spellcheck: false,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => onChange(event.currentTarget.value),
    onKeyUp: (event: KeyboardEvent) => setCaps(event.getModifierState('CapsLock')),
  });
  return (
    <Field
      label={label}
      {...(isNew ? { hint: '12 characters or more; several words are easy to keep in mind. Nobody can find it again for you.' } : {})}
    >
      {({ id, describedBy }) => (
        <>
          <span class="with-button">
            {isShown ? <input type="text" {...inputOf(id, describedBy)} /> : <input type="password" {...inputOf(id, describedBy)} />}
            <ShowButton label={label} isShown={isShown} onToggle={() => setShown(!isShown)} />
          </span>
          {hasCaps ? <small class="hint">Caps lock is on.</small> : null}
          {isNew && value !== '' ? (
            <small class="hint" role="status">
              {strengthOf(value)}
            </small>
          ) : null}
        </>
      )}
    </Field>
  );
};
