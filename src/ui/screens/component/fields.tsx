import { useMemo, useState } from 'preact/hooks';
import type { ComponentView, ConnectionRow } from '../../../core/views.ts';
import type { EditorConnection } from '../../../deluge/editor/connection.ts';
import { CONNECTION_TYPES } from '../../../domain/connection-type.ts';
import { faultText } from '../../../domain/faults.ts';
import { SelectField, TextField } from '../../parts/basics.tsx';
import { DelugeEditor } from '../../parts/deluge-editor.tsx';
import { go } from '../../place.ts';
import { choiceAt, choose, type FieldProps, formOf, textAt } from './config.ts';
import { Recipients, Template } from './message-fields.tsx';
import { ScriptNotes } from './script-notes.tsx';
import { Conditions, StartField, Trigger } from './start-fields.tsx';
import { ColumnField, ConnectionField, Mapping, OperationField } from './target-fields.tsx';

type Props = FieldProps & {
  readonly kind: string;
  readonly component: ComponentView | null;
  /** Connections that are enabled for no application: saving enables them for this one (R49). */
  readonly spare: readonly ConnectionRow[];
};

let lastScript = 0;

/** As they stand in development, where scripts are built. */
const asEditorConnection = (row: ConnectionRow): EditorConnection => {
  const slot = row.slots.find(({ commandEnvironment }) => commandEnvironment === 'development');
  const reason = slot?.status.reason ?? null;
  const word = slot?.status.isConnected === true ? 'Connected' : 'Not connected';
  return {
    linkName: row.linkName,
    displayName: row.displayName,
    typeLabel: CONNECTION_TYPES[row.type].label,
    status: reason === null ? word : `${word}: ${faultText(reason)}`,
    account: slot?.account ?? null,
    state: row.isRetired ? 'retired' : row.isPaused ? 'paused' : 'ok',
  };
};

const Script = ({ field, config, set, view, component }: Props) => {
  const [id] = useState(() => `script-${++lastScript}`);
  const value = textAt(config[field.name]);
  const script = component?.script ?? null;
  const connections = useMemo(() => view.connectionList.map(asEditorConnection), [view]);
  const open = (linkName: string): void => {
    const found = view.connectionList.find((one) => one.linkName === linkName.toLowerCase());
    if (found !== undefined) go(`#/connections/${found.id}`);
  };
  return (
    <>
      <DelugeEditor
        id={id}
        label={field.label}
        value={value}
        onInput={(next) => set(field.name, next)}
        connections={connections}
        onOpenConnection={open}
        {...(script === null ? {} : { describedBy: `${id}-notes` })}
      />
      {script === null ? (
        <p class="hint">After saving, the connections that it uses and what is wrong in it stand here.</p>
      ) : (
        <ScriptNotes id={`${id}-notes`} script={script} view={view} isChanged={value !== textAt(component?.config[field.name])} />
      )}
    </>
  );
};

const parts = (rows: readonly { readonly linkName: string; readonly name: string }[]) =>
  choose(rows.map(({ linkName, name }) => ({ value: linkName, label: name })));

/** One field of a kind's configuration, by its control. */
export const ConfigField = (props: Props) => {
  const { field, config, set, view, kind } = props;
  const value = textAt(config[field.name]);
  const change = (next: string): void => set(field.name, next);
  const form = formOf(view, config);
  switch (field.control) {
    case 'text':
      return <TextField label={field.label} value={value} onChange={change} />;
    case 'form':
      return (
        <SelectField
          label={field.label}
          value={value}
          onChange={change}
          options={parts(view.forms)}
          {...(view.forms.length === 0 ? { hint: 'The application has no form yet. Add one on its page.' } : {})}
        />
      );
    case 'page':
      return (
        <SelectField
          label={field.label}
          value={value}
          onChange={change}
          options={parts(view.pages)}
          {...(view.pages.length === 0 ? { hint: 'The application has no page yet. Add one on its page.' } : {})}
        />
      );
    case 'choice': {
      const fields = view.kinds.find(({ name }) => name === kind)?.fields ?? [];
      return <SelectField label={field.label} value={choiceAt(fields, field.name, config)} onChange={change} options={field.choices} />;
    }
    case 'trigger':
      return <Trigger label={field.label} form={form} value={config[field.name]} onChange={(next) => set(field.name, next)} />;
    case 'conditions':
      return <Conditions label={field.label} form={form} value={config[field.name]} onChange={(next) => set(field.name, next)} />;
    case 'start':
      return <StartField label={field.label} view={view} value={config[field.name]} onChange={(next) => set(field.name, next)} />;
    case 'connection':
      return <ConnectionField {...props} />;
    case 'operation':
      return <OperationField {...props} />;
    case 'mapping':
      return <Mapping {...props} />;
    case 'column':
      return <ColumnField {...props} />;
    case 'recipients':
      return <Recipients {...props} />;
    case 'template':
      return <Template {...props} />;
    case 'script':
      return <Script {...props} />;
    default:
      return field satisfies never;
  }
};
