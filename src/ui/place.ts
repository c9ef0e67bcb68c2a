import { computed, signal } from '@preact/signals';

export type Place = { readonly path: string; readonly query: URLSearchParams };

const read = (): Place => {
  const [path = '/', query = ''] = (location.hash.slice(1) || '/').split('?');
  return { path, query: new URLSearchParams(query) };
};

/** Where the page is: path and query both after `#`, so that it works on static hosts, offline and in an extension. */
export const place = signal(read());
addEventListener('hashchange', () => {
  place.value = read();
});

export const go = (hash: string): void => {
  location.hash = hash;
};

/** Changes parts of the query in place; null removes one. */
export const setQuery = (change: Readonly<Record<string, string | null>>): void => {
  const query = new URLSearchParams(place.value.query);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  history.replaceState(history.state, '', `#${place.value.path}${text === '' ? '' : `?${text}`}`);
  place.value = read();
};

/** The row of a route table that the path matches, with its parameters. */
export const matchRoute = <R extends { readonly path: string }>(rows: readonly R[]) => {
  const table = rows.map((row) => ({ row, pattern: new URLPattern({ pathname: row.path }) }));
  return computed(() => {
    for (const { row, pattern } of table) {
      const match = pattern.exec({ pathname: place.value.path });
      if (match !== null) return { row, params: match.pathname.groups };
    }
    return null;
  });
};
