import { useState } from 'preact/hooks';
import type { ApplicationView, ComponentView, ConnectionRow, ConnectorView, KindField } from '../../core/views.ts';
import { CONNECTION_TYPES } from '../../domain/connection-type.ts';
import type { Operation } from '../../domain/connector.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Authorize } from '../parts/authorize.tsx';
import { Button, FaultNote, Name, SelectField, Tag, TextField } from '../parts/basics.tsx';
import { Status } from '../parts/status.tsx';

type Config = Readonly<Record<string, JsonValue>>;
type FieldProps = {
  readonly field: KindField;
  readonly config: Config;
  readonly set: (name: string, value: JsonValue) => void;
  readonly view: ApplicationView;
  readonly connector: ConnectorView | null;
  /** Connections that are enabled for no application: saving enables them for this one (R49). */
  readonly spare: readonly ConnectionRow[];
};

const textAt = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
const objectAt = (value: JsonValue | undefined): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
const choose = (rows: readonly { readonly value: string; readonly label: string }[]) => [{ value: '', label: 'Choose…' }, ...rows];
const parts = (rows: readonly { readonly linkName: string; readonly name: string }[]) =>
  choose(rows.map(({ linkName, name }) => ({ value: linkName, label: name })));

const operationOf = (connector: ConnectorView | null, config: Config): Operation | undefined =>
  connector?.operations.find(({ id }) => id === textAt(config['operation']));

const Trigger = ({ field, config, set, view }: FieldProps) => {
  const trigger = objectAt(config[field.name]);
  const form = view.forms.find(({ linkName }) => linkName === textAt(config['form']));
  const watched = form?.fields.find(({ name }) => name === textAt(trigger['field']));
  const change = (part: JsonObject): void => set(field.name, { event: 'becomes', field: '', value: '', ...trigger, ...part });
  const values = watched?.choices ?? [];
  return (
    <fieldset>
      <legend>{field.label}</legend>
      <SelectField
        label="Field"
        value={textAt(trigger['field'])}
        onChange={(name) => change({ field: name })}
        options={choose((form?.fields ?? []).map(({ name, label }) => ({ value: name, label })))}
      />
      {values.length > 0 ? (
        <SelectField
          label="Becomes"
          value={textAt(trigger['value'])}
          onChange={(value) => change({ value })}
          options={choose(values.map((value) => ({ value, label: value })))}
        />
      ) : (
        <TextField label="Becomes" value={textAt(trigger['value'])} onChange={(value) => change({ value })} />
      )}
    </fieldset>
  );
};

const Mapping = ({ field, config, set, view, connector }: FieldProps) => {
  const mapping = objectAt(config[field.name]);
  const operation = operationOf(connector, config);
  const form = view.forms.find(({ linkName }) => linkName === textAt(config['form']));
  if (field.control !== 'mapping') return null;
  if (operation === undefined) return <p class="hint">Choose a connection and what it does; then its values stand here.</p>;
  const put = (name: string, value: JsonValue): void => set(field.name, { ...mapping, [name]: value });
  const hasFields = field.sources.includes('field');
  return (
    <fieldset>
      <legend>{field.label}</legend>
      {operation.inputs.map((input) => {
        const label = `${input.label}${input.required ? '' : ' (optional)'}`;
        if (!hasFields)
          return (
            <TextField key={input.name} label={label} value={textAt(mapping[input.name])} onChange={(text) => put(input.name, text)} />
          );
        const source = objectAt(mapping[input.name]);
        const isText = source['from'] === 'text';
        return (
          <div key={input.name} class="pair">
            <SelectField
              label={label}
              value={isText ? 'text:' : textAt(source['field'])}
              onChange={(value) => put(input.name, value === 'text:' ? { from: 'text', text: '' } : { from: 'field', field: value })}
              options={[
                ...choose((form?.fields ?? []).map(({ name, label: fieldLabel }) => ({ value: name, label: fieldLabel }))),
                { value: 'text:', label: 'A fixed text' },
              ]}
            />
            {isText ? (
              <TextField
                label={`Text for ${input.label}`}
                value={textAt(source['text'])}
                onChange={(text) => put(input.name, { from: 'text', text })}
              />
            ) : null}
          </div>
        );
      })}
    </fieldset>
  );
};

const SYSTEM = 'system:';

/** A connection of this application, or the service's system connection, which makes itself where none is named (R109). */
const ConnectionField = ({ field, config, set, view, spare }: FieldProps) => {
  const catalogue = useLive('catalogue', {});
  const linkName = textAt(config['connection']);
  const service = textAt(config['service']);
  const own = [...view.connectionList.filter(({ type }) => type !== 'system'), ...spare].filter(
    (one) => !one.isRetired || one.linkName === linkName,
  );
  const isKnown = linkName === '' || own.some((one) => one.linkName === linkName);
  const cards = catalogue.state === 'ready' ? catalogue.value : [];
  const change = (value: string): void => {
    set('service', value.startsWith(SYSTEM) ? value.slice(SYSTEM.length) : '');
    set('connection', value.startsWith(SYSTEM) ? '' : value);
  };
  return (
    <SelectField
      label={field.label}
      value={linkName === '' && service !== '' ? SYSTEM + service : linkName}
      onChange={change}
      options={choose([
        ...own.map((one) => ({
          value: one.linkName,
          label: one.owner === null ? `${one.displayName} (enabled by saving)` : one.displayName,
        })),
        ...(isKnown ? [] : [{ value: linkName, label: `${linkName}: does not exist` }]),
        ...cards.map(({ id, name }) => ({ value: SYSTEM + id, label: `${name}: the system connection` })),
      ])}
    />
  );
};

const ConfigField = (props: FieldProps) => {
  const { field, config, set, view, connector } = props;
  const value = textAt(config[field.name]);
  const change = (next: string): void => set(field.name, next);
  switch (field.control) {
    case 'text':
      return <TextField label={field.label} value={value} onChange={change} required />;
    case 'form':
      return <SelectField label={field.label} value={value} onChange={change} options={parts(view.forms)} />;
    case 'page':
      return <SelectField label={field.label} value={value} onChange={change} options={parts(view.pages)} />;
    case 'connection':
      return <ConnectionField {...props} />;
    case 'operation': {
      const operations = (connector?.operations ?? []).filter(({ does }) => does === field.does);
      return (
        <SelectField
          label={field.label}
          value={value}
          onChange={change}
          options={choose(operations.map(({ id, label }) => ({ value: id, label })))}
        />
      );
    }
    case 'trigger':
      return <Trigger {...props} />;
    case 'mapping':
      return <Mapping {...props} />;
  }
};

/** Edit mode lists the connections of the component that is open, in development (R52): service, account, status, type, Authorize. */
const ComponentConnections = ({ rows }: { readonly rows: readonly ConnectionRow[] }) => (
  <section aria-label="Connections of this component">
    <h4>Connections of this component</h4>
    {rows.length === 0 ? <p class="hint">It uses no connection yet.</p> : null}
    {rows.map((row) => {
      const slot = row.slots.find(({ commandEnvironment }) => commandEnvironment === 'development');
      return (
        <div key={row.id} class="row">
          <div class="grow">
            <a href={`#/connections/${row.id}`}>
              <Name>{row.displayName}</Name>
            </a>{' '}
            <Tag>{CONNECTION_TYPES[row.type].label}</Tag> <span class="hint">{row.connectorName}</span>
            {slot === undefined ? null : (
              <p>
                <Status status={slot.status} /> {slot.account === null ? null : <Name>{slot.account}</Name>}
              </p>
            )}
          </div>
          {slot === undefined || slot.status.isConnected ? null : (
            <Authorize
              connectionId={row.id}
              displayName={row.displayName}
              environment="development"
              status={slot.status}
              permission={slot.authorize}
              hasGrant={slot.authorizationId !== null}
              kind="plain"
            />
          )}
        </div>
      );
    })}
  </section>
);

/** The configuration form of a component, drawn from its kind's fields. */
export const ComponentEditor = ({
  view,
  component,
  onDone,
}: {
  readonly view: ApplicationView;
  readonly component: ComponentView | null;
  readonly onDone: () => void;
}) => {
  const acting = useAct();
  const [name, setName] = useState(component?.name ?? '');
  const [kindName, setKindName] = useState(component?.kind ?? view.kinds[0]?.name ?? '');
  const [config, setConfig] = useState<Config>(component?.config ?? {});
  const kind = view.kinds.find((one) => one.name === kindName);
  const free = useLive('connections', { owner: 'none' });
  const spare = free.state === 'ready' ? free.value.rows.filter(({ type }) => type !== 'system') : [];
  const named = [...view.connectionList, ...spare].find(({ linkName }) => linkName === textAt(config['connection']));
  const connectorId = named?.connectorId ?? textAt(config['service']);
  // A watch needs some connector even before one is chosen; its answer is used only when it is the chosen one.
  const connector = useLive('connector', { connectorId: connectorId === '' ? 'sandbox-books' : connectorId });
  const found = connector.state === 'ready' && connectorId === connector.value.id ? connector.value : null;
  const service = textAt(config['service']);
  const used = [...view.connectionList, ...spare].filter((row) =>
    textAt(config['connection']) === '' ? row.type === 'system' && row.connectorId === service : row.id === named?.id,
  );
  const set = (field: string, value: JsonValue): void => setConfig((before) => ({ ...before, [field]: value }));
  const save = (): void =>
    acting.run(async () => {
      const empty = Object.fromEntries((kind?.fields ?? []).map((field) => [field.name, field.control === 'mapping' ? {} : '']));
      const { enabled } = await core.saveComponent({
        applicationId: view.id,
        componentId: component?.id ?? null,
        kind: kindName,
        name,
        config: { ...empty, ...config },
      });
      const also = enabled.length === 0 ? '' : ` ${enabled.join(', ')} is enabled for ${view.name} by it.`;
      tell(`The component ${name} is saved.${also}`);
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
      <h3>{component === null ? 'New component' : `Edit ${component.name}`}</h3>
      <TextField label="Name of the component" value={name} onChange={setName} required />
      {component === null ? (
        <SelectField
          label="Kind"
          value={kindName}
          onChange={setKindName}
          options={view.kinds.map((one) => ({ value: one.name, label: one.label }))}
          {...(kind === undefined ? {} : { hint: kind.sentence })}
        />
      ) : null}
      {kind?.fields.map((field) => (
        <ConfigField key={field.name} field={field} config={config} set={set} view={view} connector={found} spare={spare} />
      ))}
      <ComponentConnections rows={used} />
      <FaultNote fault={acting.fault} />
      <div class="actions">
        <Button onPress={onDone}>Cancel</Button>
        <Button type="submit" kind="primary" onPress={save} isBusy={acting.isBusy}>
          Save component
        </Button>
      </div>
    </form>
  );
};
