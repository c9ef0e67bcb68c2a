import type { LiveComponent } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { Button, FaultNote, Name } from '../parts/basics.tsx';
import { Missing } from '../parts/missing.tsx';
import { RunReport } from '../parts/run-report.tsx';

const Script = ({ script }: { readonly script: LiveComponent }) => {
  const acting = useAct();
  const { id, name, missing, lastRun } = script;
  const run = (): void =>
    acting.run(async () => {
      const { isOk } = await core.runComponent({ componentId: id, recordId: null });
      tell(isOk ? `${name} worked.` : `${name} did not work. See below why.`);
    });
  return (
    <li class="card" aria-label={name}>
      <h3>
        <Name>{name}</Name>
      </h3>
      <Missing missing={missing} />
      {missing.length > 0 ? null : (
        <Button onPress={run} isBusy={acting.isBusy} label={`Run ${name}`}>
          Run
        </Button>
      )}
      <FaultNote fault={acting.fault} />
      {lastRun === null ? <p class="hint">It did not run for you yet.</p> : <RunReport run={{ ...lastRun, missing: [] }} isNamed={false} />}
    </li>
  );
};

/** Scripts that nothing starts but a person. */
export const LiveScripts = ({ scripts }: { readonly scripts: readonly LiveComponent[] }) =>
  scripts.length === 0 ? null : (
    <section aria-labelledby="live-scripts">
      <h2 id="live-scripts">Started by hand</h2>
      <ul class="cards">
        {scripts.map((script) => (
          <Script key={script.id} script={script} />
        ))}
      </ul>
    </section>
  );
