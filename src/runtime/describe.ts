import * as v from 'valibot';
import { writesOfScript } from '../deluge/writes.ts';
import type { FormRecord } from '../domain/application.ts';
import type { BundleContents } from '../domain/bundle.ts';
import type { ComponentDefinition } from '../domain/component.ts';
import type { ComponentFacts } from '../domain/component-change.ts';
import type { Connector, Operation } from '../domain/connector.ts';
import type { Telling } from '../domain/difference.ts';
import { Fault } from '../domain/faults.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { startText } from '../domain/trigger.ts';
import { sourceSchema } from './fields.ts';
import { kindByName } from './index.ts';
import type { ComponentKind, KindField, Target } from './kind.ts';

/** An entry without values, to ask a kind what it would do. */
export const NOBODY: FormRecord = {
  id: 'rec_0',
  ownerId: 'app_0',
  environment: 'development',
  form: '',
  values: {},
  createdAt: 0,
  updatedAt: 0,
  revision: 0,
};

/** The operation that a component is pointed at, or null where it runs a script. */
export const targetIn = (kind: ComponentKind, config: JsonObject): Target | null => {
  const todo = kind.work(config, NOBODY);
  if (todo.do === 'read') return todo.target;
  return todo.do === 'push' ? (todo.pushes[0]?.target ?? null) : null;
};

type ConnectorOf = (id: string) => Pick<Connector, 'name' | 'operations' | 'scopes'> | null;

/** A text as people read it: a source of a mapping, a fixed text, or whatever else stands there. */
const words = (value: JsonValue | undefined): string => {
  if (v.is(sourceSchema, value)) return value.from === 'field' ? `field ${value.field}` : `“${value.text}”`;
  if (Array.isArray(value)) return value.map(words).join(', ');
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
};

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Says = Readonly<Record<string, string>>;

/** What a field says, by its label. What starts a component, what it speaks through and its longer texts are told as a whole. */
const saysOf = (field: KindField, value: JsonValue | undefined, { application }: BundleContents, operation: Operation | null): Says => {
  const { label } = field;
  switch (field.control) {
    case 'choice':
      return { [label]: field.choices.find((one) => one.value === value)?.label ?? words(value) };
    case 'page':
      return { [label]: application.pages.find(({ linkName }) => linkName === value)?.name ?? words(value) };
    case 'operation':
      return { [label]: operation?.label ?? words(value) };
    case 'mapping':
      return Object.fromEntries(
        Object.entries(isObject(value) ? value : {}).map(([name, source]) => {
          const input = operation?.inputs.find((one) => one.name === name)?.label ?? name;
          return [`${label}, ${input}`, typeof source === 'string' ? `“${source}”` : words(source)];
        }),
      );
    case 'text':
    case 'column':
    case 'recipients':
      return { [label]: words(value) };
    default:
      return {};
  }
};

const startSays = (kind: ComponentKind, config: JsonObject, { application }: BundleContents): Says => {
  if (!kind.fields.some(({ control }) => control === 'start' || control === 'trigger')) return {};
  const start = kind.starts(config);
  if (start === null) return { Started: 'When somebody starts it' };
  const form = application.forms.find(({ linkName }) => linkName === start.form)?.name ?? start.form;
  return { Started: startText(start), Form: form };
};

/** Every value of a configuration by its place, for a kind that is not known here. */
const leavesOf = (value: JsonValue, path: string): [string, string][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`))
    : [[path, JSON.stringify(value)]];

/** A kind or a configuration that is not understood here is told value by value. */
const factsOf = (component: ComponentDefinition, contents: BundleContents, connectorOf: ConnectorOf): ComponentFacts => {
  try {
    const kind = kindByName(component.kind);
    const config = kind.check(component.config);
    const { references, services, dynamic } = kind.uses(
      config,
      contents.connections.map(({ linkName }) => linkName),
    );
    const named = (linkName: string) => contents.connections.find((one) => one.linkName === linkName);
    const target = targetIn(kind, config);
    const service = target === null ? undefined : 'service' in target ? target.service : named(target.linkName)?.connectorId;
    const connector = service === undefined ? null : connectorOf(service);
    const operation = connector?.operations.find(({ id }) => id === target?.operationId) ?? null;
    const field = kind.fields.find(({ control }) => control === 'operation');
    const does = operation?.does ?? (field?.control === 'operation' ? field.does : 'action');
    const label = operation?.label ?? target?.operationId ?? '';
    const texts = kind.fields.flatMap(({ name, label: of, control }) => {
      const text = config[name];
      return (control === 'script' || control === 'template') && typeof text === 'string' ? [{ of, control, text }] : [];
    });
    return {
      kindLabel: kind.label,
      uses: [
        ...[...new Set(references.map(({ linkName }) => linkName))].map((id) => ({ id, name: named(id)?.displayName ?? id })),
        ...services.map((one) => ({
          id: `service ${one.service}`,
          name: `the system connection to ${connectorOf(one.service)?.name ?? one.service}`,
        })),
        ...(dynamic.length === 0 ? [] : [{ id: 'dynamic', name: 'a connection that only a run knows' }]),
      ],
      says: {
        ...startSays(kind, config, contents),
        ...Object.fromEntries(kind.fields.flatMap((one) => Object.entries(saysOf(one, config[one.name], contents, operation)))),
      },
      texts: Object.fromEntries(texts.map(({ of, text }) => [of, text])),
      writes:
        target === null
          ? texts.filter(({ control }) => control === 'script').flatMap(({ text }) => writesOfScript(text))
          : does === 'query'
            ? []
            : [connector === null ? label : `${label} in ${connector.name}`],
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return {
      kindLabel: component.kind,
      uses: [],
      says: Object.fromEntries(leavesOf(component.config, '')),
      texts: {},
      writes: [],
    };
  }
};

/** What tells two versions apart in words, by a catalogue; `connectorOf` answers null for a service that it does not have. */
export const tellingBy = (connectorOf: ConnectorOf): Telling => ({
  serviceName: (id) => connectorOf(id)?.name ?? id,
  scopeSays: (id, scope) => {
    const sentence = connectorOf(id)?.scopes.find(({ name }) => name === scope)?.sentence;
    return sentence === undefined ? scope : `${sentence} (${scope})`;
  },
  factsOf: (component, contents) => factsOf(component, contents, connectorOf),
});
