import { useState } from 'preact/hooks';
import type { DryRequest, RehearsedRun } from '../../../core/views.ts';
import type { ComponentId, RecordId } from '../../../domain/ids.ts';
import { useAct } from '../../act.ts';
import { core } from '../../core.ts';
import { useLive } from '../../live.ts';
import { Button, Code, FaultNote, Loaded } from '../../parts/basics.tsx';
import { RehearsedRunView, whatWasReal } from '../../parts/rehearsal.tsx';
import { RequestView } from '../../parts/run-report.tsx';

const Headers = ({ headers }: { readonly headers: Readonly<Record<string, string>> }) => (
  <dl class="facts">
    {Object.entries(headers).map(([name, value]) => (
      <div key={name} class="fact">
        <dt>
          <Code>{name}</Code>
        </dt>
        <dd>
          <Code>{value}</Code>
        </dd>
      </div>
    ))}
    <div class="fact">
      <dt>Authorization</dt>
      <dd>is added when it is sent, and shown nowhere</dd>
    </div>
  </dl>
);

const idempotencyText = (idempotency: string | null): string =>
  idempotency === null
    ? 'Nothing at the service tells a repetition from a second one. If the answer is lost, it is of unknown outcome and not sent again by itself.'
    : idempotency.startsWith('upsert by ')
      ? `A repetition changes what is there instead of adding: the service finds it by ${idempotency.slice('upsert by '.length)}.`
      : `A repetition does nothing twice: the service knows it by ${idempotency}.`;

const One = ({ one, at, of }: { readonly one: DryRequest; readonly at: number; readonly of: number }) => (
  <li>
    <h4>
      Request {at} of {of}
      {one.label === '' ? null : (
        <>
          {', '}
          <Code>{one.label}</Code>
        </>
      )}
    </h4>
    {one.request === null ? null : (
      <RequestView request={one.request}>
        <Headers headers={one.request.headers} />
      </RequestView>
    )}
    <FaultNote fault={one.fault} isPast />
    {one.request === null || one.request.method === 'GET' ? null : <p class="hint">{idempotencyText(one.idempotency)}</p>}
  </li>
);

type ScriptProps = {
  readonly componentId: ComponentId;
  readonly recordId: RecordId | null;
  /** What somebody typed for a form; null without an entry. */
  readonly values: Readonly<Record<string, string>> | null;
  readonly source: string | null;
};

/** A script decides while it runs what it asks: so it is run, where nothing is kept and answers are made up. */
const ScriptDryRun = ({ componentId, recordId, values, source }: ScriptProps) => {
  const acting = useAct();
  const [runs, setRuns] = useState<readonly RehearsedRun[]>([]);
  const run = (): void => acting.run(async () => setRuns(await core.rehearseComponent({ componentId, recordId, values })));
  return (
    <>
      <p>
        The script runs in a throw-away workspace. Only the sandbox on this device is really asked, if it is running; every other answer is
        made up, and nothing else is sent. None of your authorizations is used.
      </p>
      <div class="actions">
        <Button onPress={run} isBusy={acting.isBusy}>
          {runs.length === 0 ? 'Run it dry' : 'Run it dry again'}
        </Button>
      </div>
      <p role="status">{runs.length === 0 ? '' : whatWasReal(runs)}</p>
      {runs.map((one) => (
        <RehearsedRunView key={one.label} run={one} source={source} />
      ))}
      <FaultNote fault={acting.fault} />
    </>
  );
};

type Props = ScriptProps & { readonly isChanged: boolean };

/** The exact requests that the saved component would make, or, for a script, what it does where nothing is sent. */
export const DryRun = ({ isChanged, ...of }: Props) => {
  const { componentId, recordId, values } = of;
  const live = useLive('dryRun', { componentId, recordId, values: values ?? {} });
  return (
    <section class="stack" aria-labelledby="dry-run">
      <h3 id="dry-run">Dry run</h3>
      <Loaded live={live}>
        {({ requests, isScript }) => (
          <>
            {isScript ? null : <p class="hint">Nothing is sent.</p>}
            {isChanged ? <p class="hint">It shows the component as it was last saved.</p> : null}
            {isScript ? (
              <ScriptDryRun {...of} />
            ) : (
              <ol class="plain">
                {requests.map((one, index) => (
                  <One key={`${index} ${one.label}`} one={one} at={index + 1} of={requests.length} />
                ))}
              </ol>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
};
