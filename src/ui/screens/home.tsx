import type { AttentionRow, HomeView, StepView, UpdateRow } from '../../core/views.ts';
import { waitingWords } from '../../domain/need.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { AuthorizeRow } from '../parts/authorize.tsx';
import { Button, FaultNote, Loaded, Name } from '../parts/basics.tsx';
import { EnvironmentBadge } from '../parts/environment.tsx';
import { NewWorkspace } from '../parts/new-workspace.tsx';
import { Status } from '../parts/status.tsx';
import { UpdateWords } from '../parts/update-words.tsx';

const FirstRun = () => {
  const acting = useAct();
  const load = (): void =>
    acting.run(async () => {
      await core.loadSample({});
      tell('The sample is loaded. You act as Dana, who builds it.');
    });
  return (
    <section class="card" aria-labelledby="first-run">
      <h2 id="first-run">Begin with the sample</h2>
      <p>
        “Estate” is a real-estate application: a form, a workflow that sends an invoice to Sandbox Books when a property is sold, and a
        dashboard that counts the sold rows of each person’s own sheet. It works with the sandbox on this device; no account is needed.
      </p>
      <Button kind="primary" isBusy={acting.isBusy} onPress={load}>
        Load the sample
      </Button>
      <FaultNote fault={acting.fault} />
      <details>
        <summary>Or begin with an empty workspace</summary>
        <NewWorkspace />
      </details>
      <p>
        <a href="#/backup">Or restore a backup</a>
      </p>
    </section>
  );
};

const Step = ({ step, index }: { readonly step: StepView; readonly index: number }) => (
  <li class={step.isDone ? 'step done' : 'step'}>
    <span class="tick" role="img" aria-label={step.isDone ? 'Done' : 'To do'}>
      {step.isDone ? '✓' : index + 1}
    </span>
    <div>
      <strong>{step.label}</strong>
      <p class="hint">{step.hint}</p>
    </div>
    {step.isDone ? null : (
      <a class="button" href={step.href} aria-label={`${step.action}: ${step.label}`}>
        {step.action}
      </a>
    )}
  </li>
);

const Checklist = ({ steps }: { readonly steps: readonly StepView[] }) => {
  const done = steps.filter(({ isDone }) => isDone).length;
  return (
    <section class="card" aria-labelledby="journey">
      <h2 id="journey">The journey</h2>
      <p>
        {done} of {steps.length} steps done.
      </p>
      <ol class="steps">
        {steps.map((step, index) => (
          <Step key={step.id} step={step} index={index} />
        ))}
      </ol>
    </section>
  );
};

export const AttentionItem = ({ row }: { readonly row: AttentionRow }) => (
  <li class="row">
    <div class="grow">
      <strong>
        <Name>{row.displayName}</Name>
      </strong>{' '}
      <EnvironmentBadge environment={row.environment} />
      <p class="hint">
        <Name>{row.ownerName}</Name> · <Status status={row.status} />
      </p>
      {row.authorize.allowed ? null : <p class="hint">Can be authorized by {row.who}.</p>}
    </div>
    {row.authorize.allowed ? <AuthorizeRow row={row} /> : null}
  </li>
);

const UpdateItem = ({ row }: { readonly row: UpdateRow }) => (
  <li class="row">
    <div class="grow">
      <UpdateWords row={row} />
    </div>
    <a class="button" href={row.href} aria-label={`Review ${row.version}: ${row.name}`}>
      Review {row.version}
    </a>
  </li>
);

/** What stops first comes first: a version that runs no more, then authorizations, then what only waits. */
const Attention = ({ rows, updates }: { readonly rows: readonly AttentionRow[]; readonly updates: readonly UpdateRow[] }) => (
  <section class="card" aria-labelledby="attention">
    <h2 id="attention">Needs you</h2>
    {rows.length + updates.length === 0 ? (
      <p>Nothing waits for you.</p>
    ) : (
      <ul class="rows">
        {updates
          .filter(({ isStopped }) => isStopped)
          .map((row) => (
            <UpdateItem key={row.installationId} row={row} />
          ))}
        {rows.map((row) => (
          <AttentionItem key={`${row.connectionId} ${row.environment}`} row={row} />
        ))}
        {updates
          .filter(({ isStopped }) => !isStopped)
          .map((row) => (
            <UpdateItem key={row.installationId} row={row} />
          ))}
      </ul>
    )}
  </section>
);

const sentence = ({ isEmpty, attention, updates }: HomeView): string => {
  if (isEmpty) return 'Define a connection once, ship it in a bundle, let every client unlock it with their own account.';
  const yours = attention.filter(({ authorize }) => authorize.allowed).length;
  return `${waitingWords(yours, updates.length) ?? 'Nothing waits for you'}.`;
};

export const Home = () => {
  const live = useLive('home', {});
  return (
    <Loaded live={live}>
      {(home) => (
        <>
          <p class="lead">{sentence(home)}</p>
          {home.isEmpty ? <FirstRun /> : <Attention rows={home.attention} updates={home.updates} />}
          {home.isEmpty ? null : <Checklist steps={home.steps} />}
        </>
      )}
    </Loaded>
  );
};
