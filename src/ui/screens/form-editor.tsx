import { useState } from 'preact/hooks';
import { FIELD_TYPES, type Field, type FieldType } from '../../domain/application.ts';
import type { ApplicationId } from '../../domain/ids.ts';
import { linkNameFrom } from '../../domain/link-name.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { Button, FaultNote, SelectField, TextField } from '../parts/basics.tsx';

type Row = { readonly label: string; readonly type: FieldType; readonly required: boolean; readonly choices: string };

const EMPTY: Row = { label: '', type: 'text', required: false, choices: '' };

const fieldsOf = (rows: readonly Row[]): Field[] => {
  const taken = new Set<string>();
  return rows.map(({ label, type, required, choices }) => {
    const name = linkNameFrom(label, (candidate) => taken.has(candidate));
    taken.add(name);
    const list =
      type === 'choice'
        ? choices
            .split(',')
            .map((one) => one.trim())
            .filter((one) => one !== '')
        : [];
    return { name, label: label.trim(), type, required, choices: list };
  });
};

/** A form's fields as a short list; this is no form builder. */
export const FormEditor = ({ applicationId, onDone }: { readonly applicationId: ApplicationId; readonly onDone: () => void }) => {
  const acting = useAct();
  const [name, setName] = useState('');
  const [isPublic, setPublic] = useState(false);
  const [rows, setRows] = useState<readonly Row[]>([EMPTY]);
  const change = (index: number, part: Partial<Row>): void => setRows(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const save = (): void =>
    acting.run(async () => {
      await core.saveForm({
        applicationId,
        form: { linkName: linkNameFrom(name, () => false), name: name.trim(), isPublic, fields: fieldsOf(rows) },
      });
      onDone();
    });
  return (
    <form
      class="form card"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <h3>New form</h3>
      <TextField label="Name of the form" value={name} onChange={setName} required />
      <label class="choice">
        <input type="checkbox" checked={isPublic} onChange={(event) => setPublic(event.currentTarget.checked)} /> Anybody may fill it in,
        without being a member
      </label>
      {rows.map((row, index) => (
        // Rows have no identity but their place.
        <fieldset key={index}>
          <legend>Field {index + 1}</legend>
          <TextField label="Label" value={row.label} onChange={(label) => change(index, { label })} required />
          <SelectField
            label="Kind of value"
            value={row.type}
            onChange={(value) => change(index, { type: FIELD_TYPES.find((type) => type === value) ?? 'text' })}
            options={FIELD_TYPES.map((type) => ({ value: type, label: type }))}
          />
          {row.type === 'choice' ? (
            <TextField
              label="Choices, with commas between"
              value={row.choices}
              onChange={(choices) => change(index, { choices })}
              required
            />
          ) : null}
          <label class="choice">
            <input type="checkbox" checked={row.required} onChange={(event) => change(index, { required: event.currentTarget.checked })} />{' '}
            Needed
          </label>
          {rows.length > 1 ? <Button onPress={() => setRows(rows.filter((_, at) => at !== index))}>Remove field {index + 1}</Button> : null}
        </fieldset>
      ))}
      <FaultNote fault={acting.fault} />
      <div class="actions">
        <Button onPress={() => setRows([...rows, EMPTY])}>Add field</Button>
        <Button onPress={onDone}>Cancel</Button>
        <Button type="submit" kind="primary" onPress={save} isBusy={acting.isBusy}>
          Save form
        </Button>
      </div>
    </form>
  );
};
