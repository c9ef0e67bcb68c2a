import type { DryRequest } from '../../../core/views.ts';
import type { ComponentId, RecordId } from '../../../domain/ids.ts';
import { useLive } from '../../live.ts';
import { Code, FaultNote, Loaded } from '../../parts/basics.tsx';
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

type Props = {
  readonly componentId: ComponentId;
  readonly recordId: RecordId | null;
  readonly values: Readonly<Record<string, string>>;
  readonly isChanged: boolean;
};

/** The exact requests that the saved component would make; nothing is sent. */
export const DryRun = ({ componentId, recordId, values, isChanged }: Props) => {
  const live = useLive('dryRun', { componentId, recordId, values });
  return (
    <section class="stack" aria-labelledby="dry-run">
      <h3 id="dry-run">Dry run</h3>
      <p class="hint">Nothing is sent.{isChanged ? ' It shows the component as it was last saved.' : ''}</p>
      <Loaded live={live}>
        {({ requests, isScript }) =>
          isScript ? (
            <p>A script decides while it runs what it asks. Its requests stand in the report of its run.</p>
          ) : (
            <ol class="plain">
              {requests.map((one, index) => (
                <One key={`${index} ${one.label}`} one={one} at={index + 1} of={requests.length} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </section>
  );
};
