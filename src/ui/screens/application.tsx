import { useState } from 'preact/hooks';
import type { ApplicationView, ComponentView, Permission, ReleaseView } from '../../core/views.ts';
import { ENVIRONMENT_LABELS } from '../../domain/environment.ts';
import type { ApplicationId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tellWithUndo } from '../notices.tsx';
import { Button, Empty, FaultNote, Loaded, Name, ProblemList, TextField, When } from '../parts/basics.tsx';
import { Differences } from '../parts/differences.tsx';
import { EnvironmentMatrix } from '../parts/environment-matrix.tsx';
import { Form } from '../parts/form.tsx';
import { ImportReportCard } from '../parts/import-report.tsx';
import { SaveButton } from '../parts/save-button.tsx';
import { FormEditor } from './form-editor.tsx';

const ComponentItem = ({ component, view }: { readonly component: ComponentView; readonly view: ApplicationView }) => {
  const acting = useAct();
  const remove = (): void =>
    acting.run(async () => {
      await core.deleteComponent({ componentId: component.id });
      const { kind, name, config } = component;
      tellWithUndo(
        `The component ${name} is deleted.`,
        () => core.saveComponent({ applicationId: view.id, componentId: null, kind, name, config }),
        `The component ${name} is back.`,
      );
    });
  return (
    <li class="row">
      <div class="grow">
        <strong>
          <Name>{component.name}</Name>
        </strong>{' '}
        <span class="hint">{component.kindLabel}</span>
        <p>{component.summary}</p>
        <ProblemList problems={component.problems} />
        <FaultNote fault={acting.fault} />
      </div>
      <a class="button" href={`#/apps/${view.id}/components/${component.id}`} aria-label={`Edit ${component.name}`}>
        Edit
      </a>
      <Button onPress={remove} isBusy={acting.isBusy} label={`Delete ${component.name}`}>
        Delete
      </Button>
    </li>
  );
};

const Components = ({ view }: { readonly view: ApplicationView }) => (
  <section class="card" aria-labelledby="components">
    <h2 id="components">Components</h2>
    {view.componentList.length === 0 ? (
      <Empty title="No component yet.">
        A component uses a connection: it sends entries to a service, or shows what a service answers.
      </Empty>
    ) : null}
    <ul class="rows">
      {view.componentList.map((component) => (
        <ComponentItem key={component.id} component={component} view={view} />
      ))}
    </ul>
    <a class="button" href={`#/apps/${view.id}/components/new`}>
      Add component
    </a>
  </section>
);

const AddPage = ({ applicationId }: { readonly applicationId: ApplicationId }) => {
  const acting = useAct();
  const [name, setName] = useState('');
  const add = (): void =>
    acting.run(async () => {
      await core.savePage({ applicationId, name });
      setName('');
    });
  return (
    <Form acting={acting} onSubmit={add} submit="Add page" isInline>
      <TextField label="Name of the new page" value={name} onChange={setName} required />
    </Form>
  );
};

const Parts = ({ view }: { readonly view: ApplicationView }) => {
  const [isAdding, setAdding] = useState(false);
  return (
    <section class="card" aria-labelledby="parts">
      <h2 id="parts">Forms and pages</h2>
      <p>Open one in an environment; each environment has its own data.</p>
      <ul class="rows">
        {[
          ...view.forms.map((form) => ({ ...form, path: 'forms', kind: 'Form' })),
          ...view.pages.map((page) => ({ ...page, path: 'pages', kind: 'Page' })),
        ].map((part) => (
          <li key={`${part.path} ${part.linkName}`} class="row">
            <span class="grow">
              <strong>
                <Name>{part.name}</Name>
              </strong>{' '}
              <span class="hint">{part.kind}</span>
            </span>
            {view.environments
              .filter((environment) => environment !== 'stage' || view.stagedVersion !== null)
              .map((environment) => (
                <a
                  key={environment}
                  class="button"
                  href={`#/live/${view.id}/${environment}/${part.path}/${part.linkName}`}
                  aria-label={`Open ${part.name} in ${ENVIRONMENT_LABELS[environment].name}`}
                >
                  {ENVIRONMENT_LABELS[environment].name}
                </a>
              ))}
          </li>
        ))}
      </ul>
      <AddPage applicationId={view.id} />
      {isAdding ? (
        <FormEditor applicationId={view.id} onDone={() => setAdding(false)} />
      ) : (
        <Button onPress={() => setAdding(true)}>Add form</Button>
      )}
    </section>
  );
};

const Release = ({
  release,
  applicationId,
  permission,
}: {
  readonly release: ReleaseView;
  readonly applicationId: ApplicationId;
  readonly permission: Permission;
}) => {
  return (
    <li class="row">
      <div class="grow">
        <strong>{release.version}</strong>{' '}
        <span class="hint">
          published <When at={release.at} /> by <Name>{release.byName}</Name>
          {release.bytes === null ? '' : `, signed, ${release.bytes.toLocaleString()} bytes`}
        </span>
        {release.distributions.length === 0 ? <p class="hint">Not distributed yet.</p> : null}
        <ul class="plain">
          {release.distributions.map((one) => (
            <li key={one.id}>
              To <Name>{one.whom}</Name>, <When at={one.at} /> by <Name>{one.byName}</Name>
            </li>
          ))}
        </ul>
        <details>
          <summary>What {release.version} changed</summary>
          <Differences lines={release.changes} />
        </details>
      </div>
      <a class="button" href={`#/apps/${applicationId}/versions/${release.id}`} aria-label={`Distribute ${release.version}`}>
        Distribute
      </a>
      {release.fileName === null ? null : (
        <SaveButton
          make={() => core.exportRelease({ releaseId: release.id })}
          permission={permission}
          label={`Download ${release.fileName}`}
        >
          Download
        </SaveButton>
      )}
    </li>
  );
};

export const Application = ({ params }: { readonly params: Readonly<Record<string, string | undefined>> }) => {
  const live = useLive('application', { applicationId: `app_${(params['app'] ?? '').slice(4)}` });
  return (
    <Loaded live={live}>
      {(view) => (
        <>
          <h2 class="title">
            <Name>{view.name}</Name>
          </h2>
          <p class="lead">{view.stagedVersion === null ? 'Not published yet.' : `${view.stagedVersion} stands in stage.`}</p>
          <div class="actions">
            <a class="button primary" href={`#/apps/${view.id}/publish`}>
              Publish {view.name}
            </a>
            <a class="button" href={`#/connections/new?app=${view.id}`}>
              New connection
            </a>
          </div>
          <ImportReportCard key={view.id} applicationId={view.id} />
          <Components view={view} />
          <section class="card" aria-labelledby="app-connections">
            <h2 id="app-connections">Connections of this application</h2>
            {view.connectionList.length === 0 ? (
              <Empty title="No connection yet." />
            ) : (
              <EnvironmentMatrix rows={view.connectionList} environments={view.environments} caption={`Connections of ${view.name}`} />
            )}
          </section>
          <Parts view={view} />
          <section class="card" aria-labelledby="versions">
            <h2 id="versions">Versions</h2>
            {view.releases.length === 0 ? <Empty title="No version yet." /> : null}
            <ul class="rows">
              {view.releases.map((release) => (
                <Release key={release.id} release={release} applicationId={view.id} permission={view.distribute} />
              ))}
            </ul>
          </section>
        </>
      )}
    </Loaded>
  );
};
