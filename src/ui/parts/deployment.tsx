import type { DeploymentView } from '../../core/views.ts';
import { type Answer, useAnswer } from '../answer.ts';
import { core } from '../core.ts';
import { receive, settings } from '../incoming.ts';
import { Button, Code, FaultNote, FileField, Name } from './basics.tsx';

/** What the chosen settings say for this bundle, or why they cannot be used; null where none are chosen. */
export type Deployment = Answer<{ readonly text: string; readonly view: DeploymentView } | null> | null;

export const useDeployment = (bundleText: string): Deployment => {
  const file = settings.value;
  const answer = useAnswer(
    async () => (file === null ? null : { text: file.text, view: await core.previewSettings({ text: bundleText, settings: file.text }) }),
    [bundleText, file],
  );
  return file === null ? null : answer;
};

/** An import is answered what becomes of each connection, an installation everything else. */
const Says = ({ view, isImport }: { readonly view: DeploymentView; readonly isImport: boolean }) => {
  const named = Object.keys(view.imports);
  if (isImport)
    return named.length === 0 ? (
      <p>They say nothing of what becomes of its connections.</p>
    ) : (
      <ul class="plain">
        {named.map((linkName) => (
          <li key={linkName}>
            What becomes of <Code>{linkName}</Code> is chosen above.
          </li>
        ))}
      </ul>
    );
  return (
    <ul class="plain">
      {view.variables.map(({ connection, label, value }) => (
        <li key={`${connection} ${label}`}>
          <Name>{connection}</Name>: {label} <Code>{value}</Code>
        </li>
      ))}
      {view.feed === null ? null : (
        <li>
          Updates come from the feed at <Code>{view.feed}</Code>
        </li>
      )}
    </ul>
  );
};

/** Deployment settings beside a bundle: what they answer (other things for an import), or a place to choose them. */
export const DeploymentSettings = ({ deployment, isImport }: { readonly deployment: Deployment; readonly isImport: boolean }) => (
  <section class="card" aria-labelledby="deployment">
    <h2 id="deployment">Deployment settings</h2>
    {deployment === null ? (
      <>
        <p class="hint">
          {isImport
            ? 'A file that answers beforehand what becomes of each connection: a copy under which link name, one that is here already, or none.'
            : 'A file that answers beforehand what this application asks: addresses of the account, and the feed of its updates.'}
        </p>
        <FileField label="Settings file" accept=".json,application/json" onFile={(file) => void receive(file)} />
      </>
    ) : (
      <>
        <p>
          From <Code>{settings.value?.name ?? ''}</Code>
        </p>
        {deployment.state === 'good' && deployment.value !== null ? <Says view={deployment.value.view} isImport={isImport} /> : null}
        {deployment.state === 'wrong' ? <FaultNote fault={deployment.fault} /> : null}
        <Button
          onPress={() => {
            settings.value = null;
          }}
        >
          Go on without these settings
        </Button>
      </>
    )}
  </section>
);
