import type { RunView } from '../../core/views.ts';
import { Code, Raw, Scroll } from './basics.tsx';

type Log = NonNullable<RunView['script']>;

const Stopped = ({ at, source }: { readonly at: NonNullable<Log['stoppedAt']>; readonly source: string | undefined }) => {
  const line = source?.split('\n')[at.line - 1];
  return (
    <div>
      <p>
        <strong>
          It stopped at line {at.line}, column {at.column}.
        </strong>
      </p>
      {line === undefined || line.trim() === '' ? null : <Raw>{line}</Raw>}
    </div>
  );
};

const Info = ({ info }: Pick<Log, 'info'>) => (
  <>
    <p>What it said with info:</p>
    <ol class="info-lines">
      {info.map(({ text, line }, index) => (
        <li key={index}>
          <span class="hint">line {line}</span> <Code>{text}</Code>
        </li>
      ))}
    </ol>
  </>
);

const Trace = ({ trace }: Pick<Log, 'trace'>) => (
  <details>
    <summary>
      Step by step, {trace.length} {trace.length === 1 ? 'value' : 'values'}
    </summary>
    <Scroll>
      <table>
        <caption>Each variable as it was set</caption>
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Variable</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {trace.map(({ name, value, line }, index) => (
            <tr key={index}>
              <td>{line}</td>
              <th scope="row">
                <Code>{name}</Code>
              </th>
              <td>
                <Code>{value}</Code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  </details>
);

const RequestList = ({ requests }: Pick<Log, 'requests'>) =>
  requests.length === 0 ? (
    <p class="hint">It asked no service.</p>
  ) : (
    <details>
      <summary>
        {requests.length} {requests.length === 1 ? 'request' : 'requests'} to services
      </summary>
      <ol class="info-lines">
        {requests.map(({ method, url, body, status }, index) => (
          <li key={index}>
            <Code>
              {method} {url}
            </Code>{' '}
            <span class="hint">status {status}</span>
            {body === null || body === '' ? null : <Raw>{body}</Raw>}
          </li>
        ))}
      </ol>
    </details>
  );

type Props = {
  readonly log: Log;
  readonly source?: string;
  /** Off where its requests are shown with their answers. */
  readonly areRequestsShown?: boolean;
};

/** A script's own account of its run. */
export const ScriptReport = ({ log, source, areRequestsShown = true }: Props) => (
  <div class="stack">
    {log.stoppedAt === null ? null : <Stopped at={log.stoppedAt} source={source} />}
    {log.info.length === 0 ? null : <Info info={log.info} />}
    {log.trace.length === 0 ? null : <Trace trace={log.trace} />}
    {areRequestsShown ? <RequestList requests={log.requests} /> : null}
    {log.dropped === 0 ? null : <p class="hint">{log.dropped} more lines were left out.</p>}
  </div>
);
