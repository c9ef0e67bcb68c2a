import type { BundleContents } from './bundle.ts';
import type { ComponentDefinition } from './component.ts';
import type { ConnectionDefinition } from './connection.ts';
import { CONNECTION_TYPES } from './connection-type.ts';

export type DifferenceLine = {
  readonly change: 'added' | 'removed' | 'changed';
  readonly what: string;
  readonly name: string;
  readonly says: string | null;
};

type Named = { readonly linkName: string };

const scopesSay = (before: readonly string[], after: readonly string[]): string[] => {
  const more = after.filter((scope) => !before.includes(scope));
  const less = before.filter((scope) => !after.includes(scope));
  return [...more.map((scope) => `+ ${scope}`), ...less.map((scope) => `− ${scope}`)];
};

const linesOf = <T extends Named>(
  what: string,
  before: readonly T[],
  after: readonly T[],
  nameOf: (part: T) => string,
  says: (was: T, is: T) => string[],
): DifferenceLine[] => {
  const old = new Map(before.map((part) => [part.linkName, part]));
  const fresh = new Set(after.map(({ linkName }) => linkName));
  return [
    ...after.flatMap((part): DifferenceLine[] => {
      const was = old.get(part.linkName);
      if (was === undefined) return [{ change: 'added', what, name: nameOf(part), says: null }];
      if (JSON.stringify(was) === JSON.stringify(part)) return [];
      return [{ change: 'changed', what, name: nameOf(part), says: says(was, part).join(', ') || null }];
    }),
    ...before
      .filter(({ linkName }) => !fresh.has(linkName))
      .map((part): DifferenceLine => ({ change: 'removed', what, name: nameOf(part), says: null })),
  ];
};

const renamed = (was: string, is: string): string[] => (was === is ? [] : [`was called ${was}`]);

/** What a version changes against the one before it; everything is new against none. */
export const differenceOf = (before: BundleContents | null, after: BundleContents): DifferenceLine[] => [
  ...linesOf(
    'connection',
    before?.connections ?? [],
    after.connections,
    ({ displayName }) => displayName,
    (was, is) => [
      ...renamed(was.displayName, is.displayName),
      ...scopesSay(was.scopes, is.scopes),
      ...(was.environmentPolicy === is.environmentPolicy ? [] : [`${is.environmentPolicy} authorization`]),
    ],
  ),
  ...linesOf(
    'component',
    before?.components ?? [],
    after.components,
    ({ name }) => name,
    (was, is) => renamed(was.name, is.name),
  ),
  ...linesOf(
    'form',
    before?.application.forms ?? [],
    after.application.forms,
    ({ name }) => name,
    () => [],
  ),
  ...linesOf(
    'page',
    before?.application.pages ?? [],
    after.application.pages,
    ({ name }) => name,
    () => [],
  ),
];

/** What a person is asked about first comes first. */
export const REVIEW_GROUPS = ['more', 'less', 'new', 'removed', 'changed', 'components'] as const;
export type ReviewGroup = (typeof REVIEW_GROUPS)[number];

/** One thing that an upgrade changes. A connection that asks for more and has another name is in two groups. */
export type ReviewItem = {
  readonly group: ReviewGroup;
  /** Of a connection or component; a service for a system connection. */
  readonly linkName: string;
  readonly name: string;
  readonly connectorId: string | null;
  readonly moreScopes: readonly string[];
  readonly lessScopes: readonly string[];
  readonly moreHosts: readonly string[];
  readonly lessHosts: readonly string[];
  readonly says: readonly string[];
  /** Components that used what is removed. */
  readonly stops: readonly string[];
  /** Who has to act: again where access grew or became another one, first where it is new; null nobody. */
  readonly consent: 'again' | 'first' | null;
};

export type Review = { readonly items: readonly ReviewItem[] /** Names of what stays as it is. */; readonly unchanged: readonly string[] };

/** What only the catalogue and the kinds know. */
export type Reviewing = {
  readonly hostsOf: (connectorId: string) => readonly string[];
  readonly serviceName: (connectorId: string) => string;
  readonly linkNamesOf: (component: ComponentDefinition) => readonly string[];
};

const PLAIN = { moreScopes: [], lessScopes: [], moreHosts: [], lessHosts: [], says: [], stops: [], consent: null } as const;
const without = (all: readonly string[], gone: readonly string[]): string[] => all.filter((one) => !gone.includes(one));

const itemOf = (
  { linkName, displayName, connectorId }: ConnectionDefinition,
  group: ReviewGroup,
  more: Partial<ReviewItem>,
): ReviewItem => ({
  ...PLAIN,
  group,
  linkName,
  name: displayName,
  connectorId,
  ...more,
});

/** What becomes of one connection that both versions have. */
const reviewKept = (was: ConnectionDefinition, is: ConnectionDefinition, { hostsOf, serviceName }: Reviewing): ReviewItem[] => {
  const isOther = was.connectorId !== is.connectorId;
  // Nothing that was given to another service counts here.
  const moreScopes = isOther ? [...is.scopes] : without(is.scopes, was.scopes);
  const moreHosts = without(hostsOf(is.connectorId), hostsOf(was.connectorId));
  const lessScopes = isOther ? [] : without(was.scopes, is.scopes);
  const lessHosts = without(hostsOf(was.connectorId), hostsOf(is.connectorId));
  const isMore = isOther || moreScopes.length > 0 || moreHosts.length > 0;
  const isOfOthers = was.type !== is.type;
  const says = [
    ...(was.displayName === is.displayName ? [] : [`was called ${was.displayName}`]),
    ...(isOfOthers ? [`authorized by ${CONNECTION_TYPES[is.type].authorizedBy} from now on; what was authorized before ends`] : []),
    ...(was.environmentPolicy === is.environmentPolicy
      ? []
      : [is.environmentPolicy === 'same' ? 'one authorization for all environments' : 'an authorization for each environment']),
  ];
  return [
    ...(isMore
      ? [
          itemOf(is, 'more', {
            moreScopes,
            moreHosts,
            lessHosts: isOther ? lessHosts : [],
            says: isOther ? [`speaks to ${serviceName(is.connectorId)} and no longer to ${serviceName(was.connectorId)}`] : [],
            consent: 'again',
          }),
        ]
      : []),
    ...(!isOther && (lessScopes.length > 0 || lessHosts.length > 0) ? [itemOf(is, 'less', { lessScopes, lessHosts })] : []),
    ...(says.length > 0 ? [itemOf(is, 'changed', { says, consent: isOfOthers ? 'again' : null })] : []),
  ];
};

const reviewConnections = (before: BundleContents, after: BundleContents, reviewing: Reviewing): Review => {
  const old = new Map(before.connections.map((one) => [one.linkName, one]));
  const fresh = new Set(after.connections.map(({ linkName }) => linkName));
  const unchanged: string[] = [];
  const items = after.connections.flatMap((is): ReviewItem[] => {
    const was = old.get(is.linkName);
    if (was === undefined)
      return [itemOf(is, 'new', { moreScopes: is.scopes, moreHosts: reviewing.hostsOf(is.connectorId), consent: 'first' })];
    const found = reviewKept(was, is, reviewing);
    if (found.length === 0) unchanged.push(is.displayName);
    return found;
  });
  const removed = before.connections
    .filter(({ linkName }) => !fresh.has(linkName))
    .map((was) => {
      const stops = before.components.filter((one) => reviewing.linkNamesOf(one).includes(was.linkName)).map(({ name }) => name);
      return itemOf(was, 'removed', { lessScopes: was.scopes, stops });
    });
  return { items: [...items, ...removed], unchanged };
};

/** System connections are no part of a version, but it says which services need one (R90, R103). */
const reviewServices = (before: BundleContents, after: BundleContents, { hostsOf, serviceName }: Reviewing): ReviewItem[] =>
  after.requirements.systemConnections.flatMap(({ connectorId, scopes }): ReviewItem[] => {
    const was = before.requirements.systemConnections.find((one) => one.connectorId === connectorId);
    const moreScopes = was === undefined ? [...scopes] : without(scopes, was.scopes);
    if (was !== undefined && moreScopes.length === 0) return [];
    const item = { ...PLAIN, linkName: connectorId, name: `System connection to ${serviceName(connectorId)}`, connectorId, moreScopes };
    return [
      was === undefined
        ? { ...item, group: 'new', moreHosts: hostsOf(connectorId), says: ['used, or made, when a task first needs it'], consent: 'first' }
        : { ...item, group: 'more', consent: 'again' },
    ];
  });

const PARTS: ReadonlySet<string> = new Set(['component', 'form', 'page']);

const reviewParts = (before: BundleContents, after: BundleContents): Review => {
  const lines = differenceOf(before, after).filter(({ what }) => PARTS.has(what));
  const touched = new Set(lines.map(({ name }) => name));
  const verbs = { added: 'new', removed: 'gone', changed: 'changed' } as const;
  return {
    items: lines.map(({ what, name, change, says }) => ({
      ...PLAIN,
      group: 'components',
      linkName: `${what} ${name}`,
      name,
      connectorId: null,
      says: [`${what}, ${verbs[change]}${says === null ? '' : `, ${says}`}`],
    })),
    unchanged: after.components.filter(({ name }) => !touched.has(name)).map(({ name }) => name),
  };
};

/** What an upgrade changes, in the order in which a person has to know it (UX 5, R116, R117). Going back is the same the other way round. */
export const reviewOf = (before: BundleContents, after: BundleContents, reviewing: Reviewing): Review => {
  const connections = reviewConnections(before, after, reviewing);
  const parts = reviewParts(before, after);
  const all = [...connections.items, ...reviewServices(before, after, reviewing), ...parts.items];
  return {
    items: REVIEW_GROUPS.flatMap((group) => all.filter((item) => item.group === group)),
    unchanged: [...connections.unchanged, ...parts.unchanged],
  };
};
