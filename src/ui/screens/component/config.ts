import type { ApplicationView, ConnectorView, KindField } from '../../../core/views.ts';
import type { Form, FormRecord } from '../../../domain/application.ts';
import type { Operation } from '../../../domain/connector.ts';
import { isObject, type JsonObject, type JsonValue } from '../../../domain/json.ts';
import { COMPARISONS, type Comparison, isStartedBy, type Start, TRIGGER_EVENTS, type TriggerEvent } from '../../../domain/trigger.ts';

/** What was entered for a component so far: the fields of every kind that was looked at, so that changing the kind loses nothing. */
export type Config = JsonObject;

/** What each control of the editor gets. */
export type FieldProps = {
  readonly field: KindField;
  readonly config: Config;
  readonly set: (name: string, value: JsonValue) => void;
  readonly view: ApplicationView;
  readonly connector: ConnectorView | null;
};

export const textAt = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

export const objectAt = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {});

export const listAt = (value: JsonValue | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

export type Option = { readonly value: string; readonly label: string };

export const choose = (rows: readonly Option[]): Option[] => [{ value: '', label: 'Choose…' }, ...rows];

export const formAt = (view: ApplicationView, linkName: string): Form | undefined => view.forms.find((form) => form.linkName === linkName);

/** The form that starts it: beside the other fields, or inside `start`. */
export const formOf = (view: ApplicationView, config: Config): Form | undefined =>
  formAt(view, textAt(config['form']) || textAt(objectAt(config['start'])['form']));

export const fieldOptions = (form: Form | undefined): Option[] => (form?.fields ?? []).map(({ name, label }) => ({ value: name, label }));

export const operationIn = (connector: ConnectorView | null, config: Config): Operation | undefined =>
  connector?.operations.find(({ id }) => id === textAt(config['operation']));

/** Where a kind may take what it shows from an operation or from a script, which of the two is in use. */
export type Source = 'operation' | 'script';

const OF_OPERATION: readonly KindField['control'][] = ['connection', 'operation', 'mapping'];

export const hasTwoSources = (fields: readonly KindField[]): boolean =>
  fields.some(({ control }) => control === 'operation') && fields.some(({ control }) => control === 'script');

export const sourceOf = (fields: readonly KindField[], config: Config): Source => {
  const chosen = textAt(config['source']);
  if (!hasTwoSources(fields)) return fields.some(({ control }) => control === 'script') ? 'script' : 'operation';
  if (chosen === 'script' || chosen === 'operation') return chosen;
  return textAt(config['script']).trim() === '' ? 'operation' : 'script';
};

/** Is the field drawn: not what belongs to the other source, nor a column where nothing is charted. */
export const isShown = (field: KindField, fields: readonly KindField[], config: Config): boolean => {
  if (field.control === 'column') return choiceAt(fields, 'shape', config) === field.when;
  if (!hasTwoSources(fields)) return true;
  return sourceOf(fields, config) === 'script' ? !OF_OPERATION.includes(field.control) : field.control !== 'script';
};

/** The value of a choice, which begins with its first. */
export const choiceAt = (fields: readonly KindField[], name: string, config: Config): string => {
  const field = fields.find((one) => one.name === name);
  const first = field?.control === 'choice' ? (field.choices[0]?.value ?? '') : '';
  return textAt(config[name]) || first;
};

const EMPTY: Partial<Record<KindField['control'], JsonValue>> = {
  conditions: [],
  recipients: [],
  mapping: {},
  start: null,
  trigger: { event: 'becomes', field: '', value: '' },
};

const emptyOf = (control: KindField['control']): JsonValue => {
  const empty = EMPTY[control];
  return empty === undefined ? '' : empty;
};

/** Of a mapping, what the chosen operation takes and what says something. */
const fitMapping = (mapping: JsonObject, operation: Operation | undefined): JsonObject => {
  const names = operation?.inputs.map(({ name }) => name) ?? Object.keys(mapping);
  const isFilled = (value: JsonValue | undefined): boolean =>
    typeof value === 'string' ? value !== '' : textAt(objectAt(value)['field']) !== '' || textAt(objectAt(value)['text']) !== '';
  return Object.fromEntries(names.flatMap((name) => (isFilled(mapping[name]) ? [[name, mapping[name] ?? '']] : [])));
};

const storedValue = (field: KindField, fields: readonly KindField[], config: Config, connector: ConnectorView | null): JsonValue => {
  const { name, control } = field;
  const operation = operationIn(connector, config);
  if (control === 'choice') return choiceAt(fields, name, config);
  if (!isShown(field, fields, config)) return emptyOf(control);
  if (control === 'mapping') return fitMapping(objectAt(config[name]), operation);
  // Another connector's operation means nothing here.
  if (control === 'operation' && connector !== null && operation === undefined) return '';
  return config[name] ?? emptyOf(control);
};

/** What is stored of it: the fields of this kind, filled up, and nothing that another kind or connection left behind. */
export const storedConfig = (fields: readonly KindField[], config: Config, connector: ConnectorView | null): JsonObject => {
  const stored: Record<string, JsonValue> = {};
  for (const field of fields) {
    stored[field.name] = storedValue(field, fields, config, connector);
    if (field.control === 'connection') stored['service'] = isShown(field, fields, config) ? textAt(config['service']) : '';
  }
  return stored;
};

/** The same two configurations, whatever the order of their members. */
export const isSame = (a: JsonValue | undefined, b: JsonValue | undefined): boolean => {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, index) => isSame(one, b[index]));
  if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => isSame(a[name], b[name]));
  }
  return a === b;
};

const isComparison = (name: string): name is Comparison => Object.hasOwn(COMPARISONS, name);

const isEvent = (name: string): name is TriggerEvent => Object.hasOwn(TRIGGER_EVENTS, name);

/** What starts a stored configuration by itself; null where only a person does. */
const startIn = (config: Config): Start | null => {
  const place = isObject(config['start']) ? config['start'] : config;
  const form = textAt(place['form']);
  const trigger = objectAt(place['trigger']);
  const event = textAt(trigger['event']);
  if (form === '' || !isEvent(event)) return null;
  return {
    form,
    trigger: event === 'becomes' ? { event, field: textAt(trigger['field']), value: textAt(trigger['value']) } : { event },
    conditions: listAt(place['conditions']).flatMap((one) => {
      const is = textAt(one['is']);
      return isComparison(is) ? [{ field: textAt(one['field']), is, value: textAt(one['value']) }] : [];
    }),
  };
};

/** Does a new entry with these values start it. */
export const isStartedByNew = (config: Config, form: string, values: Readonly<Record<string, string>>): boolean => {
  const start = startIn(config);
  const after: FormRecord = {
    id: 'rec_0',
    ownerId: 'app_0',
    environment: 'development',
    form,
    values,
    createdAt: 0,
    updatedAt: 0,
    revision: 0,
  };
  return start !== null && isStartedBy(start, { before: null, after });
};
