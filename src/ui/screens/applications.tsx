import { useState } from 'preact/hooks';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { Code, Empty, Loaded, Name, TextField } from '../parts/basics.tsx';
import { Form } from '../parts/form.tsx';
import { go } from '../place.ts';

const NewApplication = () => {
  const acting = useAct();
  const [name, setName] = useState('');
  const create = (): void =>
    acting.run(async () => {
      const { applicationId } = await core.createApplication({ name });
      go(`/apps/${applicationId}`);
    });
  return (
    <Form acting={acting} onSubmit={create} submit="Create application" isInline kind="primary">
      <TextField label="Name of the new application" value={name} onChange={setName} required />
    </Form>
  );
};

export const Applications = () => {
  const live = useLive('applications', {});
  return (
    <Loaded live={live}>
      {(rows) => (
        <>
          <p class="lead">An application holds forms, pages and the components that use connections.</p>
          {rows.length === 0 ? (
            <Empty title="There is no application yet." />
          ) : (
            <ul class="cards">
              {rows.map((row) => (
                <li key={row.id} class="card">
                  <h2>
                    <a href={`#/apps/${row.id}`}>
                      <Name>{row.name}</Name>
                    </a>
                  </h2>
                  <p>
                    <Code>{row.linkName}</Code> · {row.components} components · {row.connections} connections
                  </p>
                  <p class="hint">{row.latestVersion === null ? 'Not published yet' : `Published as ${row.latestVersion}`}</p>
                </li>
              ))}
            </ul>
          )}
          <NewApplication />
          <p>
            <a class="button" href="#/install">
              Import an application from a bundle
            </a>
          </p>
        </>
      )}
    </Loaded>
  );
};
