import type { ComponentChildren } from 'preact';
import type { RunView } from '../../core/views.ts';
import { Code, CopyButton, FaultNote, Name, Raw, When } from './basics.tsx';
import { Missing } from './missing.tsx';
import { OUTBOX_STATES, OutboxActions } from './outbox-actions.tsx';
import { ResultTable } from './result-table.tsx';
import { ScriptReport } from './script-report.tsx';

type Exchange = { readonly method: string; readonly url: string; readonly body: string | null };

/** A request as it was or would be made, without what authenticates it. */
export const RequestView = ({ request, children }: { readonly request: Exchange; readonly children?: ComponentChildren }) => (
  <div class="exchange">
    <p>
      <Code>
        {request.method} {request.url}
      </Code>{' '}
      <CopyButton text={request.url} what="the address of the request" />
    </p>
    {children}
    {request.body === null || request.body === '' ? <p class="hint">No body.</p> : <Raw>{pretty(request.body)}</Raw>}
  </div>
);

/** JSON on lines of its own; anything else as it came. */
const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

/** How a run ended, in a word. */
export const RunState = ({ run }: { readonly run: Pick<RunView, 'isOk' | 'result' | 'outbox'> }) => {
  if (run.isOk) {
    const said = run.result === null ? 'It worked' : `${run.result.label} ${run.result.value}`;
    return (
      <span class="status ok">
        <span aria-hidden="true">●</span> {said}
      </span>
    );
  }
  const { tone, icon, word } = run.outbox === null ? { tone: 'bad', icon: '▲', word: 'It did not work' } : OUTBOX_STATES[run.outbox.state];
  return (
    <span class={`status ${tone}`}>
      <span aria-hidden="true">{icon}</span> {word}
      {run.outbox?.state === 'waiting' && run.outbox.nextAt > 0 ? (
        <>
          {' '}
          until <When at={run.outbox.nextAt} />, after {run.outbox.tries} {run.outbox.tries === 1 ? 'try' : 'tries'}
        </>
      ) : null}
    </span>
  );
};

type Answer = {
  readonly status: number;
  readonly body: string;
  /** Whose it is, where that is not the service's. */
  readonly from?: string;
};

/** What came back. */
export const AnswerView = ({ status, body, from }: Answer) => (
  <>
    <p>
      Answer, status {status} {from === undefined ? null : <span class="hint">{from}</span>}
    </p>
    <Raw>{pretty(body)}</Raw>
  </>
);

/** The rows that a run found, folded. */
export const FoundTable = ({ result }: Pick<RunView, 'result'>) =>
  result?.table == null ? null : (
    <details>
      <summary>
        What it found, {result.table.rows.length} {result.table.rows.length === 1 ? 'row' : 'rows'}
      </summary>
      <ResultTable table={result.table} caption={result.label} />
    </details>
  );

type Props = {
  readonly run: RunView;
  /** Whether it says whose run it is; off where that stands above it. */
  readonly isNamed?: boolean;
  /** The script that ran, to show the line where it stopped. */
  readonly source?: string;
  /** Stands where a run that failed can be begun anew, if it does not wait in the outbox. */
  readonly children?: ComponentChildren;
};

/** One run: how it ended, why, what to do, what was sent and what came back; for scripts, step by step. */
export const RunReport = ({ run, isNamed = true, source, children }: Props) => {
  const about = run.label === '' ? run.componentName : `${run.componentName}, ${run.label}`;
  return (
    <div class="run">
      <p>
        {isNamed ? (
          <>
            <Name>{run.componentName}</Name>
            {': '}
          </>
        ) : null}
        {run.label === '' ? null : (
          <>
            <strong>
              <Code>{run.label}</Code>
            </strong>{' '}
          </>
        )}
        <RunState run={run} />{' '}
        <span class="hint">
          <When at={run.at} />
        </span>
      </p>
      {run.isOk ? null : <FaultNote fault={run.fault} isPast />}
      {run.isOk ? null : <Missing missing={run.missing} />}
      {run.outbox === null ? run.isOk ? null : children : <OutboxActions {...run.outbox} name={about} />}
      <FoundTable result={run.result} />
      {run.script === null ? null : <ScriptReport log={run.script} {...(source === undefined ? {} : { source })} />}
      {run.request === null ? null : (
        <details>
          <summary>{run.script === null ? 'What was sent and what came back' : 'The last request and its answer'}</summary>
          <RequestView request={run.request} />
          {run.response === null ? <p>No answer came.</p> : <AnswerView {...run.response} />}
        </details>
      )}
    </div>
  );
};
