import type { Queries } from '../../core/api.ts';
import { VERDICT_NAMES } from '../../domain/truth.ts';
import { WAY_NAMES } from '../../domain/ways.ts';

type Asked = Queries['catalogue']['args'];
export type CatalogueFilters = Asked['filters'];

export const FIRST = 30;
export const MORE = 60;
const MOST = 500;

/** Filters that are on or off, by their name in the address. */
export const SWITCHES = {
  type: { filter: 'loggedInUser', value: 'logged-in-user' },
  own: { filter: 'needsOwnApp', value: 'yes' },
  test: { filter: 'hasTest', value: 'yes' },
  sure: { filter: 'isVerified', value: 'yes' },
} as const;

/** Filters of which one value is chosen, by their name in the address. */
export const CHOICES = { cat: 'category', auth: 'method', where: 'verdict' } as const;

/** Not a verdict of its own: what works in the web app may work in the extension too. */
export const IN_WEB_APP = 'web';

export const FILTER_NAMES: readonly string[] = [...Object.keys(CHOICES), ...Object.keys(SWITCHES)];

/** What the address asks the catalogue for; what it cannot mean is left out. */
export const askedBy = (query: URLSearchParams): Asked => {
  const category = query.get('cat');
  const method = WAY_NAMES.find((name) => name === query.get('auth'));
  const where = query.get('where');
  const verdict = VERDICT_NAMES.find((name) => name === where);
  const isOn = (name: keyof typeof SWITCHES): boolean => query.get(name) === SWITCHES[name].value;
  const limit = Number(query.get('n') ?? FIRST);
  return {
    q: (query.get('q') ?? '').slice(0, 100),
    filters: {
      ...(category === null ? {} : { category }),
      ...(method === undefined ? {} : { method }),
      ...(verdict === undefined ? {} : { verdict }),
      ...(where === IN_WEB_APP ? { worksInPwa: true } : {}),
      ...(isOn('type') ? { loggedInUser: true } : {}),
      ...(isOn('own') ? { needsOwnApp: true } : {}),
      ...(isOn('test') ? { hasTest: true } : {}),
      ...(isOn('sure') ? { isVerified: true } : {}),
    },
    offset: 0,
    limit: Number.isInteger(limit) ? Math.min(Math.max(limit, FIRST), MOST) : FIRST,
  };
};
