import { Fragment } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { ApplicationView, ComponentView, ConnectionRow } from '../../core/views.ts';
import type { FaultData } from '../../domain/faults.ts';
import type { JsonValue } from '../../domain/json.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Empty, FaultNote, Loaded, Name, ProblemList, SelectField, TextField } from '../parts/basics.tsx';
import { go } from '../place.ts';
import { formOf, hasTwoSources, isSame, isShown, sourceOf, storedConfig, textAt } from './component/config.ts';
import { ComponentConnections } from './component/connections.tsx';
import { clearDraft, type Draft, readDraft, writeDraft } from './component/draft.ts';
import { ConfigField } from './component/fields.tsx';
import { RunPanel } from './component/run-panel.tsx';

type Fields = ApplicationView['kinds'][number]['fields'];

/** Names the field that could not be stored as the form names it, and not as it is stored. */
const inWords = (fault: FaultData | null, fields: Fields): FaultData | null => {
  if (fault?.code !== 'component.config-wrong') return fault;
  const name = fault.detail?.split('.')[0];
  const field = fields.find((one) => one.name === name);
  return field === undefined ? fault : { ...fault, detail: `“${field.label}” is not filled in as it has to be` };
};

/** Connections that are used by what stands in the form; for a script, by what was saved of it. */
const usedBy = (rows: readonly ConnectionRow[], draft: Draft, component: ComponentView | null, isScript: boolean): ConnectionRow[] => {
  const { config } = draft;
  if (isScript) {
    const named = component?.references ?? [];
    const services = component?.script?.services ?? [];
    return rows.filter((row) => named.includes(row.linkName) || (row.type === 'system' && services.includes(row.connectorId)));
  }
  const linkName = textAt(config['connection']);
  const service = textAt(config['service']);
  return rows.filter((row) => (linkName === '' ? row.type === 'system' && row.connectorId === service : row.linkName === linkName));
};

const SOURCES = [
  { value: 'operation', label: 'What a service answers' },
  { value: 'script', label: 'What a script returns' },
];

const Editor = ({ view, component }: { readonly view: ApplicationView; readonly component: ComponentView | null }) => {
  const acting = useAct();
  const slot = component?.id ?? 'new';
  const [edited, setEdited] = useState<Draft | null>(() => readDraft(view.id, slot));
  const savedOver = useRef<ComponentView | null>(null);
  const start = useRef<(() => void) | null>(null);
  // What was saved has arrived in the watched view: from here on that is what is shown.
  if (edited !== null && savedOver.current !== null && savedOver.current !== component) {
    savedOver.current = null;
    setEdited(null);
  }
  const draft: Draft = edited ?? component ?? { name: '', kind: view.kinds[0]?.name ?? '', config: {} };
  const { name, kind: kindName, config } = draft;
  const kind = view.kinds.find((one) => one.name === kindName);
  const fields = kind?.fields ?? [];
  const source = sourceOf(fields, config);

  const free = useLive('connections', { owner: 'none' });
  const spare = free.state === 'ready' ? free.value.rows.filter(({ type }) => type !== 'system') : [];
  const rows = [...view.connectionList, ...spare];
  const named = rows.find(({ linkName }) => linkName === textAt(config['connection']));
  const connectorId = named?.connectorId ?? textAt(config['service']);
  // A watch needs some connector even before one is chosen; its answer is used only when it is the chosen one.
  const connector = useLive('connector', { connectorId: connectorId === '' ? 'sandbox-books' : connectorId });
  const found = connector.state === 'ready' && connectorId === connector.value.id ? connector.value : null;

  const stored = storedConfig(fields, config, found);
  const isChanged = component === null || (edited !== null && (name !== component.name || !isSame(stored, component.config)));

  const change = (part: Partial<Draft>): void => {
    const next = { ...draft, ...part };
    writeDraft(view.id, slot, next);
    setEdited(next);
  };
  // Two fields may be set by one choice, so each builds on what the one before has made.
  const pending = useRef(config);
  pending.current = config;
  const set = (field: string, value: JsonValue): void => {
    pending.current = { ...pending.current, [field]: value };
    change({ config: pending.current });
  };

  const save = async (): Promise<void> => {
    const { componentId, enabled } = await core.saveComponent({
      applicationId: view.id,
      componentId: component?.id ?? null,
      kind: kindName,
      name,
      config: stored,
    });
    clearDraft(view.id, slot);
    savedOver.current = component;
    const also = enabled.length === 0 ? '' : ` ${enabled.join(', ')} is enabled for ${view.name} by it.`;
    tell(`The component ${name} is saved.${also}`);
    if (component === null) go(`#/apps/${view.id}/components/${componentId}`);
  };
  const discard = (): void => {
    clearDraft(view.id, slot);
    setEdited(null);
    if (component === null) go(`#/apps/${view.id}`);
  };

  return (
    <div
      class="work"
      onKeyDownCapture={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        event.stopPropagation();
        if (start.current === null) acting.run(save);
        else start.current();
      }}
    >
      <form
        class="form card"
        aria-label={component === null ? 'New component' : `Edit ${component.name}`}
        onSubmit={(event) => {
          event.preventDefault();
          acting.run(save);
        }}
      >
        <TextField label="Name of the component" value={name} onChange={(next) => change({ name: next })} required />
        {component === null ? (
          <SelectField
            label="Kind"
            value={kindName}
            onChange={(next) => change({ kind: next })}
            options={view.kinds.map((one) => ({ value: one.name, label: one.label }))}
            {...(kind === undefined ? {} : { hint: kind.sentence })}
          />
        ) : null}
        {fields.map((field) => (
          <Fragment key={field.name}>
            {field.control === 'connection' && hasTwoSources(fields) ? (
              <SelectField label="What it shows comes from" value={source} onChange={(next) => set('source', next)} options={SOURCES} />
            ) : null}
            {isShown(field, fields, config) ? (
              <ConfigField
                field={field}
                config={config}
                set={set}
                view={view}
                connector={found}
                spare={spare}
                kind={kindName}
                component={component}
              />
            ) : null}
          </Fragment>
        ))}
        <FaultNote fault={inWords(acting.fault, fields)} />
        {component === null ? null : <ProblemList problems={component.problems} />}
        <div class="actions">
          <Button type="submit" kind={component === null ? 'primary' : 'plain'} onPress={() => undefined} isBusy={acting.isBusy}>
            Save component
          </Button>
          {component === null || isChanged ? <Button onPress={discard}>{component === null ? 'Cancel' : 'Discard changes'}</Button> : null}
          {component !== null && isChanged ? <p class="hint">◔ Not saved yet; kept in this window.</p> : null}
        </div>
      </form>
      <div class="stack">
        {component === null ? (
          <section class="card">
            <h2>Run in development</h2>
            <p class="hint">Save it first; then it can be tried here.</p>
          </section>
        ) : (
          <RunPanel
            view={view}
            component={component}
            form={formOf(view, stored)}
            isScript={component.script !== null}
            isChanged={isChanged}
            save={save}
            start={start}
          />
        )}
        <ComponentConnections rows={usedBy(rows, draft, component, source === 'script')} />
      </div>
    </div>
  );
};

/** The editor of one component, drawn from its kind's fields, with running it in development beside. */
export const ComponentEditor = ({ params }: { readonly params: Readonly<Record<string, string | undefined>> }) => {
  const live = useLive('application', { applicationId: `app_${(params['app'] ?? '').slice(4)}` });
  const { id } = params;
  return (
    <Loaded live={live}>
      {(view) => {
        const component = view.componentList.find((one) => one.id === id) ?? null;
        return (
          <>
            <p>
              <a href={`#/apps/${view.id}`}>
                Back to <Name>{view.name}</Name>
              </a>
            </p>
            {component === null && id !== 'new' ? (
              <Empty title="This component is not there any more." />
            ) : (
              <>
                <h2 class="title">{component === null ? 'New component' : <Name>{component.name}</Name>}</h2>
                {component === null ? null : (
                  <p class="lead">
                    {component.kindLabel}. {component.summary}.
                  </p>
                )}
                <Editor key={component?.id ?? 'new'} view={view} component={component} />
              </>
            )}
          </>
        );
      }}
    </Loaded>
  );
};
