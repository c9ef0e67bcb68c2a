import type { ConnectorVariable } from '../../domain/connector.ts';
import { Field } from './basics.tsx';

export type Values = Readonly<Record<string, string>>;

const isFitting = (pattern: string, value: string): boolean => new RegExp(`^(?:${pattern})$`).test(value);

/** What is missing or cannot be, by variable, with what it looks like; `optional` names those that may stay empty. */
export const wrongValues = (variables: readonly ConnectorVariable[], values: Values, optional: readonly string[] = []): Values =>
  Object.fromEntries(
    variables
      .filter(({ name, pattern }) => {
        const value = (values[name] ?? '').trim();
        return !isFitting(pattern, value) && !(value === '' && optional.includes(name));
      })
      .map(({ name, example }) => [name, `It looks like ${example}.`]),
  );

type Props = {
  readonly variables: readonly ConnectorVariable[];
  readonly values: Values;
  readonly errors: Values;
  readonly onChange: (values: Values) => void;
  /** Names of those that may stay empty: the service then says one itself. */
  readonly optional?: readonly string[];
};

/** Values of the person's own account that stand in the service's addresses (R59). */
export const VariableFields = ({ variables, values, errors, onChange, optional = [] }: Props) => (
  <>
    {variables.map(({ name, label, example }) => (
      <Field
        key={name}
        label={label}
        hint={optional.includes(name) ? `Like ${example}. Leave it empty for the first that the service names.` : `Like ${example}`}
        error={errors[name] ?? null}
      >
        {({ id, describedBy }) => (
          <input
            id={id}
            value={values[name] ?? ''}
            autocomplete="off"
            spellcheck={false}
            translate={false}
            dir="ltr"
            aria-describedby={describedBy}
            aria-invalid={errors[name] === undefined ? undefined : true}
            onInput={(event) => onChange({ ...values, [name]: event.currentTarget.value })}
          />
        )}
      </Field>
    ))}
  </>
);
