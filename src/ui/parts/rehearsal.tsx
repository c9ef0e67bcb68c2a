import { useState } from 'preact/hooks';
import type { Rehearsal } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { Button, FaultNote, Name } from './basics.tsx';
import { RequestView } from './run-report.tsx';

const Component = ({ component }: { readonly component: Rehearsal['components'][number] }) => (
  <section class="review-line" aria-label={`Dry run of ${component.name}`}>
    <h3>
      <Name>{component.name}</Name> <span class="hint">{component.kindLabel}</span>
    </h3>
    <p>{component.summary}</p>
    {component.isScript ? <p class="hint">A script decides while it runs what it asks; read it in the component.</p> : null}
    {component.requests.map((one, index) => (
      <div key={`${index} ${one.label}`}>
        {one.request === null ? null : <RequestView request={one.request} />}
        <FaultNote fault={one.fault} isPast />
      </div>
    ))}
  </section>
);

/** Installs the bundle into a throw-away workspace, and shows what each component would ask for. */
export const DryRunOf = ({ text }: { readonly text: string }) => {
  const acting = useAct();
  const [rehearsal, setRehearsal] = useState<Rehearsal | null>(null);
  const rehearse = (): void => acting.run(async () => setRehearsal(await core.rehearseBundle({ text })));
  return (
    <section class="card" aria-labelledby="dry-run">
      <h2 id="dry-run">Dry run</h2>
      <p class="hint">
        Installs it into a throw-away workspace and shows every request that its components would make for a made-up entry. Nothing is sent,
        and the workspace is thrown away.
      </p>
      {rehearsal === null ? (
        <Button onPress={rehearse} isBusy={acting.isBusy}>
          Run it dry
        </Button>
      ) : (
        <>
          <p role="status">
            It was installed with {rehearsal.connections} {rehearsal.connections === 1 ? 'connection' : 'connections'} and{' '}
            {rehearsal.components.length} {rehearsal.components.length === 1 ? 'component' : 'components'}, and is gone again.
          </p>
          {rehearsal.components.map((component) => (
            <Component key={component.name} component={component} />
          ))}
        </>
      )}
      <FaultNote fault={acting.fault} />
    </section>
  );
};
