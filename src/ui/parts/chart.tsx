import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunView } from '../../core/views.ts';
import { ResultTable } from './result-table.tsx';

type Table = NonNullable<NonNullable<RunView['result']>['table']>;

const numberIn = (cell: string | undefined): number | null => {
  const found = Number(cell);
  return cell === undefined || cell.trim() === '' || !Number.isFinite(found) ? null : found;
};

const colorOf = (element: Element | null): string => (element === null ? '' : getComputedStyle(element).color);

/** Bars of a table's two columns. The table beside holds the same: a picture is nothing for who cannot see it. */
export const Chart = ({ table, title }: { readonly table: Table; readonly title: string }) => {
  const holder = useRef<HTMLDivElement>(null);
  const [theme, setTheme] = useState(0);
  const labels = table.rows.map(([label = '']) => label);
  const values = table.rows.map(([, value]) => numberIn(value));
  const key = JSON.stringify([labels, values]);
  const hasNumbers = values.some((value) => value !== null);

  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const change = (): void => setTheme((before) => before + 1);
    dark.addEventListener('change', change);
    return () => dark.removeEventListener('change', change);
  }, []);

  // The key stands for labels and values: an equal answer must not draw anew.
  useEffect(() => {
    const element = holder.current;
    if (element === null || !hasNumbers) return;
    let takeAway: (() => void) | null = null;
    let isGone = false;
    void import('./draw-chart.ts').then(({ drawChart }) => {
      if (isGone) return;
      const probe = (name: string): string => colorOf(element.parentElement?.querySelector(`.probe-${name}`) ?? null);
      takeAway = drawChart(element, { labels, values }, { bar: probe('bar'), text: probe('text'), line: probe('line') });
    });
    return () => {
      isGone = true;
      takeAway?.();
    };
  }, [key, theme, hasNumbers]);

  return (
    <div class="chart">
      <span class="probe-bar" hidden />
      <span class="probe-text" hidden />
      <span class="probe-line" hidden />
      {hasNumbers ? (
        <div ref={holder} role="img" aria-label={`Chart: ${title}, ${labels.length} bars. The table holds the same.`} />
      ) : (
        <p>There are no numbers in its second column. The table shows what came.</p>
      )}
      <details open={!hasNumbers}>
        <summary>The same as a table</summary>
        <ResultTable table={table} caption={title} />
      </details>
    </div>
  );
};
