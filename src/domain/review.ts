import type { BundleContents } from './bundle.ts';
import type { PartChange } from './component-change.ts';
import type { ConnectionDefinition } from './connection.ts';
import { connectionSays, differenceOf, type Telling } from './difference.ts';

/** What a person is asked about first comes first. */
export const REVIEW_GROUPS = ['more', 'less', 'new', 'removed', 'changed', 'components'] as const;
export type ReviewGroup = (typeof REVIEW_GROUPS)[number];

/**
 * One thing that an upgrade changes. A connection that asks for more and has another name is in two groups; a component that does more at
 * services than before is with what asks for more.
 */
export type ReviewItem = {
  readonly group: ReviewGroup;
  /** Of a connection; with what it is before it for everything else (`service mail`, `component push`), so that no two are alike. */
  readonly linkName: string;
  readonly name: string;
  readonly connectorId: string | null;
  readonly moreScopes: readonly string[];
  readonly lessScopes: readonly string[];
  readonly moreHosts: readonly string[];
  readonly lessHosts: readonly string[];
  readonly says: readonly string[];
  /** Of a component: what it may change at services and could not before. */
  readonly writes: PartChange['writes'];
  /** Of a component: lines of its script or message that change. */
  readonly edits: PartChange['edits'];
  /** Components that used what is removed. */
  readonly stops: readonly string[];
  /** Who has to act: again where access grew or became another one, first where it is new; null nobody. */
  readonly consent: 'again' | 'first' | null;
};

export type Review = { readonly items: readonly ReviewItem[] /** Names of what stays as it is. */; readonly unchanged: readonly string[] };

/** What only the catalogue and the kinds know. */
export type Reviewing = Telling & { readonly hostsOf: (connectorId: string) => readonly string[] };

const PLAIN = {
  moreScopes: [],
  lessScopes: [],
  moreHosts: [],
  lessHosts: [],
  says: [],
  writes: [],
  edits: [],
  stops: [],
  consent: null,
} as const;

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
const reviewKept = (was: ConnectionDefinition, is: ConnectionDefinition, facts: Reviewing): ReviewItem[] => {
  const { hostsOf } = facts;
  const isOther = was.connectorId !== is.connectorId;
  // Nothing that was given to another service counts here.
  const moreScopes = isOther ? [...is.scopes] : without(is.scopes, was.scopes);
  const moreHosts = without(hostsOf(is.connectorId), hostsOf(was.connectorId));
  const lessScopes = isOther ? [] : without(was.scopes, is.scopes);
  const lessHosts = without(hostsOf(was.connectorId), hostsOf(is.connectorId));
  const isMore = isOther || moreScopes.length > 0 || moreHosts.length > 0;
  const isOfOthers = was.type !== is.type;
  const { service, rest } = connectionSays(was, is, facts);
  return [
    ...(isMore
      ? [
          itemOf(is, 'more', {
            moreScopes,
            moreHosts,
            lessHosts: isOther ? lessHosts : [],
            says: service,
            consent: 'again',
          }),
        ]
      : []),
    ...(!isOther && (lessScopes.length > 0 || lessHosts.length > 0) ? [itemOf(is, 'less', { lessScopes, lessHosts })] : []),
    ...(rest.length > 0 ? [itemOf(is, 'changed', { says: rest, consent: isOfOthers ? 'again' : null })] : []),
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
  const gone = before.connections.filter(({ linkName }) => !fresh.has(linkName));
  // Reading a script takes time, and most versions remove nothing.
  const users = gone.length === 0 ? [] : before.components.map((one) => ({ name: one.name, uses: reviewing.factsOf(one, before).uses }));
  const removed = gone.map((was) => {
    const stops = users.filter(({ uses }) => uses.some(({ id }) => id === was.linkName)).map(({ name }) => name);
    return itemOf(was, 'removed', { lessScopes: was.scopes, stops });
  });
  return { items: [...items, ...removed], unchanged };
};

/** What names the need of a service among the items. */
export const serviceItemName = (connectorId: string): string => `service ${connectorId}`;

/** System connections are no part of a version, but it says which services need one (R90, R103). */
const reviewServices = (before: BundleContents, after: BundleContents, { hostsOf, serviceName }: Reviewing): ReviewItem[] =>
  after.requirements.systemConnections.flatMap(({ connectorId, scopes }): ReviewItem[] => {
    const was = before.requirements.systemConnections.find((one) => one.connectorId === connectorId);
    const moreScopes = was === undefined ? [...scopes] : without(scopes, was.scopes);
    if (was !== undefined && moreScopes.length === 0) return [];
    const item = {
      ...PLAIN,
      linkName: serviceItemName(connectorId),
      name: `System connection to ${serviceName(connectorId)}`,
      connectorId,
      moreScopes,
    };
    return [
      was === undefined
        ? {
            ...item,
            group: 'new',
            moreHosts: hostsOf(connectorId),
            says: ['is used, or made, when a task first needs it'],
            consent: 'first',
          }
        : { ...item, group: 'more', consent: 'again' },
    ];
  });

const PARTS: ReadonlySet<string> = new Set(['component', 'form', 'page']);
const VERBS = { added: 'new', removed: 'gone', changed: 'changed' } as const;

const reviewParts = (before: BundleContents, after: BundleContents, facts: Reviewing): Review => {
  const lines = differenceOf(before, after, facts).filter(({ what }) => PARTS.has(what));
  const touched = new Set(lines.filter(({ what }) => what === 'component').map(({ linkName }) => linkName));
  return {
    items: lines.map(({ what, linkName, name, change, says, writes, edits, grows }) => ({
      ...PLAIN,
      group: grows ? 'more' : 'components',
      linkName: `${what} ${linkName}`,
      name,
      connectorId: null,
      says: [`${what}, ${VERBS[change]}`, ...says],
      writes,
      edits,
    })),
    unchanged: after.components.filter(({ linkName }) => !touched.has(linkName)).map(({ name }) => name),
  };
};

/** Items in the order in which a person has to know them. */
export const inReviewOrder = <I extends Pick<ReviewItem, 'group'>>(items: readonly I[]): I[] =>
  REVIEW_GROUPS.flatMap((group) => items.filter((item) => item.group === group));

/** What an upgrade changes, in the order in which a person has to know it (UX 5, R116, R117). Going back is the same the other way round. */
export const reviewOf = (before: BundleContents, after: BundleContents, reviewing: Reviewing): Review => {
  const connections = reviewConnections(before, after, reviewing);
  const parts = reviewParts(before, after, reviewing);
  const all = [...connections.items, ...reviewServices(before, after, reviewing), ...parts.items];
  return {
    items: inReviewOrder(all),
    unchanged: [...connections.unchanged, ...parts.unchanged],
  };
};
