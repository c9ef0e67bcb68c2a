import * as v from 'valibot';
import type { Form, FormRecord } from '../domain/application.ts';
import type { ConnectionType } from '../domain/connection-type.ts';
import type { Operation } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import type { JsonObject } from '../domain/json.ts';
import { isPlainName, isPlainText } from '../domain/text.ts';

/** One field of a kind's configuration form; the form is drawn from these. */
export type KindField =
  | { readonly name: string; readonly label: string; readonly control: 'text' | 'form' | 'page' | 'connection' }
  | { readonly name: string; readonly label: string; readonly control: 'operation'; readonly does: Operation['does'] }
  | { readonly name: string; readonly label: string; readonly control: 'trigger' }
  | { readonly name: string; readonly label: string; readonly control: 'mapping'; readonly sources: readonly ('field' | 'text')[] };

/** What a component speaks through: a connection by its link name, or, where none is named, the service's system connection (R109, A22). */
export type Target =
  | { readonly linkName: string; readonly operationId: string }
  | { readonly service: string; readonly operationId: string };

/** A request through the target's authorization, which it never shows. Throws a fault. */
export type Send = (target: Target, values: Readonly<Record<string, string>>) => Promise<RunResult>;
export type RunResult = { readonly label: string; readonly value: string };

export type RunInput<C> = { readonly config: C; readonly record: FormRecord | null; readonly send: Send };

type Definition<C> = {
  readonly name: string;
  readonly label: string;
  readonly sentence: string;
  readonly fields: readonly KindField[];
  readonly schema: v.GenericSchema<unknown, C>;
  readonly mayUse: readonly ConnectionType[];
  /** The form or page it belongs to, by link name. */
  readonly place: (config: C) => string | null;
  readonly target: (config: C) => Target;
  /** Places that name a connection by something only a run knows (R54). Absent where the kind has none. */
  readonly dynamicReferences?: (config: C) => readonly string[];
  /** A sentence about what it does; `operationLabel` is the connector's word for its operation. */
  readonly summary: (config: C, operationLabel: string) => string;
  /** Does this change of a record start it. Absent for kinds that no record starts. */
  readonly startsOn?: (config: C, before: FormRecord | null, after: FormRecord) => boolean;
  /** The same configuration with other link names, for an import that brings copies (R34). */
  readonly rename: (config: C, nameOf: (linkName: string) => string) => C;
  /** Can somebody start it who is not logged in (R113). Absent where nobody can. */
  readonly isStartedByVisitors?: (config: C, forms: readonly Form[]) => boolean;
  readonly run: (input: RunInput<C>) => Promise<RunResult>;
};

/** A kind with its configuration type closed in: callers hand the stored configuration, the kind checks it. */
export type ComponentKind = Omit<
  Definition<never>,
  'schema' | 'place' | 'target' | 'dynamicReferences' | 'summary' | 'startsOn' | 'rename' | 'isStartedByVisitors' | 'run'
> & {
  /** The configuration as stored. Throws `component.config-wrong` naming the field. */
  readonly check: (config: unknown) => JsonObject;
  /** Link names that the configuration names (R53). */
  readonly references: (config: JsonObject) => readonly string[];
  /** Connector ids whose system connection it needs. */
  readonly services: (config: JsonObject) => readonly string[];
  readonly dynamicReferences: (config: JsonObject) => readonly string[];
  readonly place: (config: JsonObject) => string | null;
  readonly target: (config: JsonObject) => Target;
  readonly summary: (config: JsonObject, operationLabel: string) => string;
  readonly startsOn: (config: JsonObject, before: FormRecord | null, after: FormRecord) => boolean;
  readonly rename: (config: JsonObject, nameOf: (linkName: string) => string) => JsonObject;
  readonly isStartedByVisitors: (config: JsonObject, forms: readonly Form[]) => boolean;
  readonly run: (input: RunInput<JsonObject>) => Promise<RunResult>;
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
  return {
    name,
    label,
    sentence,
    fields,
    mayUse,
    check: parse,
    references: (config) => {
      const target = definition.target(parse(config));
      return 'linkName' in target ? [target.linkName] : [];
    },
    services: (config) => {
      const target = definition.target(parse(config));
      return 'service' in target ? [target.service] : [];
    },
    dynamicReferences: (config) => definition.dynamicReferences?.(parse(config)) ?? [],
    place: (config) => definition.place(parse(config)),
    target: (config) => definition.target(parse(config)),
    summary: (config, operationLabel) => definition.summary(parse(config), operationLabel),
    startsOn: (config, before, after) => definition.startsOn?.(parse(config), before, after) ?? false,
    rename: (config, nameOf) => definition.rename(parse(config), nameOf),
    isStartedByVisitors: (config, forms) => definition.isStartedByVisitors?.(parse(config), forms) ?? false,
    run: (input) => definition.run({ ...input, config: parse(input.config) }),
  };
};

/** Shared by kinds: a name of a part or connection, and a short text. */
export const nameSchema = v.pipe(
  v.string(),
  v.trim(),
  v.check((value) => isPlainName(value, 80), 'not a plain name'),
);
export const textSchema = v.pipe(
  v.string(),
  v.check((value) => isPlainText(value, 500), 'not a plain text'),
);

/** Fields by which a kind names its target; an empty connection means the system connection of `service`. */
export const targetFields = {
  connection: v.pipe(
    v.string(),
    v.check((value) => isPlainText(value, 80), 'not a link name'),
  ),
  service: v.optional(v.pipe(v.string(), v.maxLength(80)), ''),
  operation: nameSchema,
};

/** The configuration with its connection named otherwise; without one it stays as it is. */
export const renameTarget = <C extends { readonly connection: string }>(config: C, nameOf: (linkName: string) => string): C =>
  config.connection === '' ? config : { ...config, connection: nameOf(config.connection) };

export const targetOf = ({
  connection,
  service,
  operation,
}: {
  readonly connection: string;
  readonly service: string;
  readonly operation: string;
}): Target => {
  if (connection !== '') return { linkName: connection, operationId: operation };
  if (service === '') throw new Fault('component.config-wrong', 'connection');
  return { service, operationId: operation };
};
