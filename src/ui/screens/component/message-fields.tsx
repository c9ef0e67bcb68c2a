import { useRef } from 'preact/hooks';
import type { JsonObject } from '../../../domain/json.ts';
import { Field, SelectField, TextField } from '../../parts/basics.tsx';
import { RowList } from '../../parts/row-list.tsx';
import { choose, type FieldProps, fieldOptions, formOf, listAt, textAt } from './config.ts';

const MOST_RECIPIENTS = 50;
const FIXED = 'text:';

/** Whom a message goes to: numbers in fields of the entry, or written here. */
export const Recipients = ({ field, config, set, view }: FieldProps) => {
  const rows = listAt(config[field.name]);
  const form = formOf(view, config);
  const put = (index: number, row: JsonObject): void =>
    set(
      field.name,
      rows.map((one, at) => (at === index ? row : one)),
    );
  return (
    <RowList
      legend={field.label}
      hint="Each number gets a message of its own. A field may hold several numbers, with commas between."
      what="recipient"
      count={rows.length}
      most={MOST_RECIPIENTS}
      onAdd={() => set(field.name, [...rows, { from: 'field', field: '' }])}
      onRemove={(index) =>
        set(
          field.name,
          rows.filter((_, at) => at !== index),
        )
      }
    >
      {(index) => {
        const row = rows[index] ?? {};
        const isText = row['from'] === 'text';
        return (
          <>
            <SelectField
              label={`Recipient ${index + 1}`}
              value={isText ? FIXED : textAt(row['field'])}
              onChange={(next) => put(index, next === FIXED ? { from: 'text', text: '' } : { from: 'field', field: next })}
              options={[...choose(fieldOptions(form)), { value: FIXED, label: 'A fixed number' }]}
            />
            {isText ? (
              <TextField
                label={`Number of recipient ${index + 1}`}
                value={textAt(row['text'])}
                onChange={(text) => put(index, { from: 'text', text })}
                hint="With its country, like +14155550100."
              />
            ) : null}
          </>
        );
      }}
    </RowList>
  );
};

/** A text with fields of the entry in it; a button puts one where the cursor stands. */
export const Template = ({ field, config, set, view }: FieldProps) => {
  const area = useRef<HTMLTextAreaElement>(null);
  const value = textAt(config[field.name]);
  const fields = fieldOptions(formOf(view, config));
  const insert = (name: string): void => {
    const { selectionStart = value.length, selectionEnd = value.length } = area.current ?? {};
    const placed = `{{${name}}}`;
    set(field.name, `${value.slice(0, selectionStart)}${placed}${value.slice(selectionEnd)}`);
    const at = selectionStart + placed.length;
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(at, at);
    });
  };
  return (
    <div class="stack">
      <Field label={field.label} hint={`${value.length} of 1,600 characters, before the fields are filled in.`}>
        {({ id, describedBy }) => (
          <textarea
            ref={area}
            id={id}
            rows={4}
            value={value}
            maxLength={1_600}
            aria-describedby={describedBy}
            onInput={(event) => set(field.name, event.currentTarget.value)}
          />
        )}
      </Field>
      {fields.length === 0 ? (
        <p class="hint">Choose a form; then its fields can be put into the text.</p>
      ) : (
        <fieldset class="bare actions">
          <legend>Put in a field</legend>
          {fields.map(({ value: name, label }) => (
            <button key={name} type="button" class="button small" aria-label={`Put in the field ${label}`} onClick={() => insert(name)}>
              {label}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
};
