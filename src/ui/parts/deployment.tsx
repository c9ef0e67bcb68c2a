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

const Says = ({ view }: { readonly view: DeploymentView }) => (
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
    {Object.keys(view.imports).map((linkName) => (
      <li key={linkName}>
        What becomes of <Code>{linkName}</Code> is chosen above.
      </li>
    ))}
  </ul>
);

/** Deployment settings beside a bundle: what they answer, or a place to choose them. */
export const DeploymentSettings = ({ deployment }: { readonly deployment: Deployment }) => (
  <section class="card" aria-labelledby="deployment">
    <h2 id="deployment">Deployment settings</h2>
    {deployment === null ? (
      <>
        <p class="hint">
          A file that answers beforehand what this application asks: addresses of the account, and the feed of its updates.
        </p>
        <FileField label="Settings file" accept=".json,application/json" onFile={(file) => void receive(file)} />
      </>
    ) : (
      <>
        <p>
          From <Code>{settings.value?.name ?? ''}</Code>
        </p>
        {deployment.state === 'good' && deployment.value !== null ? <Says view={deployment.value.view} /> : null}
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
