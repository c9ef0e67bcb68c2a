import { useEffect } from 'preact/hooks';
import type { LiveComponent } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { Button, FaultNote, Name, When } from '../parts/basics.tsx';
import { Missing } from '../parts/missing.tsx';

/** A panel of a page: the number as this person's authorization sees it, its age, or what is missing. */
export const Panel = ({ panel }: { readonly panel: LiveComponent }) => {
  const acting = useAct();
  const canRun = panel.missing.length === 0;
  const refresh = (): void => acting.run(async () => void (await core.runComponent({ componentId: panel.id, recordId: null })));
  // Opening the page asks once; after that it asks when the person does, or when it has just become possible.
  useEffect(() => {
    if (canRun) refresh();
  }, [canRun]);
  const run = panel.lastRun;
  return (
    <section class="card panel" aria-label={panel.name}>
      <h3>
        <Name>{run?.result?.label ?? panel.name}</Name>
      </h3>
      {run?.result ? <p class="number">{run.result.value}</p> : null}
      {acting.isBusy ? <p class="loading">Asking the service…</p> : null}
      {run === null || run === undefined ? null : (
        <p class="hint">
          <When at={run.at} />
        </p>
      )}
      <Missing missing={panel.missing} />
      {canRun && run?.isOk === false ? <FaultNote fault={run.fault} /> : null}
      <FaultNote fault={acting.fault} />
      {canRun ? (
        <Button onPress={refresh} isBusy={acting.isBusy} label={`Refresh ${panel.name}`}>
          Refresh
        </Button>
      ) : null}
    </section>
  );
};
