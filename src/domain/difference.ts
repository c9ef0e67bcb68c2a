import type { BundleContents } from './bundle.ts';
import type { ComponentDefinition } from './component.ts';
import { type ComponentFacts, compareComponents, compareForms, type PartChange, PLAIN_CHANGE } from './component-change.ts';
import type { ConnectionDefinition } from './connection.ts';
import { CONNECTION_TYPES } from './connection-type.ts';

/** What only the catalogue and the kinds know. */
export type Telling = {
  readonly serviceName: (connectorId: string) => string;
  /** What a scope allows, in words. */
  readonly scopeSays: (connectorId: string, scope: string) => string;
  readonly factsOf: (component: ComponentDefinition, contents: BundleContents) => ComponentFacts;
};

export type DifferenceLine = PartChange & {
  readonly change: 'added' | 'removed' | 'changed';
  readonly what: 'connection' | 'component' | 'form' | 'page' | 'system connection';
  readonly linkName: string;
  readonly name: string;
};

type Parts<T> = {
  readonly what: DifferenceLine['what'];
  readonly before: readonly T[];
  readonly after: readonly T[];
  readonly linkNameOf: (part: T) => string;
  readonly nameOf: (part: T) => string;
  /** Without one before, what is worth saying of a new one. */
  readonly compare: (was: T | null, is: T) => Partial<PartChange>;
};

const linesOf = <T>({ what, before, after, linkNameOf, nameOf, compare }: Parts<T>): DifferenceLine[] => {
  const old = new Map(before.map((part) => [linkNameOf(part), part]));
  const fresh = new Set(after.map(linkNameOf));
  const lineOf = (change: DifferenceLine['change'], part: T, more: Partial<PartChange>): DifferenceLine => ({
    ...PLAIN_CHANGE,
    ...more,
    change,
    what,
    linkName: linkNameOf(part),
    name: nameOf(part),
  });
  return [
    ...after.flatMap((part) => {
      const was = old.get(linkNameOf(part));
      if (was === undefined) return [lineOf('added', part, compare(null, part))];
      return JSON.stringify(was) === JSON.stringify(part) ? [] : [lineOf('changed', part, compare(was, part))];
    }),
    ...before.filter((part) => !fresh.has(linkNameOf(part))).map((part) => lineOf('removed', part, {})),
  ];
};

const renamed = (was: string, is: string): string[] => (was === is ? [] : [`was called ${was}`]);

/** In words, what the definition of a connection that both versions have says beside its scopes. */
export const connectionSays = (was: ConnectionDefinition, is: ConnectionDefinition, { serviceName }: Pick<Telling, 'serviceName'>) => ({
  service:
    was.connectorId === is.connectorId ? [] : [`speaks to ${serviceName(is.connectorId)} and no longer to ${serviceName(was.connectorId)}`],
  rest: [
    ...renamed(was.displayName, is.displayName),
    ...(was.type === is.type
      ? []
      : [`authorized by ${CONNECTION_TYPES[is.type].authorizedBy} from now on; what was authorized before ends`]),
    ...(was.environmentPolicy === is.environmentPolicy
      ? []
      : [is.environmentPolicy === 'same' ? 'one authorization for all environments' : 'an authorization for each environment']),
  ],
});

type Scoped = { readonly connectorId: string; readonly scopes: readonly string[] };

const scopesSay = (was: Scoped | null, is: Scoped, { scopeSays }: Telling): string[] => {
  // Nothing that was given to another service counts here.
  const before = was === null || was.connectorId !== is.connectorId ? [] : was.scopes;
  const more = is.scopes.filter((scope) => !before.includes(scope));
  const less = before.filter((scope) => !is.scopes.includes(scope));
  const say = (scope: string): string => scopeSays(is.connectorId, scope);
  return [...more.map((scope) => `+ ${say(scope)}`), ...less.map((scope) => `− ${say(scope)}`)];
};

const linkNameOf = ({ linkName }: { readonly linkName: string }): string => linkName;
const nameOf = ({ name }: { readonly name: string }): string => name;

/** What a version changes against the one before it; everything is new against none. */
export const differenceOf = (before: BundleContents | null, after: BundleContents, facts: Telling): DifferenceLine[] => [
  ...linesOf({
    what: 'connection',
    before: before?.connections ?? [],
    after: after.connections,
    linkNameOf,
    nameOf: ({ displayName }) => displayName,
    compare: (was, is) => {
      const { service, rest } = was === null ? { service: [], rest: [] } : connectionSays(was, is, facts);
      return { says: [...service, ...rest, ...scopesSay(was, is, facts)] };
    },
  }),
  ...linesOf({
    what: 'system connection',
    before: before?.requirements.systemConnections ?? [],
    after: after.requirements.systemConnections,
    linkNameOf: ({ connectorId }) => connectorId,
    nameOf: ({ connectorId }) => facts.serviceName(connectorId),
    compare: (was, is) => ({ says: scopesSay(was, is, facts) }),
  }),
  ...linesOf({
    what: 'component',
    before: before?.components ?? [],
    after: after.components,
    linkNameOf,
    nameOf,
    compare: (was, is) => {
      const change = compareComponents(was === null || before === null ? null : facts.factsOf(was, before), facts.factsOf(is, after));
      return { ...change, says: [...(was === null ? [] : renamed(was.name, is.name)), ...change.says] };
    },
  }),
  ...linesOf({
    what: 'form',
    before: before?.application.forms ?? [],
    after: after.application.forms,
    linkNameOf,
    nameOf,
    compare: (was, is) => ({ says: [...(was === null ? [] : renamed(was.name, is.name)), ...compareForms(was, is)] }),
  }),
  ...linesOf({
    what: 'page',
    before: before?.application.pages ?? [],
    after: after.application.pages,
    linkNameOf,
    nameOf,
    compare: (was, is) => ({ says: was === null ? [] : renamed(was.name, is.name) }),
  }),
];
