import type { ApplicationView, ScriptView } from '../../../core/views.ts';
import { Code } from '../../parts/basics.tsx';

type Props = {
  /** Of the sentence that sums it up. */
  readonly id: string;
  readonly script: ScriptView;
  readonly view: ApplicationView;
  readonly isChanged: boolean;
};

const CERTAINTY = {
  likely: 'probably',
  'one of': 'one of several',
  'unsupported kind': 'in a statement that cannot run here',
} as const;

const placeOf = ({ line, column }: { readonly line: number | null; readonly column: number | null }): string =>
  line === null ? '' : column === null ? `Line ${line}: ` : `Line ${line}, column ${column}: `;

const References = ({ script, view }: Pick<Props, 'script' | 'view'>) => (
  <ul class="plain">
    {script.references.map((one) => {
      const connection = view.connectionList.find(({ linkName }) => linkName === one.linkName);
      return (
        <li key={`${one.linkName} ${one.line} ${one.column}`} class={one.isKnown ? 'status' : 'status bad'}>
          {placeOf(one)}
          {connection === undefined ? (
            <Code>{one.linkName}</Code>
          ) : (
            <a href={`#/connections/${connection.id}`}>
              <Code>{one.linkName}</Code>
            </a>
          )}
          {one.task === null ? null : (
            <>
              {' in '}
              <Code>{one.task}</Code>
            </>
          )}
          {one.certainty === null ? '' : `, ${CERTAINTY[one.certainty]}`}
          {one.isKnown ? '' : '. ▲ This application has no connection of that link name. It stops publishing.'}
        </li>
      );
    })}
    {script.services.map((service) => (
      <li key={service}>
        Names no connection for <Code>{service}</Code>: its system connection is used, which makes itself.
      </li>
    ))}
  </ul>
);

const Needs = ({ script }: Pick<Props, 'script'>) =>
  script.needs.length === 0 ? null : (
    <details>
      <summary>Scopes that its tasks need</summary>
      <ul class="plain">
        {script.needs.map(({ linkName, task, line, scopes }) => (
          <li key={`${linkName} ${task} ${line}`}>
            Line {line}: <Code>{task}</Code> through <Code>{linkName}</Code> needs{' '}
            {scopes === null ? 'what nobody has checked' : scopes.map((scope) => <Code key={scope}>{scope} </Code>)}
          </li>
        ))}
      </ul>
    </details>
  );

/** Short enough to be read out with the field. */
const summaryOf = (count: number, wrong: number): string => {
  const uses =
    count === 0 ? 'It names no connection.' : count === 1 ? 'It uses a connection at 1 place.' : `It uses connections at ${count} places.`;
  return wrong === 0 ? uses : `${uses} ${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong in it.`;
};

/** What the saved script says of connections, and what is wrong in it, each with its place (R51, R54, R55). */
export const ScriptNotes = ({ id, script, view, isChanged }: Props) => {
  const count = script.references.length + script.services.length;
  const wrong = script.problems.length + script.references.filter(({ isKnown }) => !isKnown).length;
  return (
    <div class="stack">
      {isChanged ? <p class="hint">As it was last saved:</p> : null}
      {script.problems.length === 0 ? null : (
        <ul class="problems">
          {script.problems.map((problem) => (
            <li key={`${problem.line} ${problem.column} ${problem.message}`} class="bad">
              <strong>▲ {placeOf(problem)}</strong>
              {problem.message}
            </li>
          ))}
        </ul>
      )}
      {script.dynamic.length === 0 ? null : (
        <ul class="problems">
          {script.dynamic.map((where) => (
            <li key={where} class="warn">
              <strong>◔ Known only when it runs:</strong> {where}. Publishing asks which connections it may use.
            </li>
          ))}
        </ul>
      )}
      <p id={id}>{summaryOf(count, wrong)}</p>
      <References script={script} view={view} />
      <Needs script={script} />
    </div>
  );
};
