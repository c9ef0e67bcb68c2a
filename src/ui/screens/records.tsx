import { useEffect, useState } from 'preact/hooks';
import type { LiveView, RecordView, RunView } from '../../core/views.ts';
import type { Form } from '../../domain/application.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Empty, FaultNote, Loaded, Scroll } from '../parts/basics.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { RunReport } from '../parts/run-report.tsx';
import { ValueField } from '../parts/value-field.tsx';
import { place, setQuery } from '../place.ts';

type Values = Readonly<Record<string, string>>;

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
    <RunReport run={run}>
      <Button onPress={again} isBusy={acting.isBusy} label={`Try again: ${run.componentName}`}>
        Try again
      </Button>
      <FaultNote fault={acting.fault} />
    </RunReport>
  );
};

/** By component, and within it by whom it was for. */
const inOrder = (runs: readonly RunView[]): RunView[] =>
  [...runs].sort((a, b) => a.componentName.localeCompare(b.componentName) || a.label.localeCompare(b.label));

type RowProps = { readonly view: LiveView; readonly record: RecordView; readonly form: Form; readonly onEdit: () => void };

const Row = ({ view, record, form, onEdit }: RowProps) => {
  const [first] = form.fields;
  const name = first === undefined ? 'entry' : record.values[first.name] || 'entry';
  const remove = async (): Promise<void> => {
    const { runs } = await core.deleteRecord({ ownerId: view.owner.id, environment: view.environment, recordId: record.id });
    const failed = runs.filter(({ isOk }) => !isOk).length;
    tell(failed === 0 ? 'The entry is deleted.' : 'The entry is deleted; what that started waits in the outbox.');
  };
  return (
    <tr>
      {form.fields.map((field, index) =>
        index === 0 ? (
          <th key={field.name} scope="row">
            {record.values[field.name]}
          </th>
        ) : (
          <td key={field.name} data-label={field.label}>
            {record.values[field.name]}
          </td>
        ),
      )}
      <td class="started">
        {record.runs.length === 0 ? (
          <span class="hint">started nothing</span>
        ) : (
          inOrder(record.runs).map((run) => <RunItem key={run.id} run={run} record={record} />)
        )}
      </td>
      <td>
        <div class="actions">
          <Button onPress={onEdit} label={`Edit ${name}`}>
            Edit
          </Button>
          <Confirm verb="Delete…" title={`Delete… ${name}`} confirm="Delete the entry" act={remove}>
            <p>The entry is removed from {form.name}, and what waits for its deletion is started. It cannot be taken back.</p>
            <p>What was sent to services stays there. What waits in the outbox for it stays in the outbox.</p>
          </Confirm>
        </div>
      </td>
    </tr>
  );
};

const Pages = ({ page, pages }: { readonly page: number; readonly pages: number }) => {
  const to = (next: number): void => setQuery({ page: next === 0 ? null : String(next + 1) });
  // What stood on the last page may have been deleted.
  useEffect(() => {
    if (page >= pages) to(pages - 1);
  }, [page, pages]);
  if (pages <= 1) return null;
  return (
    <nav class="actions" aria-label="Pages of entries">
      <Button onPress={() => to(page - 1)} {...(page === 0 ? { permission: { allowed: false, says: 'This is the first page.' } } : {})}>
        Previous
      </Button>
      <p class="hint" role="status">
        Page {page + 1} of {pages}
      </p>
      <Button
        onPress={() => to(page + 1)}
        {...(page + 1 >= pages ? { permission: { allowed: false, says: 'This is the last page.' } } : {})}
      >
        Next
      </Button>
    </nav>
  );
};

const pageIn = (query: URLSearchParams): number => {
  const found = Number(query.get('page') ?? '1');
  return Number.isSafeInteger(found) && found >= 1 ? found - 1 : 0;
};

/** A form in live mode: enter, edit, delete, and what each entry started. */
export const Records = ({ view, form: formName }: { readonly view: LiveView; readonly form: string }) => {
  const page = pageIn(place.value.query);
  const live = useLive('records', { ownerId: view.owner.id, environment: view.environment, form: formName, page });
  const [editing, setEditing] = useState<string | null>(null);
  return (
    <Loaded live={live}>
      {({ form, records, pages, total }) => {
        const edited = records.find(({ id }) => id === editing) ?? null;
        return (
          <>
            <Entry key={edited?.id ?? 'new'} view={view} form={form} record={edited} onDone={() => setEditing(null)} />
            {total === 0 ? (
              <Empty title="No entry yet." />
            ) : (
              <Scroll>
                <table class="records">
                  <caption>
                    {total} {total === 1 ? 'entry' : 'entries'} of {form.name}
                    {pages > 1 ? `, ${records.length} on this page` : ''}, newest first
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
                      <Row key={record.id} view={view} record={record} form={form} onEdit={() => setEditing(record.id)} />
                    ))}
                  </tbody>
                </table>
              </Scroll>
            )}
            <Pages page={page} pages={pages} />
          </>
        );
      }}
    </Loaded>
  );
};
