import * as v from 'valibot';
import type { Form, FormRecord } from '../domain/application.ts';
import type { ReferencePlace } from '../domain/component.ts';
import type { ConnectionType } from '../domain/connection-type.ts';
import type { Operation } from '../domain/connector.ts';
import { Fault, type FaultData } from '../domain/faults.ts';
import type { JsonObject } from '../domain/json.ts';
import { isStartedBy, type RecordChange, type Start } from '../domain/trigger.ts';

/** One field of a kind's configuration form; the form is drawn from these. */
export type KindField =
  | { readonly name: string; readonly label: string; readonly control: 'text' | 'form' | 'page' | 'connection' | 'start' | 'script' }
  | { readonly name: string; readonly label: string; readonly control: 'operation'; readonly does: Operation['does'] }
  | { readonly name: string; readonly label: string; readonly control: 'conditions' | 'recipients' | 'template' }
  | { readonly name: string; readonly label: string; readonly control: 'trigger' }
  | {
      readonly name: string;
      readonly label: string;
      readonly control: 'choice';
      readonly choices: readonly { readonly value: string; readonly label: string }[];
    }
  | { readonly name: string; readonly label: string; readonly control: 'column'; readonly when: string }
  | { readonly name: string; readonly label: string; readonly control: 'mapping'; readonly sources: readonly ('field' | 'text')[] };

/** What a component speaks through: a connection by its link name, or, where none is named, the service's system connection (R109, A22). */
export type Target =
  | { readonly linkName: string; readonly operationId: string }
  | { readonly service: string; readonly operationId: string };

/** A service whose system connection is needed, and what for: an operation of its record, or scopes; null where nobody knows. */
export type ServiceNeed = { readonly service: string; readonly operationId: string | null; readonly scopes: readonly string[] | null };

/** What a task needs of a connection that it names; scopes are null where no table knows them. */
export type ScopeNeed = {
  readonly linkName: string;
  readonly task: string;
  readonly line: number;
  readonly scopes: readonly string[] | null;
};

/** Everything that a configuration says of connections. */
export type Uses = {
  readonly references: readonly ReferencePlace[];
  readonly services: readonly ServiceNeed[];
  /** Places that name a connection by something only a run knows (R54). */
  readonly dynamic: readonly string[];
  readonly needs: readonly ScopeNeed[];
  /** What is wrong in a script, with its place. */
  readonly problems: readonly { readonly message: string; readonly line: number; readonly column: number }[];
};

/** One request that changes something at a service: it goes through the outbox, so that it is neither lost nor sent twice. */
export type Push = {
  readonly target: Target;
  readonly values: Readonly<Record<string, string>>;
  /** Whom or what it is about, where one component pushes several: a recipient. */
  readonly label: string;
  /** Why it cannot go out at all. */
  readonly fault: FaultData | null;
};

export type Shape = 'number' | 'list' | 'chart';

/** How what was read is shown: `label` and `value` name the columns of a chart. */
export type Show = { readonly shape: Shape; readonly title: string; readonly label: string; readonly value: string };

/** What there is to do when a component runs. */
export type Work =
  | { readonly do: 'push'; readonly pushes: readonly Push[] }
  | { readonly do: 'read'; readonly target: Target; readonly values: Readonly<Record<string, string>>; readonly show: Show }
  | { readonly do: 'script'; readonly source: string; readonly show: Show | null };

type Definition<C> = {
  readonly name: string;
  readonly label: string;
  readonly sentence: string;
  readonly fields: readonly KindField[];
  readonly schema: v.GenericSchema<unknown, C>;
  readonly mayUse: readonly ConnectionType[];
  /** The form or page it belongs to, by link name. */
  readonly place: (config: C) => string | null;
  /** `known` are the link names of its application. */
  readonly uses: (config: C, known: readonly string[]) => Uses;
  /** A sentence about what it does; `operationLabel` is the connector's word for its operation. */
  readonly summary: (config: C, operationLabel: string) => string;
  /** What starts it by itself; absent or null where only a person does. */
  readonly starts?: (config: C) => Start | null;
  /** The same configuration with other link names, for an import that brings copies (R34). */
  readonly rename: (config: C, nameOf: (linkName: string) => string) => C;
  readonly work: (config: C, record: FormRecord | null) => Work;
  /** How often it is read anew while it is shown, in milliseconds; absent for what is not shown on a page. */
  readonly refresh?: (config: C) => number | null;
};

/** A kind with its configuration type closed in: callers hand the stored configuration, the kind checks it. */
export type ComponentKind = Pick<Definition<never>, 'name' | 'label' | 'sentence' | 'fields' | 'mayUse'> & {
  /** The configuration as stored. Throws `component.config-wrong` naming the field. */
  readonly check: (config: unknown) => JsonObject;
  readonly uses: (config: JsonObject, known?: readonly string[]) => Uses;
  readonly place: (config: JsonObject) => string | null;
  readonly summary: (config: JsonObject, operationLabel: string) => string;
  readonly starts: (config: JsonObject) => Start | null;
  readonly startsOn: (config: JsonObject, change: RecordChange) => boolean;
  readonly rename: (config: JsonObject, nameOf: (linkName: string) => string) => JsonObject;
  /** Can somebody start it who is not logged in (R113). */
  readonly isStartedByVisitors: (config: JsonObject, forms: readonly Form[]) => boolean;
  readonly work: (config: JsonObject, record: FormRecord | null) => Work;
  readonly refresh: (config: JsonObject) => number | null;
};

/** Makes a component kind from its one file. */
export const kind = <C extends JsonObject>(definition: Definition<C>): ComponentKind => {
  const { name, label, sentence, fields, schema, mayUse } = definition;
  const parse = (config: unknown): C => {
    const parsed = v.safeParse(schema, config);
    if (parsed.success) return parsed.output;
    const [issue] = parsed.issues;
    throw new Fault('component.config-wrong', v.getDotPath(issue) ?? issue.message);
  };
  const starts = (config: JsonObject): Start | null => definition.starts?.(parse(config)) ?? null;
  return {
    name,
    label,
    sentence,
    fields,
    mayUse,
    check: parse,
    uses: (config, known = []) => definition.uses(parse(config), known),
    place: (config) => definition.place(parse(config)),
    summary: (config, operationLabel) => definition.summary(parse(config), operationLabel),
    starts,
    startsOn: (config, change) => {
      const start = starts(config);
      return start !== null && isStartedBy(start, change);
    },
    rename: (config, nameOf) => definition.rename(parse(config), nameOf),
    isStartedByVisitors: (config, forms) => {
      const form = starts(config)?.form;
      return forms.some(({ linkName, isPublic }) => linkName === form && isPublic);
    },
    work: (config, record) => definition.work(parse(config), record),
    refresh: (config) => definition.refresh?.(parse(config)) ?? null,
  };
};
