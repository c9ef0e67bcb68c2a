import { useEffect, useRef, useState } from 'preact/hooks';
import type { CataloguePage, ConnectorCard } from '../../core/views.ts';
import { leaveCatalogue, returnedPlace } from '../catalogue-place.ts';
import { useKept } from '../kept.ts';
import { useLive, live as watch } from '../live.ts';
import { go, place, setQuery } from '../place.ts';
import { useSingleKeys } from '../single-keys.ts';
import { Button, Empty, FaultNote } from './basics.tsx';
import { askedBy, FIRST, MORE } from './catalogue-address.ts';
import { CatalogueFilters } from './catalogue-filters.tsx';
import { CatalogueGrid, enterGrid, focusCard } from './catalogue-grid.tsx';

type Props = {
  readonly hrefOf: (card: Pick<ConnectorCard, 'id'>) => string;
  readonly labelOf: (card: Pick<ConnectorCard, 'name'>) => string;
  readonly heading: 'h2' | 'h3';
};

const countWords = ({ total, all }: CataloguePage): string =>
  total === all ? `${all} connectors` : `${total} of ${all} connectors ${total === 1 ? 'fits' : 'fit'}`;

const Nothing = ({ page, hrefOf }: { readonly page: CataloguePage; readonly hrefOf: Props['hrefOf'] }) => (
  <Empty title="No connector fits.">
    {page.nearest.length === 0 ? null : (
      <p>
        Did you mean{' '}
        {page.nearest.map(({ id, name }, at) => (
          <>
            {at === 0 ? '' : at === page.nearest.length - 1 ? ' or ' : ', '}
            <a key={id} href={hrefOf({ id })}>
              {name}
            </a>
          </>
        ))}
        ?
      </p>
    )}
    <p>
      A connection is made from a built-in connector only (R20). Custom connectors can be switched on under{' '}
      <a href="#/custom-connectors">Settings, Custom connectors</a>.
    </p>
  </Empty>
);

let isReady = false;

/** Asks once for something that nobody looks at, so that the worker has made its search before the first key. */
const makeReady = (): void => {
  if (isReady) return;
  isReady = true;
  const { signal, close } = watch('catalogue', { q: 'qq', filters: {}, offset: 0, limit: 1 });
  const stop = signal.subscribe(({ state }) => {
    if (state === 'loading') return;
    close();
    // Not while the subscription is being made, which tells the first value.
    queueMicrotask(() => stop());
  });
};

/** The catalogue: search, filters and cards, wherever a connector is looked for. What is asked stands in the address. */
export const CatalogueBrowser = ({ hrefOf, labelOf, heading }: Props) => {
  const asked = askedBy(place.value.query);
  const live = useKept(useLive('catalogue', asked));
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [focusAt, setFocusAt] = useState<number | null>(null);
  const page = live.state === 'ready' ? live.value : null;
  const search = (): boolean => {
    field.current?.focus();
    return true;
  };
  useSingleKeys({ '/': search }, []);
  const isShown = page !== null;
  useEffect(() => {
    if (!isShown) return;
    makeReady();
    const left = returnedPlace();
    if (left === null) return;
    const at = page?.cards.findIndex(({ id }) => id === left.id) ?? -1;
    // After the frame around has focused the heading of the new screen, which may wait for the same moment.
    queueMicrotask(() => {
      if (at >= 0) focusCard(list, at);
      else field.current?.focus({ preventScroll: true });
      scrollTo({ top: left.top, behavior: 'instant' });
    });
  }, [isShown]);
  const press = (event: KeyboardEvent): void => {
    const [first] = page?.cards ?? [];
    if (first === undefined) return;
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      enterGrid(list);
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      leaveCatalogue(null, first.id);
      go(hrefOf(first).slice(1));
    }
  };
  return (
    <>
      <search class="catalogue-search">
        <div class="field">
          <label for="catalogue-q">Search by name, other name or category</label>
          <input
            ref={field}
            id="catalogue-q"
            type="search"
            value={asked.q}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => setQuery({ q: event.currentTarget.value, n: null })}
            onKeyDown={press}
          />
        </div>
        <CatalogueFilters facets={page?.facets ?? []} />
      </search>
      <p role="status" class="hint">
        {page === null ? '' : countWords(page)}
      </p>
      {live.state === 'failed' ? <FaultNote fault={live.fault} /> : null}
      {page === null ? null : page.total === 0 ? (
        <Nothing page={page} hrefOf={hrefOf} />
      ) : (
        <>
          <CatalogueGrid
            list={list}
            cards={page.cards}
            hrefOf={hrefOf}
            labelOf={labelOf}
            heading={heading}
            focusAt={focusAt}
            onFocused={() => setFocusAt(null)}
            onOpen={({ id }) => leaveCatalogue(id, id)}
            onLeave={() => field.current?.focus()}
          />
          {page.total <= page.cards.length ? null : (
            <Button
              onPress={() => {
                setFocusAt(page.cards.length);
                setQuery({ n: String(page.cards.length < FIRST ? FIRST : page.cards.length + MORE) });
              }}
            >
              Show {Math.min(MORE, page.total - page.cards.length)} more
            </Button>
          )}
        </>
      )}
    </>
  );
};
