import { useState } from 'preact/hooks';
import type { Rehearsal, RehearsedRequest, RehearsedRun } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { Button, Code, FaultNote, Name } from './basics.tsx';
import { AnswerView, FoundTable, RequestView, RunState } from './run-report.tsx';
import { ScriptReport } from './script-report.tsx';

const ANSWERS: Record<RehearsedRequest['from'], string> = {
  sandbox: 'from the sandbox',
  record: 'made up from what the service is known to answer',
  nothing: 'made up and empty, because nothing is known of what the service answers here',
};

const Requests = ({ requests }: Pick<RehearsedRun, 'requests'>) => (
  <ol class="plain">
    {requests.map((request, index) => (
      <li key={index} class="exchange">
        <RequestView request={request} />
        <AnswerView status={request.status} body={request.answer} from={ANSWERS[request.from]} />
      </li>
    ))}
  </ol>
);

/** How a component ran where nothing is kept: how it ended, what it said, each request with its answer and whose that is. */
export const RehearsedRunView = ({ run, source }: { readonly run: RehearsedRun; readonly source: string | null }) => (
  <div class="run">
    <p>
      {run.label === '' ? null : (
        <>
          <strong>
            <Code>{run.label}</Code>
          </strong>{' '}
        </>
      )}
      <RunState run={{ ...run, outbox: null }} />
    </p>
    <FaultNote fault={run.fault} isPast />
    <FoundTable result={run.result} />
    {run.script === null ? null : <ScriptReport log={run.script} areRequestsShown={false} {...(source === null ? {} : { source })} />}
    {run.requests.length === 0 ? <p class="hint">It asked no service.</p> : <Requests requests={run.requests} />}
  </div>
);

const Component = ({ component }: { readonly component: Rehearsal['components'][number] }) => (
  <section class="review-line" aria-label={`Dry run of ${component.name}`}>
    <h3>
      <Name>{component.name}</Name> <span class="hint">{component.kindLabel}</span>
    </h3>
    <p>{component.summary}</p>
    {component.runs.map((run, index) => (
      <RehearsedRunView key={`${index} ${run.label}`} run={run} source={component.source} />
    ))}
  </section>
);

/** What of it was real: the sandbox's answers, if any. */
export const whatWasReal = (runs: readonly RehearsedRun[]): string => {
  const requests = runs.flatMap((run) => run.requests);
  const real = requests.filter(({ from }) => from === 'sandbox').length;
  if (real === 0) return requests.length === 0 ? 'Nothing was sent.' : 'All answers are made up; nothing was sent.';
  const asked = `${real} ${real === 1 ? 'request' : 'requests'} went to the sandbox on this device, under an account made for it.`;
  return real === requests.length ? `${asked} Nothing else was sent.` : `${asked} All other answers are made up; nothing else was sent.`;
};

/** Installs the bundle into a throw-away workspace, and shows how each component runs there. */
export const DryRunOf = ({ text }: { readonly text: string }) => {
  const acting = useAct();
  const [rehearsal, setRehearsal] = useState<Rehearsal | null>(null);
  const rehearse = (): void => acting.run(async () => setRehearsal(await core.rehearseBundle({ text })));
  return (
    <section class="card" aria-labelledby="dry-run">
      <h2 id="dry-run">Dry run</h2>
      <p class="hint">
        Installs it into a throw-away workspace and runs every component there, for a made-up entry. Only the sandbox on this device is
        really asked, if it is running; every other answer is made up, and nothing else is sent. None of your authorizations is used.
      </p>
      {rehearsal === null ? (
        <Button onPress={rehearse} isBusy={acting.isBusy}>
          Run it dry
        </Button>
      ) : (
        <>
          <p role="status">
            It was installed with {rehearsal.connections} {rehearsal.connections === 1 ? 'connection' : 'connections'} and{' '}
            {rehearsal.components.length} {rehearsal.components.length === 1 ? 'component' : 'components'}, and is gone again.{' '}
            {whatWasReal(rehearsal.components.flatMap(({ runs }) => runs))}
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
