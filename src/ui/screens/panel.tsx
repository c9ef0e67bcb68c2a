import { useEffect, useRef } from 'preact/hooks';
import type { LiveComponent, RunView } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { Age } from '../parts/age.tsx';
import { Button, Empty, FaultNote, Name } from '../parts/basics.tsx';
import { Chart } from '../parts/chart.tsx';
import { Missing } from '../parts/missing.tsx';
import { ResultTable } from '../parts/result-table.tsx';
import { RunReport } from '../parts/run-report.tsx';

type Result = NonNullable<RunView['result']>;

const CHECK_MS = 5_000;

/** Reads anew by itself while somebody looks; what fails leaves the value that is there, with its age. */
const useRefresh = ({ id, refresh, lastRun }: LiveComponent, canRun: boolean): void => {
  const at = lastRun?.at ?? 0;
  const triedAt = useRef(0);
  useEffect(() => {
    if (!canRun || refresh === null) return;
    const check = (): void => {
      if (document.visibilityState !== 'visible' || Date.now() - Math.max(at, triedAt.current) < refresh) return;
      triedAt.current = Date.now();
      // Nobody asked for it, so nobody is interrupted by what keeps it from happening: a locked vault, for one.
      void core.runComponent({ componentId: id, recordId: null }).catch(() => undefined);
    };
    const timer = setInterval(check, Math.min(CHECK_MS, refresh));
    document.addEventListener('visibilitychange', check);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', check);
    };
  }, [id, refresh, canRun, at]);
};

const rowsText = (shown: number, all: string): string => {
  const count = shown === Number(all) ? String(shown) : `${shown} of ${all}`;
  return shown === 1 ? `${count} row` : `${count} rows`;
};

const Value = ({ result, shape }: { readonly result: Result; readonly shape: LiveComponent['shape'] }) => {
  const { label, value, table } = result;
  if (table === null ? value === '' : table.rows.length === 0) return <Empty title="Nothing here yet." />;
  if (table === null) return <p class="number">{value}</p>;
  return shape === 'chart' ? (
    <Chart table={table} title={label} />
  ) : (
    <ResultTable table={table} caption={rowsText(table.rows.length, value)} />
  );
};

const Skeleton = ({ shape }: { readonly shape: LiveComponent['shape'] }) => (
  <div class={shape === 'number' ? 'skeleton' : 'skeleton tall'} role="status">
    <span class="unseen">Asking the service…</span>
  </div>
);

/** A panel of a page: what this person's authorization sees, its age, or what is missing. */
export const Panel = ({ panel }: { readonly panel: LiveComponent }) => {
  const acting = useAct();
  const { id, name, missing, lastRun: run, shape } = panel;
  const canRun = missing.length === 0;
  const read = (): void => acting.run(async () => void (await core.runComponent({ componentId: id, recordId: null })));
  // Opening the page asks once; after that as often as the panel says, when the person does, or when it has just become possible.
  useEffect(() => {
    if (canRun) read();
  }, [canRun]);
  useRefresh(panel, canRun);
  const good = run?.isOk === true && run.result !== null ? { at: run.at, result: run.result } : (run?.lastGood ?? null);
  const isStale = good !== null && run?.isOk === false;
  return (
    <section class={shape === 'number' ? 'card panel' : 'card panel wide'} aria-label={name} aria-busy={acting.isBusy}>
      <h3>
        <Name>{good?.result.label ?? name}</Name>
      </h3>
      {good === null ? null : <Value result={good.result} shape={shape} />}
      {good === null && acting.isBusy ? <Skeleton shape={shape} /> : null}
      {good === null ? null : (
        <p class={isStale ? 'status warn' : 'hint'}>
          {isStale ? '◔ Not up to date: this is from ' : 'Read '}
          <Age at={good.at} />
        </p>
      )}
      <Missing missing={missing} />
      {canRun && run?.isOk === false ? <FaultNote fault={run.fault} isPast /> : null}
      <FaultNote fault={acting.fault} />
      {canRun ? (
        <Button onPress={read} isBusy={acting.isBusy} label={`Read again: ${name}`}>
          Read again
        </Button>
      ) : null}
      {run === null ? null : (
        <details>
          <summary>How it was asked</summary>
          <RunReport run={{ ...run, missing: [], fault: null, result: null }} isNamed={false} />
        </details>
      )}
    </section>
  );
};
