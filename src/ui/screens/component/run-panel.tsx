import { useLayoutEffect, useState } from 'preact/hooks';
import type { ApplicationView, ComponentView, RecordsView, RunView } from '../../../core/views.ts';
import type { Form } from '../../../domain/application.ts';
import type { RecordId } from '../../../domain/ids.ts';
import { useAct } from '../../act.ts';
import { core } from '../../core.ts';
import { type Live, useLive } from '../../live.ts';
import { tell } from '../../notices.tsx';
import { Button, FaultNote, Loaded, SelectField } from '../../parts/basics.tsx';
import { Missing } from '../../parts/missing.tsx';
import { RunReport } from '../../parts/run-report.tsx';
import { ValueField } from '../../parts/value-field.tsx';
import { isStartedByNew } from './config.ts';
import { DryRun } from './dry-run.tsx';

type Values = Readonly<Record<string, string>>;

const TYPED = 'typed';
const NOTHING = 'nothing';

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const entryLabel = ({ form, records }: RecordsView, id: string): string => {
  const found = records.find((one) => one.id === id);
  if (found === undefined) return id;
  const first = found.values[form.fields[0]?.name ?? ''] ?? '';
  return `${first === '' ? 'Entry' : first}, ${dateTime.format(found.createdAt)}`;
};

type SourceProps = {
  readonly form: Form;
  readonly records: Live<RecordsView>;
  readonly isOptional: boolean;
  readonly chosen: string;
  readonly choose: (chosen: string) => void;
  readonly values: Values;
  readonly setValues: (values: Values) => void;
};

/** The entry that it runs for: one that is there, or values typed here. */
const EntryChoice = ({ form, records, isOptional, chosen, choose, values, setValues }: SourceProps) => {
  const stored = records.state === 'ready' ? records.value.records.map(({ id }) => id) : [];
  return (
    <>
      <SelectField
        label="For which entry"
        value={chosen}
        onChange={choose}
        options={[
          ...(isOptional ? [{ value: NOTHING, label: 'Without an entry' }] : []),
          { value: TYPED, label: 'Values typed here' },
          ...(records.state === 'ready' ? stored.map((id) => ({ value: id, label: entryLabel(records.value, id) })) : []),
        ]}
      />
      {chosen === TYPED ? (
        <fieldset>
          <legend>Values of {form.name}</legend>
          <p class="hint">A dry run only looks at them. Running keeps them as an entry in Development.</p>
          <div class="pair">
            {form.fields.map((field) => (
              <ValueField
                key={field.name}
                field={field}
                value={values[field.name] ?? ''}
                onChange={(value) => setValues({ ...values, [field.name]: value })}
                isRequired={false}
              />
            ))}
          </div>
        </fieldset>
      ) : null}
    </>
  );
};

type Props = {
  readonly view: ApplicationView;
  readonly component: ComponentView;
  readonly form: Form | undefined;
  readonly isScript: boolean;
  readonly isChanged: boolean;
  /** Saves what is not saved yet; rejects with a fault. */
  readonly save: () => Promise<void>;
  /** Filled with what Ctrl+Enter does. */
  readonly start: { current: (() => void) | null };
};

const newestFirst = (runs: readonly RunView[]): readonly RunView[] => [...runs].sort((a, b) => a.label.localeCompare(b.label));

/** Development's live mode of a component while it is built: dry run, run, report. */
export const RunPanel = ({ view, component, form, isScript, isChanged, save, start }: Props) => {
  const acting = useAct();
  const [isDry, setDry] = useState(false);
  const [picked, setPicked] = useState<string | null>(null);
  const [values, setValues] = useState<Values>({});
  const at = { ownerId: view.id, environment: 'development' } as const;
  const liveMode = useLive('liveMode', at);
  // A watch needs some form; where the component has none its answer is not used.
  const records = useLive('records', { ...at, form: form?.linkName ?? view.forms[0]?.linkName ?? '' });
  const entries = form !== undefined && records.state === 'ready' ? records.value.records : [];
  const chosen = picked ?? (isScript ? NOTHING : (entries[0]?.id ?? TYPED));
  const record = entries.find(({ id }) => id === chosen) ?? null;
  const here = liveMode.state === 'ready' ? liveMode.value.components.find(({ id }) => id === component.id) : undefined;

  const say = (runs: readonly RunView[]): void => {
    const failed = runs.filter(({ isOk }) => !isOk).length;
    if (runs.length === 0) tell(`${component.name} was started. See the report.`);
    else tell(failed === 0 ? `${component.name} worked.` : `${component.name} did not work. See the report.`);
  };

  const runTyped = async (owner: Form): Promise<void> => {
    const saved = await core.saveRecord({ ...at, form: owner.linkName, recordId: null, values });
    setPicked(saved.recordId);
    // The entry may have started it already; it must not run twice for it.
    if (isStartedByNew(component.config, owner.linkName, values)) say(saved.runs.filter(({ componentId }) => componentId === component.id));
    else say([await core.runComponent({ componentId: component.id, recordId: saved.recordId })]);
  };

  const run = (): void =>
    acting.run(async () => {
      if (isChanged) await save();
      if (form !== undefined && chosen === TYPED) return runTyped(form);
      const recordId: RecordId | null = record?.id ?? null;
      say([await core.runComponent({ componentId: component.id, recordId })]);
    });
  // Before the next key can be pressed, so that it never runs with what was typed a moment ago.
  useLayoutEffect(() => {
    start.current = run;
    return () => {
      start.current = null;
    };
  });

  const runs =
    record === null
      ? here?.lastRun == null || (form !== undefined && !isScript)
        ? []
        : [here.lastRun]
      : newestFirst(record.runs.filter(({ componentId }) => componentId === component.id));
  const source = component.config['script'];
  return (
    <section class="card" aria-labelledby="run-here">
      <h2 id="run-here">Run in development</h2>
      {form === undefined ? null : (
        <EntryChoice
          form={form}
          records={records}
          isOptional={isScript}
          chosen={chosen}
          choose={setPicked}
          values={values}
          setValues={setValues}
        />
      )}
      <div class="actions">
        <Button kind="primary" onPress={run} isBusy={acting.isBusy}>
          {isChanged ? 'Save and run in development' : 'Run in development'}
        </Button>
        <Button onPress={() => setDry(!isDry)} label={isDry ? 'Close the dry run' : 'Dry run'}>
          {isDry ? 'Close the dry run' : 'Dry run'}
        </Button>
        <span class="hint">Ctrl+Enter runs it.</span>
      </div>
      <FaultNote fault={acting.fault} />
      <Missing missing={here?.missing ?? []} />
      {isDry ? (
        <DryRun
          componentId={component.id}
          recordId={record?.id ?? null}
          values={record === null && chosen === TYPED ? values : null}
          source={typeof source === 'string' ? source : null}
          isChanged={isChanged}
        />
      ) : null}
      <section class="stack" aria-labelledby="last-run">
        <h3 id="last-run">Last run</h3>
        <Loaded live={liveMode}>
          {() =>
            runs.length === 0 ? (
              <p class="hint">It did not run {record === null ? '' : 'for this entry '}yet.</p>
            ) : (
              runs.map((one) => <RunReport key={one.id} run={one} isNamed={false} {...(typeof source === 'string' ? { source } : {})} />)
            )
          }
        </Loaded>
      </section>
    </section>
  );
};
