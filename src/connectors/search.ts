import MiniSearch from 'minisearch';
import type { IndexEntry } from './index-entry.ts';

/** What a list of connectors can be narrowed by; absent = not narrowed. */
export type ConnectorFilters = {
  readonly category?: string;
  readonly method?: IndexEntry['method'];
  readonly verdict?: IndexEntry['verdict'];
  readonly loggedInUser?: boolean;
  readonly worksInPwa?: boolean;
  readonly needsOwnApp?: boolean;
  readonly hasTest?: boolean;
  readonly isRetired?: boolean;
  readonly isVerified?: boolean;
};

type Filter = { readonly label: string; readonly fits: (entry: IndexEntry, value: unknown) => boolean };

/** Every filter with its words; what nobody looked up does not fit *works in the web app*. */
export const FILTERS: Readonly<Record<keyof ConnectorFilters, Filter>> = {
  category: { label: 'Category', fits: (entry, value) => entry.category === value },
  method: { label: 'Way to authorize', fits: (entry, value) => entry.method === value },
  verdict: { label: 'Where it works', fits: (entry, value) => entry.verdict === value },
  loggedInUser: { label: 'Each person with their own account', fits: (entry, value) => entry.loggedInUser === value },
  worksInPwa: { label: 'Works in the web app', fits: (entry, value) => (entry.worksInPwa === 'yes') === value },
  needsOwnApp: { label: 'Needs an OAuth app of your own', fits: (entry, value) => entry.needsOwnApp === value },
  hasTest: { label: 'Has a test', fits: (entry, value) => entry.hasTest === value },
  isRetired: { label: 'No longer offered', fits: (entry, value) => entry.isRetired === value },
  isVerified: { label: 'Verified', fits: (entry, value) => entry.isVerified === value },
};

const isFilter = (name: string): name is keyof ConnectorFilters => Object.hasOwn(FILTERS, name);

const fits = (entry: IndexEntry, filters: ConnectorFilters): boolean =>
  Object.entries(filters).every(([name, value]) => value === undefined || !isFilter(name) || FILTERS[name].fits(entry, value));

export type ConnectorSearch = (query: string, filters?: ConnectorFilters) => readonly IndexEntry[];

/** The names that are most like what was typed, where nothing was found by it. */
export type NearestNames = (query: string, count: number) => readonly IndexEntry[];

const gramsOf = (text: string): Set<string> => {
  const padded = ` ${text.toLowerCase()} `;
  return new Set(Array.from({ length: Math.max(padded.length - 1, 0) }, (_, at) => padded.slice(at, at + 2)));
};

/** How alike two texts are by their pairs of letters, 0 to 1 (Dice's coefficient). */
const alikeness = (grams: ReadonlySet<string>, others: ReadonlySet<string>): number => {
  let shared = 0;
  for (const gram of grams) if (others.has(gram)) shared += 1;
  return (2 * shared) / (grams.size + others.size);
};

/** Compares names and aliases letter pair by letter pair: slower than the search, and asked only where that finds nothing. */
export const createNearestNames = (index: readonly IndexEntry[]): NearestNames => {
  // Taken apart once: what is typed changes at each key, and the names do not.
  const known = index.map((entry) => ({ entry, names: [entry.name, ...entry.aliases].map(gramsOf) }));
  return (query, count) => {
    const grams = gramsOf(query.trim());
    return known
      .map(({ entry, names }) => ({ entry, like: Math.max(...names.map((name) => alikeness(grams, name))) }))
      .filter(({ like }) => like > 0.2)
      .sort((a, b) => b.like - a.like)
      .slice(0, count)
      .map(({ entry }) => entry);
  };
};

/**
 * A search over the index: by the beginning of a word, and with a typo in it; names weigh more than aliases, and those more than the category.
 * Without a query it gives what the filters leave, in the order of the index.
 */
export const createConnectorSearch = (index: readonly IndexEntry[]): ConnectorSearch => {
  const byId = new Map(index.map((entry) => [entry.id, entry]));
  const search = new MiniSearch<IndexEntry>({
    fields: ['name', 'aliases', 'id', 'category'],
    extractField: (entry, field) => (field === 'aliases' ? entry.aliases.join(' ') : String(Reflect.get(entry, field))),
    searchOptions: {
      boost: { name: 4, aliases: 3, id: 2, category: 1 },
      prefix: (term) => term.length > 1,
      // One wrong letter in four, so that "salseforce" is found and "box" does not find "fax".
      fuzzy: (term) => (term.length > 3 ? 0.25 : false),
      weights: { prefix: 0.6, fuzzy: 0.3 },
      combineWith: 'AND',
    },
  });
  search.addAll(index);
  return (query, filters = {}) => {
    const text = query.trim();
    const found =
      text === ''
        ? index
        : search.search(text).flatMap(({ id }) => {
            const entry = byId.get(String(id));
            return entry === undefined ? [] : [entry];
          });
    return found.filter((entry) => fits(entry, filters));
  };
};

/** What a list of connectors is looked through by; search and nearest names are made at the first question. */
export type Searches = {
  readonly index: readonly IndexEntry[];
  readonly search: () => ConnectorSearch;
  readonly nearest: () => NearestNames;
};

const searchesOver = (index: readonly IndexEntry[]): Searches => {
  let search: ConnectorSearch | null = null;
  let nearest: NearestNames | null = null;
  return {
    index,
    search: () => {
      search ??= createConnectorSearch(index);
      return search;
    },
    nearest: () => {
      nearest ??= createNearestNames(index);
      return nearest;
    },
  };
};

/**
 * Searches over a workspace's own connectors, which stand first, and the built-in ones. They are made anew only where the own ones are
 * others than at the last question: making them costs more than a search, and somebody asks at each key.
 */
export const createSearches = (builtIn: () => readonly IndexEntry[]): ((own: readonly IndexEntry[]) => Searches) => {
  let last: { readonly key: string; readonly searches: Searches } | null = null;
  return (own) => {
    const key = JSON.stringify(own);
    if (last?.key !== key) last = { key, searches: searchesOver(own.length === 0 ? builtIn() : [...own, ...builtIn()]) };
    return last.searches;
  };
};
