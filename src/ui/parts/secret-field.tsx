import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { Field } from './basics.tsx';
import { ShowButton } from './show-button.tsx';

type Props = {
  readonly label: string;
  /** Where what was typed is read from, once: it is kept nowhere else. */
  readonly input: RefObject<HTMLInputElement | null>;
  readonly error?: string | null;
  /** Somebody has entered something and gone on. */
  readonly onChange?: () => void;
};

/** A secret that is pasted or typed. It lives in the control only, and whoever reads it clears it. */
export const SecretField = ({ label, input, error = null, onChange }: Props) => {
  const [isShown, setShown] = useState(false);
  return (
    <Field label={label} error={error}>
      {({ id, describedBy }) => {
        const shared = {
          ref: input,
          onChange,
          id,
          autocomplete: 'off',
          autocapitalize: 'off',
          spellcheck: false,
          translate: false,
          dir: 'ltr',
          'aria-describedby': describedBy,
          'aria-invalid': error === null ? undefined : true,
        } as const;
        return (
          <span class="with-button">
            {isShown ? <input type="text" {...shared} /> : <input type="password" {...shared} />}
            <ShowButton label={label} isShown={isShown} onToggle={() => setShown(!isShown)} />
          </span>
        );
      }}
    </Field>
  );
};
