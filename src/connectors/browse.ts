import { VERDICTS } from '../domain/truth.ts';
import { WAYS } from '../domain/ways.ts';
import type { IndexEntry } from './index-entry.ts';
import { type ConnectorFilters, type ConnectorSearch, FILTERS } from './search.ts';

/** One value of a filter, with how many connectors it would leave. */
export type FacetOption = { readonly value: string; readonly label: string; readonly count: number };
export type Facet = { readonly filter: keyof ConnectorFilters; readonly label: string; readonly options: readonly FacetOption[] };

export type Browsing = {
  readonly entries: readonly IndexEntry[];
  readonly facets: readonly Facet[];
};

type FacetRow = {
  readonly filter: keyof ConnectorFilters;
  readonly pick: (entry: IndexEntry) => string;
  readonly labelOf: (value: string) => string;
};

const isKey = <K extends string>(table: Readonly<Record<K, unknown>>, key: string): key is K => Object.hasOwn(table, key);

const flag = (filter: keyof ConnectorFilters, has: (entry: IndexEntry) => boolean): FacetRow => ({
  filter,
  pick: (entry) => (has(entry) ? 'yes' : ''),
  labelOf: () => FILTERS[filter].label,
});

/** What is counted beside the list; an empty value is not offered. */
const FACETS: readonly FacetRow[] = [
  { filter: 'category', pick: ({ category }) => category, labelOf: (value) => value },
  { filter: 'method', pick: ({ method }) => method, labelOf: (value) => (isKey(WAYS, value) ? WAYS[value].label : value) },
  { filter: 'verdict', pick: ({ verdict }) => verdict, labelOf: (value) => (isKey(VERDICTS, value) ? VERDICTS[value] : value) },
  flag('worksInPwa', ({ worksInPwa }) => worksInPwa === 'yes'),
  flag('loggedInUser', ({ loggedInUser }) => loggedInUser),
  flag('needsOwnApp', ({ needsOwnApp }) => needsOwnApp),
  flag('hasTest', ({ hasTest }) => hasTest),
  flag('isVerified', ({ isVerified }) => isVerified),
  flag('isRetired', ({ isRetired }) => isRetired),
];

const countBy = (entries: readonly IndexEntry[], { filter, pick, labelOf }: FacetRow): Facet => {
  const counts = new Map<string, number>();
  for (const entry of entries) {
    const value = pick(entry);
    if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const options = [...counts].map(([value, count]) => ({ value, label: labelOf(value), count }));
  return { filter, label: FILTERS[filter].label, options: options.sort((a, b) => a.label.localeCompare(b.label, 'en')) };
};

/**
 * What a search and its filters leave, and for each filter what choosing another of its values would leave. Without a search the
 * sandbox's come first: they need no account anywhere.
 */
export const browseConnectors = (
  index: readonly IndexEntry[],
  search: () => ConnectorSearch,
  text: string,
  filters: ConnectorFilters,
): Browsing => {
  // Who only looks around needs no search, which is made at the first word.
  const found = text.trim() === '' ? index : search()(text);
  const fitting = (without: string | null): IndexEntry[] => {
    const asked = Object.entries(filters).filter(([name, value]) => value !== undefined && name !== without);
    return found.filter((entry) => asked.every(([name, value]) => !isKey(FILTERS, name) || FILTERS[name].fits(entry, value)));
  };
  const all = fitting(null);
  const entries = text.trim() === '' ? [...all.filter(({ isSandbox }) => isSandbox), ...all.filter(({ isSandbox }) => !isSandbox)] : all;
  // A filter that is not set leaves what all others leave.
  const leftBy = (filter: keyof ConnectorFilters): IndexEntry[] => (filters[filter] === undefined ? all : fitting(filter));
  return { entries, facets: FACETS.map((row) => countBy(leftBy(row.filter), row)) };
};
