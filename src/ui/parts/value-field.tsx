import type { Field } from '../../domain/application.ts';
import { SelectField, TextField } from './basics.tsx';

type Props = { readonly field: Field; readonly value: string; readonly onChange: (value: string) => void; readonly isRequired?: boolean };

/** One value of an entry, by the type of its field. */
export const ValueField = ({ field, value, onChange, isRequired = field.required }: Props) => {
  const label = field.required ? field.label : `${field.label} (optional)`;
  if (field.type === 'choice')
    return (
      <SelectField
        label={label}
        value={value}
        onChange={onChange}
        options={[{ value: '', label: 'Choose…' }, ...field.choices.map((choice) => ({ value: choice, label: choice }))]}
      />
    );
  return <TextField label={label} value={value} onChange={onChange} type={field.type} required={isRequired} />;
};
