import { useState } from 'preact/hooks';
import type { CataloguePage } from '../../core/views.ts';
import { place, setQuery } from '../place.ts';
import { SelectField } from './basics.tsx';
import { CHOICES, FILTER_NAMES, IN_WEB_APP, SWITCHES } from './catalogue-address.ts';

type Facets = CataloguePage['facets'];
type Option = { readonly value: string; readonly label: string };

const optionsOf = (facets: Facets, filter: string): Option[] =>
  facets.find((one) => one.filter === filter)?.options.map(({ value, label, count }) => ({ value, label: `${label} (${count})` })) ?? [];

const countOf = (facets: Facets, filter: string): number => facets.find((one) => one.filter === filter)?.options[0]?.count ?? 0;

const Choice = ({
  name,
  label,
  whole,
  options,
}: {
  readonly name: string;
  readonly label: string;
  readonly whole: string;
  readonly options: readonly Option[];
}) => {
  const value = place.value.query.get(name) ?? '';
  // A value of the address that fits nothing now can still be seen and taken back.
  const all = value === '' || options.some((one) => one.value === value) ? options : [...options, { value, label: `${value} (0)` }];
  return (
    <SelectField
      label={label}
      value={value}
      onChange={(next) => setQuery({ [name]: next, n: null })}
      options={[{ value: '', label: whole }, ...all]}
    />
  );
};

const SWITCH_LABELS: Readonly<Record<keyof typeof SWITCHES, string>> = {
  type: 'Logged-in user possible',
  own: 'Needs an OAuth app of your own',
  test: 'Has a test request',
  sure: 'Verified',
};

const isSwitch = (name: string): name is keyof typeof SWITCHES => Object.hasOwn(SWITCHES, name);

const Switch = ({ name, count }: { readonly name: keyof typeof SWITCHES; readonly count: number }) => {
  const isOn = place.value.query.get(name) === SWITCHES[name].value;
  return (
    <button
      type="button"
      class="chip"
      aria-pressed={isOn}
      onClick={() => setQuery({ [name]: isOn ? null : SWITCHES[name].value, n: null })}
    >
      {SWITCH_LABELS[name]} <span class="count">{count}</span>
    </button>
  );
};

/** How many connectors each filter would leave stands beside it; what is chosen stands in the address. */
export const CatalogueFilters = ({ facets }: { readonly facets: Facets }) => {
  // Beside a wide list they take no room from it.
  const [isOpen, setOpen] = useState(() => matchMedia('(width >= 600px)').matches);
  const active = FILTER_NAMES.filter((name) => place.value.query.get(name) !== null).length;
  const where = [
    { value: IN_WEB_APP, label: `Works in the web app (${countOf(facets, 'worksInPwa')})` },
    ...optionsOf(facets, CHOICES.where),
  ];
  return (
    <details class="catalogue-filters" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{active === 0 ? 'Filters' : `Filters: ${active} set`}</summary>
      <div class="filters">
        <Choice name="cat" label="Category" whole="Every category" options={optionsOf(facets, CHOICES.cat)} />
        <Choice name="auth" label="Way to authorize" whole="Every way" options={optionsOf(facets, CHOICES.auth)} />
        <Choice name="where" label="Where it works" whole="Anywhere" options={where} />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a look and a legend that chips do not need */}
      <div class="chips" role="group" aria-label="Only those that">
        {Object.keys(SWITCHES)
          .filter(isSwitch)
          .map((name) => (
            <Switch key={name} name={name} count={countOf(facets, SWITCHES[name].filter)} />
          ))}
        {active === 0 ? null : (
          <button
            type="button"
            class="button small"
            onClick={() => setQuery({ ...Object.fromEntries(FILTER_NAMES.map((name) => [name, null])), n: null })}
          >
            Clear filters
          </button>
        )}
      </div>
    </details>
  );
};
