import { useEffect, useState } from 'preact/hooks';
import type { DeploymentView } from '../../core/views.ts';
import { Fault, type FaultData } from '../../domain/faults.ts';
import { core } from '../core.ts';
import { receive, settings } from '../incoming.ts';
import { Button, Code, FaultNote, FileField, Name } from './basics.tsx';

/** What the chosen settings say for this bundle: nothing chosen, what they answer, or why they cannot be used. */
export type Deployment =
  | { readonly state: 'none' | 'checking' }
  | { readonly state: 'good'; readonly text: string; readonly view: DeploymentView }
  | { readonly state: 'wrong'; readonly fault: FaultData };

export const useDeployment = (bundleText: string): Deployment => {
  const file = settings.value;
  const [deployment, setDeployment] = useState<Deployment>({ state: 'none' });
  useEffect(() => {
    let isCurrent = true;
    const put = (next: Deployment): void => {
      if (isCurrent) setDeployment(next);
    };
    if (file === null) put({ state: 'none' });
    else {
      put({ state: 'checking' });
      core.previewSettings({ text: bundleText, settings: file.text }).then(
        (view) => put({ state: 'good', text: file.text, view }),
        (error: unknown) => put({ state: 'wrong', fault: (error instanceof Fault ? error : new Fault('core.internal')).toData() }),
      );
    }
    return () => {
      isCurrent = false;
    };
  }, [bundleText, file]);
  return deployment;
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
    {deployment.state === 'none' ? (
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
        {deployment.state === 'good' ? <Says view={deployment.view} /> : null}
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
