import { useState } from 'preact/hooks';
import type { LiveView, RecordView, RunView } from '../../core/views.ts';
import type { Field, Form } from '../../domain/application.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Code, Empty, FaultNote, Loaded, Name, Scroll, SelectField, TextField, When } from '../parts/basics.tsx';
import { Missing } from '../parts/missing.tsx';

type Values = Readonly<Record<string, string>>;

const ValueField = ({
  field,
  value,
  onChange,
}: {
  readonly field: Field;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) => {
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
  return <TextField label={label} value={value} onChange={onChange} type={field.type} required={field.required} />;
};

const Entry = ({
  view,
  form,
  record,
  onDone,
}: {
  readonly view: LiveView;
  readonly form: Form;
  readonly record: RecordView | null;
  readonly onDone: () => void;
}) => {
  const acting = useAct();
  const [values, setValues] = useState<Values>(record?.values ?? {});
  const [isVisitor, setVisitor] = useState(false);
  const save = (): void =>
    acting.run(async () => {
      const { runs } = await core.saveRecord({
        ownerId: view.owner.id,
        environment: view.environment,
        form: form.linkName,
        recordId: record?.id ?? null,
        values,
        isVisitor,
      });
      if (record === null) setValues({});
      const failed = runs.filter(({ isOk }) => !isOk).length;
      tell(failed === 0 ? 'The entry is saved.' : 'The entry is saved; what it started did not work. See below.');
      onDone();
    });
  return (
    <form
      class="form card"
      aria-label={record === null ? `New entry in ${form.name}` : `Edit an entry of ${form.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <h3>{record === null ? 'New entry' : 'Edit entry'}</h3>
      {form.fields.map((field) => (
        <ValueField
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
        />
      ))}
      {form.isPublic && record === null ? (
        <label class="choice">
          <input type="checkbox" checked={isVisitor} onChange={(event) => setVisitor(event.currentTarget.checked)} /> As a visitor who is
          not logged in
        </label>
      ) : null}
      <FaultNote fault={acting.fault} />
      <div class="actions">
        {record === null ? null : <Button onPress={onDone}>Cancel</Button>}
        <Button type="submit" kind="primary" onPress={save} isBusy={acting.isBusy}>
          Save entry
        </Button>
      </div>
    </form>
  );
};

const RunItem = ({ run, record }: { readonly run: RunView; readonly record: RecordView }) => {
  const acting = useAct();
  const again = (): void => acting.run(async () => void (await core.runComponent({ componentId: run.componentId, recordId: record.id })));
  return (
    <div class="run">
      <p>
        {run.isOk ? '● ' : '▲ '}
        <Name>{run.componentName}</Name>: {run.result === null ? 'did not work' : `${run.result.label} ${run.result.value}`},{' '}
        <When at={run.at} />
      </p>
      {run.isOk ? null : (
        <>
          <FaultNote fault={run.fault} />
          <Missing missing={run.missing} />
          <Button onPress={again} isBusy={acting.isBusy} label={`Try again: ${run.componentName}`}>
            Try again
          </Button>
          <FaultNote fault={acting.fault} />
        </>
      )}
      {run.request === null ? null : (
        <details>
          <summary>What was sent and what came back</summary>
          <p>
            <Code>
              {run.request.method} {run.request.url}
            </Code>
          </p>
          <pre>{run.request.body ?? ''}</pre>
          {run.response === null ? null : (
            <>
              <p>Status {run.response.status}</p>
              <pre>{run.response.body}</pre>
            </>
          )}
        </details>
      )}
    </div>
  );
};

const Row = ({ record, form, onEdit }: { readonly record: RecordView; readonly form: Form; readonly onEdit: () => void }) => (
  <tr>
    {form.fields.map((field, index) =>
      index === 0 ? (
        <th key={field.name} scope="row">
          {record.values[field.name]}
        </th>
      ) : (
        <td key={field.name}>{record.values[field.name]}</td>
      ),
    )}
    <td>
      {record.runs.length === 0 ? (
        <span class="hint">started nothing</span>
      ) : (
        record.runs.map((run) => <RunItem key={run.id} run={run} record={record} />)
      )}
    </td>
    <td>
      <Button onPress={onEdit} label={`Edit ${record.values[form.fields[0]?.name ?? ''] ?? 'entry'}`}>
        Edit
      </Button>
    </td>
  </tr>
);

/** A form in live mode: enter, edit, and what each entry started. */
export const Records = ({ view, form: formName }: { readonly view: LiveView; readonly form: string }) => {
  const live = useLive('records', { ownerId: view.owner.id, environment: view.environment, form: formName });
  const [editing, setEditing] = useState<string | null>(null);
  return (
    <Loaded live={live}>
      {({ form, records }) => {
        const edited = records.find(({ id }) => id === editing) ?? null;
        return (
          <>
            <Entry key={edited?.id ?? 'new'} view={view} form={form} record={edited} onDone={() => setEditing(null)} />
            {records.length === 0 ? (
              <Empty title="No entry yet." />
            ) : (
              <Scroll>
                <table>
                  <caption>
                    {records.length} {records.length === 1 ? 'entry' : 'entries'} of {form.name}
                  </caption>
                  <thead>
                    <tr>
                      {form.fields.map((field) => (
                        <th key={field.name} scope="col">
                          {field.label}
                        </th>
                      ))}
                      <th scope="col">What it started</th>
                      <th scope="col">Change</th>
                    </tr>
                  </thead>
                  <tbody>
                    {records.map((record) => (
                      <Row key={record.id} record={record} form={form} onEdit={() => setEditing(record.id)} />
                    ))}
                  </tbody>
                </table>
              </Scroll>
            )}
          </>
        );
      }}
    </Loaded>
  );
};
