import type { ConnectionRow } from '../../../core/views.ts';
import type { JsonValue } from '../../../domain/json.ts';
import { useLive } from '../../live.ts';
import { Field, SelectField, TextField } from '../../parts/basics.tsx';
import { choiceAt, choose, type FieldProps, fieldOptions, formOf, objectAt, operationIn, textAt } from './config.ts';

const SYSTEM = 'system:';

/** A connection of this application, or the service's system connection, which makes itself where none is named (R109, A22). */
export const ConnectionField = ({
  field,
  config,
  set,
  view,
  spare,
  kind,
}: FieldProps & { readonly spare: readonly ConnectionRow[]; readonly kind: string }) => {
  const catalogue = useLive('connectorNames', { isUsable: true });
  const linkName = textAt(config['connection']);
  const service = textAt(config['service']);
  const own = [...view.connectionList.filter(({ type }) => type !== 'system'), ...spare].filter(
    (one) => !one.isRetired || one.linkName === linkName,
  );
  const isKnown = linkName === '' || own.some((one) => one.linkName === linkName);
  const operation = view.kinds.find(({ name }) => name === kind)?.fields.find(({ control }) => control === 'operation');
  // Only services that have something of the sort built in: the others are reached by a script.
  const cards = (catalogue.state === 'ready' ? catalogue.value : []).filter(
    ({ id, does }) => id === service || (operation?.control === 'operation' && does.includes(operation.does)),
  );
  const change = (value: string): void => {
    set('service', value.startsWith(SYSTEM) ? value.slice(SYSTEM.length) : '');
    set('connection', value.startsWith(SYSTEM) ? '' : value);
  };
  return (
    <Field label={field.label} {...(isKnown ? {} : { error: `${linkName} does not exist. It stops publishing.` })}>
      {({ id, describedBy }) => (
        <select
          id={id}
          value={linkName === '' && service !== '' ? SYSTEM + service : linkName}
          aria-describedby={describedBy}
          onChange={(event) => change(event.currentTarget.value)}
        >
          <option value="">Choose…</option>
          {isKnown ? null : <option value={linkName}>{linkName}: does not exist</option>}
          <optgroup label="Connections">
            {own.map((one) => (
              <option key={one.id} value={one.linkName}>
                {one.owner === null ? `${one.displayName} (enabled by saving)` : one.displayName}
              </option>
            ))}
          </optgroup>
          <optgroup label="System connections, which make themselves">
            {cards.map(({ id: connectorId, name }) => (
              <option key={connectorId} value={SYSTEM + connectorId}>
                {name}: the system connection
              </option>
            ))}
          </optgroup>
        </select>
      )}
    </Field>
  );
};

/** What it does at the service; a list or a chart needs an answer with rows. */
export const OperationField = ({ field, config, set, view, connector, kind }: FieldProps & { readonly kind: string }) => {
  if (field.control !== 'operation') return null;
  const rows = (connector?.operations ?? []).filter(({ does }) => does === field.does);
  const chosen = rows.find(({ id }) => id === textAt(config[field.name]));
  const fields = view.kinds.find(({ name }) => name === kind)?.fields ?? [];
  const shape = choiceAt(fields, 'shape', config);
  const needsRows = (shape === 'list' || shape === 'chart') && chosen !== undefined && chosen.rows === null;
  const hint =
    connector === null
      ? 'Choose a connection first.'
      : rows.length === 0
        ? `Nothing of ${connector.name} that fits is built in. A script can call it by invokeurl.`
        : undefined;
  return (
    <Field
      label={field.label}
      {...(hint === undefined ? {} : { hint })}
      {...(needsRows ? { error: `“${chosen.label}” answers one number, no rows. Show a number, or choose another.` } : {})}
    >
      {({ id, describedBy }) => (
        <select
          id={id}
          value={chosen?.id ?? ''}
          aria-describedby={describedBy}
          onChange={(event) => set(field.name, event.currentTarget.value)}
        >
          {choose(rows.map((one) => ({ value: one.id, label: one.label }))).map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
};

/** The column of a list, by the operation's own names; a script's columns are known only when it runs. */
export const ColumnField = ({ field, config, set, connector }: FieldProps) => {
  const rows = operationIn(connector, config)?.rows ?? null;
  const value = textAt(config[field.name]);
  const change = (next: string): void => set(field.name, next);
  if (rows === null)
    return <TextField label={field.label} value={value} onChange={change} hint="Its name in the answer; left empty, the order decides." />;
  const options = rows.columns.map(({ name, label }) => ({ value: name, label }));
  return <SelectField label={field.label} value={value} onChange={change} options={choose(options)} />;
};

const FIXED = 'text:';

/** A value for each input of the operation, with its type and whether it is needed. */
export const Mapping = ({ field, config, set, view, connector }: FieldProps) => {
  const mapping = objectAt(config[field.name]);
  const operation = operationIn(connector, config);
  const form = formOf(view, config);
  if (field.control !== 'mapping') return null;
  if (operation === undefined) return <p class="hint">Choose a connection and what it does; then its values stand here.</p>;
  const put = (name: string, value: JsonValue): void => set(field.name, { ...mapping, [name]: value });
  const hasFields = field.sources.includes('field');
  return (
    <fieldset>
      <legend>{field.label}</legend>
      {operation.upsertKey === null ? null : (
        <p class="hint">
          The service finds what is there already by {operation.inputs.find(({ name }) => name === operation.upsertKey)?.label}: it is
          changed instead of added.
        </p>
      )}
      {operation.inputs.map((input) => {
        const label = `${input.label}${input.required ? '' : ' (optional)'}`;
        const hint = input.type === 'text' ? {} : { hint: input.type === 'date' ? 'A date.' : 'A number.' };
        if (!hasFields)
          return (
            <TextField
              key={input.name}
              label={label}
              value={textAt(mapping[input.name])}
              onChange={(text) => put(input.name, text)}
              {...hint}
            />
          );
        const source = objectAt(mapping[input.name]);
        const isText = source['from'] === 'text';
        return (
          <div key={input.name} class="pair">
            <SelectField
              label={label}
              value={isText ? FIXED : textAt(source['field'])}
              onChange={(value) => put(input.name, value === FIXED ? { from: 'text', text: '' } : { from: 'field', field: value })}
              options={[...choose(fieldOptions(form)), { value: FIXED, label: 'A fixed text' }]}
              {...hint}
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
