import type { ApplicationView } from '../../../core/views.ts';
import type { Form } from '../../../domain/application.ts';
import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import { COMPARISONS, TRIGGER_EVENTS } from '../../../domain/trigger.ts';
import { SelectField, TextField } from '../../parts/basics.tsx';
import { RowList } from '../../parts/row-list.tsx';
import { choose, fieldOptions, formAt, listAt, objectAt, textAt } from './config.ts';

const MOST_CONDITIONS = 20;

type Part = { readonly label: string; readonly form: Form | undefined; readonly value: JsonValue | undefined };

type OneValue = {
  readonly label: string;
  readonly form: Form | undefined;
  readonly field: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
};

/** A value to compare a field with: one of its choices where it has some. */
const FieldValue = ({ label, form, field, value, onChange }: OneValue) => {
  const choices = form?.fields.find(({ name }) => name === field)?.choices ?? [];
  if (choices.length === 0) return <TextField label={label} value={value} onChange={onChange} />;
  return (
    <SelectField label={label} value={value} onChange={onChange} options={choose(choices.map((one) => ({ value: one, label: one })))} />
  );
};

const EVENTS = Object.entries(TRIGGER_EVENTS).map(([value, label]) => ({ value, label }));

/** What has to happen in the form. */
export const Trigger = ({ label, form, value, onChange }: Part & { readonly onChange: (trigger: JsonObject) => void }) => {
  const trigger = objectAt(value);
  const event = textAt(trigger['event']) || 'becomes';
  const field = textAt(trigger['field']);
  const becomes = { event: 'becomes', field, value: textAt(trigger['value']) };
  return (
    <fieldset>
      <legend>{label}</legend>
      <SelectField
        label="What happens"
        value={event}
        onChange={(next) => onChange(next === 'becomes' ? becomes : { event: next })}
        options={EVENTS}
      />
      {event === 'becomes' ? (
        <div class="pair">
          <SelectField
            label="Field"
            value={field}
            onChange={(next) => onChange({ ...becomes, field: next })}
            options={choose(fieldOptions(form))}
          />
          <FieldValue
            label="Becomes"
            form={form}
            field={field}
            value={becomes.value}
            onChange={(next) => onChange({ ...becomes, value: next })}
          />
        </div>
      ) : null}
    </fieldset>
  );
};

const COMPARED = Object.entries(COMPARISONS).map(([value, { label }]) => ({ value, label }));

const takesValue = (is: string): boolean => is !== 'empty' && is !== 'filled';

/** What has to hold of the entry, all of it. */
export const Conditions = ({ label, form, value, onChange }: Part & { readonly onChange: (list: JsonValue) => void }) => {
  const rows = listAt(value);
  const change = (index: number, part: JsonObject): void => onChange(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <RowList
      legend={label}
      hint={rows.length === 0 ? 'Without a condition it starts each time.' : 'All of these have to hold.'}
      what="condition"
      count={rows.length}
      most={MOST_CONDITIONS}
      onAdd={() => onChange([...rows, { field: form?.fields[0]?.name ?? '', is: 'equals', value: '' }])}
      onRemove={(index) => onChange(rows.filter((_, at) => at !== index))}
    >
      {(index) => {
        const row = rows[index] ?? {};
        const field = textAt(row['field']);
        const is = textAt(row['is']);
        return (
          <>
            <SelectField
              label={`Field of condition ${index + 1}`}
              value={field}
              onChange={(next) => change(index, { field: next })}
              options={choose(fieldOptions(form))}
            />
            <SelectField
              label={`Comparison of condition ${index + 1}`}
              value={is}
              onChange={(next) => change(index, takesValue(next) ? { is: next } : { is: next, value: '' })}
              options={COMPARED}
            />
            {takesValue(is) ? (
              <FieldValue
                label={`Value of condition ${index + 1}`}
                form={form}
                field={field}
                value={textAt(row['value'])}
                onChange={(next) => change(index, { value: next })}
              />
            ) : null}
          </>
        );
      }}
    </RowList>
  );
};

type StartProps = {
  readonly label: string;
  readonly view: ApplicationView;
  readonly value: JsonValue | undefined;
  readonly onChange: (start: JsonValue) => void;
};

const BY_HAND = { value: '', label: 'Only by hand' };

/** What starts a script: nobody but a person, or a change in a form. */
export const StartField = ({ label, view, value, onChange }: StartProps) => {
  const start = objectAt(value);
  const linkName = textAt(start['form']);
  const form = formAt(view, linkName);
  const change = (part: JsonObject): void => onChange({ trigger: { event: 'create' }, conditions: [], ...start, ...part });
  return (
    <>
      <SelectField
        label={label}
        value={linkName}
        onChange={(next) => (next === '' ? onChange(null) : change({ form: next }))}
        options={[BY_HAND, ...view.forms.map((one) => ({ value: one.linkName, label: `By the form ${one.name}` }))]}
        hint="By hand: somebody presses Run in live mode."
      />
      {linkName === '' ? null : (
        <>
          <Trigger label="When" form={form} value={start['trigger']} onChange={(trigger) => change({ trigger })} />
          <Conditions label="Only if" form={form} value={start['conditions']} onChange={(conditions) => change({ conditions })} />
        </>
      )}
    </>
  );
};
